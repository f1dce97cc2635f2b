use super::{Held, SymbolOf, Target};
use crate::walker::RunningSum;
use crate::{Bits, Real, StepCounts};

/// A batch of chains to be swept: the argument of [`Sweep::sweep`].
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
    /// The model's cache for this chain ([`Sweep::sweep_cache_len`] numbers).
    pub cache: &'r mut [R],
    /// The sites that the sweep must not change; none if the target does not [hold sites](Sweep::holds_sites).
    pub held: Held<'r, S>,
    pub(crate) log_prob: &'r mut RunningSum<R>,
}

impl<'r, R: Real, S> SweepRow<'r, R, S> {
    /// Creates a chain whose `f` is in `log_prob`, without held sites, for custom implementations of [`SweepBatch`].
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

    /// The last value set for `f(x)`.
    #[inline(always)]
    #[must_use]
    pub fn log_prob(&self) -> f64 {
        self.log_prob.value()
    }
}

/// A target with blocks of conditionally independent sites: its sites are divided into classes such that, given all
/// others, the sites of a class are independent, possibly with the help of hidden variables that are summed out of
/// `f`.
///
/// A sweep draws every site, class by class, each class as a whole from its exact conditional distribution at the
/// chain's `beta`: block Gibbs (checkerboard sweeps of lattices, the two layers of a Boltzmann machine). It leaves
/// `exp(beta f)` invariant. With a fixed order of classes it is not reversible, unless one class is hidden.
///
/// Contract:
/// - the results for a chain depend only on its own `x`, `beta` and bits, not on the rest of the batch;
/// - `f(x)` is recomputed after each sweep, not a running sum;
/// - `prepare` gives the same cache as a sweep that ends at this `x`, to the bit;
/// - no allocation, no panic.
pub trait Sweep: Target {
    /// True if the chains of a batch share work and should sweep together.
    fn sweeps_together(&self) -> bool {
        false
    }

    /// True if sweeps leave [held](SweepRow::held) sites unchanged, and draw the others given them. The default is false: the
    /// target has no sweeps if sites are observed. (Conditionally independent sites remain so if some of them are observed:
    /// it is sufficient to draw all of them, and to restore the held ones before the next class is drawn.)
    fn holds_sites(&self) -> bool {
        false
    }

    /// True if sweeps are possible, which is the default: not for a target with observed sites whose sweeps do not hold them.
    fn has_sweeps(&self) -> bool {
        true
    }

    /// The length of the model's cache per chain.
    fn sweep_cache_len(&self) -> usize {
        0
    }

    /// The length of the scratch slice for a batch of `rows` chains.
    fn sweep_scratch_len(&self, rows: usize) -> usize {
        let _ = rows;
        0
    }

    /// Updates the cache and `f` of every chain to its `x` and `beta`.
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

    /// Makes one sweep of every chain with its own bits. Adds to each of `counts` the number of sites changed, and
    /// one to `accepted` if the sweep was not rejected.
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    );

    /// The distribution of one sweep from `x`, with some of its sites held, computed from the probabilities that
    /// [`sweep`](Self::sweep) draws with. Calls `visit(y, probability)` for its outcomes, possibly several times for the
    /// same outcome, whose probabilities add up; the remaining probability is that of staying.
    ///
    /// For tests on models of a few sites: the cost is exponential in their number.
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
