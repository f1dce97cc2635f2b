//! Log-likelihoods of data.

use crate::Data;
use crate::log_z::Estimate;
use gwg_core::math;
use std::collections::HashSet;

/// The mean log-likelihood of rows of data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogLikelihood {
    /// The mean of `f(x) - log Z`, in nats per row.
    pub mean: f64,
    /// Its standard error due to the finite number of rows.
    pub standard_error: f64,
    /// The error of `log Z`, which is common to all rows.
    pub log_z_error: f64,
    /// `-mean / (sites ln 2)`.
    pub bits_per_dimension: f64,
}

impl LogLikelihood {
    /// Both errors together.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.standard_error.hypot(self.log_z_error)
    }
}

/// An error in the evaluation of data. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// There is a value of `f` for each row.
    #[error("values of f: found {found}, needed one for each of {rows} rows")]
    Length {
        /// The number of values.
        found: usize,
        /// The number of rows.
        rows: usize,
    },
    /// There are at least two rows.
    #[error("rows: found {found}, needed at least 2 for a standard error")]
    TooFew {
        /// The number of rows.
        found: usize,
    },
    /// Values of `f` and `log Z` are finite, or values of `f` minus infinity.
    #[error("{what}: found {found}, allowed are finite numbers (f of a row may be -inf)")]
    NotFinite {
        /// The value's name.
        what: String,
        /// The value.
        found: f64,
    },
    /// The probabilities of distinct rows have a sum of at most 1.
    #[error(
        "the probabilities of {rows} distinct rows have the sum exp({log_sum:.4}), allowed is at most 1 within three errors of log Z ({error:.4}): log Z is too small, so that no likelihood is given"
    )]
    Probability {
        /// The number of distinct rows.
        rows: usize,
        /// The logarithm of the sum.
        log_sum: f64,
        /// The error of `log Z`.
        error: f64,
    },
}

/// Computes the mean log-likelihood of data, given `f` of each row and an estimate of `log Z`.
///
/// Rows count by their weights; the standard error is that of the weighted mean,
/// `sqrt(sum w_k^2 (l_k - mean)^2) / sum w_k`, times `sqrt(n / (n - 1))`. First, [`check_total_probability`] is applied.
///
/// # Errors
/// [`EvaluateError`].
///
/// ```
/// use gwg_learn::{Data, log_likelihood, log_z::Estimate};
///
/// // Two fair coins: f = 0, Z = 4.
/// let data = Data::new(vec![0, 1, 1, 1], 2, 2)?;
/// let found = log_likelihood(&data, &[0.0, 0.0], &Estimate::exact(4f64.ln()))?;
/// assert!((found.bits_per_dimension - 1.0).abs() < 1e-15);
/// // With Z = 1, two rows of probability 1 each.
/// assert!(log_likelihood(&data, &[0.0, 0.0], &Estimate::exact(0.0)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn log_likelihood(
    data: &Data,
    values: &[f64],
    log_z: &Estimate,
) -> Result<LogLikelihood, EvaluateError> {
    check_total_probability(data, values, log_z)?;
    let rows = values.len();
    if rows < 2 {
        return Err(EvaluateError::TooFew { found: rows });
    }
    let (n, total) = (rows as f64, data.effective_rows());
    let weighted = || values.iter().zip(data.weights());
    let mean_value = weighted().map(|(f, w)| f * w).sum::<f64>() / total;
    let square = |(f, w): (&f64, &f64)| (w * (f - mean_value)).powi(2);
    let squares: f64 = weighted().map(square).sum();
    let mean = mean_value - log_z.value;
    Ok(LogLikelihood {
        mean,
        standard_error: (squares * n / (n - 1.0)).sqrt() / total,
        log_z_error: log_z.error(),
        bits_per_dimension: -mean / (data.sites() as f64 * std::f64::consts::LN_2),
    })
}

/// Checks that the probabilities `exp(f(x) - log Z)` of the distinct rows of data have a sum of at most 1, within three errors of
/// `log Z` and the rounding of the sum. Returns the logarithm of the sum.
///
/// A larger sum proves that `log Z` is too small. Most wrong values pass: the rows are few of all configurations.
///
/// # Cost
/// One pass over the rows, with a set of the distinct ones.
///
/// # Errors
/// [`EvaluateError`].
pub fn check_total_probability(
    data: &Data,
    values: &[f64],
    log_z: &Estimate,
) -> Result<f64, EvaluateError> {
    let (rows, error) = (data.rows(), log_z.error());
    if values.len() != rows {
        let found = values.len();
        return Err(EvaluateError::Length { found, rows });
    }
    finite("log Z", log_z.value + error, log_z.value.is_finite())?;
    let mut seen = HashSet::new();
    let mut logs = Vec::new();
    for (k, &f) in values.iter().enumerate() {
        finite(&format!("f of row {k}"), f, f < f64::INFINITY)?;
        if seen.insert(data.row(k)) {
            logs.push(f - log_z.value);
        }
    }
    let log_sum = math::logsumexp(&logs);
    // Each term is a difference of rounded numbers.
    let size = values
        .iter()
        .filter(|f| f.is_finite())
        .fold(log_z.value.abs(), |s, f| s.max(f.abs()));
    let rounding = f64::EPSILON * (size * 4.0 + logs.len() as f64);
    if log_sum > 3.0 * error + rounding {
        return Err(EvaluateError::Probability {
            rows: logs.len(),
            log_sum,
            error,
        });
    }
    Ok(log_sum)
}

fn finite(what: &str, found: f64, fits: bool) -> Result<(), EvaluateError> {
    if fits && !found.is_nan() {
        return Ok(());
    }
    Err(EvaluateError::NotFinite {
        what: what.to_owned(),
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_z::Method;

    fn data() -> Data {
        Data::new(vec![0, 0, 0, 1, 1, 0, 1, 1], 2, 2).unwrap()
    }

    #[test]
    fn all_configurations_together_have_probability_one() {
        let values = [700.3, 701.9, 699.0, 702.5];
        let exact = math::logsumexp(&values);
        let total = check_total_probability(&data(), &values, &Estimate::exact(exact)).unwrap();
        assert!(total.abs() < 1e-12);
        let small = Estimate::exact(exact - 0.001);
        let message = check_total_probability(&data(), &values, &small)
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("4 distinct rows") && message.contains("exp(0.0010)"),
            "{message}"
        );
        let uncertain = Estimate::new(Method::Forward, exact - 0.001, 0.0005);
        assert!(check_total_probability(&data(), &values, &uncertain).is_ok());
    }

    #[test]
    fn equal_rows_count_once_in_the_sum_and_each_in_the_mean() {
        let data = Data::new(vec![0, 1, 0, 1, 1, 1], 2, 2).unwrap();
        let values = [0.5f64.ln(), 0.5f64.ln(), 0.25f64.ln()];
        let total = check_total_probability(&data, &values, &Estimate::exact(0.0)).unwrap();
        assert!((total - 0.75f64.ln()).abs() < 1e-12);
        let found = log_likelihood(&data, &values, &Estimate::exact(0.0)).unwrap();
        assert!((found.mean + 4.0 / 3.0 * 2f64.ln()).abs() < 1e-12);
        // The standard deviation of (-1, -1, -2) ln 2 is ln 2 / sqrt 3.
        assert!((found.standard_error - 2f64.ln() / 3.0).abs() < 1e-12);
        assert!((found.bits_per_dimension - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn weights_of_rows_count() {
        let data = data().with_weights(vec![2.0, 1.0, 1.0, 4.0]).unwrap();
        let log_z = Estimate::new(Method::Bar, 10.0, 0.3);
        let found = log_likelihood(&data, &[1.0, 2.0, 3.0, 4.0], &log_z).unwrap();
        assert!((found.mean - (23.0 / 8.0 - 10.0)).abs() < 1e-12);
        assert_eq!(found.log_z_error, 0.3);
        assert!(found.error() > 0.3);
    }

    #[test]
    fn refusals_name_the_value() {
        let message = |values: &[f64], z| {
            log_likelihood(&data(), values, &Estimate::exact(z))
                .unwrap_err()
                .to_string()
        };
        assert!(message(&[0.0; 3], 9.0).contains("found 3"));
        assert!(message(&[0.0, f64::NAN, 0.0, 0.0], 9.0).contains("f of row 1"));
        assert!(message(&[0.0; 4], f64::NAN).contains("log Z"));
        let one = Data::new(vec![0, 1], 2, 2).unwrap();
        assert!(log_likelihood(&one, &[0.0], &Estimate::exact(9.0)).is_err());
    }
}
