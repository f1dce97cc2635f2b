//! One kernel on one target, as chains see it: plain memory in, plain memory out.

use crate::generator::Generator;
use arrayvec::ArrayVec;
use gwg_core::kernel::{CountWords, RestoreWords, SaveWords, WalkerOf};
use gwg_core::{
    Error, Kernel, Memory, MemoryLayout, Move, MoveLog, Real, Space, StepCounts, SymbolOf, Target,
    Walker,
};
use std::ops::Range;
use std::slice::from_mut;

/// The most walkers that step together: a matrix product gains little beyond this many rows, and the working set of a block
/// leaves the cache.
pub(crate) const MOST_TOGETHER: usize = 128;

/// What has to happen to a walker before its next step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pending {
    /// Nothing.
    #[default]
    Nothing,
    /// [`Kernel::follow`]: its state has changed by the moves of [`BlockMut::changes`].
    Follow,
    /// [`Kernel::reweight`]: its temperature has changed.
    Reweight,
    /// [`Kernel::reevaluate`]: its state, or the target, has changed.
    Reevaluate,
    /// [`Kernel::init`]: it has not begun yet.
    Init,
}

/// So much memory of a walker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Slices.
    pub layout: MemoryLayout,
    /// Numbers that a kernel keeps outside of them.
    pub saved: usize,
}

impl Extent {
    /// Both, one after the other.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            layout: self.layout.plus(other.layout),
            saved: self.saved + other.saved,
        }
    }
}

/// The memory of some walkers, one behind the other: what a [`Stepper`] works on. All of it is plain data.
#[derive(Debug)]
pub struct BlockMut<'b, R, S> {
    /// States, (walker, site).
    pub x: &'b mut [S],
    /// [`MemoryLayout::reals`] numbers for each walker, and so on.
    pub reals: &'b mut [R],
    /// See [`MemoryLayout::words`].
    pub words: &'b mut [u64],
    /// See [`MemoryLayout::indices`].
    pub indices: &'b mut [u32],
    /// See [`MemoryLayout::moves`].
    pub moves: &'b mut [Move],
    /// As many numbers as [`Stepper::fresh`] has for each walker: what a kernel keeps outside of those slices.
    pub saved: &'b mut [u64],
    /// [`Stepper::scratch_len`] numbers for all of them.
    pub scratch: &'b mut [R],
    /// Inverse temperatures.
    pub betas: &'b [R],
    /// `f(x)`; written.
    pub log_prob: &'b mut [f64],
    /// What has to happen first; afterwards nothing.
    pub pending: &'b mut [Pending],
    /// For [`Pending::Follow`], of a block of one walker: the moves, which have been made in `x`. What is saved of the walker's `f` is up to
    /// date then.
    pub changes: &'b [Move],
    /// Where, in the words of each walker and before [`offset`](Self::offset), there are [`MoveLog::WORDS`] of them to log the moves in;
    /// `None`: nowhere.
    pub log: Option<usize>,
    /// The memory of each walker, and how much of it comes before the part that the stepper is to work on.
    pub each: Extent,
    /// See [`each`](Self::each).
    pub offset: Extent,
}

impl<R, S> BlockMut<'_, R, S> {
    /// Some of the walkers, with what is pending for them.
    ///
    /// # Panics
    /// Where there are not so many.
    pub fn walkers<'s>(
        &'s mut self,
        range: Range<usize>,
        pending: &'s mut [Pending],
        changes: &'s [Move],
    ) -> BlockMut<'s, R, S> {
        let sites = self.x.len() / self.betas.len();
        let of = |len: usize| range.start * len..range.end * len;
        let MemoryLayout {
            reals,
            words,
            indices,
            moves,
        } = self.each.layout;
        BlockMut {
            x: &mut self.x[of(sites)],
            reals: &mut self.reals[of(reals)],
            words: &mut self.words[of(words)],
            indices: &mut self.indices[of(indices)],
            moves: &mut self.moves[of(moves)],
            saved: &mut self.saved[of(self.each.saved)],
            scratch: self.scratch,
            betas: &self.betas[range.clone()],
            log_prob: &mut self.log_prob[range],
            pending,
            changes,
            log: self.log,
            each: self.each,
            offset: self.offset,
        }
    }

    /// The same walkers for a stepper whose memory begins so much later.
    #[must_use]
    pub fn later(mut self, by: Extent) -> Self {
        self.offset = self.offset.plus(by);
        self
    }
}

/// The part of a walker's slice that begins at `offset` and is `len` long; the walker's slice is taken off the front.
#[inline(always)]
fn part<'c, E>(slice: &mut &'c mut [E], each: usize, offset: usize, len: usize) -> &'c mut [E] {
    &mut front(slice, each)[offset..][..len]
}

/// A kernel on a target, with both types erased: what [`Chains`](crate::Chains) are advanced by.
///
/// [`Bound`] makes one of any kernel and target. The methods are called for a block of walkers at a time, so that a call through this
/// trait costs nothing beside the steps.
pub trait Stepper<R, S>: Sync {
    /// The number of sites.
    fn sites(&self) -> usize;

    /// The largest number of states of a site.
    fn states(&self) -> usize;

    /// The number of states of a site.
    fn states_at(&self, site: usize) -> usize;

    /// The symbol that a site is held at, where it is observed.
    fn observed(&self, site: usize) -> Option<S>;

    /// The number of sites that may change.
    fn free(&self) -> usize;

    /// `f(x)`.
    fn evaluate(&self, x: &[S]) -> f64;

    /// True where walkers share work and step together.
    fn lockstep(&self) -> bool;

    /// The memory of a walker.
    fn layout(&self) -> MemoryLayout;

    /// What a walker that has not begun yet keeps outside of its memory slices: numbers to be restored from, as many as will be saved. The
    /// running sum of `f` comes first, of [`Walker::LOG_PROB_WORDS`] numbers.
    ///
    /// # Errors
    /// What the kernel refuses: a block that is too large, too many moves.
    fn fresh(&self) -> Result<Vec<u64>, Error>;

    /// Numbers of scratch for a block of so many walkers.
    fn scratch_len(&self, walkers: usize) -> usize;

    /// True where steps log their moves where [`BlockMut::log`] says: see [`Kernel::logs_moves`].
    fn logs_moves(&self) -> bool {
        false
    }

    /// Does what is pending, then `steps` steps of every walker, adapting after each where `adapt`.
    fn advance(
        &self,
        block: BlockMut<'_, R, S>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    );

    /// Appends what each walker of the block tunes.
    fn tuning(&self, block: BlockMut<'_, R, S>, all: &mut Vec<f64>);

    /// What kernel and target these are, to tell saved chains apart.
    fn label(&self) -> String;
}

/// A kernel on a target.
#[derive(Debug)]
pub struct Bound<'k, T: ?Sized, K> {
    /// The target.
    pub target: &'k T,
    /// The kernel.
    pub kernel: &'k K,
}

impl<T: Target, K: Kernel<T>> Bound<'_, T, K> {
    /// Gives the walkers of a block to `work`, at most [`MOST_TOGETHER`] at a time, with the range that they are of.
    #[inline(always)]
    fn each<F>(&self, block: BlockMut<'_, T::Real, SymbolOf<T>>, mut work: F)
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
                // The memory is as long as the layout says, and the kernel has been asked once before.
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

impl<T, K> Stepper<T::Real, SymbolOf<T>> for Bound<'_, T, K>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    fn sites(&self) -> usize {
        self.target.space().sites()
    }

    fn states(&self) -> usize {
        self.target.space().states()
    }

    fn states_at(&self, site: usize) -> usize {
        self.target.space().states_at(site)
    }

    fn observed(&self, site: usize) -> Option<SymbolOf<T>> {
        self.target.space().observed(site)
    }

    fn free(&self) -> usize {
        self.target.space().free()
    }

    fn evaluate(&self, x: &[SymbolOf<T>]) -> f64 {
        self.target.log_prob(x)
    }

    fn lockstep(&self) -> bool {
        self.kernel.lockstep(self.target)
    }

    fn layout(&self) -> MemoryLayout {
        self.kernel.layout(self.target)
    }

    fn fresh(&self) -> Result<Vec<u64>, Error> {
        let mut x = Vec::<SymbolOf<T>>::new();
        let layout = self.layout();
        let (mut reals, mut words) = (vec![Real::ZERO; layout.reals], vec![0; layout.words]);
        let (mut indices, mut moves) =
            (vec![0; layout.indices], vec![Move::default(); layout.moves]);
        let memory = Memory {
            reals: &mut reals,
            words: &mut words,
            indices: &mut indices,
            moves: &mut moves,
        };
        let state = self.kernel.state(self.target, memory)?;
        let mut count = CountWords::default();
        let mut walker = Walker::new(&mut x, T::Real::ONE, state);
        walker.visit_state(self.kernel, &mut count);
        let mut fresh = vec![0; count.0];
        walker.visit_state(self.kernel, &mut SaveWords(&mut fresh));
        Ok(fresh)
    }

    fn scratch_len(&self, walkers: usize) -> usize {
        self.kernel
            .scratch_len(self.target, walkers.min(MOST_TOGETHER))
    }

    fn logs_moves(&self) -> bool {
        self.kernel.logs_moves()
    }

    fn advance(
        &self,
        block: BlockMut<'_, T::Real, SymbolOf<T>>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        self.each(block, |walkers, scratch, here| {
            if steps > 0 {
                crate::advance(
                    self.target,
                    self.kernel,
                    walkers,
                    scratch,
                    &mut bits[here.clone()],
                    &mut counts[here],
                    steps,
                    adapt,
                );
            }
        });
    }

    fn tuning(&self, block: BlockMut<'_, T::Real, SymbolOf<T>>, all: &mut Vec<f64>) {
        self.each(block, |walkers, _, _| {
            for w in walkers {
                let mut k = 0;
                while let Some(parameter) = self.kernel.tuning(self.target, &w.state, k) {
                    all.push(parameter);
                    k += 1;
                }
            }
        });
    }

    fn label(&self) -> String {
        std::any::type_name::<K>().to_owned()
    }
}

/// Takes `len` elements off the front of a slice.
pub(crate) fn front<'c, E>(slice: &mut &'c mut [E], len: usize) -> &'c mut [E] {
    let (front, rest) = std::mem::take(slice).split_at_mut(len);
    *slice = rest;
    front
}
