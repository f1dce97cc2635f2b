mod move_log;
mod running_sum;

pub use move_log::MoveLog;
pub use running_sum::RunningSum;

use crate::kernel::{Kernel, SaveWords, StateVisitor};
use crate::{Error, Move, Real, Target};

/// One chain: its configuration, inverse temperature and kernel state.
///
/// All memory belongs to the caller. After a change of `x` or of the target, and after steps of another kernel on the
/// same `x`, call [`Kernel::reevaluate`](crate::Kernel::reevaluate) before the next step; after a change of `beta`
/// alone, [`Kernel::reweight`](crate::Kernel::reweight).
#[derive(Debug)]
pub struct Walker<'a, R, S, Y = u8> {
    /// The configuration, one symbol per site.
    pub x: &'a mut [Y],
    pub(crate) log_prob: RunningSum<R>,
    /// The inverse temperature: the chain's target is `exp(beta f(x))`.
    pub beta: R,
    /// The kernel's state: see [`Kernel::state`](crate::Kernel::state).
    pub state: S,
    pub(crate) moves: MoveLog<'a>,
}

impl<'a, R: Real, S, Y> Walker<'a, R, S, Y> {
    /// Creates a walker at `x`; [`Kernel::init`](crate::Kernel::init) prepares it for the first step.
    pub fn new(x: &'a mut [Y], beta: R, state: S) -> Self {
        Self {
            x,
            log_prob: 0.0.into(),
            beta,
            state,
            moves: MoveLog::default(),
        }
    }

    /// The count of numbers that [`visit_state`](Self::visit_state) visits before those of the kernel: the running sum of `f`.
    pub const LOG_PROB_WORDS: usize = 3;

    /// These numbers of a running sum that has just been set to `f`.
    #[must_use]
    pub fn log_prob_words(f: f64) -> [u64; 3] {
        let (mut words, mut sum) = ([0; 3], RunningSum::<R>::from(f));
        sum.visit(&mut SaveWords(&mut words));
        words
    }

    /// Starts logging the kernel's moves to `moves`: see [`Kernel::logs_moves`](crate::Kernel::logs_moves).
    pub fn log_moves_to(&mut self, moves: MoveLog<'a>) {
        self.moves = moves;
    }

    /// The log of the kernel's moves.
    #[must_use]
    pub const fn move_log(&self) -> &MoveLog<'a> {
        &self.moves
    }

    /// Logs a move that a step has committed in `x`: for kernels that [log their moves](crate::Kernel::logs_moves).
    #[inline(always)]
    pub fn log_move(&mut self, mv: Move) {
        self.moves.add(mv);
    }

    /// `f(x)`, the log-probability up to a constant, not scaled by `beta`: a running sum, in 64 bits.
    #[inline(always)]
    pub fn log_prob(&self) -> f64 {
        self.log_prob.value()
    }

    /// `f(x)` rounded to the target's precision, without an `f64` operation if that is `f32`.
    #[inline(always)]
    pub fn log_prob_rounded(&self) -> R {
        self.log_prob.rounded()
    }

    /// The inverse temperature and `f(x)`, on which a swap depends.
    pub(crate) fn temperature_and_value(&self) -> (f64, f64) {
        (self.beta.to_f64(), self.log_prob())
    }

    /// Adds `difference` to `f(x)` without rounding, for kernels that have made a move with this exact difference.
    #[inline(always)]
    pub fn add_log_prob(&mut self, difference: R) {
        self.log_prob.add(difference);
    }

    /// Sets `f(x)`, for code that has evaluated it.
    #[inline(always)]
    pub fn set_log_prob(&mut self, log_prob: f64) {
        self.log_prob = log_prob.into();
    }
}

impl<'a, R: Real, S, Y> Walker<'a, R, S, Y> {
    /// Visits `log_prob`, then what [`Kernel::visit_state`] of the walker's kernel visits. The caller keeps `x`,
    /// `beta` and the memory slices.
    #[inline(always)]
    pub fn visit_state<T, K, V>(&mut self, kernel: &K, visitor: &mut V)
    where
        T: Target<Real = R>,
        T::Space: crate::Space<Symbol = Y>,
        K: Kernel<T, State<'a> = S>,
        V: StateVisitor,
    {
        self.log_prob.visit(visitor);
        kernel.visit_state(&mut self.state, visitor);
    }
}

/// The amount of memory that a walker requires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryLayout {
    /// Real numbers.
    pub reals: usize,
    /// 64-bit integers.
    pub words: usize,
    /// Indices.
    pub indices: usize,
    /// Moves.
    pub moves: usize,
}

impl MemoryLayout {
    /// The sum of both: for a composition of two kernels.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            reals: self.reals + other.reals,
            words: self.words + other.words,
            indices: self.indices + other.indices,
            moves: self.moves + other.moves,
        }
    }
}

/// Memory for one walker, provided by the caller; slices may be longer than required, and their content is irrelevant.
#[derive(Debug, Default)]
pub struct Memory<'a, R> {
    /// At least [`MemoryLayout::reals`] numbers.
    pub reals: &'a mut [R],
    /// At least [`MemoryLayout::words`] numbers.
    pub words: &'a mut [u64],
    /// At least [`MemoryLayout::indices`] numbers.
    pub indices: &'a mut [u32],
    /// At least [`MemoryLayout::moves`] moves.
    pub moves: &'a mut [Move],
}

impl<'a, R> Memory<'a, R> {
    /// Creates a state in this memory by calling `state`, for which `layout` is required; an error reports the total
    /// lengths provided and required.
    #[inline(always)]
    pub(crate) fn make<S>(
        self,
        layout: MemoryLayout,
        state: impl FnOnce(Self) -> Result<S, Error>,
    ) -> Result<S, Error> {
        let provided = MemoryLayout {
            reals: self.reals.len(),
            words: self.words.len(),
            indices: self.indices.len(),
            moves: self.moves.len(),
        };
        state(self).map_err(|error| match error {
            Error::Memory { slice, .. } => {
                let numbers = |layout: MemoryLayout| match slice {
                    "reals" => layout.reals,
                    "words" => layout.words,
                    "indices" => layout.indices,
                    _ => layout.moves,
                };
                Error::Memory {
                    slice,
                    found: numbers(provided),
                    needed: numbers(layout),
                }
            }
            other => other,
        })
    }

    /// Takes `len` reals off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] if there are fewer.
    #[inline(always)]
    pub fn reals(&mut self, len: usize) -> Result<&'a mut [R], Error> {
        take(&mut self.reals, len, "reals")
    }

    /// Takes `len` words off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] if there are fewer.
    pub fn words(&mut self, len: usize) -> Result<&'a mut [u64], Error> {
        take(&mut self.words, len, "words")
    }

    /// Takes `len` indices off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] if there are fewer.
    pub fn indices(&mut self, len: usize) -> Result<&'a mut [u32], Error> {
        take(&mut self.indices, len, "indices")
    }

    /// Takes an array of words off the front.
    pub(crate) fn word_array<const N: usize>(&mut self) -> Result<&'a mut [u64; N], Error> {
        take_array(&mut self.words, "words")
    }

    /// Takes an array of indices off the front.
    pub(crate) fn index_array<const N: usize>(&mut self) -> Result<&'a mut [u32; N], Error> {
        take_array(&mut self.indices, "indices")
    }

    /// Takes `len` moves off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] if there are fewer.
    #[inline(always)]
    pub fn moves(&mut self, len: usize) -> Result<&'a mut [Move], Error> {
        take(&mut self.moves, len, "moves")
    }
}

#[inline(always)]
fn take<'a, E>(
    from: &mut &'a mut [E],
    len: usize,
    slice: &'static str,
) -> Result<&'a mut [E], Error> {
    let all = core::mem::take(from);
    let found = all.len();
    match all.split_at_mut_checked(len) {
        Some((front, rest)) => {
            *from = rest;
            Ok(front)
        }
        None => Err(Error::Memory {
            slice,
            found,
            needed: len,
        }),
    }
}

fn take_array<'a, E, const N: usize>(
    from: &mut &'a mut [E],
    slice: &'static str,
) -> Result<&'a mut [E; N], Error> {
    let all = core::mem::take(from);
    let found = all.len();
    match all.split_first_chunk_mut() {
        Some((front, rest)) => {
            *from = rest;
            Ok(front)
        }
        None => Err(Error::Memory {
            slice,
            found,
            needed: N,
        }),
    }
}
