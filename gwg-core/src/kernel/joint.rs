//! Updates of several sites at once: their choice, their moves, and draws from their joint distribution.

use super::Scan;
use crate::neighborhood::above_zero;
use crate::space::Symbol;
use crate::target::SymbolOf;
use crate::walker::RunningSum;
use crate::{Bits, Delta, Move, Real, Space, math};
use core::num::NonZeroUsize;

/// The largest number of joint states whose weights are enumerated.
pub(crate) const LARGEST: usize = 1 << 16;

/// The number of symbols that a site can take, including the current one.
#[inline(always)]
pub(crate) fn alphabet<S: Space>(space: &S, site: usize) -> NonZeroUsize {
    NonZeroUsize::new(space.states_at(site)).unwrap_or(NonZeroUsize::MIN)
}

/// The number of moves that are not idle.
pub(crate) fn possible_moves<S: Space>(space: &S) -> usize {
    (0..space.free())
        .map(|k| alphabet(space, space.free_site(k)).get() - 1)
        .sum()
}

/// The `k`-th symbol other than `from`.
#[inline(always)]
pub(crate) const fn other(from: u16, k: usize) -> u16 {
    (if k < from as usize { k } else { k + 1 }) as u16
}

/// Writes the free sites, from the `first` of them on, to `list`, up to its length; returns their number.
#[inline]
pub(crate) fn consecutive<S: Space>(space: &S, first: usize, list: &mut [u32]) -> usize {
    let mut len = 0;
    for (slot, k) in list.iter_mut().zip(first..space.free()) {
        *slot = space.free_site(k) as u32;
        len += 1;
    }
    len
}

/// The symbol `by` positions after `from`, cyclically.
#[inline(always)]
pub(super) fn turned(from: u16, by: usize, states: NonZeroUsize) -> u16 {
    ((usize::from(from) + by) % states) as u16
}

/// A walker that makes moves with exact differences one after the other.
pub(crate) struct Mover<'w, T: Delta> {
    pub(crate) target: &'w T,
    pub(crate) x: &'w mut [SymbolOf<T>],
    cache: &'w mut [T::Real],
    /// `f` of the walker's state before the first move; 0 if that is not finite.
    origin: f64,
    /// `f` minus the origin. In f64, because moves are made and reverted.
    pub(crate) gain: f64,
    /// The number of cache updates.
    pub(crate) updates: u64,
}

impl<'w, T: Delta> Mover<'w, T> {
    #[inline(always)]
    pub(crate) fn new(
        target: &'w T,
        x: &'w mut [SymbolOf<T>],
        cache: &'w mut [T::Real],
        log_prob: f64,
    ) -> Self {
        let origin = if log_prob.is_finite() { log_prob } else { 0.0 };
        Self {
            target,
            x,
            cache,
            origin,
            gain: log_prob - origin,
            updates: 0,
        }
    }

    /// The current symbol of `site`.
    #[inline(always)]
    pub(crate) fn symbol(&self, site: usize) -> u16 {
        self.x.get(site).copied().unwrap_or_default().widen()
    }

    /// The move that sets `site` to `to`.
    #[inline(always)]
    pub(crate) fn set(&self, site: usize, to: u16) -> Move {
        let from = self.symbol(site);
        Move { site, from, to }
    }

    /// The value of [`gain`](Self::gain) after the move.
    #[inline(always)]
    pub(crate) fn gain_after(&mut self, mv: Move) -> f64 {
        if mv.from == mv.to {
            return self.gain;
        }
        if self.gain.is_finite() {
            self.gain + self.target.delta(self.x, self.cache, mv).to_f64()
        } else {
            self.evaluated_after(mv)
        }
    }

    /// The same from an impossible state, where differences are meaningless: computed from `f` itself, in which case
    /// it includes the drift of the walker's running sum.
    #[cold]
    #[inline(never)]
    fn evaluated_after(&mut self, mv: Move) -> f64 {
        mv.apply(self.x);
        let log_prob = self.target.log_prob(self.x);
        mv.revert(self.x);
        log_prob - self.origin
    }

    /// Makes a move.
    #[inline(always)]
    pub(crate) fn make(&mut self, mv: Move) {
        let gain = self.gain_after(mv);
        self.follow(mv, gain);
    }

    /// Makes a move whose resulting `gain` is known.
    #[inline(always)]
    pub(crate) fn follow(&mut self, mv: Move, gain: f64) {
        if mv.from == mv.to {
            return;
        }
        self.gain = gain;
        mv.apply(self.x);
        self.target.update(self.x, self.cache, mv);
        self.updates += 1;
    }
}

/// Updates the cache of a model to `x`, in which `changes` have been made: [`Kernel::follow`](super::Kernel::follow) for
/// kernels whose state is only that cache. Returns false, with `x` unchanged, if the moves pass through an impossible state.
#[inline]
pub(super) fn follow<T: Delta>(
    target: &T,
    x: &mut [SymbolOf<T>],
    cache: &mut [T::Real],
    changes: &[Move],
) -> bool {
    if cache.is_empty() {
        return true;
    }
    for mv in changes.iter().rev() {
        mv.revert(x);
    }
    let mut gain = T::Real::ZERO;
    for &mv in changes {
        gain += target.delta(x, cache, mv);
        mv.apply(x);
        target.update(x, cache, mv);
    }
    gain.is_finite()
}

/// Writes a uniformly drawn subset of `0..len` to `chosen`, by Floyd's method (Bentley and Floyd 1987).
#[inline]
fn indices<B: Bits + ?Sized>(len: usize, chosen: &mut [u32], bits: &mut B) {
    let first = len.saturating_sub(chosen.len());
    for k in 0..chosen.len() {
        let drawn = bits.below(first + k + 1) as u32;
        let Some((before, [slot, ..])) = chosen.split_at_mut_checked(k) else {
            return;
        };
        *slot = if before.contains(&drawn) {
            (first + k) as u32
        } else {
            drawn
        };
    }
}

/// Writes a uniformly drawn subset of the free sites to `chosen`.
#[inline]
pub(super) fn subset<S: Space, B: Bits + ?Sized>(space: &S, chosen: &mut [u32], bits: &mut B) {
    indices(space.free(), chosen, bits);
    for site in chosen {
        *site = space.free_site(*site as usize) as u32;
    }
}

/// Chooses the block of a step; returns its number of sites.
#[inline(always)]
pub(super) fn choose<S: Space, B: Bits + ?Sized>(
    scan: Scan,
    space: &S,
    next: &mut usize,
    list: &mut [u32],
    bits: &mut B,
) -> usize {
    if scan == Scan::Random {
        subset(space, list, bits);
        return list.len();
    }
    let len = consecutive(space, *next, list);
    *next += len;
    if *next >= space.free() {
        *next = 0;
    }
    len
}

/// Adds the `gain` of a [`Mover`] to a walker's `log_prob`.
#[inline(always)]
pub(super) fn arrive<R: Real>(log_prob: &mut RunningSum<R>, gain: f64) {
    if log_prob.value().is_finite() {
        log_prob.add_wide(gain);
    } else {
        *log_prob = gain.into();
    }
}

/// Converts values of `f` to weights `exp(beta f)`, scaled such that the largest is 1; returns their sum. Impossible
/// states have weight 0 at every `beta`, including 0.
///
/// The sum, and the draw below, are in f64: the 24 bits of an f32 uniform number do not resolve thousands of states.
#[inline]
pub(crate) fn weigh<R: Real>(beta: R, weight: &mut [R]) -> f64 {
    let beta = above_zero(beta);
    let largest = math::max(weight) * beta;
    for w in weight.iter_mut() {
        *w = beta * *w - largest;
    }
    math::exp_in_place(weight);
    math::sum_wide(weight)
}

/// Draws the index `k` with probability `weight[k] / total`.
#[inline]
pub(super) fn draw<R: Real>(weight: &[R], threshold: f64) -> Option<usize> {
    let mut sum = 0.0;
    let mut last = None;
    for (k, &w) in weight.iter().enumerate() {
        if w > R::ZERO {
            sum += w.to_f64();
            last = Some(k);
            if sum > threshold {
                break;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;

    #[test]
    fn every_subset_is_drawn_equally_often() {
        let mut bits = SplitMix64::new(5);
        let mut counts = [0u32; 32];
        for _ in 0..100_000 {
            let mut chosen = [0; 3];
            indices(5, &mut chosen, &mut bits);
            let mask = chosen.iter().fold(0usize, |mask, &k| mask | 1 << k);
            assert_eq!(mask.count_ones(), 3, "distinct");
            counts[mask] += 1;
        }
        for (mask, &c) in counts.iter().enumerate() {
            // Binomial(100000, 1/10): sd 95; 6 sd has probability 2e-9.
            let expected = if mask.count_ones() == 3 { 10_000 } else { 0 };
            assert!(c.abs_diff(expected) < 570, "{mask:b}: {c}");
        }
    }
}
