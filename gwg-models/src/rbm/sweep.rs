//! Two-block Gibbs sampling: the hidden layer given the visible one, then the visible given the hidden.

use super::layers::{UNITS, draw};
use super::{Rbm, delta::split};
use gwg_core::target::{Held, Sweep, SweepBatch, SweepRow};
use gwg_core::{Bits, Real, StepCounts, accept, math};
use gwg_linalg::{Matrix, Scalar, padded_rows, product, product_transposed};

/// A batch of chains. The cache of a chain contains `P(h_j = 1 | v)` of each hidden unit, and the log of the
/// correction in two parts.
pub(super) type Chains<'s, R> = &'s mut dyn SweepBatch<R, u8>;

/// The quantities of a visible layer on which a tempered step depends.
pub(super) struct Lifted {
    /// `sum_j softplus(a_j)`.
    softplus: f64,
    /// `beta sum_j softplus(a_j) - sum_j softplus(beta a_j)`: the log ratio of the target to the distribution that
    /// the two draws leave invariant.
    correction: f64,
}

impl<R: Scalar> Rbm<R> {
    /// Splits the scratch of a block into its hidden layers and its visible ones.
    #[inline(always)]
    pub(super) fn layers<'s>(
        &self,
        walkers: usize,
        scratch: &'s mut [R],
    ) -> Option<(&'s mut [R], &'s mut [R])> {
        let rows = padded_rows(walkers);
        let (hidden, visible) = scratch.split_at_mut_checked(rows * self.hidden())?;
        Some((hidden, visible.get_mut(..rows * self.visible())?))
    }

    #[inline(always)]
    fn matrix(&self) -> Result<Matrix<'_, R>, gwg_linalg::Error> {
        Matrix::new(&self.weights, self.visible(), self.hidden())
    }

    /// `W h` of each walker.
    #[inline(always)]
    pub(super) fn down(
        &self,
        walkers: usize,
        hidden: &mut [R],
        visible: &mut [R],
    ) -> Result<(), gwg_linalg::Error> {
        if self.transposed.is_empty() {
            return product_transposed(walkers, hidden, self.matrix()?, visible);
        }
        let transposed = Matrix::new(&self.transposed, self.hidden(), self.visible())?;
        product(walkers, hidden, transposed, visible)
    }

    /// `v W` of each walker.
    #[inline(always)]
    fn up(
        &self,
        walkers: usize,
        visible: &mut [R],
        hidden: &mut [R],
    ) -> Result<(), gwg_linalg::Error> {
        product(walkers, visible, self.matrix()?, hidden)
    }

    /// Converts `v W` in `activations` to `beta a`, in place.
    #[inline(always)]
    pub(super) fn lift(&self, beta: R, activations: &mut [R]) -> Lifted {
        for (a, &c) in activations.iter_mut().zip(&self.hidden_bias) {
            *a += c;
        }
        let softplus = math::softplus_sum(activations);
        for a in activations.iter_mut() {
            *a = beta * *a;
        }
        let correction = beta.to_f64() * softplus - math::softplus_sum(activations);
        Lifted {
            softplus,
            correction,
        }
    }

    /// Updates the cache and `f` of a walker to its visible layer, given its `v W`; `own` is the term of the visible biases.
    #[inline(always)]
    pub(super) fn settle(
        &self,
        w: &mut SweepRow<'_, R, u8>,
        activations: &mut [R],
        own: impl Fn(&[u8]) -> f64,
    ) {
        if w.beta == R::ONE {
            for (a, &c) in activations.iter_mut().zip(&self.hidden_bias) {
                *a += c;
            }
            let softplus = math::sigmoid_softplus(activations, self.split(w.cache).0);
            w.set_log_prob(own(w.x) + softplus);
        } else {
            let lifted = self.lift(w.beta, activations);
            self.keep(w, activations, &lifted, own);
        }
    }

    #[inline(always)]
    fn keep(
        &self,
        w: &mut SweepRow<'_, R, u8>,
        scaled: &[R],
        lifted: &Lifted,
        own: impl Fn(&[u8]) -> f64,
    ) {
        let (probability, correction) = self.split(w.cache);
        math::sigmoid_slice(scaled, probability);
        for (part, value) in correction.iter_mut().zip(split::<R>(lifted.correction)) {
            *part = value;
        }
        w.set_log_prob(own(w.x) + lifted.softplus);
    }

    /// Splits a walker's cache into its two parts.
    #[inline(always)]
    pub(super) fn split<'s>(&self, memory: &'s mut [R]) -> (&'s mut [R], &'s mut [R]) {
        memory
            .split_at_mut_checked(self.hidden())
            .unwrap_or((&mut [], &mut []))
    }

    /// Accepts or rejects the drawn visible layer, which `replace` writes to the state, given its `v W`.
    #[inline(always)]
    pub(super) fn decide<B: Bits>(
        &self,
        w: &mut SweepRow<'_, R, u8>,
        activations: &mut [R],
        (replace, own): (impl Fn(&mut [u8]) -> u64, impl Fn(&[u8]) -> f64),
        bits: &mut B,
        counts: &mut StepCounts,
    ) {
        if w.beta == R::ONE {
            counts.sites_changed += replace(w.x);
            counts.accepted += 1;
            return self.settle(w, activations, own);
        }
        let lifted = self.lift(w.beta, activations);
        let before: f64 = self.split(w.cache).1.iter().map(|c| c.to_f64()).sum();
        if accept::accept(Real::exp(lifted.correction - before), bits) {
            counts.sites_changed += replace(w.x);
            counts.accepted += 1;
            self.keep(w, activations, &lifted, own);
        }
    }
}

/// Writes a layer of zeros and ones to `x`; returns the number of sites changed.
#[inline(always)]
fn replace<R: Real>(x: &mut [u8], v: &[R]) -> u64 {
    let mut changed = 0;
    for (x, v) in x.chunks_mut(UNITS).zip(v.chunks(UNITS)) {
        let mut here = 0u8;
        for (x, &v) in x.iter_mut().zip(v) {
            let new = u8::from(v != R::ZERO);
            here += u8::from(*x != new);
            *x = new;
        }
        changed += u64::from(here);
    }
    changed
}

/// Restores the held units of a drawn layer.
#[inline(always)]
fn hold<R: Real>(held: Held<'_, u8>, v: &mut [R]) {
    if held.is_empty() {
        return;
    }
    for (site, v) in v.iter_mut().enumerate() {
        if let Some(symbol) = held.at(site) {
            *v = if symbol == 0 { R::ZERO } else { R::ONE };
        }
    }
}

#[inline(always)]
pub(super) fn give_up<R: Real>(batch: Chains<'_, R>) {
    for k in 0..batch.rows() {
        batch.row(k).set_log_prob(f64::NAN);
    }
}

/// Two-block Gibbs sampling, with the hidden units drawn and discarded[^hinton]:
/// `h_j ~ Bernoulli(sigmoid(beta a_j))`, then `v_i ~ Bernoulli(sigmoid(beta (b_i + (W h)_i)))`. Two matrix products
/// per block of walkers; the pre-activations from the second also give `f(v)` and the probabilities of the next
/// sweep. Reversible, because the hidden layer is summed out.
///
/// At `beta = 1` nothing is rejected. Otherwise the two draws leave `exp(beta b.v) prod_j (1 + e^(beta a_j))`
/// invariant instead of the target `exp(beta b.v) prod_j (1 + e^a_j)^beta`: the tempered free energy is not that of a
/// tempered machine. A Metropolis-Hastings step with the corresponding ratio corrects this exactly; its acceptance
/// rate decreases with the number of hidden units and with the distance of `beta` from one.
///
/// A unit is drawn from its probability exactly (to within `2^-40`); the probability has the precision of the model.
///
/// With too little scratch, `log_prob` is NaN and the walkers do not move.
///
/// [^hinton]: G. E. Hinton, "Training Products of Experts by Minimizing Contrastive Divergence", Neural Computation 14 (2002).
impl<R: Scalar> Sweep for Rbm<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    fn sweeps_together(&self) -> bool {
        true
    }

    fn sweep_cache_len(&self) -> usize {
        self.hidden() + 2
    }

    fn sweep_scratch_len(&self, rows: usize) -> usize {
        padded_rows(rows) * (self.hidden() + self.visible())
    }

    fn prepare(&self, batch: Chains<'_, R>, scratch: &mut [R]) {
        let rows = batch.rows();
        let Some((hidden, visible)) = self.layers(rows, scratch) else {
            return give_up(batch);
        };
        for (k, v) in (0..rows).zip(visible.chunks_exact_mut(self.visible())) {
            for (v, &x) in v.iter_mut().zip(batch.row(k).x.iter()) {
                *v = if x == 0 { R::ZERO } else { R::ONE };
            }
        }
        if self.up(rows, visible, hidden).is_err() {
            return give_up(batch);
        }
        for (k, a) in (0..rows).zip(hidden.chunks_exact_mut(self.hidden())) {
            self.settle(&mut batch.row(k), a, |x| self.bias_sum(x));
        }
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: Chains<'_, R>,
        scratch: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let (rows, hidden_units) = (batch.rows(), self.hidden());
        let Some((hidden, visible)) = self.layers(rows, scratch) else {
            return give_up(batch);
        };
        let layers = (0..rows).zip(bits.iter_mut());
        for ((k, bits), h) in layers.zip(hidden.chunks_exact_mut(hidden_units)) {
            draw(self.split(batch.row(k).cache).0, h, bits);
        }
        if self.down(rows, hidden, visible).is_err() {
            return give_up(batch);
        }
        let layers = (0..rows).zip(bits.iter_mut());
        for ((k, bits), v) in layers.zip(visible.chunks_exact_mut(self.visible())) {
            let row = batch.row(k);
            self.draw_visible(row.beta, v, bits);
            hold(row.held, v);
        }
        if self.up(rows, visible, hidden).is_err() {
            return give_up(batch);
        }
        let drawn = visible
            .chunks_exact(self.visible())
            .zip(hidden.chunks_exact_mut(hidden_units));
        for (((k, bits), counts), (v, a)) in (0..rows).zip(bits).zip(counts).zip(drawn) {
            let drawn = (|x: &mut [u8]| replace(x, v), |x: &[u8]| self.bias_sum(x));
            self.decide(&mut batch.row(k), a, drawn, bits, counts);
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        self.law(x, beta, held, visit);
    }
}
