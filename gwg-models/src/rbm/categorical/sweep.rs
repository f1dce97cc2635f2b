//! Two-block Gibbs sampling: the hidden layer given the sites, then all sites given the hidden layer.

use super::super::layers::{draw, draw_symbol};
use super::super::sweep::{Chains, give_up};
use super::CategoricalRbm;
use gwg_core::target::{Held, Sweep};
use gwg_core::{Bits, Real, StepCounts};
use gwg_linalg::{Scalar, axpy};

impl<R: Scalar> CategoricalRbm<R> {
    /// Writes `v W` of a state whose units `on` are 1.
    #[inline(always)]
    fn up(&self, on: impl Iterator<Item = usize>, activations: &mut [R]) {
        activations.fill(R::ZERO);
        for unit in on {
            axpy(R::ONE, self.units.row(unit), activations);
        }
    }

    /// Draws all sites from their slopes `W h`, and writes the symbols to the front of the slice.
    #[inline(always)]
    fn draw_sites<B: Bits>(&self, beta: R, held: Held<'_, u8>, slopes: &mut [R], bits: &mut B) {
        self.units.visible_logits(beta, slopes);
        let q = self.states();
        for site in 0..self.sites() {
            let logits = slopes.get_mut(site * q..(site + 1) * q);
            let drawn = draw_symbol(logits.unwrap_or(&mut []), bits);
            let symbol = held.at(site).map_or(drawn, usize::from);
            if let Some(first) = slopes.get_mut(site) {
                *first = R::from_usize(symbol);
            }
        }
    }
}

#[inline(always)]
fn symbol<R: Real>(number: R) -> u8 {
    number.to_f64() as u8
}

/// Writes drawn symbols to `x`; returns the number of sites changed.
#[inline(always)]
fn replace<R: Real>(x: &mut [u8], drawn: &[R]) -> u64 {
    let mut changed = 0;
    for (x, &drawn) in x.iter_mut().zip(drawn) {
        let new = symbol(drawn);
        changed += u64::from(*x != new);
        *x = new;
    }
    changed
}

/// Two-block Gibbs sampling as that of [`Rbm`](crate::Rbm), with sites drawn from
/// `x_i ~ softmax_a(beta (b[i, a] + (W h)[i, a]))`: one matrix product per block of walkers, and one sum of `sites` rows of `W` per walker.
///
/// At inverse temperatures other than 1, the same Metropolis-Hastings step corrects the draws.
///
/// With too little scratch, `log_prob` is NaN and the walkers do not move.
impl<R: Scalar> Sweep for CategoricalRbm<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    fn sweeps_together(&self) -> bool {
        true
    }

    fn sweep_cache_len(&self) -> usize {
        self.units.sweep_cache_len()
    }

    fn sweep_scratch_len(&self, rows: usize) -> usize {
        self.units.sweep_scratch_len(rows)
    }

    fn prepare(&self, batch: Chains<'_, R>, scratch: &mut [R]) {
        let rows = batch.rows();
        let Some((hidden, _)) = self.units.layers(rows, scratch) else {
            return give_up(batch);
        };
        for (k, a) in (0..rows).zip(hidden.chunks_exact_mut(self.hidden())) {
            let mut row = batch.row(k);
            self.up(self.on(row.x), a);
            self.units.settle(&mut row, a, |x| self.bias_sum(x));
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
        let rows = batch.rows();
        let Some((hidden, visible)) = self.units.layers(rows, scratch) else {
            return give_up(batch);
        };
        let layers = (0..rows).zip(bits.iter_mut());
        for ((k, bits), h) in layers.zip(hidden.chunks_exact_mut(self.hidden())) {
            draw(self.units.split(batch.row(k).cache).0, h, bits);
        }
        if self.units.down(rows, hidden, visible).is_err() {
            return give_up(batch);
        }
        let layers = visible
            .chunks_exact_mut(self.units.visible())
            .zip(hidden.chunks_exact_mut(self.hidden()));
        for (((k, bits), counts), (slopes, a)) in (0..rows).zip(bits).zip(counts).zip(layers) {
            let mut row = batch.row(k);
            self.draw_sites(row.beta, row.held, slopes, bits);
            let drawn = slopes.get(..self.sites()).unwrap_or(&[]);
            let symbols = drawn.iter().map(|&number| usize::from(symbol(number)));
            let q = self.states();
            self.up(symbols.enumerate().map(|(i, s)| i * q + s), a);
            let drawn = (
                |x: &mut [u8]| replace(x, drawn),
                |x: &[u8]| self.bias_sum(x),
            );
            self.units.decide(&mut row, a, drawn, bits, counts);
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
