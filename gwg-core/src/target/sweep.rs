use super::{Held, SymbolOf, Target};
use crate::walker::RunningSum;
use crate::{Bits, Real, StepCounts};

/// Chains to be swept together: what a [`Sweep`] receives.
pub trait SweepBatch<R, S> {
    /// The number of chains.
    fn rows(&self) -> usize;

    /// Chain `k`, below [`rows`](Self::rows).
    fn row(&mut self, k: usize) -> SweepRow<'_, R, S>;
}

/// One chain of a [`SweepBatch`].
#[derive(Debug)]
pub struct SweepRow<'r, R, S> {
    /// The state.
    pub x: &'r mut [S],
    /// The inverse temperature.
    pub beta: R,
    /// The model's own numbers of this chain ([`Sweep::sweep_cache_len`]).
    pub cache: &'r mut [R],
    /// The sites that the sweep is to leave as they are; of none in a target that does not [hold sites](Sweep::holds_sites).
    pub held: Held<'r, S>,
    pub(crate) log_prob: &'r mut RunningSum<R>,
}

impl<'r, R: Real, S> SweepRow<'r, R, S> {
    /// A chain whose `f` is in `log_prob`, of which nothing is held: for a [`SweepBatch`] of one's own.
    pub fn new(
        x: &'r mut [S],
        beta: R,
        cache: &'r mut [R],
        log_prob: &'r mut RunningSum<R>,
    ) -> Self {
        Self {
            x,
            beta,
            cache,
            held: Held::default(),
            log_prob,
        }
    }

    /// Sets `f(x)`.
    #[inline(always)]
    pub fn set_log_prob(&mut self, log_prob: f64) {
        *self.log_prob = log_prob.into();
    }

    /// `f(x)` as it was set last.
    #[inline(always)]
    #[must_use]
    pub fn log_prob(&self) -> f64 {
        self.log_prob.value()
    }
}

/// A target with blocks of conditionally independent sites: its sites fall into classes such that, given all others, those
/// of one class are independent; or hidden variables, summed out of `f`, make them so.
///
/// A sweep draws every site anew, class after class, each class as a whole from its exact conditional
/// distribution at the chain's `beta`: block Gibbs (checkerboard sweeps of lattices, the two layers of a
/// Boltzmann machine). It leaves `exp(beta f)` invariant. In a fixed order of classes it is not reversible,
/// unless one class is a hidden one.
///
/// Contract:
/// - the numbers of a chain depend on its own `x`, `beta` and bits alone, never on the rest of the batch;
/// - `f(x)` is evaluated afresh after each sweep, not a running sum;
/// - `prepare` leaves the cache that a sweep would have left at this `x`, to the bit;
/// - no allocation, no panic.
pub trait Sweep: Target {
    /// True where the chains of a batch share work and should sweep together.
    fn sweeps_together(&self) -> bool {
        false
    }

    /// True where sweeps leave what is [held](SweepRow::held) as it is, and draw the other sites given it. By default false: the target
    /// has no sweeps where sites are observed. (Conditionally independent sites stay so where some of them are observed: it is enough to draw
    /// them all, and to put the held ones back before the next class is drawn.)
    fn holds_sites(&self) -> bool {
        false
    }

    /// True, by default, where there are sweeps at all: not on a target with observed sites that do not stay observed.
    fn has_sweeps(&self) -> bool {
        true
    }

    /// Numbers that the model keeps per chain between sweeps.
    fn sweep_cache_len(&self) -> usize {
        0
    }

    /// Numbers of scratch for a batch of `rows` chains.
    fn sweep_scratch_len(&self, rows: usize) -> usize {
        let _ = rows;
        0
    }

    /// Brings the cache and `f` of every chain up to its `x` and `beta`.
    fn prepare(
        &self,
        batch: &mut dyn SweepBatch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
    ) {
        let _ = scratch;
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            let f = self.log_prob(row.x);
            row.set_log_prob(f);
        }
    }

    /// One sweep of every chain with its own bits. Adds to each of `counts` the sites that changed,
    /// and one to `accepted` where the sweep was not rejected.
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    );

    /// The distribution of one sweep out of `x`, some of its sites held, from the probabilities that [`sweep`](Self::sweep) draws with: calls
    /// `visit(y, probability)` for its outcomes, an outcome perhaps several times, to be added up; what the
    /// probabilities lack of 1 stays.
    ///
    /// For proofs on models of a few sites: the cost is exponential in their number.
    fn sweep_probabilities(
        &self,
        x: &[SymbolOf<Self>],
        beta: Self::Real,
        held: Held<'_, SymbolOf<Self>>,
        visit: &mut dyn FnMut(&[SymbolOf<Self>], f64),
    );
}

impl<T: Sweep> Sweep for &T {
    fn sweeps_together(&self) -> bool {
        (**self).sweeps_together()
    }

    fn holds_sites(&self) -> bool {
        (**self).holds_sites()
    }

    fn has_sweeps(&self) -> bool {
        (**self).has_sweeps()
    }

    fn sweep_cache_len(&self) -> usize {
        (**self).sweep_cache_len()
    }

    fn sweep_scratch_len(&self, rows: usize) -> usize {
        (**self).sweep_scratch_len(rows)
    }

    #[inline(always)]
    fn prepare(
        &self,
        batch: &mut dyn SweepBatch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
    ) {
        (**self).prepare(batch, scratch);
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        (**self).sweep(batch, scratch, bits, counts);
    }

    fn sweep_probabilities(
        &self,
        x: &[SymbolOf<Self>],
        beta: Self::Real,
        held: Held<'_, SymbolOf<Self>>,
        visit: &mut dyn FnMut(&[SymbolOf<Self>], f64),
    ) {
        (**self).sweep_probabilities(x, beta, held, visit);
    }
}
