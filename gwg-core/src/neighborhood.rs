//! The distribution of a single move from a configuration: draw, propose, commit or revert.
//!
//! All implementations keep, per walker, the weight `g(exp(beta d_m))` of every move and their total. [`Evaluated`]
//! keeps two evaluations, `current` and `proposed`, and exchanges them on acceptance: for any target, one evaluation
//! per step, for a whole block of walkers at once. [`SumTree`] keeps a tree of partial sums for a
//! [`Local`](crate::Local) target, rewrites the few weights that a move changes, and restores them on rejection:
//! `O(degree log D)` per step for `D` moves. [`NFold`] keeps the moves sorted by weight, for a
//! [`Leveled`](crate::Leveled) target, which has few distinct weights: `O(degree)` per step.

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
pub(crate) use plan::{ByDistance, Next, Plan};
pub(crate) use scale::Temperature;
pub use sum_tree::{SumTree, TreeState};
pub(crate) use walker_batch::{CurrentStates, ProposedStates};

use crate::kernel::StateVisitor;
use crate::target::SymbolOf;
use crate::{Bits, Error, Memory, MemoryLayout, Move, Real, Space, Target, Walker, accept};

/// A walker whose kernel works on the neighborhood `N`.
pub type WalkerOn<'a, T, N> =
    Walker<'a, <T as Target>::Real, <N as Neighborhood<T>>::State<'a>, SymbolOf<T>>;

/// The moves from a configuration, as a probability distribution.
///
/// A step consists of `draw`, `propose`, then `commit_or_revert`. Between `draw` (or `select`) and
/// `commit_or_revert`, the walker's `x` is the proposal.
pub trait Neighborhood<T: Target> {
    /// The per-walker state between steps.
    type State<'a>;

    /// True if a block of walkers should step together (one evaluation for all of them); false if it is faster for
    /// each walker to take many steps on its own.
    const LOCKSTEP: bool;

    /// The numbers of evaluations per step: of a value or of all exact differences, and of a gradient.
    const EVALUATIONS: (u64, u64);

    /// True if [`commit_or_revert`](Self::commit_or_revert) logs the move that it commits: see
    /// [`Kernel::logs_moves`](crate::Kernel::logs_moves).
    const LOGS_MOVES: bool = false;

    /// The memory required per walker.
    fn layout(&self, target: &T) -> MemoryLayout;

    /// The length of the scratch slice for a block of `walkers` walkers.
    fn scratch_len(&self, target: &T, walkers: usize) -> usize;

    /// Creates a state in the memory provided by the caller, whose content is irrelevant.
    ///
    /// # Errors
    /// [`Error::Memory`] if a slice is shorter than [`layout`](Self::layout).
    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error>;

    /// Updates every walker's state and `log_prob` to its current `x` and `beta` and to the current target.
    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) where
        Self: Sized;

    /// Updates every walker's state after a change of `beta` since the last step or [`reevaluate`](Self::reevaluate),
    /// for unchanged `x`. The default is `reevaluate`.
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

    /// Visits the numbers of a state that are not in its memory slices: see
    /// [`Kernel::visit_state`](crate::Kernel::visit_state).
    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V);

    /// `log Z(x)`, the log of the total weight `g(exp(2 beta d / temperature))` of all moves from the walker's state;
    /// minus infinity if no move has a positive weight.
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64
    where
        Self: Sized;

    /// Draws a move and makes it in `x`. Returns false, with `x` unchanged, if no move has a positive weight.
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

    /// The Metropolis-Hastings ratio of the walker's proposal, `exp(beta (f(y) - f(x))) q(x|y) / q(y|x)`; 0 if no
    /// move was drawn.
    fn ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real
    where
        Self: Sized;

    /// The ratio of probability flows of a jump process between the proposal and `x`,
    /// `exp(beta (f(y) - f(x))) w(y, x) / w(x, y)`: [`ratio`](Self::ratio) with weights in place of their shares of
    /// the totals. 1 for exact differences, up to the rounding of the weights; 0 if no move was drawn.
    fn rate_ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real
    where
        Self: Sized;

    /// Ends the step: keeps the proposal if `accepted`, otherwise restores `x`.
    fn commit_or_revert<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        accepted: bool,
        scratch: &mut [T::Real],
    ) where
        Self: Sized;

    /// Updates a walker's state after moves that have been made in `x`: see [`Kernel::follow`](crate::Kernel::follow).
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
        // Running differences through an impossible state are meaningless.
        let possible = walker.log_prob_rounded().is_finite();
        (walker.moves, walker.log_prob) = (moves, log_prob);
        possible
    }

    /// Makes a Metropolis-Hastings step of one walker: [`draw`](Self::draw), [`propose`](Self::propose),
    /// [`accept::lazy`] of the [`ratio`](Self::ratio), [`commit_or_revert`](Self::commit_or_revert). Returns true if
    /// the proposal was accepted.
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
        let accepted = accept::lazy(self.ratio(target, walker), bits);
        self.commit_or_revert(target, walker, accepted, scratch);
        accepted
    }
}

/// Replaces a factor 0 by the smallest positive number. The effect on finite differences is the same, but 0 times an
/// infinite difference would be NaN, and impossible moves must stay impossible.
#[inline(always)]
pub(crate) fn above_zero<R: Real>(factor: R) -> R {
    factor.max(R::MIN_POSITIVE)
}

/// The number of accepted moves after which running sums are recomputed: small enough that rounding errors do not
/// accumulate (the drift is tested), large enough that the `O(D)` or `O(D^2)` cost is negligible.
pub(crate) const fn refresh_interval(sites: usize) -> u64 {
    let scaled = 64 * sites as u64;
    if scaled > 1 << 16 { scaled } else { 1 << 16 }
}
