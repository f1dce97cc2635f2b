//! Views of the walkers of a block, and what has to happen before their steps.

use super::memory::{BlockMut, Pending, front, part};
use super::{Bound, MOST_TOGETHER};
use arrayvec::ArrayVec;
use gwg_core::kernel::{RestoreWords, SaveWords, WalkerOf};
use gwg_core::{Kernel, Memory, Move, MoveLog, Space, SymbolOf, Target, Walker};
use std::ops::Range;
use std::slice::from_mut;

impl<T: Target, K: Kernel<T>> Bound<'_, T, K> {
    /// Gives the walkers of a block to `work`, at most [`MOST_TOGETHER`] at a time, with the range that they are of.
    #[inline(always)]
    pub(super) fn each<F>(&self, block: BlockMut<'_, T::Real, SymbolOf<T>>, mut work: F)
    where
        F: FnMut(&mut [WalkerOf<'_, T, K>], &mut [T::Real], Range<usize>),
    {
        let (sites, layout) = (self.target.space().sites(), self.kernel.layout(self.target));
        let all = block.betas.len();
        let BlockMut {
            mut x,
            mut reals,
            mut words,
            mut indices,
            mut moves,
            saved,
            scratch,
            betas,
            log_prob,
            pending,
            changes,
            log,
            each,
            offset,
        } = block;
        for first in (0..all).step_by(MOST_TOGETHER) {
            let here = first..all.min(first + MOST_TOGETHER);
            let mut walkers = ArrayVec::<WalkerOf<'_, T, K>, MOST_TOGETHER>::new();
            let mut logs = ArrayVec::<MoveLog<'_>, MOST_TOGETHER>::new();
            for k in here.clone() {
                let (size, start) = (each.layout, offset.layout);
                let (before, own_words) = front(&mut words, size.words).split_at_mut(start.words);
                if let Some(place) = log {
                    logs.push(MoveLog::new(&mut before[place..]));
                }
                let memory = Memory {
                    reals: part(&mut reals, size.reals, start.reals, layout.reals),
                    words: &mut own_words[..layout.words],
                    indices: part(&mut indices, size.indices, start.indices, layout.indices),
                    moves: part(&mut moves, size.moves, start.moves, layout.moves),
                };
                // The memory is as long as the layout states, and the kernel accepted it when the chains were created.
                let Ok(state) = self.kernel.state(self.target, memory) else {
                    return;
                };
                let mut walker = Walker::new(front(&mut x, sites), betas[k], state);
                let saved = &saved[k * each.saved + offset.saved..];
                walker.visit_state(self.kernel, &mut RestoreWords(saved));
                walkers.push(walker);
            }
            self.settle(&mut walkers, scratch, &mut pending[here.clone()], changes);
            for (walker, log) in walkers.iter_mut().zip(logs) {
                walker.log_moves_to(log);
            }
            work(&mut walkers, scratch, here.clone());
            for (k, walker) in here.zip(&mut walkers) {
                log_prob[k] = walker.log_prob();
                let saved = &mut saved[k * each.saved + offset.saved..];
                walker.visit_state(self.kernel, &mut SaveWords(saved));
            }
        }
    }

    /// Does what is pending: for all walkers at once where it is the same for all.
    #[inline(always)]
    fn settle(
        &self,
        walkers: &mut [WalkerOf<'_, T, K>],
        scratch: &mut [T::Real],
        pending: &mut [Pending],
        changes: &[Move],
    ) {
        let Some(&first) = pending.first() else {
            return;
        };
        if pending.iter().all(|p| *p == first) {
            self.make_ready(walkers, scratch, first, changes);
        } else {
            for (walker, pending) in walkers.iter_mut().zip(pending.iter()) {
                self.make_ready(from_mut(walker), scratch, *pending, changes);
            }
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
                        self.kernel
                            .reevaluate(self.target, from_mut(walker), scratch);
                    }
                }
            }
            Pending::Reweight => self.kernel.reweight(self.target, walkers, scratch),
            Pending::Reevaluate => self.kernel.reevaluate(self.target, walkers, scratch),
            Pending::Init => self.kernel.init(self.target, walkers, scratch),
        }
    }
}
