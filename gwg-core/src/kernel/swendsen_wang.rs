mod colors;
mod pair;

use super::clusters::{Decide, Random, Sites, bond_threshold};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::target::Pairwise;
use crate::{Bits, Error, Memory, MemoryLayout, Move, Real, Space};

/// Swendsen-Wang: joins sites at random along satisfied bonds, and draws every cluster of joined sites anew.
///
/// # Proposal
/// A bond is *satisfied* if `J_ij > 0` and `x_i = x_j`, or `J_ij < 0` and the symbols differ; it joins its sites with probability
/// `1 - exp(-beta |J_ij|)`. Each cluster is then drawn from its exact conditional distribution, given the bonds; never rejected.
/// - Two states, couplings of any sign: all symbols of a cluster are exchanged with probability `1 / (1 + exp(-beta gain))`, `gain` being what
///   the fields gain by that.
/// - More states, `J_ij >= 0`: a cluster takes symbol `a` with probability proportional to `exp(beta sum_i h_i(a))`.
/// - More states, some `J_ij < 0`: the same as for two states, of the sites whose symbols are two, drawn uniformly for each step (Wang, Swendsen,
///   Kotecky 1989).
///
/// An observed site is a field to its neighbors, and belongs to no cluster: this is at least as good as clusters that are frozen where they contain
/// observed sites. (The same holds of fields and of clusters with a "ghost spin".) The step is reversible, and reaches every state.
///
/// Near a critical point of a ferromagnet its autocorrelation time is that of few steps at every size, where that of local moves grows as
/// `side^2.17`. With frustrated bonds in more than one dimension clusters percolate before the system orders, and the step is hardly more than
/// an exchange of all symbols: alternate with local moves, which are better for `f` in any case.
///
/// # Cost
/// `O(bonds)`, a quarter of a random word per bond; one exponential per step if all `|J_ij|` are equal, otherwise one per bond after each
/// [`reevaluate`](Kernel::reevaluate) or change of `beta`. Memory: an index and a bit per site, a word per distinct coupling; scratch: a
/// number per site, or with more than two states and fields, or observed sites, one per site and state.
///
/// # Source
/// R. H. Swendsen, J.-S. Wang, "Nonuniversal critical dynamics in Monte Carlo simulations", Phys. Rev. Lett. 58 (1987).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwendsenWang;

/// The per-walker state of [`SwendsenWang`].
#[derive(Debug)]
pub struct SwendsenWangState<'a, R> {
    /// The parent of each site in its cluster.
    parents: &'a mut [u32],
    /// The decision for each cluster, at its root.
    coins: &'a mut [u64],
    /// The probability of every bond, or of all.
    thresholds: &'a mut [u64],
    /// What the thresholds are for; NaN if they are for none.
    beta: R,
}

/// The number of thresholds.
fn thresholds<T: Pairwise>(target: &T) -> usize {
    match target.coupling_magnitude() {
        Some(_) => 1,
        None => target.bonds(),
    }
}

impl SwendsenWang {
    /// Updates the thresholds to the walker's `beta`.
    #[inline(always)]
    fn prepare<T: Pairwise>(target: &T, walker: &mut WalkerOf<'_, T, Self>) {
        let (state, beta) = (&mut walker.state, walker.beta);
        if state.beta == beta {
            return;
        }
        if let Some(magnitude) = target.coupling_magnitude() {
            state.thresholds.fill(bond_threshold(beta, magnitude));
        } else {
            let mut slots = state.thresholds.iter_mut();
            target.each_bond(|_, _, coupling| {
                if let Some(slot) = slots.next() {
                    *slot = bond_threshold(beta, coupling);
                }
            });
        }
        state.beta = beta;
    }

    /// One step, with all its random decisions from `decide`; returns the number of sites changed.
    #[inline(always)]
    pub(crate) fn update<T: Pairwise, D: Decide>(
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        scratch: &mut [T::Real],
        decide: &mut D,
    ) -> u64 {
        Self::prepare(target, walker);
        let scratch = scratch.get_mut(..fields(target)).unwrap_or(&mut []);
        let states = target.space().states();
        let repels = target.repels() | (walker.beta < T::Real::ZERO);
        let changed = if states > 2 && !repels {
            colors::update(target, walker, scratch, decide)
        } else {
            pair::update(target, walker, scratch, decide)
        };
        walker.set_log_prob(target.log_prob(walker.x));
        changed
    }

    /// Joins sites along all bonds for which `joins` holds.
    #[inline(always)]
    fn join<T: Pairwise, D: Decide>(
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        decide: &mut D,
        joins: impl Fn(crate::SymbolOf<T>, crate::SymbolOf<T>, bool) -> bool,
    ) {
        use super::clusters::{Joins, symbol};
        let (x, state) = (&*walker.x, &mut walker.state);
        let sites = Sites::of(target.space());
        let flipped = walker.beta < T::Real::ZERO;
        let single = target.coupling_magnitude().is_some();
        let first = state.thresholds.first().copied().unwrap_or(0);
        let mut others = state.thresholds.iter();
        let mut sets = Joins::new(state.parents);
        target.each_bond(|i, j, coupling| {
            let threshold = if single {
                first
            } else {
                others.next().copied().unwrap_or(0)
            };
            let repel = (coupling < T::Real::ZERO) != flipped;
            let satisfied =
                joins(symbol(x, i), symbol(x, j), repel) & (sites.is_free(i) && sites.is_free(j));
            // Decided for every bond: a branch on whether it is satisfied would be unpredictable.
            let occupied = decide.bond(if satisfied { threshold } else { 0 });
            sets.add((i as u32, j as u32), occupied);
        });
        sets.finish();
    }
}

/// True if the clusters have fields: those of the target, or those of observed sites.
#[inline(always)]
fn has_fields<T: Pairwise>(target: &T) -> bool {
    target.has_field() || Sites::of(target.space()).are_observed()
}

/// The number of sums of fields: one per site, with more than two states one per site and state.
fn fields<T: Pairwise>(target: &T) -> usize {
    match target.space().states() {
        // Even without a field: parameters may change.
        2 => target.space().sites(),
        states if has_fields(target) => target.space().sites() * states,
        _ => 0,
    }
}

impl<T: Pairwise> Kernel<T> for SwendsenWang {
    type State<'a> = SwendsenWangState<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        let sites = target.space().sites();
        MemoryLayout {
            words: sites.div_ceil(64) + thresholds(target),
            indices: sites,
            ..MemoryLayout::default()
        }
    }

    fn scratch_len(&self, target: &T, _: usize) -> usize {
        fields(target)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        if !target.is_pairwise() {
            return Err(Error::NotPairwise);
        }
        memory.make(self.layout(target), |mut memory| {
            let sites = target.space().sites();
            Ok(SwendsenWangState {
                parents: memory.indices(sites)?,
                coins: memory.words(sites.div_ceil(64))?,
                thresholds: memory.words(thresholds(target))?,
                beta: T::Real::from_f64(f64::NAN),
            })
        })
    }

    fn reevaluate<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.set_log_prob(target.log_prob(w.x));
            w.state.beta = T::Real::from_f64(f64::NAN);
        }
    }

    /// Nothing depends on `x`.
    fn follow<'a>(
        &self,
        _: &T,
        _: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        _: &[Move],
    ) -> bool {
        true
    }

    /// The thresholds are in a memory slice.
    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        visitor.real(&mut state.beta);
    }

    /// The next step does.
    fn reweight<'a>(&self, _: &T, _: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {}

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            counts.sites_changed += Self::update(target, w, scratch, &mut Random::new(bits));
            counts.steps += 1;
            counts.accepted += 1;
            counts.values += 1;
        }
    }
}
