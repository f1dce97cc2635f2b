mod move_log;
mod running_sum;

pub use move_log::MoveLog;
pub use running_sum::RunningSum;

use crate::kernel::{Kernel, StateVisitor};
use crate::{Error, Move, Real, Target};

/// One chain: where it stands, at which temperature, and what its kernel keeps between steps.
///
/// All memory is the caller's. Whoever changes `x` or the target calls
/// [`Kernel::reevaluate`](crate::Kernel::reevaluate) before the next step, and so does whoever has stepped the same `x` with
/// another kernel; whoever changes `beta` alone, [`Kernel::reweight`](crate::Kernel::reweight).
#[derive(Debug)]
pub struct Walker<'a, R, S, Y = u8> {
    /// The configuration, one symbol a site.
    pub x: &'a mut [Y],
    pub(crate) log_prob: RunningSum<R>,
    /// The inverse temperature: the chain's target is `exp(beta f(x))`.
    pub beta: R,
    /// What the kernel keeps: see [`Kernel::state`](crate::Kernel::state).
    pub state: S,
    pub(crate) moves: MoveLog<'a>,
}

impl<'a, R: Real, S, Y> Walker<'a, R, S, Y> {
    /// A walker at `x`; [`Kernel::init`](crate::Kernel::init) makes it ready to step.
    pub fn new(x: &'a mut [Y], beta: R, state: S) -> Self {
        Self {
            x,
            log_prob: 0.0.into(),
            beta,
            state,
            moves: MoveLog::default(),
        }
    }

    /// How many numbers [`visit_state`](Self::visit_state) visits before those of the kernel: the running sum of `f`.
    pub const LOG_PROB_WORDS: usize = 3;

    /// Has the kernel's moves logged from now on; see [`Kernel::logs_moves`](crate::Kernel::logs_moves).
    pub fn log_moves_to(&mut self, moves: MoveLog<'a>) {
        self.moves = moves;
    }

    /// The log of the kernel's moves.
    #[must_use]
    pub const fn move_log(&self) -> &MoveLog<'a> {
        &self.moves
    }

    /// Logs a move that a step has made in `x` for good: for kernels that [log their moves](crate::Kernel::logs_moves).
    #[inline(always)]
    pub fn log_move(&mut self, mv: Move) {
        self.moves.add(mv);
    }

    /// `f(x)`, the log-probability up to a constant, not scaled by `beta`: a running sum, in 64 bits.
    #[inline(always)]
    pub fn log_prob(&self) -> f64 {
        self.log_prob.value()
    }

    /// `f(x)` in the target's own precision: without an `f64` operation where that is `f32`.
    #[inline(always)]
    pub fn log_prob_rounded(&self) -> R {
        self.log_prob.rounded()
    }

    /// The inverse temperature and `f(x)`: what a swap is decided by.
    pub(crate) fn temperature_and_value(&self) -> (f64, f64) {
        (self.beta.to_f64(), self.log_prob())
    }

    /// Adds to `f(x)`, without loss of digits: for a kernel that has made a move with this exact difference.
    #[inline(always)]
    pub fn add_log_prob(&mut self, difference: R) {
        self.log_prob.add(difference);
    }

    /// Sets `f(x)`: for whoever has evaluated it.
    #[inline(always)]
    pub fn set_log_prob(&mut self, log_prob: f64) {
        self.log_prob = log_prob.into();
    }
}

impl<'a, R: Real, S, Y> Walker<'a, R, S, Y> {
    /// Visits `log_prob`, then what [`Kernel::visit_state`] of the walker's kernel visits. `x`, `beta` and the memory slices are the
    /// caller's to keep.
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

/// How much memory a walker needs of its caller.
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
    /// Both, one after the other: of a kernel made of two.
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

/// Memory lent to one walker; longer slices than asked for are fine. What it holds does not matter.
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
    /// A state made of this memory, for which `layout` is needed; an error tells all that was lent and all that is needed.
    #[inline(always)]
    pub(crate) fn make<S>(
        self,
        layout: MemoryLayout,
        state: impl FnOnce(Self) -> Result<S, Error>,
    ) -> Result<S, Error> {
        let lent = MemoryLayout {
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
                    found: numbers(lent),
                    needed: numbers(layout),
                }
            }
            other => other,
        })
    }

    /// Takes `len` reals off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] where there are fewer.
    #[inline(always)]
    pub fn reals(&mut self, len: usize) -> Result<&'a mut [R], Error> {
        take(&mut self.reals, len, "reals")
    }

    /// Takes `len` words off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] where there are fewer.
    pub fn words(&mut self, len: usize) -> Result<&'a mut [u64], Error> {
        take(&mut self.words, len, "words")
    }

    /// Takes `len` indices off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] where there are fewer.
    pub fn indices(&mut self, len: usize) -> Result<&'a mut [u32], Error> {
        take(&mut self.indices, len, "indices")
    }

    /// Takes so many words off the front as an array holds.
    pub(crate) fn word_array<const N: usize>(&mut self) -> Result<&'a mut [u64; N], Error> {
        take_array(&mut self.words, "words")
    }

    /// Takes so many indices off the front as an array holds.
    pub(crate) fn index_array<const N: usize>(&mut self) -> Result<&'a mut [u32; N], Error> {
        take_array(&mut self.indices, "indices")
    }

    /// Takes `len` moves off the front: for [`Kernel::state`](crate::Kernel::state).
    ///
    /// # Errors
    /// [`Error::Memory`] where there are fewer.
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
