use gwg_core::{MemoryLayout, Move};
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
    /// The memory of each walker, and how much of it comes before the part that the stepper is to work on.
    pub each: Extent,
    /// See [`each`](Self::each).
    pub offset: Extent,
}

impl<R, S> BlockMut<'_, R, S> {
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
            each: self.each,
            offset: self.offset,
        }
    }

    /// The same walkers for a stepper whose memory begins `by` later.
    #[must_use]
    pub fn later(mut self, by: Extent) -> Self {
        self.offset = self.offset.plus(by);
        self
    }
}

/// The part of a walker's slice that begins at `offset` and is `len` long; the walker's slice is taken off the front.
#[inline(always)]
pub(super) fn part<'c, E>(
    slice: &mut &'c mut [E],
    each: usize,
    offset: usize,
    len: usize,
) -> &'c mut [E] {
    &mut front(slice, each)[offset..][..len]
}

/// Takes `len` elements off the front of a slice.
pub(crate) fn front<'c, E>(slice: &mut &'c mut [E], len: usize) -> &'c mut [E] {
    let (front, rest) = std::mem::take(slice).split_at_mut(len);
    *slice = rest;
    front
}
