use crate::Walker;
use crate::target::{Held, SweepBatch, SweepRow};
use crate::walker::RunningSum;
use crate::{Real, Symbol};

/// Where a kernel's state keeps what a sweep of a model needs.
pub(super) trait SweepCache<R> {
    /// The cache.
    fn cache(&mut self, which: usize) -> &mut [R];
}

/// The walkers of a block as the batch that a model sweeps.
pub(super) struct Rows<'w, 'a, R, K, Y> {
    walkers: &'w mut [Walker<'a, R, K, Y>],
    which: usize,
    unused: RunningSum<R>,
}

impl<'w, 'a, R: Real, K, Y> Rows<'w, 'a, R, K, Y> {
    /// With the caches number `which` of the walkers' states.
    #[inline(always)]
    pub(super) fn of(walkers: &'w mut [Walker<'a, R, K, Y>], which: usize) -> Self {
        let unused = 0.0.into();
        Self {
            walkers,
            which,
            unused,
        }
    }
}

impl<R: Real, K: SweepCache<R>, Y: Symbol> SweepBatch<R, Y> for Rows<'_, '_, R, K, Y> {
    #[inline(always)]
    fn rows(&self) -> usize {
        self.walkers.len()
    }

    #[inline(always)]
    fn row(&mut self, k: usize) -> SweepRow<'_, R, Y> {
        match self.walkers.get_mut(k) {
            Some(w) => SweepRow {
                x: w.x,
                beta: w.beta,
                cache: w.state.cache(self.which),
                held: Held::default(),
                log_prob: &mut w.log_prob,
            },
            None => SweepRow {
                x: &mut [],
                beta: R::ONE,
                cache: &mut [],
                held: Held::default(),
                log_prob: &mut self.unused,
            },
        }
    }
}
