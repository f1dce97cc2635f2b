//! Draws of single sites from their conditional distributions, in f64 regardless of the precision of the model.

use gwg_core::{Bits, Real, math, pick};

/// Converts log-weights to weights, scaled such that the largest is 1; returns their sum.
#[inline(always)]
pub(crate) fn weigh(log_weights: &mut [f64]) -> f64 {
    let best = log_weights
        .iter()
        .fold(f64::NEG_INFINITY, |best, &l| Real::max(l, best));
    for l in log_weights.iter_mut() {
        *l -= best;
    }
    math::exp_in_place(log_weights);
    log_weights.iter().sum()
}

/// Draws a state with probability proportional to its weight, with 53 random bits.
#[inline(always)]
pub(crate) fn state<B: Bits>(weights: &[f64], total: f64, bits: &mut B) -> u8 {
    pick::of_slice(weights, total * bits.unit::<f64>()).unwrap_or(0) as u8
}

/// Draws 1 with this probability, otherwise 0, with 53 random bits.
#[inline(always)]
pub(crate) fn bit<B: Bits>(probability: f64, bits: &mut B) -> u8 {
    u8::from(bits.unit::<f64>() < probability)
}

/// Writes a site's new symbol; returns the number of sites changed.
#[inline(always)]
pub(crate) fn put<S: Copy + PartialEq>(x: &mut [S], site: usize, new: S) -> u64 {
    x.get_mut(site)
        .map_or(0, |old| u64::from(core::mem::replace(old, new) != new))
}
