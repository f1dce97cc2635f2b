use super::OwnedMemory;
use crate::kernel::{Gibbs, Scan, WalkerOf};
use crate::space::Symbol;
use crate::target::SymbolOf;
use crate::{Kernel, LocallyBalanced, Move, Neighborhood, Real, Space, Target, accept};
use std::{vec, vec::Vec};

/// Returns all configurations of a space, the *first free site varying fastest*; observed sites have their observed symbols.
///
/// # Panics
/// If there are more than `2^20`.
pub fn configurations<S: Space>(space: &S) -> Vec<Vec<S::Symbol>> {
    let count = (0..space.sites())
        .filter(|&site| space.is_free(site))
        .try_fold(1, |count: usize, site| {
            count.checked_mul(space.states_at(site))
        })
        .filter(|&c| c <= 1 << 20);
    let count = count.expect("at most 2^20 configurations");
    (0..count).map(|k| configuration(space, k)).collect()
}

fn configuration<S: Space>(space: &S, mut k: usize) -> Vec<S::Symbol> {
    (0..space.sites())
        .map(|site| {
            space.observed(site).unwrap_or_else(|| {
                let q = space.states_at(site);
                let s = k % q;
                k /= q;
                S::Symbol::from_index(s)
            })
        })
        .collect()
}

/// Returns the index of `x` in [`configurations`].
///
/// # Panics
/// If `x` is not in the space: an invalid symbol, or a changed observed site.
pub fn index<S: Space>(space: &S, x: &[S::Symbol]) -> usize {
    assert!(
        space.contains(x),
        "{x:?} is not a configuration of the space"
    );
    let free = (0..space.sites()).filter(|&site| space.is_free(site));
    free.rev()
        .fold(0, |k, site| k * space.states_at(site) + x[site].index())
}

/// A kernel whose transition probabilities from a given state can be enumerated by its own code.
pub trait Transitions<T: Target>: Kernel<T> {
    /// Calls `visit(y, probability)` for outcomes `y` of one step of the walker from its `x`; the remaining
    /// probability is that of staying. The walker is initialized on entry, and in any state on return.
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) where
        Self: Sized;
}

impl<T: Target, N: Neighborhood<T>> Transitions<T> for LocallyBalanced<N> {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let law = self.neighborhood();
        for m in 0..target.space().moves() {
            let mv = target.space().decode(walker.x, m);
            if mv.from == mv.to {
                continue;
            }
            let drawn = law.select(target, walker, m).to_f64();
            law.propose(target, core::slice::from_mut(walker), scratch);
            let accepted: T::Real = accept::lazy_probability(law.ratio(target, walker));
            visit(walker.x, drawn * accepted.to_f64());
            law.commit_or_revert(target, walker, false, scratch);
        }
    }
}

impl<T: crate::Delta> Transitions<T> for Gibbs {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let space = target.space();
        let (free, next) = (space.free(), walker.state.next_site());
        let (places, share) = match self.scan {
            Scan::Random => (0..free, 1.0 / free as f64),
            Scan::Systematic => (next..free.min(next + 1), 1.0),
        };
        for site in places.map(|place| space.free_site(place)) {
            let total = Self::conditional(target, walker, site).to_f64();
            let weights = walker.state.weights().iter().map(|w| w.to_f64());
            let weights: Vec<f64> = weights.take(space.states_at(site)).collect();
            let from = walker.x[site].widen();
            for (to, w) in (0..=u16::MAX).zip(weights) {
                let mv = Move { site, from, to };
                mv.apply(walker.x);
                visit(walker.x, share * w / total);
                mv.revert(walker.x);
            }
        }
    }
}

/// The transition matrix of a kernel on all configurations of a small target, computed by the kernel's own proposals
/// and decisions.
#[derive(Clone, Debug)]
pub struct TransitionMatrix {
    /// The number of states.
    pub states: usize,
    /// `p[from * states + to]`, in the order of [`configurations`].
    pub p: Vec<f64>,
    /// `exp(beta f) / Z` of each state.
    pub stationary: Vec<f64>,
    /// `log Z` at this `beta`.
    pub log_z: f64,
}

/// The deviations of a [`TransitionMatrix`] from its required properties.
#[derive(Clone, Copy, Debug)]
pub struct Stationary {
    /// Largest `|sum of a row - 1|`, or the largest negative entry.
    pub stochastic: f64,
    /// Largest entry of `|pi P - pi|`.
    pub invariance: f64,
    /// Largest `|pi_x P_xy - pi_y P_yx|`.
    pub reversibility: f64,
    /// True if every state can be reached from every other.
    pub irreducible: bool,
    /// The stationary probability of leaving a state.
    pub mean_move: f64,
}

impl TransitionMatrix {
    /// Enumerates `kernel` on `target` at inverse temperature `beta`.
    pub fn new<T: Target, K: Transitions<T>>(target: &T, kernel: &K, beta: T::Real) -> Self {
        Self::with(target, kernel, beta, |_| {})
    }

    /// Enumerates one whole systematic sweep of Gibbs sampling: the product of its steps over all free sites.
    pub fn sweep<T: crate::Delta>(target: &T, beta: T::Real) -> Self {
        let kernel = Gibbs {
            scan: Scan::Systematic,
        };
        let at = |place: usize| {
            Self::with(
                target,
                &kernel,
                beta,
                move |w: &mut WalkerOf<'_, T, Gibbs>| w.state.set_next_site(place),
            )
        };
        let mut product = at(0);
        for place in 1..target.space().free() {
            product.p = multiply(&product.p, &at(place).p, product.states);
        }
        product
    }

    /// Enumerates `kernel` with `prepare` applied to every walker after initialization, for example to set a phase of
    /// a cycle.
    pub fn with<T: Target, K: Transitions<T>>(
        target: &T,
        kernel: &K,
        beta: T::Real,
        prepare: impl Fn(&mut WalkerOf<'_, T, K>),
    ) -> Self {
        let all = configurations(target.space());
        let states = all.len();
        let f: Vec<f64> = all
            .iter()
            .map(|x| beta.to_f64() * target.log_prob(x))
            .collect();
        let log_z = crate::math::logsumexp(&f);
        let mut p = vec![0.0; states * states];
        for (from, x) in all.iter().enumerate() {
            let mut owned = OwnedMemory::new(target, kernel, 1);
            let (mut block, scratch) =
                owned.walkers(target, kernel, core::slice::from_ref(x), beta);
            kernel.init(target, &mut block, scratch);
            prepare(&mut block[0]);
            let row = &mut p[from * states..(from + 1) * states];
            let mut moved = 0.0;
            kernel.transitions(target, &mut block[0], scratch, &mut |y, probability| {
                row[index(target.space(), y)] += probability;
                moved += probability;
            });
            row[from] += 1.0 - moved;
        }
        Self {
            states,
            p,
            stationary: f.iter().map(|f| Real::exp(f - log_z)).collect(),
            log_z,
        }
    }

    /// Returns the product of this matrix and `next`: a step of this kernel, then one of the other.
    ///
    /// # Panics
    /// If the two have different sizes.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        assert_eq!(self.states, next.states, "matrices of one space");
        Self {
            p: multiply(&self.p, &next.p, self.states),
            ..self.clone()
        }
    }

    /// Restricts the matrix to the possible states, those with `f > -inf`: a row that leads to others no longer sums to one.
    #[must_use]
    pub fn possible(&self) -> Self {
        let kept: Vec<usize> = (0..self.states)
            .filter(|&x| self.stationary[x] > 0.0)
            .collect();
        let row = |&x: &usize| kept.iter().map(move |&y| self.p[x * self.states + y]);
        Self {
            states: kept.len(),
            p: kept.iter().flat_map(row).collect(),
            stationary: kept.iter().map(|&x| self.stationary[x]).collect(),
            log_z: self.log_z,
        }
    }

    /// Computes the deviations of the matrix.
    #[must_use]
    pub fn measure(&self) -> Stationary {
        let (n, pi) = (self.states, &self.stationary);
        let mut found = Stationary {
            stochastic: 0.0,
            invariance: 0.0,
            reversibility: 0.0,
            irreducible: self.irreducible(),
            mean_move: 0.0,
        };
        let mut after = vec![0.0; n];
        for x in 0..n {
            let row = &self.p[x * n..(x + 1) * n];
            let sum: f64 = row.iter().sum();
            found.stochastic = worse(found.stochastic, (sum - 1.0).abs());
            found.mean_move += pi[x] * (1.0 - row[x]);
            for (y, &p) in row.iter().enumerate() {
                found.stochastic = worse(found.stochastic, -p);
                after[y] += pi[x] * p;
                found.reversibility = worse(
                    found.reversibility,
                    (pi[x] * p - pi[y] * self.p[y * n + x]).abs(),
                );
            }
        }
        for (a, p) in after.iter().zip(pi) {
            found.invariance = worse(found.invariance, (a - p).abs());
        }
        found
    }

    /// Asserts that the kernel is exact: stochastic, invariant (and reversible, if `reversible`) to within
    /// `tolerance`, irreducible.
    ///
    /// # Panics
    /// If it is not.
    pub fn assert_exact(&self, reversible: bool, tolerance: f64) {
        let m = self.measure();
        assert!(m.stochastic <= tolerance, "rows do not sum to one: {m:?}");
        assert!(
            m.invariance <= tolerance,
            "exp(beta f) is not invariant: {m:?}"
        );
        assert!(
            !reversible || m.reversibility <= tolerance,
            "detailed balance fails: {m:?}"
        );
        assert!(m.irreducible, "some states cannot be reached: {m:?}");
    }

    fn irreducible(&self) -> bool {
        self.reaches_all(|x, y| self.p[x * self.states + y])
            && self.reaches_all(|x, y| self.p[y * self.states + x])
    }

    fn reaches_all(&self, p: impl Fn(usize, usize) -> f64) -> bool {
        let mut seen = vec![false; self.states];
        let mut todo = vec![0];
        seen[0] = true;
        while let Some(x) = todo.pop() {
            for (y, seen) in seen.iter_mut().enumerate() {
                if !*seen && p(x, y) > 0.0 {
                    *seen = true;
                    todo.push(y);
                }
            }
        }
        seen.iter().all(|&s| s)
    }
}

/// The larger number; NaN counts as largest, so that a matrix of NaNs does not appear perfect.
fn worse(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

fn multiply(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut c = vec![0.0; n * n];
    for (row, out) in a.chunks_exact(n).zip(c.chunks_exact_mut(n)) {
        for (&x, b) in row.iter().zip(b.chunks_exact(n)) {
            for (o, &y) in out.iter_mut().zip(b) {
                *o += x * y;
            }
        }
    }
    c
}
