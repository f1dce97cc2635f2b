//! Kernels: what takes a chain from one state to the next.

pub(crate) mod adapt;
mod any;
pub(crate) mod block_gibbs;
mod block_sweep;
mod cycle;
mod gibbs;
pub(crate) mod hamming_ball;
pub mod informed;
pub(crate) mod joint;
pub(crate) mod jump;
mod locally_balanced;
mod metropolized_gibbs;
mod mixture;
pub(crate) mod part;
mod random_walk;
mod visit;

pub use any::{AnyKernel, AnyState};
pub use block_gibbs::{BlockGibbs, BlockGibbsState};
pub use block_sweep::BlockSweep;
pub use cycle::Cycle;
pub use gibbs::{Gibbs, GibbsState, Scan};
pub use hamming_ball::{HammingBall, HammingBallState};
pub use informed::Informed;
pub use jump::{Jump, JumpState};
pub use locally_balanced::LocallyBalanced;
pub use metropolized_gibbs::MetropolizedGibbs;
pub use mixture::Mixture;
pub use part::PairState;
pub use random_walk::{RandomWalk, RandomWalkState};
pub use visit::{CountWords, RestoreWords, SaveWords, StateVisitor};

use crate::target::SymbolOf;
use crate::{Bits, Error, Memory, MemoryLayout, Move, Target, Walker};
use core::slice::from_mut;

/// A walker that the kernel `K` moves on the target `T`.
pub type WalkerOf<'a, T, K> =
    Walker<'a, <T as Target>::Real, <K as Kernel<T>>::State<'a>, SymbolOf<T>>;

/// What happened since the counts was last cleared; what a diagnosis needs and the next step does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepCounts {
    /// Steps taken.
    pub steps: u64,
    /// Steps whose proposal was accepted (every step of a rejection-free kernel).
    pub accepted: u64,
    /// Sites that changed their symbol.
    pub sites_changed: u64,
    /// Full evaluations of `f` (or of all exact differences).
    pub values: u64,
    /// Full evaluations of the gradient.
    pub gradients: u64,
    /// Proposals whose evaluation was not a number, which no kernel accepts: an error of the model.
    pub invalid: u64,
}

impl core::ops::AddAssign for StepCounts {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.accepted += other.accepted;
        self.sites_changed += other.sites_changed;
        self.values += other.values;
        self.gradients += other.gradients;
        self.invalid += other.invalid;
    }
}

/// A Markov kernel that leaves `exp(beta f)` invariant.
///
/// Contract of [`step`](Self::step):
/// - it reads and writes `x`, `log_prob` and `state`, and leaves them consistent with each other;
/// - it leaves `exp(beta f)` invariant, for the walker's own `beta`;
/// - a walker's path depends on its own start, `beta` and bits alone, never on the rest of the block;
/// - it does not allocate and does not panic.
pub trait Kernel<T: Target> {
    /// What a walker keeps between steps.
    type State<'a>;

    /// True where the walkers of a block share work and should step together.
    fn lockstep(&self, target: &T) -> bool;

    /// The memory a walker lends.
    fn layout(&self, target: &T) -> MemoryLayout;

    /// Numbers of scratch for a block of so many walkers.
    fn scratch_len(&self, target: &T, walkers: usize) -> usize;

    /// Makes a state of lent memory.
    ///
    /// # Errors
    /// [`Error::Memory`] where a slice is shorter than [`layout`](Self::layout).
    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error>;

    /// Begins at `x`: schedules from their start ([`restart`](Self::restart)), then [`reevaluate`](Self::reevaluate). To be called
    /// before the first step, and nowhere else: a chain whose schedule begins anew whenever something happens to its states no
    /// longer leaves its target invariant.
    #[inline]
    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], scratch: &mut [T::Real])
    where
        Self: Sized,
    {
        for w in walkers.iter_mut() {
            self.restart(&mut w.state);
        }
        self.reevaluate(target, walkers, scratch);
    }

    /// Puts the place in a scan, and that in a cycle of step sizes, back to the start. What is tuned stays. By default nothing.
    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        let _ = state;
    }

    /// Brings states and `log_prob` up to `x`, `beta` and the target as it is now: after a change of `x` from outside, when a walker
    /// comes from another kernel, and where the target's parameters have changed. What is tuned and the place in every schedule stay.
    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) where
        Self: Sized;

    /// Brings a state up to `x` after so few moves, which have been made in `x` one after the other, at less than the cost of
    /// [`reevaluate`](Self::reevaluate): for compositions, where another kernel has moved the walker. `log_prob` is that of `x` already,
    /// and the walker logs none of these moves. False, by default, where the kernel has no such way or it led through an impossible state:
    /// `x` is as it was then, and the rest is to be reevaluated.
    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        changes: &[Move],
    ) -> bool
    where
        Self: Sized,
    {
        let _ = (target, walker, scratch, changes);
        false
    }

    /// True where every step logs the moves that it has made for good ([`Walker::log_move`]), in an order in which they lead from the
    /// state before to the one after: other kernels of a composition then [`follow`](Self::follow) them. By default false: they
    /// reevaluate.
    fn logs_moves(&self) -> bool {
        false
    }

    /// Visits every number that a path depends on and that is in no memory slice of the state: running sums, what is tuned, counters,
    /// phases, scan positions. A state made anew by [`state`](Self::state) on the same memory goes on to the bit once
    /// these are restored, with the walker's own ([`Walker::visit_state`]). The order and the number of visits are fixed for
    /// a kernel and a target.
    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V);

    /// Brings states that a step or [`reevaluate`](Self::reevaluate) left up to a `beta` that has changed since, `x` being the same: what a
    /// swap of temperatures or an annealing schedule calls.
    ///
    /// What does not depend on `beta` stays: `log_prob`, what is tuned, the place in a scan or in a cycle of step sizes. (A
    /// walker that began its cycle anew with each swap would have its states say which step comes next; that is no
    /// longer a kernel that leaves the target invariant.)
    ///
    /// # Cost
    /// None where the state does not depend on `beta`: the kernels of the conditional law, random walks. Kernels on evaluations
    /// weigh the differences that they keep, without an evaluation; [`SumTree`](crate::SumTree) asks for every
    /// difference, but not for `f`, [`NFold`](crate::NFold) for every level. [`Cycle`] and [`Mixture`] do what the kernel
    /// whose turn it is does. By default, and for [`BlockSweep`], all of [`reevaluate`](Self::reevaluate).
    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) where
        Self: Sized,
    {
        self.reevaluate(target, walkers, scratch);
    }

    /// One step of every walker, each with its own bits, counted in its own counts: as many of both as there are walkers
    /// (a walker without stands still), and [`scratch_len`](Self::scratch_len) numbers of scratch.
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) where
        Self: Sized;

    /// So many steps of every walker, in the order that suits the kernel; the paths are those of
    /// as many calls of [`step`](Self::step).
    ///
    /// # Panics
    /// With debug assertions, where bits, counts or scratch are too few; without, walkers that lack them stand still, and
    /// what a target makes of too little scratch is its own.
    #[inline(always)]
    fn advance<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
        steps: u64,
    ) where
        Self: Sized,
    {
        walk(self, target, walkers, scratch, bits, counts, steps, false);
    }

    /// So many steps of warm-up: [`step`](Self::step) and [`adapt`](Self::adapt) in turn.
    #[inline(always)]
    fn warm_up<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
        steps: u64,
    ) where
        Self: Sized,
    {
        walk(self, target, walkers, scratch, bits, counts, steps, true);
    }

    /// Moves what each walker tunes (a path length, a step size) by what its last step told: for warm-up alone,
    /// after each step. A kernel that is adapted for ever does not leave its target invariant. By default nothing.
    ///
    /// What is tuned is the walker's own, and survives `init`: a walker's path does not depend on the rest of the block.
    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>])
    where
        Self: Sized,
    {
        let _ = (target, walkers);
    }

    /// What the `k`-th tuning parameter of a walker in this state stands at; `None` where there are not so many. Most
    /// kernels have one or none, a kernel made of two those of the first, then those of the second.
    fn tuning<'a>(&self, target: &T, state: &Self::State<'a>, k: usize) -> Option<f64> {
        let _ = (target, state, k);
        None
    }
}

/// [`Kernel::advance`], or [`Kernel::warm_up`] where it is to `adapt`: one copy of the code for both, where a program has both.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "those of a step, and two more")]
pub fn walk<'a, T, K, B>(
    kernel: &K,
    target: &T,
    walkers: &mut [WalkerOf<'a, T, K>],
    scratch: &mut [T::Real],
    bits: &mut [B],
    counts: &mut [StepCounts],
    steps: u64,
    adapt: bool,
) where
    T: Target,
    K: Kernel<T>,
    B: Bits,
{
    debug_assert!(
        scratch.len() >= kernel.scratch_len(target, walkers.len()),
        "less scratch than Kernel::scratch_len"
    );
    debug_assert!(
        bits.len() >= walkers.len() && counts.len() >= walkers.len(),
        "bits and a counts for each walker"
    );
    if kernel.lockstep(target) {
        for _ in 0..steps {
            kernel.step(target, walkers, scratch, bits, counts);
            if adapt {
                kernel.adapt(target, walkers);
            }
        }
        return;
    }
    for ((walker, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
        // Slices that are seen to have one element: no loop is left in a step.
        let (walker, bits, counts) = (from_mut(walker), from_mut(bits), from_mut(counts));
        for _ in 0..steps {
            kernel.step(target, walker, scratch, bits, counts);
            if adapt {
                kernel.adapt(target, walker);
            }
        }
    }
}
