use super::joint::{Mover, alphabet, arrive, follow, other};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf, adapt};
use crate::neighborhood::refresh_interval;
use crate::space::Symbol;
use crate::{Bits, Delta, Error, Memory, MemoryLayout, Move, MoveLog, Real, Space, accept};

/// Random walk Metropolis: proposes other uniformly drawn symbols at a few uniformly drawn sites.
///
/// # Proposal
/// The number of sites is `1 + floor(u w)`, with `u` uniform in `[0, 1)` and `w = 2 flips - 1`: uniform on `1 ..= w`
/// with mean `flips` if `w` is an integer, close to that otherwise, and limited to the number of sites. It is drawn
/// for each step, because a fixed even number on `{0, 1}^n` would never change the parity of `x`, and a fixed odd one
/// would change it with every acceptance. Sites are distinct
/// and new symbols differ from old ones: the proposal is symmetric.
///
/// # Acceptance
/// `min(1, exp(beta (f(y) - f(x))))`, times [`accept::KEEP`].
///
/// # Cost
/// One [`Delta::delta`] and at most two [`Delta::update`]s per flip; the last flip is made only on acceptance.
/// Memory: two indices per site in addition to the target's cache.
///
/// # Adaptation
/// Unless given, `flips` starts at 1 and is tuned per walker: [`Kernel::adapt`] adapts it to an acceptance rate of
/// 0.234 (Roberts, Gelman, Gilks 1997), before the factor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RandomWalk {
    flips: Option<f64>,
}

/// The acceptance probability that warm-up aims at.
const TARGET_ACCEPTANCE: f64 = 0.234;

/// The per-walker state of the random walk.
#[derive(Debug)]
pub struct RandomWalkState<'a, R> {
    cache: &'a mut [R],
    /// The indices of all free sites, in order between steps; those of a proposal come first.
    sites: &'a mut [u32],
    /// The symbols to be exchanged with those of the first sites: first the new ones, then the old ones.
    symbols: &'a mut [u32],
    flips: f64,
    /// The acceptance probability of the last proposal.
    acceptance: f64,
    adaptations: u64,
    age: u64,
}

impl<R> RandomWalkState<'_, R> {
    /// The mean number of sites that a proposal changes.
    #[must_use]
    pub const fn flips(&self) -> f64 {
        self.flips
    }

    /// Sets the mean number of sites that a proposal changes, limited to the range from 1 to the number of free sites.
    pub fn set_flips(&mut self, flips: f64) {
        let largest = (self.sites.len() as f64 + 1.0) * 0.5;
        self.flips = Real::max(Real::min(flips, largest), 1.0);
    }

    /// The sites and symbols of a proposal, to be set from outside.
    #[cfg(feature = "check")]
    pub(crate) fn proposal_mut(&mut self) -> (&mut [u32], &mut [u32]) {
        (self.sites, self.symbols)
    }
}

impl RandomWalk {
    /// Creates the kernel with proposals of `flips` sites on average, without adaptation.
    ///
    /// # Errors
    /// [`Error::Flips`] unless `flips` is finite and at least 1.
    pub fn new(flips: f64) -> Result<Self, Error> {
        if flips >= 1.0 && flips.is_finite() {
            Ok(Self { flips: Some(flips) })
        } else {
            Err(Error::Flips)
        }
    }

    /// The number of sites of a proposal, for a uniform number `u`.
    #[inline(always)]
    pub(crate) fn length(flips: f64, unit: f64, sites: usize) -> usize {
        let length = 1 + (unit * (2.0 * flips - 1.0)) as usize;
        length.min(sites)
    }

    /// Moves `len` uniformly drawn, distinct sites, and other symbols for them, to the front.
    #[inline(always)]
    fn choose<T: Delta, B: Bits>(
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        len: usize,
        bits: &mut B,
    ) {
        let sites = target.space().free();
        let RandomWalkState {
            sites: list,
            symbols,
            ..
        } = &mut walker.state;
        for (k, symbol) in symbols.iter_mut().enumerate().take(len) {
            swap(list, k, k + bits.below(sites.saturating_sub(k)));
            let site = list.get(k).copied().unwrap_or(0) as usize;
            let site = target.space().free_site(site);
            let from = walker.x.get(site).copied().unwrap_or_default().widen();
            let others = alphabet(target.space(), site).get() - 1;
            let to = if others == 0 {
                from
            } else {
                other(from, bits.below(others))
            };
            *symbol = u32::from(to);
        }
    }

    /// Proposes to change the first `len` sites: makes all moves but the last, and calls `decide` with the ratio
    /// `exp(beta (f(y) - f(x)))`. If it returns true, the walker is at `y`, and the number of sites that changed is
    /// returned; otherwise the walker is at `x` again.
    #[inline(always)]
    pub(crate) fn attempt<T: Delta>(
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        len: usize,
        decide: impl FnOnce(T::Real) -> bool,
    ) -> Option<u64> {
        let from = walker.log_prob.value();
        let state = &mut walker.state;
        let mut mover = Mover::new(target, walker.x, state.cache, from);
        let sites = state.sites.get(..len).unwrap_or(&[]);
        let symbols = state.symbols.get_mut(..len).unwrap_or(&mut []);
        let (&site, sites) = sites.split_last()?;
        let (&mut symbol, symbols) = symbols.split_last_mut()?;
        let start = mover.gain;
        exchange(&mut mover, sites, symbols, |mover, mv| mover.make(mv));
        let site = target.space().free_site(site as usize);
        let last = mover.set(site, symbol as u16);
        let gain = mover.gain_after(last);
        let ratio = (walker.beta * T::Real::from_f64(gain - start)).exp();
        state.acceptance = accept::probability(ratio).to_f64();
        let accepted = decide(ratio);
        let mut hops = None;
        if accepted {
            mover.follow(last, gain);
            arrive(&mut walker.log_prob, gain);
            hops = Some(mover.updates);
            let others = sites.iter().zip(&*symbols).map(|(&site, &from)| {
                let site = target.space().free_site(site as usize);
                let (from, to) = (from as u16, mover.symbol(site));
                Move { site, from, to }
            });
            walker.moves.add_changes(others.chain([last]));
        } else {
            // Back to the old state, whose `gain` is known: no differences are computed.
            exchange(&mut mover, sites, symbols, |mover, mv| {
                mover.follow(mv, start);
            });
        }
        state.age += mover.updates;
        hops
    }
}

/// Exchanges the symbols of sites with those of a list.
#[inline(always)]
fn exchange<'w, T: Delta>(
    mover: &mut Mover<'w, T>,
    sites: &[u32],
    symbols: &mut [u32],
    go: impl Fn(&mut Mover<'w, T>, Move),
) {
    for (&site, symbol) in sites.iter().zip(symbols) {
        let site = mover.target.space().free_site(site as usize);
        let mv = mover.set(site, *symbol as u16);
        go(mover, mv);
        *symbol = u32::from(mv.from);
    }
}

#[inline(always)]
fn swap(list: &mut [u32], a: usize, b: usize) {
    if let (Some(&at_a), Some(&at_b)) = (list.get(a), list.get(b)) {
        put(list, a, at_b);
        put(list, b, at_a);
    }
}

#[inline(always)]
fn put(list: &mut [u32], k: usize, value: u32) {
    if let Some(slot) = list.get_mut(k) {
        *slot = value;
    }
}

/// Restores the order of a list whose first `len` entries were exchanged with later ones: an entry at the front that
/// belongs further back came from its own position.
#[inline(always)]
fn restore(list: &mut [u32], len: usize) {
    for k in 0..len {
        let Some(&value) = list.get(k) else { return };
        if value as usize >= len {
            put(list, value as usize, value);
        }
        put(list, k, k as u32);
    }
}

impl<T: Delta> Kernel<T> for RandomWalk {
    type State<'a> = RandomWalkState<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        MemoryLayout {
            reals: target.cache_len(),
            words: 0,
            indices: 2 * target.space().free(),
            moves: 0,
        }
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        memory.make(self.layout(target), |mut memory| {
            let sites = target.space().free();
            let mut state = RandomWalkState {
                cache: memory.reals(target.cache_len())?,
                sites: memory.indices(sites)?,
                symbols: memory.indices(sites)?,
                flips: 1.0,
                acceptance: 0.0,
                adaptations: 0,
                age: 0,
            };
            state.set_flips(self.flips.unwrap_or(1.0));
            Ok(state)
        })
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        for (site, slot) in (0u32..).zip(state.sites.iter_mut()) {
            *slot = site;
        }
    }

    fn reevaluate<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.log_prob = target.init_cache(w.x, w.state.cache).into();
            w.state.age = 0;
        }
    }

    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        let state = &mut walker.state;
        state.age += changes.len() as u64;
        follow(target, walker.x, state.cache, changes)
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        let RandomWalkState {
            cache: _,
            sites: _,
            symbols: _,
            flips,
            acceptance,
            adaptations,
            age,
        } = state;
        visitor.real(flips);
        visitor.real(acceptance);
        visitor.word(adaptations);
        visitor.word(age);
    }

    /// The state does not depend on `beta`.
    fn reweight<'a>(&self, _: &T, _: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {}

    fn adapt<'a>(&self, _: &T, walkers: &mut [WalkerOf<'a, T, Self>]) {
        if self.flips.is_some() {
            return;
        }
        for w in walkers {
            let state = &mut w.state;
            let signal = state.acceptance - TARGET_ACCEPTANCE;
            state.set_flips(adapt::adapted(state.flips, signal, state.adaptations));
            state.adaptations += 1;
        }
    }

    fn tuning<'a>(&self, _: &T, state: &Self::State<'a>, k: usize) -> Option<f64> {
        (k == 0 && self.flips.is_none()).then_some(state.flips)
    }

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
            let len = Self::length(w.state.flips, bits.unit(), target.space().free());
            Self::choose(target, w, len, bits);
            let hops = Self::attempt(target, w, len, |ratio| accept::lazy(ratio, bits));
            restore(w.state.sites, len);
            counts.steps += 1;
            counts.accepted += u64::from(hops.is_some());
            counts.sites_changed += hops.unwrap_or(0);
            if w.state.age >= refresh_interval(sites) {
                w.log_prob = target.init_cache(w.x, w.state.cache).into();
                w.state.age = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;

    #[test]
    fn the_order_of_sites_is_restored_after_each_step() {
        let mut bits = SplitMix64::new(1);
        let mut list: [u32; 9] = core::array::from_fn(|k| k as u32);
        for round in 0..10_000 {
            let len = 1 + round % 9;
            for k in 0..len {
                swap(&mut list, k, k + bits.below(9 - k));
            }
            let mut front = list[..len].to_vec();
            front.sort_unstable();
            front.dedup();
            assert_eq!(front.len(), len, "distinct");
            restore(&mut list, len);
            assert!(list.iter().zip(0..).all(|(&site, k)| site == k), "{list:?}");
        }
    }

    #[test]
    fn lengths_have_the_requested_mean_and_both_parities() {
        for flips in [1.0, 1.5, 2.0, 4.5] {
            let n = 100_000;
            let at = |k: usize| RandomWalk::length(flips, k as f64 / f64::from(n), 100);
            let mean = (0..n as usize).map(at).sum::<usize>() as f64 / f64::from(n);
            assert!((mean - flips).abs() < 1e-3, "{flips}: {mean}");
            assert_eq!(at(0), 1);
        }
        assert_eq!(
            RandomWalk::length(4.0, 0.999, 3),
            3,
            "no more than there are"
        );
    }
}
