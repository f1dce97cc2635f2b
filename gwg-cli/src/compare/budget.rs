//! Splits a budget of steps into warm-up, burn-in and draws, and chooses the checkpoints of the curves.

use gwg_bench::relaxations::RelaxedMethod;
use gwg_registry::SamplerSpec;

/// Warm-up or burn-in is one step in this many (the paper's burn-in).
const WARMUP: u64 = 10;
/// Upper limit of the draws of all chains together, because they are kept in memory and sorted.
const MOST: usize = 4_000_000;
/// Minimum number of draws per chain, where there are enough steps.
const WANTED: u64 = 200;
/// Intervals between the points of a curve.
const CHECKPOINTS: f64 = 24.0;
/// Maximum ratio of steps between consecutive points of a curve that begins after a warm-up.
const DENSER: f64 = 1.26;
/// Gradients between recorded states of a relaxation: each changes many sites a little.
const RELAXED_SPACING: u64 = 10;

/// The steps and draws of each chain of a sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub(super) struct Budget {
    /// Steps before the first recorded state; 0 for samplers that do not adapt.
    pub(super) warmup: u64,
    /// Steps between recorded states.
    pub(super) thin: u64,
    /// Recorded states.
    pub(super) draws: usize,
    /// Recorded states that are part of the curves but not of ESS and R-hat.
    pub(super) burn: usize,
}

impl Budget {
    /// Splits `steps` steps. A state is recorded each time up to a tenth of the sites may have changed, or less often
    /// to save memory.
    pub(super) fn new(sampler: &SamplerSpec, sites: usize, chains: usize, steps: u64) -> Self {
        let warmup = if sampler.adapts() { steps / WARMUP } else { 0 };
        let spacing = sampler
            .reach()
            .map_or(1.0, |reach| sites as f64 / (10.0 * reach));
        Self::split(steps, warmup, spacing, chains, sampler.adapts())
    }

    /// Splits the steps of a relaxation that adapts, whose gradients per chain are `gradients` at most.
    pub(super) fn relaxed(method: RelaxedMethod, chains: usize, gradients: u64) -> Self {
        let cost = method.gradients_per_step();
        let steps = (gradients / cost).max(1);
        let spacing = (RELAXED_SPACING / cost).max(1) as f64;
        Self::split(steps, steps / WARMUP, spacing, chains, true)
    }

    /// A budget of `steps` draws without a warm-up.
    pub(super) const fn of_draws(steps: u64) -> Self {
        Self {
            warmup: 0,
            thin: 1,
            draws: steps as usize,
            burn: 0,
        }
    }

    fn split(steps: u64, warmup: u64, spacing: f64, chains: usize, adapts: bool) -> Self {
        let rest = steps - warmup;
        let most = (MOST / chains.max(1)).max(100) as u64;
        let thin = round(spacing.min((rest / WANTED) as f64))
            .max(round_up(rest.div_ceil(most)))
            .max(1);
        let draws = (rest / thin) as usize;
        let burn = if adapts { 0 } else { draws / WARMUP as usize };
        Self {
            warmup,
            thin,
            draws,
            burn,
        }
    }

    /// Numbers of draws at the points of the curves: spaced geometrically in steps, from the first draw to the last.
    pub(super) fn checkpoints(&self) -> Vec<usize> {
        let (first, last) = (self.thin as f64, self.steps() as f64);
        let most = if self.warmup == 0 { f64::MAX } else { DENSER };
        let ratio = (last / first).powf(1.0 / CHECKPOINTS).min(most);
        let mut found: Vec<usize> = Vec::new();
        let mut steps = first;
        while steps < last && ratio > 1.0 {
            let draw = (steps - self.warmup as f64) / first;
            let draw = draw.round() as usize;
            if draw >= 1 && draw < self.draws && found.last().is_none_or(|l| *l < draw) {
                found.push(draw);
            }
            steps *= ratio;
        }
        if self.draws > 0 {
            found.push(self.draws);
        }
        found
    }

    /// Total number of steps.
    pub(super) const fn steps(&self) -> u64 {
        self.steps_at(self.draws)
    }

    /// Steps made by the time `draws` states have been recorded.
    pub(super) const fn steps_at(&self, draws: usize) -> u64 {
        self.warmup + self.thin * draws as u64
    }
}

/// Rounds down to 1, 2 or 5 times a power of ten, so that round budgets divide evenly; 0 below 1.
fn round(x: f64) -> u64 {
    let mut best = 0;
    let mut power = 1_u64;
    while power as f64 <= x {
        for digit in [1, 2, 5] {
            if (digit * power) as f64 <= x {
                best = digit * power;
            }
        }
        power = power.saturating_mul(10);
    }
    best
}

/// Rounds up to 1, 2 or 5 times a power of ten.
fn round_up(x: u64) -> u64 {
    let below = round(x as f64).max(1);
    if below >= x {
        below
    } else {
        round(2.5 * below as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(spec: &str, sites: usize, steps: u64) -> Budget {
        Budget::new(&SamplerSpec::parse(spec).unwrap(), sites, 100, steps)
    }

    #[test]
    fn samplers_with_small_moves_are_thinned_more() {
        let of = |warmup, thin, draws, burn| Budget {
            warmup,
            thin,
            draws,
            burn,
        };
        assert_eq!(budget("gwg", 100, 10_000), of(0, 10, 1000, 100));
        assert_eq!(budget("gwg:flips=3", 100, 10_000), of(0, 2, 5000, 500));
        assert_eq!(budget("gwg", 1600, 10_000), of(0, 50, 200, 20));
        // A cycle changes four sites at most, and a mixture of 1 and 3 sites two on average.
        assert_eq!(budget("3*gwg+gibbs", 100, 10_000), of(0, 2, 5000, 500));
        assert_eq!(budget("gwg|gwg:flips=3", 100, 10_000).thin, 5);
        assert_eq!(budget("gwg+pas", 100, 10_000), of(1000, 1, 9000, 0));
        assert_eq!(budget("sweep", 100, 10_000), of(0, 1, 10_000, 1000));
        assert_eq!(budget("pas", 100, 10_000), of(1000, 1, 9000, 0));
        assert_eq!(budget("pas:path=3", 100, 10_000), of(0, 1, 10_000, 1000));
        // The memory limit is 40,000 draws of 100 chains.
        assert_eq!(budget("sweep", 100, 400_000).thin, 10);
    }

    #[test]
    fn steps_never_exceed_the_budget() {
        for spec in ["gwg", "gibbs", "pas", "sweep", "hamming-ball"] {
            for steps in [1, 2, 9, 10, 199, 1000, 12_345, 10_000_000_000] {
                let b = budget(spec, 1600, steps);
                assert!(b.steps() <= steps && b.draws >= 1, "{spec} {steps} {b:?}");
                assert!(steps - b.steps() < b.thin, "{spec} {steps} {b:?}");
            }
        }
    }

    #[test]
    fn checkpoints_rise_to_the_last_draw() {
        for spec in ["gwg", "sweep", "pas"] {
            for steps in [1, 3, 10, 200, 10_000, 100_000] {
                let b = budget(spec, 100, steps);
                let found = b.checkpoints();
                assert!(found.windows(2).all(|w| w[0] < w[1]), "{found:?}");
                assert_eq!(found.last(), Some(&b.draws));
                assert!(found[0] >= 1 && found.len() <= 26, "{spec} {found:?}");
            }
        }
        assert_eq!(budget("sweep", 100, 3).checkpoints(), [1, 2, 3]);
        assert!(budget("gwg", 100, 10_000).checkpoints().len() >= 20);
        // After a warm-up of 1000 steps, the first point is clearly later than the warm-up.
        let found = budget("pas", 100, 10_000).checkpoints();
        assert!(found.len() >= 10 && found[0] > 20, "{found:?}");
    }

    #[test]
    fn thinning_to_save_memory_is_rounded_up() {
        let found = [1, 2, 3, 4, 5, 6, 10, 11, 21, 51].map(round_up);
        assert_eq!(found, [1, 2, 5, 5, 5, 10, 10, 20, 50, 100]);
        assert_eq!([0.5, 1.0, 4.9, 5.0, 99.0].map(round), [0, 1, 2, 5, 50]);
    }
}
