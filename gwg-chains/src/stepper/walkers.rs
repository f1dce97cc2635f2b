//! Views of the walkers of a block, and what has to happen before their steps.

use super::memory::{BlockMut, OwnMemory, Pending, alike};
use super::{Bound, MOST_TOGETHER};
use arrayvec::ArrayVec;
use gwg_core::kernel::{RestoreWords, SaveWords, WalkerOf};
use gwg_core::{Error, Kernel, Move, MoveLog, Space, SymbolOf, Target, Walker};
use std::ops::Range;
use std::slice::from_mut;

/// Views of walkers that step together.
pub(super) type Walkers<'m, T, K> = ArrayVec<WalkerOf<'m, T, K>, MOST_TOGETHER>;

// A program has this code once for each kernel on each target. What depends on neither is in `memory`; what is called once a walker or a
// block is not inlined, so that it is there once and not in each caller.
impl<T: Target, K: Kernel<T>> Bound<'_, T, K> {
    /// Gives the walkers of a block to `work`, at most [`MOST_TOGETHER`] at a time, with the range that they are of.
    #[inline(always)]
    pub(super) fn each<F>(&self, block: BlockMut<'_, T::Real, SymbolOf<T>>, mut work: F)
    where
        F: FnMut(&mut [WalkerOf<'_, T, K>], &mut [T::Real], Range<usize>),
    {
        let (sites, layout) = (self.target.space().sites(), self.kernel.layout(self.target));
        let all = block.betas.len();
        let (mut own, mut rest) = block.split(sites, layout);
        for first in (0..all).step_by(MOST_TOGETHER) {
            let here = first..all.min(first + MOST_TOGETHER);
            let mut walkers = Walkers::<T, K>::new();
            let mut logs = ArrayVec::<MoveLog<'_>, MOST_TOGETHER>::new();
            for k in here.clone() {
                let mut own = own.next();
                logs.extend(own.log.take());
                // The memory is as long as the layout states, and the kernel accepted it when the chains were created.
                if self
                    .push(&mut walkers, own, rest.betas[k], rest.saved(k))
                    .is_err()
                {
                    return;
                }
            }
            let pending = &mut rest.pending[here.clone()];
            if pending[0] != Pending::Nothing || alike(pending) < pending.len() {
                self.settle(&mut walkers, rest.scratch, pending, rest.changes);
            }
            for (walker, log) in walkers.iter_mut().zip(logs) {
                walker.log_moves_to(log);
            }
            work(&mut walkers, rest.scratch, here.clone());
            for (k, walker) in here.zip(&mut walkers) {
                rest.log_prob[k] = walker.log_prob();
                walker.visit_state(self.kernel, &mut SaveWords(rest.saved(k)));
            }
        }
    }

    /// Appends a walker as it was saved. In place: a walker is some hundred bytes, and a composition makes a view of it for every
    /// few steps.
    #[inline(never)]
    pub(super) fn push<'m>(
        &self,
        walkers: &mut Walkers<'m, T, K>,
        own: OwnMemory<'m, T::Real, SymbolOf<T>>,
        beta: T::Real,
        saved: &[u64],
    ) -> Result<(), Error> {
        walkers.push(Walker::new(
            own.x,
            beta,
            self.kernel.state(self.target, own.memory)?,
        ));
        if let Some(walker) = walkers.last_mut() {
            walker.visit_state(self.kernel, &mut RestoreWords(saved));
        }
        Ok(())
    }

    /// Does what is pending: for all walkers at once where it is the same for all.
    #[inline(never)]
    fn settle(
        &self,
        walkers: &mut [WalkerOf<'_, T, K>],
        scratch: &mut [T::Real],
        pending: &mut [Pending],
        changes: &[Move],
    ) {
        let mut first = 0;
        while first < walkers.len() {
            let end = first + alike(&pending[first..]);
            self.make_ready(&mut walkers[first..end], scratch, pending[first], changes);
            first = end;
        }
        pending.fill(Pending::Nothing);
    }

    #[inline(always)]
    fn make_ready(
        &self,
        walkers: &mut [WalkerOf<'_, T, K>],
        scratch: &mut [T::Real],
        pending: Pending,
        changes: &[Move],
    ) {
        match pending {
            Pending::Nothing => {}
            Pending::Follow => {
                for walker in walkers {
                    if !self.kernel.follow(self.target, walker, scratch, changes) {
                        self.reevaluate(from_mut(walker), scratch);
                    }
                }
            }
            Pending::Reweight => self.kernel.reweight(self.target, walkers, scratch),
            Pending::Reevaluate => self.reevaluate(walkers, scratch),
            Pending::Init => {
                for walker in walkers.iter_mut() {
                    self.kernel.restart(&mut walker.state);
                }
                self.reevaluate(walkers, scratch);
            }
        }
    }

    #[inline(never)]
    fn reevaluate(&self, walkers: &mut [WalkerOf<'_, T, K>], scratch: &mut [T::Real]) {
        self.kernel.reevaluate(self.target, walkers, scratch);
    }
}
