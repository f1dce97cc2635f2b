use super::clusters::{
    Decide, Pair, Random, Sites, bond_gain, bond_threshold, is_marked, mark, mark_if, symbol,
    unmark,
};
use super::joint::{arrive, other};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::refresh_interval;
use crate::space::Symbol;
use crate::target::{Pairwise, SymbolOf};
use crate::{Bits, Error, Memory, MemoryLayout, Move, MoveLog, Real, Space};

/// Wolff: grows one cluster from a uniformly drawn free site, and exchanges two symbols in it.
///
/// # Proposal
/// The two symbols are that of the first site and another one, drawn uniformly. A bond from a site of the cluster to a free site of one of the
/// two is *satisfied* if `J_ij > 0` and the symbols are equal, or `J_ij < 0` and they differ; it adds the site to the cluster with
/// probability `1 - exp(-beta |J_ij|)`. Couplings may have any sign, whatever the number of states.
///
/// # Acceptance
/// `min(1, exp(beta gain))` times [`accept::KEEP`](crate::accept::KEEP), `gain` being what the fields and the bonds with observed sites gain by the exchange: all are
/// accepted if there are neither. Reversible.
///
/// # Cost
/// The neighbors of the sites of the cluster: near a critical point, and below it, many sites. One exponential per step if all `|J_ij|` are
/// equal, otherwise one per bond that is tried. Memory: an index and a bit per site. `f` is a running sum, which is recomputed from time to time.
///
/// # Source
/// U. Wolff, "Collective Monte Carlo updating for spin systems", Phys. Rev. Lett. 62 (1989).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wolff;

/// The per-walker state of [`Wolff`].
#[derive(Debug)]
pub struct WolffState<'a> {
    /// The sites of the cluster.
    cluster: &'a mut [u32],
    /// A bit of each site: whether it is in the cluster. Zeros between steps.
    marks: &'a mut [u64],
    /// The number of sites changed since `f` was computed.
    age: u64,
}

/// What an exchange of the symbols of a cluster gains.
struct Gain {
    /// In all.
    all: f64,
    /// By fields and bonds with observed sites.
    fields: f64,
}

impl Wolff {
    /// One step, with all its random decisions from `decide`; returns the number of sites changed if the exchange is accepted.
    #[inline(always)]
    pub(crate) fn update<T: Pairwise, D: Decide>(
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        decide: &mut D,
    ) -> Option<u64> {
        let space = target.space();
        if space.free() == 0 {
            return None;
        }
        let first = space.free_site(decide.below(space.free()));
        let from = symbol(walker.x, first);
        let choice = if space.states() > 2 {
            decide.below(space.states() - 1)
        } else {
            0
        };
        let pair = Pair(from, Symbol::narrow(other(from.widen(), choice)));
        let (len, gain) = Self::grow(target, walker, first, pair, decide);
        let ratio = (walker.beta * T::Real::from_f64(gain.fields)).exp();
        let accepted = decide.lazy(ratio);
        Self::finish::<T>(walker, len, pair, accepted);
        accepted.then(|| {
            arrive(&mut walker.log_prob, gain.all);
            walker.state.age += len as u64;
            len as u64
        })
    }

    /// Grows the cluster, and exchanges its symbols on the way; returns its length.
    #[inline(always)]
    fn grow<T: Pairwise, D: Decide>(
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        first: usize,
        pair: Pair<SymbolOf<T>>,
        decide: &mut D,
    ) -> (usize, Gain) {
        let (beta, sites) = (walker.beta, Sites::of(target.space()));
        let WolffState { cluster, marks, .. } = &mut walker.state;
        let (x, flipped) = (&mut *walker.x, beta < T::Real::ZERO);
        let single = target
            .coupling_magnitude()
            .map(|magnitude| bond_threshold(beta, magnitude));
        let mut gain = Gain {
            all: 0.0,
            fields: 0.0,
        };
        let mut done = 0;
        if let Some(slot) = cluster.first_mut() {
            *slot = first as u32;
        }
        mark(marks, first);
        let mut end = 1;
        while done < end {
            let site = symbol(cluster, done) as usize;
            done += 1;
            let from = symbol(x, site);
            let to = pair.exchange(from);
            target.each_neighbor(site, |j, coupling| {
                let beside = symbol(x, j);
                // Of the state on the way, in which part of the cluster is exchanged already: the gains add up to that of all.
                let change = bond_gain(coupling, from, to, beside).to_f64();
                gain.all += change;
                if !sites.is_free(j) {
                    gain.fields += change;
                    return;
                }
                let repel = (coupling < T::Real::ZERO) != flipped;
                let satisfied = pair.satisfies(from, beside, repel) & !is_marked(marks, j);
                // Decided and written for every bond: branches would be unpredictable.
                let threshold = match (satisfied, single) {
                    (false, _) => 0,
                    (true, Some(single)) => single,
                    (true, None) => bond_threshold(beta, coupling),
                };
                let joins = decide.bond(threshold);
                if let Some(slot) = cluster.get_mut(end) {
                    *slot = j as u32;
                }
                mark_if(marks, j, joins);
                end += usize::from(joins);
            });
            if target.has_field() {
                let field = |symbol: SymbolOf<T>| target.field(site, symbol.widen()).to_f64();
                let change = field(to) - field(from);
                gain.all += change;
                gain.fields += change;
            }
            if let Some(x) = x.get_mut(site) {
                *x = to;
            }
        }
        (end, gain)
    }

    /// Clears the marks, and takes the exchange back unless it is accepted.
    #[inline(always)]
    fn finish<T: Pairwise>(
        walker: &mut WalkerOf<'_, T, Self>,
        len: usize,
        pair: Pair<SymbolOf<T>>,
        accepted: bool,
    ) {
        let (x, state) = (&mut *walker.x, &mut walker.state);
        let cluster = state.cluster.get(..len).unwrap_or(&[]);
        for &site in cluster {
            unmark(state.marks, site as usize);
            if !accepted && let Some(x) = x.get_mut(site as usize) {
                *x = pair.exchange(*x);
            }
        }
        if accepted {
            let moves = cluster.iter().map(|&site| {
                let to = symbol(x, site as usize);
                let (from, to) = (pair.exchange(to).widen(), to.widen());
                let site = site as usize;
                Move { site, from, to }
            });
            walker.moves.add_changes(moves);
        }
    }
}

impl<T: Pairwise> Kernel<T> for Wolff {
    type State<'a> = WolffState<'a>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        let sites = target.space().sites();
        MemoryLayout {
            words: sites.div_ceil(64),
            indices: target.space().free(),
            ..MemoryLayout::default()
        }
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        if !target.is_pairwise() {
            return Err(Error::NotPairwise);
        }
        memory.make(<Self as Kernel<T>>::layout(self, target), |mut memory| {
            let space = target.space();
            Ok(WolffState {
                cluster: memory.indices(space.free())?,
                marks: memory.words(space.sites().div_ceil(64))?,
                age: 0,
            })
        })
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        state.marks.fill(0);
    }

    fn reevaluate<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.set_log_prob(target.log_prob(w.x));
            w.state.age = 0;
        }
    }

    /// Nothing but the age of `f` depends on `x`.
    fn follow<'a>(
        &self,
        _: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        walker.state.age += changes.len() as u64;
        true
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        visitor.word(&mut state.age);
    }

    /// The state does not depend on `beta`.
    fn reweight<'a>(&self, _: &T, _: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {}

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        _: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let sites = target.space().sites();
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let changed = Self::update(target, w, &mut Random::new(bits));
            counts.steps += 1;
            counts.accepted += u64::from(changed.is_some());
            counts.sites_changed += changed.unwrap_or(0);
            if w.state.age >= refresh_interval(sites) {
                w.set_log_prob(target.log_prob(w.x));
                w.state.age = 0;
            }
        }
    }
}
