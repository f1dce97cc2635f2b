use crate::stop::Stop;
use gwg_core::{Memory, MemoryLayout, Move, MoveLog, Real};
use std::ops::Range;

/// What is due for a walker before its next step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pending {
    /// Nothing.
    #[default]
    Nothing,
    /// [`Kernel::follow`](gwg_core::Kernel::follow): its state has changed by the moves of [`BlockMut::changes`].
    Follow,
    /// [`Kernel::reweight`](gwg_core::Kernel::reweight): its temperature has changed.
    Reweight,
    /// [`Kernel::reevaluate`](gwg_core::Kernel::reevaluate): its state, or the target, has changed.
    Reevaluate,
    /// [`Kernel::init`](gwg_core::Kernel::init): it has not begun yet.
    Init,
}

/// The size of the memory of a walker.
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

/// The memory of some walkers, one after another, that a [`Stepper`](super::Stepper) works on. All of it is plain data.
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
    /// As many numbers as [`Stepper::fresh`](super::Stepper::fresh) has for each walker: what a kernel keeps outside of those slices.
    pub saved: &'b mut [u64],
    /// [`Stepper::scratch_len`](super::Stepper::scratch_len) numbers for all of them.
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
    /// Where, in the words of each walker and before [`offset`](Self::offset), there are [`MoveLog::WORDS`](gwg_core::MoveLog::WORDS) of them to log the moves in;
    /// `None`: nowhere.
    pub log: Option<usize>,
    /// When to return before all steps are made.
    pub stop: Stop<'b>,
    /// The memory of each walker, and how much of it comes before the part that the stepper is to work on.
    pub each: Extent,
    /// See [`each`](Self::each).
    pub offset: Extent,
}

impl<'b, R, S> BlockMut<'b, R, S> {
    /// Some of the walkers, with what is pending for them.
    ///
    /// # Panics
    /// If `range` goes beyond the last walker.
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
            stop: self.stop,
            each: self.each,
            offset: self.offset,
        }
    }

    /// The memory of one walker after another that a stepper works on, and the rest of the block.
    #[inline(never)]
    pub(super) fn split(
        self,
        sites: usize,
        layout: MemoryLayout,
    ) -> (OwnMemories<'b, R, S>, Rest<'b, R>) {
        let own = OwnMemories {
            sites,
            layout,
            each: self.each.layout,
            offset: self.offset.layout,
            log: self.log,
            x: self.x,
            reals: self.reals,
            words: self.words,
            indices: self.indices,
            moves: self.moves,
        };
        let rest = Rest {
            saved: self.saved,
            each_saved: self.each.saved,
            offset_saved: self.offset.saved,
            scratch: self.scratch,
            betas: self.betas,
            log_prob: self.log_prob,
            pending: self.pending,
            changes: self.changes,
        };
        (own, rest)
    }

    /// The same walkers for a stepper whose memory begins `by` later.
    #[must_use]
    pub fn later(mut self, by: Extent) -> Self {
        self.offset = self.offset.plus(by);
        self
    }
}

/// The number of walkers at the front that the same is pending for.
#[inline(never)]
pub(super) fn alike(pending: &[Pending]) -> usize {
    let first = pending.first();
    pending
        .iter()
        .take_while(|pending| Some(*pending) == first)
        .count()
}

/// The memory of a walker that a kernel works on.
pub(super) struct OwnMemory<'b, R, S> {
    pub(super) x: &'b mut [S],
    pub(super) memory: Memory<'b, R>,
    pub(super) log: Option<MoveLog<'b>>,
}

/// The memory of the walkers of a block, to be taken off the front one after another.
pub(super) struct OwnMemories<'b, R, S> {
    sites: usize,
    layout: MemoryLayout,
    each: MemoryLayout,
    offset: MemoryLayout,
    log: Option<usize>,
    x: &'b mut [S],
    reals: &'b mut [R],
    words: &'b mut [u64],
    indices: &'b mut [u32],
    moves: &'b mut [Move],
}

impl<'b, R, S> OwnMemories<'b, R, S> {
    #[inline(never)]
    pub(super) fn next(&mut self) -> OwnMemory<'b, R, S> {
        let (each, offset, layout) = (self.each, self.offset, self.layout);
        let words = front(&mut self.words, each.words);
        let (before, words) = words.split_at_mut(offset.words);
        let part = offset.reals..offset.reals + layout.reals;
        let reals = &mut front(&mut self.reals, each.reals)[part];
        let part = offset.indices..offset.indices + layout.indices;
        let indices = &mut front(&mut self.indices, each.indices)[part];
        let part = offset.moves..offset.moves + layout.moves;
        let moves = &mut front(&mut self.moves, each.moves)[part];
        OwnMemory {
            x: front(&mut self.x, self.sites),
            memory: Memory {
                reals,
                words: &mut words[..layout.words],
                indices,
                moves,
            },
            log: self.log.map(|place| MoveLog::new(&mut before[place..])),
        }
    }
}

/// What a block has besides the memory of its walkers.
pub(super) struct Rest<'b, R> {
    saved: &'b mut [u64],
    each_saved: usize,
    offset_saved: usize,
    pub(super) scratch: &'b mut [R],
    pub(super) betas: &'b [R],
    pub(super) log_prob: &'b mut [f64],
    pub(super) pending: &'b mut [Pending],
    pub(super) changes: &'b [Move],
}

impl<R> Rest<'_, R> {
    /// What a kernel keeps of a walker outside of its memory slices, and what follows it.
    pub(super) fn saved(&mut self, walker: usize) -> &mut [u64] {
        &mut self.saved[walker * self.each_saved + self.offset_saved..]
    }
}

/// Memory for one walker.
pub(super) struct Buffers<R> {
    reals: Vec<R>,
    words: Vec<u64>,
    indices: Vec<u32>,
    moves: Vec<Move>,
}

impl<R: Real> Buffers<R> {
    #[inline(never)]
    pub(super) fn new(layout: MemoryLayout) -> Self {
        Self {
            reals: vec![R::ZERO; layout.reals],
            words: vec![0; layout.words],
            indices: vec![0; layout.indices],
            moves: vec![Move::default(); layout.moves],
        }
    }

    #[inline(never)]
    pub(super) fn view(&mut self) -> Memory<'_, R> {
        Memory {
            reals: self.reals.as_mut_slice(),
            words: self.words.as_mut_slice(),
            indices: self.indices.as_mut_slice(),
            moves: self.moves.as_mut_slice(),
        }
    }
}

/// Takes `len` elements off the front of a slice.
pub(crate) fn front<'c, E>(slice: &mut &'c mut [E], len: usize) -> &'c mut [E] {
    let (front, rest) = std::mem::take(slice).split_at_mut(len);
    *slice = rest;
    front
}
