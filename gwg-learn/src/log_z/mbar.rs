mod problem;

use super::error::LogZError;
use super::estimate::{Estimate, Method};
use problem::Problem;

/// The log-partition functions of several levels, relative to the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Mbar {
    /// `log Z_k - log Z_0` of each level; 0 for the first.
    pub log_z: Vec<f64>,
    /// The asymptotic covariance of the errors, shape (levels, levels), row-major, determined up to a common shift of all levels.
    covariance: Vec<f64>,
}

impl Mbar {
    /// The standard error of `log Z_a - log Z_b`; NaN if there is no such level.
    #[must_use]
    pub fn standard_error(&self, a: usize, b: usize) -> f64 {
        let levels = self.log_z.len();
        let at = |i: usize, j: usize| {
            let entry = (i < levels && j < levels).then_some(i * levels + j);
            entry.and_then(|k| self.covariance.get(k).copied())
        };
        match (at(a, a), at(b, b), at(a, b)) {
            (Some(aa), Some(bb), Some(ab)) => (aa + bb - 2.0 * ab).max(0.0).sqrt(),
            _ => f64::NAN,
        }
    }

    /// The last level as an estimate, given `log Z_0`.
    #[must_use]
    pub fn last(&self, log_z0: f64) -> Estimate {
        let last = self.log_z.len().saturating_sub(1);
        let ratio = self.log_z.last().copied().unwrap_or(f64::NAN);
        Estimate::new(Method::Mbar, log_z0 + ratio, self.standard_error(last, 0))
    }
}

/// Estimates the log-partition functions of several levels from draws of each, by the multistate Bennett acceptance ratio (Shirts and
/// Chodera 2008).
///
/// `f` has shape (levels, draws), row-major: `f[k][n]` is the log-probability, up to a constant, of draw `n` at level `k`. The draws of
/// level 0 come first, then those of level 1, and so on: `counts[k]` of level `k`. The values solve
/// `log Z_k = log sum_n exp(f_k(x_n)) / sum_j N_j exp(f_j(x_n) - log Z_j)`, with `log Z_0 = 0`. With two levels, this is
/// [`bar`](super::bar()).
///
/// `effective` replaces the numbers of draws `N_k` where draws are correlated: each draw then counts for `effective[k] / counts[k]`.
///
/// # Cost
/// `levels * draws` exponentials and `levels^2 draws` multiplications per iteration of Newton's method: about ten, unless neighboring
/// levels hardly overlap.
///
/// # Errors
/// [`LogZError::TooFew`] for fewer than two levels, or a level without draws; [`LogZError::Length`]; [`LogZError::NotFinite`];
/// [`LogZError::EffectiveSize`]; [`LogZError::NotConverged`]; [`LogZError::Algebra`].
pub fn mbar(f: &[f64], counts: &[usize], effective: Option<&[f64]>) -> Result<Mbar, LogZError> {
    let problem = Problem::new(f, counts, effective)?;
    let log_z = problem.solve(counts)?;
    let covariance = problem.covariance(&log_z)?;
    Ok(Mbar { log_z, covariance })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_z::bar;
    use gwg_core::{Bits, SplitMix64};

    /// Draws of exponential distributions of rates `1 + k`: `f_k(x) = -(1 + k) x`, `log Z_k = -ln(1 + k)`.
    fn exponentials(levels: usize, counts: &[usize], seed: u64) -> Vec<f64> {
        let mut bits = SplitMix64::new(seed);
        let mut draws = Vec::new();
        for (k, &count) in counts.iter().enumerate() {
            let draw = |bits: &mut SplitMix64| -(1.0 - bits.unit::<f64>()).ln() / (1 + k) as f64;
            draws.extend((0..count).map(|_| draw(&mut bits)));
        }
        (0..levels)
            .flat_map(|k| draws.iter().map(move |x| -((1 + k) as f64) * x))
            .collect()
    }

    #[test]
    fn two_levels_are_the_bennett_acceptance_ratio() {
        let counts = [30, 50];
        let f = exponentials(2, &counts, 5);
        let ratios: Vec<f64> = (0..80).map(|n| f[80 + n] - f[n]).collect();
        for effective in [None, Some([10.0, 40.0])] {
            let found = mbar(&f, &counts, effective.as_ref().map(|e| &e[..])).unwrap();
            let wanted = bar(&ratios[..30], &ratios[30..], effective).unwrap();
            assert!((found.log_z[1] - wanted.value).abs() < 1e-10);
            let error = found.standard_error(1, 0);
            assert!(
                (error / wanted.standard_error - 1.0).abs() < 1e-6,
                "{error}"
            );
        }
    }

    #[test]
    fn errors_are_those_of_repeated_estimates() {
        let (levels, counts, repeats) = (4, [40, 10, 20, 40], 400u64);
        let (mut squares, mut variances, mut sum) = (0.0, 0.0, 0.0);
        let wanted = -(levels as f64).ln();
        for seed in 0..repeats {
            let found = mbar(&exponentials(levels, &counts, 1000 + seed), &counts, None).unwrap();
            let deviation = found.last(0.0).value - wanted;
            sum += deviation;
            squares += deviation * deviation;
            variances += found.last(0.0).standard_error.powi(2);
        }
        let n = repeats as f64;
        // A variance of 400 estimates has a relative standard error of 7 %.
        assert!(
            (squares / variances - 1.0).abs() < 0.28,
            "{}",
            squares / variances
        );
        assert!((sum / n).abs() < 4.0 * (squares / n / n).sqrt());
    }

    #[test]
    fn a_constant_per_level_is_added_to_its_value() {
        let counts = [30; 40];
        let f = exponentials(40, &counts, 8);
        let plain = mbar(&f, &counts, None).unwrap();
        assert!((plain.log_z[39] + 40f64.ln()).abs() < 4.0 * plain.standard_error(39, 0));
        let shifted = f.chunks(1200).enumerate();
        let shifted: Vec<f64> = shifted
            .flat_map(|(k, f)| f.iter().map(move |f| f + 100.0 * k as f64))
            .collect();
        let found = mbar(&shifted, &counts, None).unwrap();
        for (k, (a, b)) in found.log_z.iter().zip(&plain.log_z).enumerate() {
            assert!((a - b - 100.0 * k as f64).abs() < 1e-9, "{k}: {a} and {b}");
        }
    }

    #[test]
    fn the_solution_solves_the_equations() {
        let counts = [5, 40, 3, 17];
        let f = exponentials(4, &counts, 3);
        let problem = Problem::new(&f, &counts, Some(&[5.0, 20.0, 3.0, 9.0])).unwrap();
        let log_z = problem.solve(&counts).unwrap();
        for (a, b) in problem.iterate(&log_z).iter().zip(&log_z) {
            assert!((a - b).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_levels_have_no_error_and_refusals_say_why() {
        let f = vec![0.5; 3 * 6];
        let found = mbar(&f, &[2, 2, 2], None).unwrap();
        assert!(found.log_z.iter().all(|z| z.abs() < 1e-12));
        assert!(found.standard_error(2, 0) < 1e-6 && found.standard_error(3, 0).is_nan());
        assert!(mbar(&f, &[6], None).is_err());
        assert!(mbar(&f, &[6, 0, 0], None).is_err());
        assert!(mbar(&f[1..], &[2, 2, 2], None).is_err());
        assert!(mbar(&f, &[2, 2, 2], Some(&[1.0, -1.0, 1.0])).is_err());
    }
}
