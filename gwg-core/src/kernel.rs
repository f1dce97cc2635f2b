//! Kernels: Markov transitions that move chains from one state to the next.
//!
//! # What is not here
//! By exact spectral gaps on Ising models, spin glasses, Boltzmann machines and Potts models of up to 1331 states:
//! - *Differences of second order* (a diagonal of the Hessian added to the gradient): the gap of GWG grows by less than 1 % where first-order differences are
//!   good (.3223, .3254, and .3260 with exact ones), is up to 1.8 times as large on a rough Boltzmann machine, and up to 8 times smaller on a rough network.
//! - *Multiple-try with balanced weights*: half of the gain of a locally balanced step by two tries (gap .0950 of .1120), at three values of `f` a step; only
//!   where there is neither a gradient nor cheap differences.
//! - *Entropic Langevin* (EDLP, joint in `x` and a continuous companion): its marginal in `x` is the target, but as a kernel it has a gap of .28 to .44 where
//!   [`DiscreteLangevin`](informed::DiscreteLangevin) has .449.
//! - *Auxiliary Gaussian variables* (AVG, V-DHAMS): level with DMALA and DLMC on warm targets, and half of their gap on cold ones.

pub(crate) mod adapt;
mod any;
pub(crate) mod block_gibbs;
mod block_sweep;
pub(crate) mod clusters;
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
mod rows;
mod swendsen_wang;
mod trajectory;
mod visit;
mod walk;
mod wolff;

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
pub use swendsen_wang::{SwendsenWang, SwendsenWangState};
pub use trajectory::{TrajectoryState, TrajectoryTempering};
pub use visit::{CountWords, RestoreWords, SaveWords, StateVisitor};
pub use walk::{walk, walk_until};
pub use wolff::{Wolff, WolffState};

use crate::target::SymbolOf;
use crate::{Bits, Error, Memory, MemoryLayout, Move, Target, Walker};

/// A walker that the kernel `K` moves on the target `T`.
pub type WalkerOf<'a, T, K> =
    Walker<'a, <T as Target>::Real, <K as Kernel<T>>::State<'a>, SymbolOf<T>>;

/// Counts of what happened since they were last reset: for diagnostics, not needed by the next step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepCounts {
    /// Steps taken.
    pub steps: u64,
    /// Steps whose proposal was accepted: every step of a rejection-free kernel, at most a share
    /// [`KEEP`](crate::accept::KEEP) of those of a Metropolis-Hastings kernel.
    pub accepted: u64,
    /// Sites that changed their symbol.
    pub sites_changed: u64,
    /// Full evaluations of `f` (or of all exact differences).
    pub values: u64,
    /// Full evaluations of the gradient.
    pub gradients: u64,
    /// Proposals whose evaluation was NaN. No kernel accepts them; they are errors of the model.
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
/// - the path of a walker depends only on its own start, `beta` and bits, not on the other walkers of the block;
/// - it does not allocate and does not panic.
pub trait Kernel<T: Target> {
    /// The per-walker state between steps.
    type State<'a>;

    /// True if the walkers of a block share work and should step together.
    fn lockstep(&self, target: &T) -> bool;

    /// The memory required per walker.
    fn layout(&self, target: &T) -> MemoryLayout;

    /// The length of the scratch slice for a block of `walkers` walkers.
    fn scratch_len(&self, target: &T, walkers: usize) -> usize;

    /// Creates a state in the memory provided by the caller, whose content is irrelevant.
    ///
    /// # Errors
    /// [`Error::Memory`] if a slice is shorter than [`layout`](Self::layout).
    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error>;

    /// Initializes walkers at their `x`: [`restart`](Self::restart), then [`reevaluate`](Self::reevaluate). Call it
    /// before the first step and nowhere else: a chain whose schedule restarts depending on its states does not leave
    /// its target invariant. Implementations keep this default: callers may do the two themselves.
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

    /// Resets the position in a scan and the phase of a cycle of step sizes. Tuned values are kept. The default does
    /// nothing.
    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        let _ = state;
    }

    /// Updates states and `log_prob` to the current `x`, `beta` and target: required after `x` was changed from
    /// outside, after another kernel moved the walker, and after the target's parameters changed. Tuned values and
    /// the positions in all schedules are kept.
    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) where
        Self: Sized;

    /// Updates a state after the given few moves, which have been made in `x` one after the other, at a lower cost than
    /// [`reevaluate`](Self::reevaluate): for compositions, where another kernel has moved the walker. `log_prob` is
    /// already that of `x`, and the walker logs none of these moves. Returns false, the default, if the kernel cannot do
    /// so or if the moves pass through an impossible state; `x` is then unchanged, and the caller reevaluates.
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

    /// True if every step logs the moves that it has committed ([`Walker::log_move`]), in an order that leads from the
    /// state before to the one after: other kernels of a composition then [`follow`](Self::follow) them. The default is
    /// false: they reevaluate.
    fn logs_moves(&self) -> bool {
        false
    }

    /// Visits every number that a path depends on and that is not in a memory slice of the state: running sums, tuned
    /// values, counters, phases, scan positions. A state created by [`state`](Self::state) on the same memory
    /// continues bit for bit once these and the walker's own numbers ([`Walker::visit_state`]) are restored. The
    /// order and the number of visits are fixed for a kernel and a target.
    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V);

    /// Updates states after a change of `beta` since the last step or [`reevaluate`](Self::reevaluate), for unchanged
    /// `x`: called after temperature swaps and by annealing schedules.
    ///
    /// What does not depend on `beta` is kept: `log_prob`, tuned values, the position in a scan or in a cycle of step
    /// sizes. (If a walker restarted its cycle at each swap, its states would determine the next step size, and the
    /// kernel would not leave the target invariant.)
    ///
    /// # Cost
    /// None if the state does not depend on `beta`: kernels that draw from conditional distributions, random walks.
    /// Kernels on evaluations reweight the differences that they keep, without an evaluation;
    /// [`SumTree`](crate::SumTree) recomputes every difference, but not `f`; [`NFold`](crate::NFold) recomputes every
    /// level. [`Cycle`] and [`Mixture`] reweight the kernel whose turn it is. The default, also used by
    /// [`BlockSweep`], is [`reevaluate`](Self::reevaluate).
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

    /// Makes one step of every walker, with its own bits and counts: one of each per walker (a walker without them
    /// does not move), and [`scratch_len`](Self::scratch_len) numbers of scratch.
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) where
        Self: Sized;

    /// [`step`](Self::step) that may end early: a kernel whose step has no bound on its length calls `stop` from time to
    /// time, and returns where that is true. The walker is then in a state of its space, with everything that belongs
    /// to it, but not at the end of a step: neither is it a draw, nor may it go on. The default ignores `stop`.
    #[inline(always)]
    fn step_until<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
        stop: &dyn Fn() -> bool,
    ) where
        Self: Sized,
    {
        let _ = stop;
        self.step(target, walkers, scratch, bits, counts);
    }

    /// Makes `steps` steps of every walker, in the order that suits the kernel; the paths are those of `steps` calls
    /// of [`step`](Self::step).
    ///
    /// # Panics
    /// With debug assertions, if there are too few bits, counts or scratch numbers. Without, walkers that lack bits
    /// or counts do not move, and the effect of too little scratch depends on the target.
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

    /// Makes `steps` steps of warm-up: [`step`](Self::step) and [`adapt`](Self::adapt) alternately.
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

    /// Adapts the tuned values of each walker (a path length, a step size) to the outcome of its last step: called
    /// after each step of warm-up, and only then. A kernel that is adapted forever does not leave its target
    /// invariant. The default does nothing.
    ///
    /// Tuned values belong to a walker and survive `init`: its path does not depend on the other walkers of the block.
    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>])
    where
        Self: Sized,
    {
        let _ = (target, walkers);
    }

    /// The current value of the `k`-th tuning parameter of a walker; `None` past the last one. Most kernels have one
    /// or none; a composition lists those of its first kernel, then those of its second.
    fn tuning<'a>(&self, target: &T, state: &Self::State<'a>, k: usize) -> Option<f64> {
        let _ = (target, state, k);
        None
    }
}
