use super::tree::{Tree, tree_len};
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
    /// Moves whose difference the proposal changes, with new differences, new and old weights.
    touched: &'a mut [u32],
    stale: &'a mut [u32],
    difference: &'a mut [R],
    weight: &'a mut [R],
    old_weight: &'a mut [R],
    count: usize,
    drawn: Option<(usize, Move)>,
    /// The exact difference of the move drawn.
    delta: R,
    /// `log Z` of the weights at `x`, and at the proposal.
    log_total: (R, R),
    trial: Trial,
    age: u64,
}

/// How much of the proposal has been written when the decision falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trial {
    /// Nothing: the new total was previewed.
    Previewed,
    /// The tree's leaves: a preview would have cancelled badly.
    Written,
    /// Everything, under a new shift: the new total would have left the range of the old one.
    Rebuilt,
}

/// The neighbourhood as a tree of partial sums, for [`Local`] targets.
///
/// # Cost
/// A step is `O(degree + log D)` and touches nothing else; one exponential for each difference that
/// the move changes. Memory per walker: [`SumTree::lens_for`], 5.2 numbers a site for `Binary` besides the target's own.
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
            reals: memory + tree_len(moves) + 3 * touched,
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
        let mut count = 0;
        let mut slots = state.touched.iter_mut().zip(state.difference.iter_mut());
        target.touched(walker.x, state.memory, mv, |m, d| {
            count += 1;
            if let Some((touched, difference)) = slots.next() {
                *touched = m as u32;
                *difference = d;
            }
        });
        debug_assert!(
            count < state.touched.len(),
            "more differences touched than Local::max_touched"
        );
        state.count = count.min(state.touched.len());
        // Where the move made is idle now (nominal symbols), its weight goes.
        let still = target.space().decode(walker.x, drawn);
        let idle = still.from == still.to;
        if idle {
            state.push_idle(drawn);
        }
        state.weigh_touched(&self.balance, scale);
        if idle && let Some(w) = state.weight.get_mut(state.count.wrapping_sub(1)) {
            *w = T::Real::ZERO;
        }
        let total = state.tree.total();
        let previewed = total + state.change();
        state.trial = Trial::Previewed;
        let mut new_total = previewed;
        // One weight that held nearly all of the total and vanishes: the subtraction leaves only rounding.
        if !(previewed > total * T::Real::from_f64(1.0 / 16.0) && comfortable(previewed)) {
            if previewed < T::Real::from_f64(1e20) {
                state.write(true);
                state.trial = Trial::Written;
                new_total = state.tree.total();
            }
            if !comfortable(new_total) {
                return self.propose_rebuilt(target, walker, total);
            }
        }
        state.log_total = (T::Real::ZERO, (new_total / total).ln());
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
        state.trial = Trial::Rebuilt;
        state.log_total = (log_total, state.tree.total().ln() + state.shift);
    }
}

impl<R: Real> TreeState<'_, R> {
    #[inline(always)]
    fn push_idle(&mut self, m: usize) {
        if let (Some(touched), Some(d)) = (
            self.touched.get_mut(self.count),
            self.difference.get_mut(self.count),
        ) {
            *touched = m as u32;
            *d = R::ZERO;
            self.count += 1;
        }
    }

    #[inline(always)]
    fn weigh_touched<G: Balance>(&mut self, balance: &G, scale: R) {
        let (Some(d), Some(w), Some(touched), Some(old)) = (
            self.difference.get(..self.count),
            self.weight.get_mut(..self.count),
            self.touched.get(..self.count),
            self.old_weight.get_mut(..self.count),
        ) else {
            return;
        };
        balance.weigh(scale, self.shift, d, w);
        for (old, &m) in old.iter_mut().zip(touched) {
            *old = self.tree.weight(m as usize);
        }
    }

    /// What the touched weights add to the total.
    #[inline(always)]
    fn change(&self) -> R {
        let pairs = self.weight.iter().zip(self.old_weight.iter());
        let mut sum = R::ZERO;
        for (&new, &old) in pairs.take(self.count) {
            sum += new - old;
        }
        sum
    }

    /// Writes the new (or the old) weights of the touched moves, and the sums above them.
    #[inline(always)]
    fn write(&mut self, new: bool) {
        let source: &[R] = if new { self.weight } else { self.old_weight };
        let mut groups = 0;
        let mut last = u32::MAX;
        for (&m, &w) in self.touched.iter().zip(source).take(self.count) {
            self.tree.set(m as usize, w);
            let group = m / FAN as u32;
            if group != last {
                last = group;
                if let Some(slot) = self.stale.get_mut(groups) {
                    *slot = group;
                }
                groups += 1;
            }
        }
        if let Some(stale) = self.stale.get_mut(..groups) {
            self.tree.refresh(stale);
        }
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
            difference: memory.reals(touched)?,
            weight: memory.reals(touched)?,
            old_weight: memory.reals(touched)?,
            count: 0,
            drawn: None,
            delta: T::Real::ZERO,
            log_total: (T::Real::ZERO, T::Real::ZERO),
            trial: Trial::Previewed,
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
    fn log_ratio<'a>(&self, _: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let state = &walker.state;
        if state.drawn.is_none() {
            return T::Real::NEG_INFINITY;
        }
        // The difference of the way back is minus that of the way forth: both are exact.
        let t = self.scale(walker.beta) * state.delta;
        let balance = self.balance.log_weight(-t) - self.balance.log_weight(t);
        let (here, there) = state.log_total;
        walker.beta * state.delta + balance + (here - there)
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
            match state.trial {
                Trial::Previewed => {
                    state.write(true);
                    target.update(walker.x, state.memory, mv);
                }
                Trial::Written => target.update(walker.x, state.memory, mv),
                Trial::Rebuilt => {}
            }
            walker.log_prob += state.delta.to_f64();
            state.age += 1;
            if state.age >= refresh_interval(target.space().sites()) {
                self.init(target, core::slice::from_mut(walker), scratch);
            }
        } else {
            mv.revert(walker.x);
            match state.trial {
                Trial::Previewed => {}
                Trial::Written => state.write(false),
                Trial::Rebuilt => {
                    target.remember(walker.x, state.memory);
                    self.rebuild(target, walker);
                }
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
