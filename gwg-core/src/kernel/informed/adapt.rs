use crate::Error;

/// The acceptance probability that warm-up aims at: the optimum for locally balanced proposals that change several
/// sites (Sun, Dai and Schuurmans 2022).
pub const TARGET_ACCEPTANCE: f64 = 0.574;

/// One step of stochastic approximation (Robbins and Monro 1951) on the log of a tuning parameter that lowers
/// acceptance as it grows; the gain is 1 at first, then decreases as `10 / n`.
pub(super) fn adapted(
    tuning: f64,
    acceptance: f64,
    adaptations: u64,
    (low, high): (f64, f64),
) -> f64 {
    let gain = 10.0 / (10.0 + adaptations as f64);
    let next = tuning * (1.0 + gain * (acceptance - TARGET_ACCEPTANCE));
    within(next, (low, high))
}

pub(super) fn within(tuning: f64, (low, high): (f64, f64)) -> f64 {
    let below = if tuning < high { tuning } else { high };
    if below > low { below } else { low }
}

pub(super) fn positive(value: f64, parameter: &'static str) -> Result<f64, Error> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(Error::NotPositive { parameter })
    }
}
