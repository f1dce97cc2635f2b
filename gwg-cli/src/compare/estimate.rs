//! Estimates with standard errors.

use gwg_chains::diagnostics::{self, Draws};
use serde::{Deserialize, Serialize};

/// Number of groups of chains for the jackknife error of ESS.
const GROUPS: usize = 10;

/// An estimate and its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub(super) struct Estimate {
    pub(super) value: f64,
    /// `None` if it is unknown.
    #[serde(rename = "se")]
    pub(super) error: Option<f64>,
}

impl Estimate {
    pub(super) const fn exact(value: f64) -> Self {
        Self {
            value,
            error: Some(0.0),
        }
    }

    /// The quotient of two independent estimates.
    pub(super) fn over(self, by: Self) -> Self {
        let relative = |e: Self| e.error.map(|error| error / e.value);
        let value = self.value / by.value;
        let error = relative(self)
            .zip(relative(by))
            .map(|(a, b)| value * a.hypot(b));
        Self { value, error }
    }
}

/// Each chain's draws after burn-in.
pub(super) fn kept_rows(series: &[f64], draws: usize, burn: usize) -> Vec<&[f64]> {
    let rows = series.chunks_exact(draws.max(1));
    rows.map(|row| row.get(burn..).unwrap_or_default())
        .collect()
}

/// Standard error of the ESS of all chains, by the jackknife over groups of chains. Chains are independent, so the
/// total ESS is the sum of the ESS of the groups.
pub(super) fn group_error(rows: &[&[f64]]) -> Option<f64> {
    let groups = GROUPS.min(if rows.len() < 4 {
        rows.len()
    } else {
        rows.len() / 2
    });
    if groups < 2 {
        return None;
    }
    let bound = |g: usize| g * rows.len() / groups;
    let of = |g: usize| diagnostics::ess_bulk(&Draws::new(&rows[bound(g)..bound(g + 1)]).ok()?);
    let found: Vec<f64> = (0..groups).map(of).collect::<Option<_>>()?;
    // Group sizes differ by at most one chain.
    let scaled = found
        .iter()
        .enumerate()
        .map(|(g, ess)| ess * rows.len() as f64 / (groups * (bound(g + 1) - bound(g))) as f64);
    let scaled: Vec<f64> = scaled.collect();
    Some((groups as f64).sqrt() * spread(&scaled))
}

/// Standard error of the sampling time, from the spread over rounds; `None` for fewer than three.
pub(super) fn clock_error(rounds: &[(usize, f64)]) -> Option<f64> {
    let full = rounds.iter().filter(|r| r.0 == rounds[0].0).skip(1);
    let times: Vec<f64> = full.map(|r| r.1).collect();
    if times.len() < 2 {
        // Too few rounds to estimate an error; the spread of ESS remains.
        return Some(0.0);
    }
    Some((times.len() as f64).sqrt() * spread(&times))
}

/// Sample standard deviation, with divisor n - 1.
fn spread(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / (n - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_errors_of_a_quotient_add_in_quadrature() {
        let a = Estimate {
            value: 100.0,
            error: Some(3.0),
        };
        let b = Estimate {
            value: 2.0,
            error: Some(0.08),
        };
        let c = a.over(b);
        assert_eq!(c.value, 50.0);
        assert!((c.error.unwrap() - 2.5).abs() < 1e-12);
        let unknown = Estimate { error: None, ..b };
        assert_eq!(a.over(unknown).error, None);
    }

    /// Independent draws of 40 chains: the ESS is the number of draws within its standard error.
    #[test]
    fn the_group_error_of_ess_has_the_right_magnitude() {
        let mut state = 1_u64;
        let mut noise = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64
        };
        let flat: Vec<f64> = (0..40 * 500).map(|_| noise()).collect();
        let rows: Vec<&[f64]> = flat.chunks(500).collect();
        let ess = diagnostics::ess_bulk(&Draws::new(&rows).unwrap()).unwrap();
        let error = group_error(&rows).unwrap();
        assert!(
            (ess - 20_000.0).abs() < 5.0 * error.max(200.0),
            "{ess} {error}"
        );
        assert!((50.0..2000.0).contains(&error), "{error}");
        assert_eq!(group_error(&rows[..1]), None);
    }

    #[test]
    fn burn_in_is_excluded() {
        let flat = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(kept_rows(&flat, 3, 1), [&[1.0, 2.0][..], &[4.0, 5.0]]);
    }
}
