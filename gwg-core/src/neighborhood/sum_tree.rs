use super::tree::{Tree, tree_len};
use super::units::Units;
use super::{Neighborhood, Temperature, WalkerOn, refresh_interval};
use crate::kernel::StateVisitor;
use crate::math::AT_ONCE;
use crate::math::format::Format;
use crate::pick::FAN;
use crate::target::{AffectedMoves, SymbolOf};
use crate::{Balance, Bits, Delta, Error, Local, Memory, MemoryLayout, Move, MoveLog, Real, Space};

/// The per-walker state of a [`SumTree`] neighborhood.
#[derive(Debug)]
pub struct TreeState<'a, R> {
    cache: &'a mut [R],
    tree: Tree<'a>,
    units: Units<R>,
    /// Moves whose weight the proposal changes, and the increments of their weights.
    affected: &'a mut [u32],
    grown: &'a mut [u64],
    differences: &'a mut [R],
    count: usize,
    drawn: Option<(usize, Move)>,
    /// The exact difference of the move drawn.
    delta: R,
    /// The weight of the drawn move, and the total, before the move.
    forward: u64,
    before: u64,
    /// The weight of the reverse move, after the move.
    backward: u64,
    age: u64,
}

/// The neighborhood as a tree of partial sums, for [`Local`] targets.
///
/// Weights are integers: `g(exp(beta d))` in units of `2^-46 D`, for `D` moves, rounded to whole units and limited to
/// the range from 1 to `2^62 / D`. Sums are exact, independent of the order of updates, and never drift. The rounding
/// does not bias the kernel: Metropolis-Hastings uses the same integer weights that the move was drawn with, so the
/// target is exactly invariant.
///
/// # Cost
/// Per step: `O(degree log D)` additions, and one exponential for each difference that the move changes; nothing else
/// is accessed. Memory per walker: [`SumTree::layout_for`], 8.6 bytes per move plus the target's cache.
#[derive(Clone, Copy, Debug)]
pub struct SumTree<G> {
    pub(crate) balance: G,
    pub(crate) temperature: Temperature,
}

impl<G> SumTree<G> {
    /// The memory of one walker: a tree over `moves` weights, `memory` numbers of the target's cache, and space for
    /// at most `affected` differences that one move changes.
    #[must_use]
    pub const fn layout_for(moves: usize, memory: usize, affected: usize) -> MemoryLayout {
        let affected = affected + 1;
        MemoryLayout {
            reals: memory + affected,
            words: tree_len(moves) + affected,
            indices: affected,
            moves: 0,
        }
    }

    fn scale<R: Real>(&self, beta: R) -> R {
        self.temperature.scale(beta)
    }
}

impl<G: Balance> SumTree<G> {
    /// Recomputes all weights for `x`, whose cache is up to date.
    fn fill<T: Local>(&self, target: &T, walker: &mut WalkerOn<'_, T, Self>) {
        let scale = self.scale(walker.beta);
        let moves = target.space().moves();
        let state = &mut walker.state;
        for (group, leaves) in state.tree.leaves_mut().iter_mut().enumerate() {
            let (mut d, mut possible) = ([T::Real::ZERO; FAN], [false; FAN]);
            for (k, (d, possible)) in d.iter_mut().zip(&mut possible).enumerate() {
                let m = group * FAN + k;
                if m < moves
                    && let Some(found) = difference(target, walker.x, state.cache, m)
                {
                    (*d, *possible) = (found, true);
                }
            }
            let mut weight = [T::Real::ZERO; FAN];
            self.balance.weigh(scale, T::Real::ZERO, &d, &mut weight);
            for ((leaf, w), possible) in leaves.iter_mut().zip(weight).zip(possible) {
                *leaf = if possible { state.units.of(w) } else { 0 };
            }
        }
        state.tree.rebuild();
    }

    #[inline(always)]
    fn propose_one<T: Local>(&self, target: &T, walker: &mut WalkerOn<'_, T, Self>) {
        let scale = self.scale(walker.beta);
        let state = &mut walker.state;
        let Some((drawn, mv)) = state.drawn else {
            return;
        };
        state.before = state.tree.total();
        state.forward = state.tree.weight(drawn);
        let mut list = AffectedMoves::new(state.affected, state.differences);
        target.update_affected(walker.x, state.cache, mv, &mut list);
        // The weight becomes 0 if the move just made is now idle (nominal symbols).
        let still = target.space().decode(walker.x, drawn);
        let idle = (still.from == still.to).then_some(drawn);
        let (tree, grown) = (&mut state.tree, &mut *state.grown);
        let write = Write {
            balance: &self.balance,
            scale,
            units: state.units,
        };
        state.count = write.to(tree, &mut list, grown, idle);
        state.backward = state.tree.weight(target.space().undo(drawn, mv));
    }
}

/// Converts differences to integer weights and writes them to a tree.
struct Write<'s, G, R> {
    balance: &'s G,
    scale: R,
    units: Units<R>,
}

impl<G: Balance, R: Real> Write<'_, G, R> {
    /// Writes the weights of all moves of the list, and their increments to `grown`; returns their number. The weight
    /// of an `idle` move becomes 0.
    #[inline(always)]
    fn to(
        &self,
        tree: &mut Tree<'_>,
        list: &mut AffectedMoves<'_, R>,
        grown: &mut [u64],
        idle: Option<usize>,
    ) -> usize {
        let mut changes = tree.changes();
        let (moves, differences) = list.parts();
        // Lanes past the last move contain old values and are computed too: faster than a separate loop for the rest.
        let groups = differences.chunks(AT_ONCE).zip(moves.chunks(AT_ONCE));
        for ((d, moves), grown) in groups.zip(grown.chunks_mut(AT_ONCE)) {
            let mut weight = [R::ZERO; AT_ONCE];
            self.balance.weigh(self.scale, R::ZERO, d, &mut weight);
            for ((&m, w), grown) in moves.iter().zip(weight).zip(grown) {
                *grown = changes.set(m as usize, self.units.of(w));
            }
        }
        if let Some(m) = idle
            && let Some(grown) = grown.get_mut(list.len())
        {
            *grown = changes.set(m, 0);
            list.push(m, R::ZERO);
        }
        changes.finish();
        list.len()
    }
}

impl<R: Real> TreeState<'_, R> {
    /// Restores the weights from before the proposal.
    fn restore(&mut self) {
        let mut changes = self.tree.changes();
        for (&m, &grown) in self.affected.iter().zip(&*self.grown).take(self.count) {
            changes.grow(m as usize, grown.wrapping_neg());
        }
        changes.finish();
    }
}

#[inline(always)]
fn word<T: Local>(n: u64) -> T::Real {
    <T::Real as Format>::from_word(n)
}

#[inline(always)]
fn difference<T: Delta>(
    target: &T,
    x: &[SymbolOf<T>],
    cache: &[T::Real],
    m: usize,
) -> Option<T::Real> {
    let mv = target.space().decode(x, m);
    (mv.from != mv.to).then(|| target.delta(x, cache, mv))
}

impl<T: Local, G: Balance> Neighborhood<T> for SumTree<G> {
    type State<'a> = TreeState<'a, T::Real>;
    const LOCKSTEP: bool = false;
    const EVALUATIONS: (u64, u64) = (0, 0);
    const LOGS_MOVES: bool = MoveLog::ENABLED;

    fn layout(&self, target: &T) -> MemoryLayout {
        Self::layout_for(
            target.space().moves(),
            target.cache_len(),
            target.max_affected(),
        )
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(
        &self,
        target: &T,
        mut memory: Memory<'a, T::Real>,
    ) -> Result<Self::State<'a>, Error> {
        let (moves, affected) = (target.space().moves(), target.max_affected() + 1);
        Ok(TreeState {
            cache: memory.reals(target.cache_len())?,
            tree: Tree::new(memory.words(tree_len(moves))?, moves),
            units: Units::new(moves),
            affected: memory.indices(affected)?,
            grown: memory.words(affected)?,
            differences: memory.reals(affected)?,
            count: 0,
            drawn: None,
            delta: T::Real::ZERO,
            forward: 0,
            before: 0,
            backward: 0,
            age: 0,
        })
    }

    fn reevaluate<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.log_prob = target.init_cache(w.x, w.state.cache).into();
            self.fill(target, w);
            w.state.drawn = None;
            w.state.age = 0;
        }
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        let TreeState {
            cache: _,
            tree,
            units: _,
            affected: _,
            grown: _,
            differences: _,
            count: _,
            drawn: _,
            delta: _,
            forward: _,
            before: _,
            backward: _,
            age,
        } = state;
        visitor.word(tree.total_mut());
        visitor.word(age);
    }

    /// The cache from which differences are computed is kept.
    fn reweight<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            self.fill(target, w);
        }
    }

    #[inline(always)]
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64 {
        Real::ln(walker.state.units.weight(walker.state.tree.total()))
    }

    #[inline(always)]
    fn draw<'a, B: Bits + ?Sized>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        bits: &mut B,
    ) -> bool {
        let drawn = walker.state.tree.draw(bits);
        make(target, walker, drawn);
        drawn.is_some()
    }

    fn select<'a>(&self, target: &T, walker: &mut WalkerOn<'a, T, Self>, m: usize) -> T::Real {
        let tree = &walker.state.tree;
        let probability = word::<T>(tree.weight(m)) / word::<T>(tree.total());
        make(target, walker, Some(m));
        probability
    }

    #[inline(always)]
    fn propose<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            self.propose_one(target, w);
        }
    }

    #[inline(always)]
    fn ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let state = &walker.state;
        if state.drawn.is_none() {
            return T::Real::ZERO;
        }
        let totals = word::<T>(state.before) / word::<T>(state.tree.total());
        self.rate_ratio(target, walker) * totals
    }

    #[inline(always)]
    fn rate_ratio<'a>(&self, _: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let state = &walker.state;
        if state.drawn.is_none() {
            return T::Real::ZERO;
        }
        // The reverse difference is minus the forward one: both are exact, and at temperature 2 any balancing
        // function cancels against the target, unless a weight lost precision.
        let whole = state.units.whole(state.forward) && state.units.whole(state.backward);
        if self.temperature.is_two() && whole {
            return T::Real::ONE;
        }
        let back = word::<T>(state.backward) / word::<T>(state.forward);
        (walker.beta * state.delta).exp() * back
    }

    #[inline(always)]
    fn commit_or_revert<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        accepted: bool,
        scratch: &mut [T::Real],
    ) {
        let Some((_, mv)) = walker.state.drawn else {
            return;
        };
        let state = &mut walker.state;
        // Counts rejections too: a rejected move is added to the cache and subtracted again.
        state.age += 1;
        if accepted {
            walker.log_prob.add(state.delta);
            walker.moves.add(mv);
        } else {
            mv.revert(walker.x);
            target.update(walker.x, state.cache, mv.reversed());
            state.restore();
        }
        if state.age >= refresh_interval(target.space().sites()) {
            self.reevaluate(target, core::slice::from_mut(walker), scratch);
        }
    }
}

#[inline(always)]
fn make<T: Local>(
    target: &T,
    walker: &mut crate::Walker<'_, T::Real, TreeState<'_, T::Real>, SymbolOf<T>>,
    m: Option<usize>,
) {
    let state = &mut walker.state;
    state.drawn = m.map(|m| (m, target.space().decode(walker.x, m)));
    if let Some((_, mv)) = state.drawn {
        state.delta = target.delta(walker.x, state.cache, mv);
        mv.apply(walker.x);
    }
}
