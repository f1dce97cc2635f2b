#[cfg(feature = "check")]
mod joint;
mod state;

use super::rows::Rows;
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::target::Sweep;
use crate::{Bits, Error, Memory, MemoryLayout, Real, Space, Symbol, SymbolOf, Walker, accept};
pub use state::TrajectoryState;
use state::{COUNTS, EVALUATIONS, PARITY, STARTED};

/// Parallel trajectory tempering[^ptt]: every walker carries a state of each of several other models of the same space, such as those that the
/// target was on its way of being learned, from one of independent sites to one near the target. A step sweeps all of them and the target,
/// then neighbors exchange states.
///
/// # Proposal
/// Models `f_0, ..., f_{n-1}` and the target `f_n` have the states `x_0, ..., x_n`, independent of each other under the invariant distribution
/// `prod_t exp(beta f_t(x_t))`. A step draws each `x_t` by a [sweep](Sweep) of `f_t`, then exchanges the states of neighbors `t` and `t + 1`, for even `t`
/// in one step and for odd `t` in the next, with probability `min(1, exp(beta (f_t(x_{t+1}) + f_{t+1}(x_t) - f_t(x_t) - f_{t+1}(x_{t+1}))))`.
/// A sweep of a model of independent sites draws an independent state, and exchanges carry such states to the target, also to modes that sweeps of the target
/// do not reach.
///
/// The walker's own `x` alone is no Markov chain; its distribution is the target's.
///
/// # Cost
/// One sweep and one evaluation of each model and of the target per step. The memory of a walker has a state, and what a sweep keeps, of each model.
///
/// [^ptt]: N. Béreux, A. Decelle, C. Furtlehner, L. Rosset and B. Seoane, "Fast training and sampling of restricted Boltzmann machines" (2024).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrajectoryTempering<L> {
    models: L,
}

impl<L> TrajectoryTempering<L> {
    /// Walkers that carry states of these models, a slice or something that is seen as one; the last is the nearest to the target.
    ///
    /// All models have the space, and the sizes of caches and scratch, of the target. Without a model, a step is a sweep of the target.
    #[must_use]
    pub const fn new(models: L) -> Self {
        Self { models }
    }

    /// The models.
    #[must_use]
    pub const fn models(&self) -> &L {
        &self.models
    }
}

type Walkers<'w, 'a, R, Y> = &'w mut [Walker<'a, R, TrajectoryState<'a, R>, Y>];

/// Exchanges the walkers' own states and `f` with those of a model; of the target, which has the walkers' own, does nothing.
#[inline(always)]
fn bring<R: Real, Y: Symbol>(walkers: Walkers<'_, '_, R, Y>, model: usize) {
    for w in walkers {
        let sites = w.x.len();
        let own = w.state.symbols.get_mut(model * sites..(model + 1) * sites);
        let (Some(own), Some(value)) = (own, w.state.values.get_mut(model)) else {
            continue;
        };
        for (x, symbol) in w.x.iter_mut().zip(own) {
            let before = x.index() as u32;
            *x = Y::from_index(*symbol as usize);
            *symbol = before;
        }
        let before = w.log_prob.value().to_bits();
        w.log_prob = f64::from_bits(*value).into();
        *value = before;
    }
}

/// Evaluates a model at the states that walkers have of another one, and keeps `f` and what a sweep needs.
fn evaluate<T: Sweep>(
    model: &T,
    walkers: Walkers<'_, '_, T::Real, SymbolOf<T>>,
    at: usize,
    which: usize,
    scratch: &mut [T::Real],
) {
    bring(walkers, at);
    for w in walkers.iter_mut() {
        w.state.keep_cross(which, w.log_prob.value());
    }
    let cache = walkers.first().map_or(0, |w| w.state.values.len()) + 1 + which;
    model.prepare(&mut Rows::of(walkers, cache), scratch);
    for w in walkers.iter_mut() {
        let before = w.state.keep_cross(which, w.log_prob.value());
        w.log_prob = before.into();
    }
    bring(walkers, at);
}

/// `exp(beta (f_t(x_u) + f_u(x_t) - f_t(x_t) - f_u(x_u)))` of neighbors `t` and `u`: the ratio of the invariant density after the exchange to that before.
fn exchange_ratio<R: Real>(beta: R, after: [f64; 2], before: [f64; 2]) -> f64 {
    let difference = (after[0] - before[0]) + (after[1] - before[1]);
    Real::exp(beta.to_f64() * difference)
}

/// Exchanges states of a model and the next one, in the walkers whose turn it is.
fn exchange<R: Real, Y: Symbol, B: Bits>(
    walkers: Walkers<'_, '_, R, Y>,
    model: usize,
    bits: &mut [B],
    counts: &mut [StepCounts],
) {
    for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
        if !w.state.takes_part(model) {
            continue;
        }
        let (next, models, sites) = (model + 1, w.state.values.len(), w.x.len());
        let value = |k: usize| match w.state.values.get(k) {
            Some(&bits) => f64::from_bits(bits),
            None => w.log_prob.value(),
        };
        let after = w.state.cross.map(f64::from_bits);
        let ratio = exchange_ratio(w.beta, after, [value(model), value(next)]);
        if !accept::accept(ratio, bits) {
            continue;
        }
        w.state.swap_caches(model, models + 1);
        w.state.swap_caches(next, models + 2);
        if next == models {
            counts.sites_changed += differing(w.x, w.state.symbols, model);
            bring(core::slice::from_mut(w), model);
            w.log_prob = after[1].into();
        } else {
            let rows = [model, next].map(|k| k * sites..(k + 1) * sites);
            if let Ok([a, b]) = w.state.symbols.get_disjoint_mut(rows) {
                a.swap_with_slice(b);
            }
            w.state.keep_value(next, after[1]);
        }
        w.state.keep_value(model, after[0]);
    }
}

/// Sites at which a state differs from that of a model.
fn differing<Y: Symbol>(x: &[Y], symbols: &[u32], model: usize) -> u64 {
    let pairs = x.iter().zip(symbols.iter().skip(model * x.len()));
    pairs.filter(|(x, s)| x.index() as u32 != **s).count() as u64
}

impl<T: Sweep, L: AsRef<[T]>> Kernel<T> for TrajectoryTempering<L> {
    type State<'a> = TrajectoryState<'a, T::Real>;

    fn lockstep(&self, target: &T) -> bool {
        target.sweeps_together()
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        let models = self.models.as_ref().len();
        MemoryLayout {
            reals: (models + 1 + EVALUATIONS) * target.sweep_cache_len(),
            words: models + 6,
            indices: models * target.space().sites(),
            ..MemoryLayout::default()
        }
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.sweep_scratch_len(walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        let models = self.models.as_ref();
        if !target.has_sweeps() || models.iter().any(|m| !m.has_sweeps()) {
            return Err(Error::HeldSites);
        }
        let layout = Kernel::<T>::layout(self, target);
        memory.make(layout, |mut memory| {
            Ok(TrajectoryState {
                symbols: memory.indices(layout.indices)?,
                caches: memory.reals(layout.reals)?,
                cache_len: target.sweep_cache_len(),
                own: memory.word_array()?,
                cross: memory.word_array()?,
                values: memory.words(models.len())?,
            })
        })
    }

    /// The states of the other models start at the walker's again.
    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        state.own[STARTED] = 0;
        state.own[PARITY] = 0;
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers.iter_mut().filter(|w| w.state.own[STARTED] != 1) {
            w.state.own[STARTED] = 1;
            let rows = w.state.symbols.chunks_exact_mut(w.x.len().max(1));
            for row in rows {
                for (symbol, x) in row.iter_mut().zip(w.x.iter()) {
                    *symbol = x.index() as u32;
                }
            }
            w.state.values.fill(0);
        }
        let models = self.models.as_ref();
        target.prepare(&mut Rows::of(walkers, models.len()), scratch);
        for (k, model) in models.iter().enumerate() {
            bring(walkers, k);
            model.prepare(&mut Rows::of(walkers, k), scratch);
            bring(walkers, k);
        }
    }

    /// All numbers are in memory slices.
    fn visit_state<'a, V: StateVisitor>(&self, _: &mut Self::State<'a>, _: &mut V) {}

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let models = self.models.as_ref();
        for (k, model) in models.iter().enumerate() {
            // What happens to other models is not counted.
            for (w, counts) in walkers.iter_mut().zip(counts.iter()) {
                w.state.own[COUNTS] = counts.accepted;
                w.state.own[COUNTS + 1] = counts.sites_changed;
            }
            bring(walkers, k);
            model.sweep(&mut Rows::of(walkers, k), scratch, bits, counts);
            bring(walkers, k);
            for (w, counts) in walkers.iter().zip(counts.iter_mut()) {
                counts.accepted = w.state.own[COUNTS];
                counts.sites_changed = w.state.own[COUNTS + 1];
            }
        }
        target.sweep(&mut Rows::of(walkers, models.len()), scratch, bits, counts);
        for (k, model) in models.iter().enumerate() {
            if !walkers.iter().any(|w| w.state.takes_part(k)) {
                continue;
            }
            let next = models.get(k + 1).unwrap_or(target);
            evaluate(model, walkers, k + 1, 0, scratch);
            evaluate(next, walkers, k, 1, scratch);
            exchange(walkers, k, bits, counts);
        }
        for ((w, _), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            w.state.own[PARITY] ^= 1;
            counts.steps += 1;
        }
    }
}
