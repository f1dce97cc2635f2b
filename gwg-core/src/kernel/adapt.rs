use crate::Real;

/// A positive parameter after one round of adaptation: up where `found` exceeds `wanted`, down where it
/// falls short, by steps on the logarithmic scale that shrink as `round^-0.6` (Robbins and Monro 1951).
///
/// For warm-up only: a kernel that goes on adapting leaves nothing invariant.
#[must_use]
pub(crate) fn towards(value: f64, found: f64, wanted: f64, round: u64) -> f64 {
    let gain = 2.0 * Real::exp(-0.6 * Real::ln(round as f64 + 1.0));
    value * Real::exp(gain * (found - wanted))
}
