use crate::Real;

/// A positive parameter after one step of adaptation (Robbins and Monro 1951), on the logarithmic scale: by a factor of
/// `exp(signal)` at first, by the `10 / n`-th part of that after `n` steps.
#[must_use]
pub(super) fn adapted(value: f64, signal: f64, adaptations: u64) -> f64 {
    value * Real::exp(signal * 10.0 / (10.0 + adaptations as f64))
}
