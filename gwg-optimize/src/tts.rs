//! The time to a target, from repeated runs.

/// The time after which a search has reached its target with probability 0.99.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeToTarget {
    /// The estimate in seconds; infinite where no run reached the target.
    pub seconds: f64,
    /// The lower end of the interval that has the true time with probability 0.95.
    pub lower: f64,
    /// Its upper end; infinite where no run reached the target.
    pub upper: f64,
}

impl TimeToTarget {
    /// From the seconds of all runs together, each until it reached the target or was ended, and the number of those that reached it. Times to the target are taken to be exponential, as they
    /// are of a search without memory: then `successes / total` is the most likely rate, and the interval is exact (of a number of runs that is given by the time; within a run of it otherwise).
    #[must_use]
    pub fn new(total: f64, successes: u64) -> Self {
        // exp(-rate t) = 0.01.
        let time = |events: f64| 100_f64.ln() * total / events;
        Self {
            seconds: time(successes as f64),
            lower: time(gamma_quantile(successes + 1, 0.975)),
            upper: match successes {
                0 => f64::INFINITY,
                _ => time(gamma_quantile(successes, 0.025)),
            },
        }
    }
}

/// The quantile of the gamma distribution of this shape and scale 1, by bisection.
fn gamma_quantile(shape: u64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0 * shape as f64 + 50.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if gamma_cdf(shape, middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// One minus the probability of fewer than `shape` events of a Poisson distribution.
fn gamma_cdf(shape: u64, x: f64) -> f64 {
    let mut log_term = -x;
    let mut sum = 0.0;
    for k in 0..shape {
        sum += log_term.exp();
        log_term += x.ln() - ((k + 1) as f64).ln();
    }
    1.0 - sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_tables() {
        // Half of the quantiles of chi squared with twice as many degrees of freedom.
        for (shape, probability, chi) in [
            (1, 0.025, 0.050_636),
            (1, 0.975, 7.377_759),
            (5, 0.025, 3.246_973),
            (10, 0.975, 34.169_607),
            (50, 0.5, 99.334_13),
        ] {
            let found = 2.0 * gamma_quantile(shape, probability);
            assert!((found - chi).abs() < 1e-4, "{shape} {probability}: {found}");
        }
    }

    #[test]
    fn intervals_hold_the_true_time() {
        use gwg_core::{Bits, SplitMix64};
        let (mut random, runs, limit) = (SplitMix64::new(5), 20, 1.5);
        let truth = 100_f64.ln();
        let trials = 2000;
        let mut covered = 0;
        for _ in 0..trials {
            let times = (0..runs).map(|_| -(1.0 - random.unit::<f64>()).ln());
            let times: Vec<f64> = times.collect();
            let total = times.iter().map(|t| t.min(limit)).sum();
            let successes = times.iter().filter(|&&t| t <= limit).count();
            let found = TimeToTarget::new(total, successes as u64);
            assert!(found.lower < found.seconds && found.seconds < found.upper);
            covered += u32::from(found.lower <= truth && truth <= found.upper);
        }
        let share = f64::from(covered) / f64::from(trials);
        assert!((0.93..=0.99).contains(&share), "{share}");
    }

    #[test]
    fn without_a_success_there_is_a_lower_end_alone() {
        let found = TimeToTarget::new(10.0, 0);
        assert_eq!((found.seconds, found.upper), (f64::INFINITY, f64::INFINITY));
        assert!((found.lower - 10.0 * 100_f64.ln() / 40_f64.ln()).abs() < 1e-6);
    }
}
