//! The law of a single move out of a configuration: draw, propose, settle.
//!
//! All implementations keep, per walker, the weight `g(exp(beta d_m))` of every move and their
//! total. [`Evaluated`] keeps two evaluations, "here" and "there", and exchanges them on acceptance: any
//! target, one evaluation a step, a whole block of walkers at once. [`SumTree`] keeps one tree of
//! partial sums for a [`Local`](crate::Local) target, rewrites the few weights that a move changes,
//! and puts the old ones back on rejection: `O(degree log D)` a step. [`NFold`] keeps the moves sorted by
//! weight, for a [`Leveled`](crate::Leveled) target in which these are few: `O(degree)` a step.

mod evaluated;
mod evaluation;
mod levels;
mod n_fold;
mod plan;
mod scale;
mod sum_tree;
mod tree;
mod units;
mod walker_batch;

pub use evaluated::Evaluated;
pub(crate) use evaluation::{BLOCK, is_long};
pub use evaluation::{Evaluation, Evaluations};
pub use levels::Levels;
pub use n_fold::{NFold, NFoldState};
pub(crate) use plan::Plan;
pub(crate) use scale::Temperature;
pub use sum_tree::{SumTree, TreeState};
pub(crate) use walker_batch::{CurrentStates, ProposedStates};

use crate::kernel::StateVisitor;
use crate::target::SymbolOf;
use crate::{Bits, Error, Memory, MemoryLayout, Move, Real, Space, Target, Walker, accept};

/// A walker whose kernel works on the neighborhood `N`.
pub type WalkerOn<'a, T, N> =
    Walker<'a, <T as Target>::Real, <N as Neighborhood<T>>::State<'a>, SymbolOf<T>>;

/// The moves out of a configuration, as a probability law that can be drawn from, tried and left.
///
/// A step is `draw`, `propose`, then `commit_or_revert`. Between `draw` (or `select`) and `commit_or_revert` the walker's `x` is the proposal.
pub trait Neighborhood<T: Target> {
    /// What a walker keeps between steps.
    type State<'a>;

    /// True where a block of walkers should step together (one evaluation for all of them); false
    /// where each walker had better take many steps on its own.
    const LOCKSTEP: bool;

    /// Evaluations of a value and of a gradient, or of all exact differences, that a step costs.
    const EVALUATIONS: (u64, u64);

    /// True where [`commit_or_revert`](Self::commit_or_revert) logs the move that it commits: see [`Kernel::logs_moves`](crate::Kernel::logs_moves).
    const LOGS_MOVES: bool = false;

    /// The memory a walker lends.
    fn layout(&self, target: &T) -> MemoryLayout;

    /// Numbers of scratch for a block of so many walkers.
    fn scratch_len(&self, target: &T, walkers: usize) -> usize;

    /// Makes a state of lent memory.
    ///
    /// # Errors
    /// [`Error::Memory`] where a slice is shorter than [`layout`](Self::layout).
    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error>;

    /// Brings every walker's state and `log_prob` up to its `x` and `beta`, and to the target as it is now.
    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) where
        Self: Sized;

    /// Brings every walker's state up to a `beta` that has changed since a step or [`reevaluate`](Self::reevaluate), `x` being
    /// the same. By default all of `reevaluate`.
    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) where
        Self: Sized,
    {
        self.reevaluate(target, walkers, scratch);
    }

    /// Visits the numbers of a state that are not in its memory slices: see [`Kernel::visit_state`](crate::Kernel::visit_state).
    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V);

    /// `log Z(x)`, the total of the weights `g(exp(2 beta d / temperature))` of all moves where the walker
    /// stands; minus infinity where no move has a positive weight.
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64
    where
        Self: Sized;

    /// Draws a move and makes it in `x`. False where no move has a positive weight: the walker stays.
    fn draw<'a, B: Bits + ?Sized>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        bits: &mut B,
    ) -> bool
    where
        Self: Sized;

    /// Makes the move with index `m` in `x`, as if it had been drawn; returns the probability of drawing it.
    fn select<'a>(&self, target: &T, walker: &mut WalkerOn<'a, T, Self>, m: usize) -> T::Real
    where
        Self: Sized;

    /// Evaluates the proposals of all walkers.
    fn propose<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) where
        Self: Sized;

    /// The Metropolis-Hastings ratio of the walker's proposal,
    /// `exp(beta (f(y) - f(x))) q(x|y) / q(y|x)`; 0 where no move was drawn.
    fn ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real
    where
        Self: Sized;

    /// The ratio of the rates at which the proposal is left for `x` and `x` for it, each times its probability:
    /// `exp(beta (f(y) - f(x))) w(y, x) / w(x, y)`, which is [`ratio`](Self::ratio) with the weights themselves in place of
    /// their shares of the totals. 1 where differences are exact, but for what rounding does to the
    /// weights; 0 where no move was drawn.
    fn rate_ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real
    where
        Self: Sized;

    /// Ends the step: stays at the proposal, or goes back.
    fn commit_or_revert<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        accepted: bool,
        scratch: &mut [T::Real],
    ) where
        Self: Sized;

    /// Follows moves that have been made in `x`: [`Kernel::follow`](crate::Kernel::follow).
    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        scratch: &mut [T::Real],
        changes: &[Move],
    ) -> bool
    where
        Self: Sized,
    {
        if Self::LOCKSTEP {
            return false;
        }
        let (moves, log_prob) = (core::mem::take(&mut walker.moves), walker.log_prob);
        for mv in changes.iter().rev() {
            mv.revert(walker.x);
        }
        for mv in changes {
            self.select(target, walker, target.space().move_index(*mv));
            self.propose(target, core::slice::from_mut(walker), scratch);
            self.commit_or_revert(target, walker, true, scratch);
        }
        // Not on the way through an impossible state.
        let possible = walker.log_prob_rounded().is_finite();
        (walker.moves, walker.log_prob) = (moves, log_prob);
        possible
    }

    /// A step of one walker, with Metropolis-Hastings: [`draw`](Self::draw), [`propose`](Self::propose), a decision with
    /// probability `min(1, `[`ratio`](Self::ratio)`)`, [`commit_or_revert`](Self::commit_or_revert). True where it was accepted.
    #[inline(always)]
    fn step<'a, B: Bits + ?Sized>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        scratch: &mut [T::Real],
        bits: &mut B,
    ) -> bool
    where
        Self: Sized,
    {
        self.draw(target, walker, bits);
        self.propose(target, core::slice::from_mut(walker), scratch);
        let accepted = accept::accept(self.ratio(target, walker), bits);
        self.commit_or_revert(target, walker, accepted, scratch);
        accepted
    }
}

/// A factor of differences, not 0: the least positive number makes as little of a difference, but no NaN of one that is
/// infinite, so that what is impossible stays so.
#[inline(always)]
pub(crate) fn above_zero<R: Real>(factor: R) -> R {
    factor.max(R::MIN_POSITIVE)
}

/// Accepted moves after which running sums are made anew: often enough that rounding does not add up
/// (the drift is tested), seldom enough that the `O(D)` or `O(D^2)` it costs does not show.
pub(crate) const fn refresh_interval(sites: usize) -> u64 {
    let scaled = 64 * sites as u64;
    if scaled > 1 << 16 { scaled } else { 1 << 16 }
}
