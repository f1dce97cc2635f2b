use super::error::{LogZError, all_finite, at_least};
use super::estimate::{Estimate, Method};
use gwg_core::{Real, math};

/// Bisections: enough to halve any bracket of f64 numbers to neighboring ones.
const HALVINGS: usize = 200;

/// Estimates `log r`, `r = Z1 / Z0`, by the Bennett acceptance ratio (Bennett 1976), from log weights `l` of paths in both directions.
///
/// `forward` are the logarithms of weights whose mean is `r`, of independent paths that start in equilibrium at 0; `reverse` are the
/// same of paths that start in equilibrium at 1, **in forward sign**: the mean of `exp(-l)` is `1 / r`. The time-reversed kernels must
/// be those of the forward paths, as reversible kernels in reverse order are; then the densities of `l` satisfy
/// `P_reverse(l) / P_forward(l) = e^l / r` (Crooks 1999). Paths without a step in between are draws from both ends: bridge sampling
/// with the optimal bridge (Meng and Wong 1996).
///
/// The value `c` solves `sum_forward sigmoid(l - c - M) = sum_reverse sigmoid(-(l - c - M))`, `M = log(n_forward / n_reverse)`. Its
/// variance is estimated by `1 / sum sigmoid'(l - c - M) - 1 / n_forward - 1 / n_reverse`.
///
/// `effective` replaces the two numbers of paths where paths are correlated, with the effective sample sizes of their starts. Paths
/// that do not start in equilibrium give a biased value.
///
/// # Cost
/// About 60 evaluations of both sums.
///
/// # Errors
/// [`LogZError::TooFew`] without a path in each direction; [`LogZError::NotFinite`] with the first such weight, but for forward weights of
/// 0 (`l = -inf`: paths into states that the model excludes); [`LogZError::EffectiveSize`].
pub fn bar(
    forward: &[f64],
    reverse: &[f64],
    effective: Option<[f64; 2]>,
) -> Result<Estimate, LogZError> {
    at_least("forward paths", forward.len(), 1)?;
    at_least("reverse paths", reverse.len(), 1)?;
    let possible: Vec<f64> = forward
        .iter()
        .copied()
        .filter(|l| *l != f64::NEG_INFINITY)
        .collect();
    at_least("forward paths of positive weight", possible.len(), 1)?;
    all_finite("forward log weights", &possible)?;
    all_finite("reverse log weights", reverse)?;
    let sizes = effective.unwrap_or([forward.len() as f64, reverse.len() as f64]);
    if let Some(&found) = sizes.iter().find(|n| !(n.is_finite() && **n > 0.0)) {
        return Err(LogZError::EffectiveSize { found });
    }
    let sums = Sums {
        forward,
        reverse,
        sizes,
        shift: Real::ln(sizes[0] / sizes[1]),
    };
    let c = sums.root();
    Ok(Estimate::new(Method::Bar, c, sums.variance(c).sqrt()))
}

struct Sums<'l> {
    forward: &'l [f64],
    reverse: &'l [f64],
    /// Effective numbers of paths.
    sizes: [f64; 2],
    /// `M`.
    shift: f64,
}

impl Sums<'_> {
    /// The logarithm of the forward sum less that of the reverse sum: decreases in `c`. In logarithms, because directions without
    /// overlap leave nothing but underflow of the sums themselves.
    fn excess(&self, c: f64) -> f64 {
        let log_sum = |l: &[f64], size: f64, sign: f64| {
            let logs: Vec<f64> = l
                .iter()
                .map(|l| -Real::softplus(-sign * (l - c - self.shift)))
                .collect();
            math::logsumexp(&logs) + Real::ln(size / l.len() as f64)
        };
        log_sum(self.forward, self.sizes[0], 1.0) - log_sum(self.reverse, self.sizes[1], -1.0)
    }

    fn root(&self) -> f64 {
        let all = || {
            let all = self.forward.iter().chain(self.reverse);
            all.filter(|l| l.is_finite())
        };
        let mut low = all().copied().fold(f64::INFINITY, f64::min) - self.shift;
        let mut high = all().copied().fold(f64::NEG_INFINITY, f64::max) - self.shift;
        let mut step = 1.0;
        while self.excess(low) < 0.0 {
            low -= step;
            step *= 2.0;
        }
        step = 1.0;
        while self.excess(high) > 0.0 {
            high += step;
            step *= 2.0;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if self.excess(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    fn variance(&self, c: f64) -> f64 {
        let sum = |l: &[f64], size: f64| {
            let slopes = l.iter().map(|l| {
                let x = l - c - self.shift;
                Real::sigmoid(x) * Real::sigmoid(-x)
            });
            slopes.sum::<f64>() * size / l.len() as f64
        };
        let slopes = sum(self.forward, self.sizes[0]) + sum(self.reverse, self.sizes[1]);
        (1.0 / slopes - 1.0 / self.sizes[0] - 1.0 / self.sizes[1]).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gaussian work: `l ~ N(log r - s^2/2, s^2)` forward, `N(log r + s^2/2, s^2)` reverse, at quantiles.
    fn gaussian(log_r: f64, s: f64, n: usize, sign: f64) -> Vec<f64> {
        let quantile = |p: f64| {
            let (mut low, mut high) = (-10.0f64, 10.0f64);
            for _ in 0..80 {
                let middle = 0.5 * (low + high);
                // The normal distribution function, by Simpson's rule.
                let steps = 200;
                let h = middle / f64::from(steps);
                let density = |x: f64| (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
                let inner = (0..=steps).map(|k| {
                    let weight = [2.0, 4.0][k as usize % 2];
                    let end = k == 0 || k == steps;
                    density(h * f64::from(k)) * if end { 1.0 } else { weight }
                });
                if 0.5 + inner.sum::<f64>() * h / 3.0 < p {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            low
        };
        (0..n)
            .map(|k| log_r + sign * s * s / 2.0 + s * quantile((k as f64 + 0.5) / n as f64))
            .collect()
    }

    #[test]
    fn symmetric_paths_give_the_ratio() {
        for log_r in [-900.0, 0.0, 3.5] {
            let (f, r) = (
                gaussian(log_r, 1.5, 60, -1.0),
                gaussian(log_r, 1.5, 60, 1.0),
            );
            let found = bar(&f, &r, None).unwrap();
            assert!((found.value - log_r).abs() < 1e-9, "{found:?}");
            assert!(found.standard_error > 0.1 && found.standard_error < 0.3);
        }
        // Unequal numbers of paths: the quantiles of both are of the same law, so that little but the weighting changes.
        let (f, r) = (gaussian(2.0, 1.0, 150, -1.0), gaussian(2.0, 1.0, 50, 1.0));
        let found = bar(&f, &r, None).unwrap();
        assert!((found.value - 2.0).abs() < 5e-3, "{found:?}");
    }

    #[test]
    fn exchanging_the_directions_changes_the_sign() {
        let (f, r) = ([0.3, -1.0, 2.0, 0.1], [1.2, 0.8, 2.5]);
        let there = bar(&f, &r, None).unwrap();
        let negative = |l: &[f64]| l.iter().map(|l| -l).collect::<Vec<f64>>();
        let back = bar(&negative(&r), &negative(&f), None).unwrap();
        assert!((there.value + back.value).abs() < 1e-12);
        assert!((there.standard_error - back.standard_error).abs() < 1e-12);
    }

    #[test]
    fn correlated_paths_have_larger_errors() {
        let (f, r) = ([0.3, -1.0, 2.0, 0.1], [1.2, 0.8, 2.5, -0.5]);
        let independent = bar(&f, &r, None).unwrap();
        let correlated = bar(&f, &r, Some([1.0, 1.0])).unwrap();
        assert!((correlated.value - independent.value).abs() < 1e-12);
        assert!((correlated.standard_error / independent.standard_error - 2.0).abs() < 1e-9);
    }

    #[test]
    fn paths_that_do_not_overlap_have_a_large_error_and_a_finite_value() {
        let found = bar(&[-2000.0, -2001.0], &[2000.0, 2001.0], None).unwrap();
        assert!(
            found.value.abs() < 2.0 && found.standard_error > 1e3,
            "{found:?}"
        );
    }

    /// A quarter of the base is possible in the model, and equally likely: weights 0 or 1.
    #[test]
    fn impossible_end_points_have_weight_zero() {
        let mut forward = vec![0.0; 25];
        forward.extend([f64::NEG_INFINITY; 75]);
        let found = bar(&forward, &[0.0; 60], None).unwrap();
        assert!((found.value - 0.25f64.ln()).abs() < 1e-9, "{found:?}");
        // That of the fraction of forward paths.
        assert!((found.standard_error - (0.75f64 / 25.0).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn refusals_say_what_is_missing() {
        assert!(bar(&[], &[1.0], None).is_err());
        assert!(bar(&[f64::NEG_INFINITY], &[1.0], None).is_err());
        assert!(bar(&[0.0, f64::NAN], &[1.0], None).is_err());
        assert!(bar(&[0.0], &[f64::NEG_INFINITY], None).is_err());
        assert!(bar(&[1.0], &[1.0], Some([0.0, 1.0])).is_err());
    }
}
