use super::tree::{Tree, tree_len};
use super::writer::{Lent, Writer};
use super::{Neighbourhood, WalkerOn, refresh_interval};
use crate::pick::FAN;
use crate::{Balance, Bits, Delta, Error, Lens, Local, Memory, Move, Real, Space};

/// What a walker on a [`SumTree`] keeps between steps.
#[derive(Debug)]
pub struct TreeState<'a, R> {
    memory: &'a mut [R],
    tree: Tree<'a, R>,
    /// The tree holds `g(exp(beta d)) exp(-shift)`.
    shift: R,
    /// Moves whose weight the proposal changes, and their weights before it.
    touched: &'a mut [u32],
    old_weight: &'a mut [R],
    count: usize,
    /// Groups of leaves whose sums are stale.
    stale: &'a mut [u32],
    drawn: Option<(usize, Move)>,
    /// The exact difference of the move drawn.
    delta: R,
    /// `Z(x) / Z(y)`, the totals of the weights at `x` and at the proposal.
    totals: R,
    /// True where the proposal left the range of the old shift and everything was made anew for it.
    rebuilt: bool,
    age: u64,
}

/// The neighbourhood as a tree of partial sums, for [`Local`] targets.
///
/// # Cost
/// A step is `O(degree + log D)` and touches nothing else; one exponential for each difference that
/// the move changes. Memory per walker: [`SumTree::lens_for`], 1.13 numbers a move besides the target's own.
#[derive(Clone, Copy, Debug)]
pub struct SumTree<G> {
    pub(crate) balance: G,
    pub(crate) temperature: f64,
}

impl<G> SumTree<G> {
    /// The memory of one walker: a tree over `moves` weights, `memory` numbers of the target's own,
    /// and room for the `touched` differences that one move changes at most.
    #[must_use]
    pub const fn lens_for(moves: usize, memory: usize, touched: usize) -> Lens {
        let touched = touched + 1;
        Lens {
            reals: memory + tree_len(moves) + touched,
            indices: 2 * touched,
            moves: 0,
        }
    }

    fn scale<R: Real>(&self, beta: R) -> R {
        beta * R::from_f64(2.0 / self.temperature)
    }
}

/// Totals within these bounds keep every weight that matters away from overflow and underflow.
fn comfortable<R: Real>(total: R) -> bool {
    total > R::from_f64(1e-20) && total < R::from_f64(1e20)
}

impl<G: Balance> SumTree<G> {
    /// All weights anew for `x`, whose `memory` is up to date.
    fn rebuild<T: Local>(&self, target: &T, walker: &mut WalkerOn<'_, T, Self>) {
        walker.state.shift = T::Real::ZERO;
        self.fill(target, walker);
        if !comfortable(walker.state.tree.total()) {
            let scale = self.scale(walker.beta);
            let mut largest = T::Real::NEG_INFINITY;
            for m in 0..target.space().moves() {
                if let Some(d) = difference(target, walker.x, walker.state.memory, m) {
                    largest = largest.max(self.balance.log_weight(scale * d));
                }
            }
            if largest.is_finite() {
                walker.state.shift = largest;
                self.fill(target, walker);
            }
        }
    }

    fn fill<T: Local>(&self, target: &T, walker: &mut WalkerOn<'_, T, Self>) {
        let scale = self.scale(walker.beta);
        let state = &mut walker.state;
        let moves = target.space().moves();
        for (group, weight) in state.tree.weights_mut().chunks_mut(FAN).enumerate() {
            let mut d = [T::Real::ZERO; FAN];
            let mut possible = [false; FAN];
            for (k, (d, possible)) in d.iter_mut().zip(&mut possible).enumerate() {
                let m = group * FAN + k;
                if m < moves
                    && let Some(found) = difference(target, walker.x, state.memory, m)
                {
                    (*d, *possible) = (found, true);
                }
            }
            self.balance.weigh(scale, state.shift, &d, weight);
            for (w, possible) in weight.iter_mut().zip(possible) {
                if !possible {
                    *w = T::Real::ZERO;
                }
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
        let before = state.tree.total();
        let lent = Lent {
            leaves: state.tree.leaves_mut(),
            touched: state.touched,
            old_weight: state.old_weight,
            stale: state.stale,
        };
        let mut writer = Writer::new(&self.balance, scale, state.shift, lent);
        target.touched(walker.x, state.memory, mv, |m, d| writer.push(m, d));
        writer.flush();
        // Where the move made is idle now (nominal symbols), its weight goes.
        let still = target.space().decode(walker.x, drawn);
        if still.from == still.to {
            writer.write(drawn, T::Real::ZERO);
        }
        let (count, groups) = writer.counts();
        debug_assert!(
            count <= state.touched.len(),
            "more differences touched than Local::max_touched"
        );
        state.count = count;
        state.tree.refresh(state.stale, groups);
        let total = state.tree.total();
        state.totals = before / total;
        state.rebuilt = false;
        if !comfortable(total) {
            self.propose_rebuilt(target, walker, before);
        }
    }

    #[cold]
    #[inline(never)]
    fn propose_rebuilt<T: Local>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'_, T, Self>,
        total: T::Real,
    ) {
        let Some((_, mv)) = walker.state.drawn else {
            return;
        };
        let log_total = total.ln() + walker.state.shift;
        target.update(walker.x, walker.state.memory, mv);
        self.rebuild(target, walker);
        let state = &mut walker.state;
        state.rebuilt = true;
        state.totals = (log_total - state.tree.total().ln() - state.shift).exp();
    }
}

impl<R: Real> TreeState<'_, R> {
    /// Puts the weights from before the proposal back.
    fn restore(&mut self) {
        let mut groups = 0;
        // In reverse: a leaf that was written twice ends at its first value.
        for (&m, &old) in self
            .touched
            .iter()
            .zip(self.old_weight.iter())
            .take(self.count)
            .rev()
        {
            self.tree.set(m as usize, old);
            if let Some(slot) = self.stale.get_mut(groups) {
                *slot = m / FAN as u32;
            }
            groups += 1;
        }
        self.tree.refresh(self.stale, groups);
    }
}

#[inline(always)]
fn difference<T: Delta>(target: &T, x: &[u8], memory: &[T::Real], m: usize) -> Option<T::Real> {
    let mv = target.space().decode(x, m);
    (mv.from != mv.to).then(|| target.delta(x, memory, mv))
}

impl<T: Local, G: Balance> Neighbourhood<T> for SumTree<G> {
    type State<'a> = TreeState<'a, T::Real>;
    const LOCKSTEP: bool = false;
    const EVALUATIONS: (u64, u64) = (0, 0);

    fn lens(&self, target: &T) -> Lens {
        Self::lens_for(
            target.space().moves(),
            target.memory_len(),
            target.max_touched(),
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
        let (moves, touched) = (target.space().moves(), target.max_touched() + 1);
        Ok(TreeState {
            memory: memory.reals(target.memory_len())?,
            tree: Tree::new(memory.reals(tree_len(moves))?, moves),
            shift: T::Real::ZERO,
            touched: memory.indices(touched)?,
            stale: memory.indices(touched)?,
            old_weight: memory.reals(touched)?,
            count: 0,
            drawn: None,
            delta: T::Real::ZERO,
            totals: T::Real::ZERO,
            rebuilt: false,
            age: 0,
        })
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.log_prob = target.remember(w.x, w.state.memory);
            self.rebuild(target, w);
            w.state.drawn = None;
            w.state.age = 0;
        }
    }

    #[inline(always)]
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64 {
        let TreeState { tree, shift, .. } = &walker.state;
        Real::ln(tree.total().to_f64()) + shift.to_f64()
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
        let probability = walker.state.tree.weight(m) / walker.state.tree.total();
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
    fn ratio<'a>(&self, _: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let state = &walker.state;
        if state.drawn.is_none() {
            return T::Real::ZERO;
        }
        // The difference of the way back is minus that of the way forth: both are exact, and at
        // temperature 2 the balancing function cancels against the target whatever it is.
        if self.temperature == 2.0 {
            return state.totals;
        }
        let t = self.scale(walker.beta) * state.delta;
        let balance = self.balance.log_weight(-t) - self.balance.log_weight(t);
        state.totals * (walker.beta * state.delta + balance).exp()
    }

    #[inline(always)]
    fn settle<'a>(
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
        if accepted {
            if !state.rebuilt {
                target.update(walker.x, state.memory, mv);
            }
            walker.log_prob += state.delta.to_f64();
            state.age += 1;
            if state.age >= refresh_interval(target.space().sites()) {
                self.init(target, core::slice::from_mut(walker), scratch);
            }
        } else {
            mv.revert(walker.x);
            if state.rebuilt {
                target.remember(walker.x, state.memory);
                self.rebuild(target, walker);
            } else {
                state.restore();
            }
        }
    }
}

#[inline(always)]
fn make<T: Local>(
    target: &T,
    walker: &mut crate::Walker<'_, T::Real, TreeState<'_, T::Real>>,
    m: Option<usize>,
) {
    let state = &mut walker.state;
    state.drawn = m.map(|m| (m, target.space().decode(walker.x, m)));
    if let Some((_, mv)) = state.drawn {
        state.delta = target.delta(walker.x, state.memory, mv);
        mv.apply(walker.x);
    }
}
