use super::{DiscrepancyError, checked};
use gwg_core::Real;

/// Running means of the symbols of samples.
///
/// With two states one number per site, `E[x_i]`; otherwise one per site and state, `P(x_i = a)`, site-major: the layout of
/// `symbol_counts` of [`gwg_chains::Outcome`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Means {
    counts: Vec<u64>,
    rows: u64,
    sites: usize,
    states: usize,
}

impl Means {
    /// Creates empty means.
    #[must_use]
    pub fn new(sites: usize, states: usize) -> Self {
        let cells = if states == 2 { sites } else { sites * states };
        Self {
            counts: vec![0; cells],
            rows: 0,
            sites,
            states,
        }
    }

    /// Returns the means of a finished run.
    #[must_use]
    pub fn of(outcome: &gwg_chains::Outcome, sites: usize, states: usize) -> Self {
        Self {
            counts: outcome.symbol_counts.clone(),
            rows: (outcome.chains * outcome.draws) as u64,
            sites,
            states,
        }
    }

    /// Adds rows. `O(rows * sites)`, no allocation.
    ///
    /// # Errors
    /// Incomplete rows, or a symbol that is out of range.
    pub fn add(&mut self, rows: &[u8]) -> Result<(), DiscrepancyError> {
        self.rows += checked("samples", rows, self.sites, |_| self.states)? as u64;
        for x in rows.chunks_exact(self.sites) {
            if self.states == 2 {
                for (count, &s) in self.counts.iter_mut().zip(x) {
                    *count += u64::from(s);
                }
            } else {
                for (counts, &s) in self.counts.chunks_exact_mut(self.states).zip(x) {
                    counts[usize::from(s)] += 1;
                }
            }
        }
        Ok(())
    }

    /// Number of rows added.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// The means; zeros if there are no rows.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        let rows = self.rows.max(1) as f64;
        self.counts.iter().map(|&c| c as f64 / rows).collect()
    }
}

/// Returns the root mean square of `found - exact`.
///
/// # Errors
/// [`DiscrepancyError::Length`] if the lists differ in length or are empty, [`DiscrepancyError::NotFinite`].
pub fn rmse(found: &[f64], exact: &[f64]) -> Result<f64, DiscrepancyError> {
    if found.is_empty() || found.len() != exact.len() {
        return Err(DiscrepancyError::Length {
            what: "means",
            found: found.len(),
            needed: exact.len(),
        });
    }
    for (what, list) in [("means", found), ("exact means", exact)] {
        if let Some(entry) = list.iter().position(|x| !x.is_finite()) {
            return Err(DiscrepancyError::NotFinite {
                what,
                row: 0,
                entry,
                found: list[entry],
            });
        }
    }
    let squares = found.iter().zip(exact).map(|(a, b)| (a - b) * (a - b));
    Ok((squares.sum::<f64>() / found.len() as f64).sqrt())
}

/// Returns `log10` of [`rmse`]; negative infinity if the error is 0.
///
/// The release of Grathwohl et al. prints a different number under this name: `log10` of the mean *square*, without the
/// root, of the means of spins `2 x - 1`, whose exact value is 0 without a field. If the exact means are 1/2, that is
/// `2 log_rmse + 2 log10(2)` of the means of `x`.
///
/// # Errors
/// Those of [`rmse`].
pub fn log_rmse(found: &[f64], exact: &[f64]) -> Result<f64, DiscrepancyError> {
    Ok(Real::ln(rmse(found, exact)?) / std::f64::consts::LN_10)
}

/// Returns the expected root mean square error of the means of `draws` independent draws: `sqrt(mean of p (1 - p) / draws)`.
///
/// # Errors
/// [`DiscrepancyError::Length`] if there are no means, [`DiscrepancyError::TooFew`] for zero draws.
pub fn rmse_floor(exact: &[f64], draws: usize) -> Result<f64, DiscrepancyError> {
    super::at_least("draws", draws, 1)?;
    if exact.is_empty() {
        return Err(DiscrepancyError::Length {
            what: "exact means",
            found: 0,
            needed: 1,
        });
    }
    let variance: f64 = exact.iter().map(|p| p * (1.0 - p)).sum();
    Ok((variance / exact.len() as f64 / draws as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_errors_of_a_small_example() {
        let mut means = Means::new(2, 2);
        means.add(&[1, 0, 1, 1, 0, 0, 1, 0]).unwrap();
        assert_eq!(means.values(), [0.75, 0.25]);
        assert_eq!(rmse(&means.values(), &[0.5, 0.5]), Ok(0.25));
        let mut thirds = Means::new(1, 3);
        thirds.add(&[2, 0, 2, 1]).unwrap();
        assert_eq!(thirds.values(), [0.25, 0.25, 0.5]);
        assert_eq!(log_rmse(&[0.5], &[0.5]), Ok(f64::NEG_INFINITY));
    }

    #[test]
    fn the_release_prints_a_different_number() {
        let found = [0.41, 0.5, 0.63, 0.48];
        let ours = log_rmse(&found, &[0.5; 4]).unwrap();
        let squares: f64 = found.iter().map(|m| (2.0 * m - 1.0).powi(2)).sum();
        let theirs = (squares / 4.0).log10();
        assert!((theirs - (2.0 * ours + 2.0 * 2f64.log10())).abs() < 1e-14);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        assert!(rmse(&[], &[]).is_err() && rmse(&[1.0], &[]).is_err());
        assert!(rmse(&[f64::NAN], &[0.0]).is_err());
        assert!(rmse_floor(&[0.5], 0).is_err() && rmse_floor(&[], 3).is_err());
        assert!(Means::new(3, 2).add(&[0, 1]).is_err());
        assert!(Means::new(1, 2).add(&[2]).is_err());
    }
}
