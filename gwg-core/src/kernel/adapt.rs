use crate::Real;

/// Returns a positive parameter after one step of stochastic approximation (Robbins and Monro 1951) on the
/// logarithmic scale: multiplied by `exp(gain * signal)` with a gain of 1 at first and of `10 / n` after `n` steps.
#[must_use]
pub(super) fn adapted(value: f64, signal: f64, adaptations: u64) -> f64 {
    value * Real::exp(signal * 10.0 / (10.0 + adaptations as f64))
}
