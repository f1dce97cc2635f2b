use super::error::{LogZError, at_least};
use gwg_core::{Real, math};

/// The logarithm of the mean of weights `w_i = exp(l_i)`, with its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogMean {
    /// `log (1/n) sum_i w_i`, in nats.
    pub value: f64,
    /// Its standard error by the delta method: the relative standard error of the mean,
    /// `sqrt((n / ess - 1) / (n - 1))`.
    pub standard_error: f64,
    /// What the weights are like.
    pub spread: Spread,
}

/// How evenly a sum is spread over its weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The number of weights, `n`.
    pub count: usize,
    /// The effective sample size of the weights, `(sum w)^2 / sum w^2`, from 1 to `n` (Kong 1992).
    pub effective_size: f64,
    /// The share of the largest weight in the sum.
    pub largest_share: f64,
}

impl LogMean {
    /// The estimate of the bias of [`value`](Self::value), `-1/2` of the squared standard error: the logarithm is concave.
    #[must_use]
    pub fn bias(&self) -> f64 {
        -0.5 * self.standard_error * self.standard_error
    }
}

/// Computes the logarithm of the mean of weights, given their logarithms. A weight of 0 has the logarithm `-inf`.
///
/// # Cost
/// `n` exponentials.
///
/// # Errors
/// [`LogZError::TooFew`] for fewer than two weights; [`LogZError::NotFinite`] with the first NaN or `inf`, or if all weights are 0.
///
/// ```
/// let mean = gwg_learn::log_z::log_mean(&[0.0, 0.0, 0.0, 100f64.ln()])?;
/// assert!((mean.value - (103.0f64 / 4.0).ln()).abs() < 1e-12);
/// assert!((mean.spread.effective_size - 103.0 * 103.0 / 10_003.0).abs() < 1e-9); // 1.06 of 4
/// # Ok::<(), gwg_learn::log_z::LogZError>(())
/// ```
pub fn log_mean(log_weights: &[f64]) -> Result<LogMean, LogZError> {
    let (shift, total) = total(log_weights)?;
    let n = log_weights.len() as f64;
    let squares: f64 = relative(log_weights, shift).map(|w| w * w).sum();
    let effective_size = total * total / squares;
    let excess = (n / effective_size - 1.0).max(0.0);
    Ok(LogMean {
        value: shift + Real::ln(total / n),
        standard_error: (excess / (n - 1.0)).sqrt(),
        spread: Spread {
            count: log_weights.len(),
            effective_size,
            largest_share: 1.0 / total,
        },
    })
}

/// The logarithm of the mean by the jackknife: corrected for the bias of the logarithm to first order, with the standard error
/// of the corrected value.
///
/// # Cost
/// `n` exponentials and `n` logarithms.
///
/// # Errors
/// Those of [`log_mean`]; [`LogZError::TooFew`] also if all weights but one are 0.
pub fn jackknife(log_weights: &[f64]) -> Result<(f64, f64), LogZError> {
    let (shift, total) = total(log_weights)?;
    let positive = relative(log_weights, shift).filter(|&w| w > 0.0).count();
    at_least("weights above 0", positive, 2)?;
    let n = log_weights.len() as f64;
    // The others are added without the weight that is left out: subtracting it from the sum would lose digits.
    let weights: Vec<f64> = relative(log_weights, shift).collect();
    let mut before = Vec::with_capacity(weights.len());
    let mut sum = 0.0;
    for w in &weights {
        before.push(sum);
        sum += w;
    }
    let mut after = 0.0;
    let (mut mean, mut squares) = (0.0, 0.0);
    for (k, (w, before)) in weights.iter().zip(&before).rev().enumerate() {
        let without = Real::ln((before + after) / (n - 1.0));
        let delta = without - mean;
        mean += delta / (k + 1) as f64;
        squares += delta * (without - mean);
        after += w;
    }
    let all = Real::ln(total / n);
    let value = shift + n * all - (n - 1.0) * mean;
    Ok((value, ((n - 1.0) / n * squares).sqrt()))
}

/// The largest logarithm, and the sum of the weights relative to it.
fn total(log_weights: &[f64]) -> Result<(f64, f64), LogZError> {
    at_least("weights", log_weights.len(), 2)?;
    let wrong = |l: &f64| l.is_nan() || *l == f64::INFINITY;
    let largest = math::max(log_weights);
    let index = log_weights.iter().position(wrong);
    let index = index.or((largest == f64::NEG_INFINITY).then_some(0));
    if let Some(index) = index {
        return Err(LogZError::NotFinite {
            what: "log weights",
            index,
            found: log_weights.get(index).copied().unwrap_or(f64::NAN),
        });
    }
    Ok((largest, relative(log_weights, largest).sum()))
}

fn relative(log_weights: &[f64], shift: f64) -> impl Iterator<Item = f64> + '_ {
    log_weights.iter().map(move |l| Real::exp(l - shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_without_spread_have_no_error() {
        let mean = log_mean(&[-2.5; 7]).unwrap();
        assert_eq!(mean.value, -2.5);
        assert_eq!((mean.standard_error, mean.bias()), (0.0, 0.0));
        assert!((mean.spread.effective_size - 7.0).abs() < 1e-12);
        assert!((mean.spread.largest_share - 1.0 / 7.0).abs() < 1e-15);
        let (value, error) = jackknife(&[-2.5; 7]).unwrap();
        assert!((value + 2.5).abs() < 1e-12 && error < 1e-12);
    }

    /// Weights 1, 1, 1, 100: the effective sample size of the inverse weights would be .755 of 4, that of the weights is .265 of 4.
    #[test]
    fn the_effective_size_is_of_the_weights_and_not_of_their_inverses() {
        let mean = log_mean(&[0.0, 0.0, 0.0, 100f64.ln()]).unwrap();
        assert!((mean.spread.effective_size / 4.0 - 0.265).abs() < 5e-4);
        assert!((mean.spread.largest_share - 100.0 / 103.0).abs() < 1e-15);
    }

    #[test]
    fn weights_far_from_one_keep_their_digits() {
        let near: Vec<f64> = (0..40).map(|k| f64::from(k * 7 % 11) * 0.3).collect();
        let wanted = log_mean(&near).unwrap();
        for shift in [-5000.0, 5000.0] {
            let far: Vec<f64> = near.iter().map(|l| l + shift).collect();
            let found = log_mean(&far).unwrap();
            assert!((found.value - shift - wanted.value).abs() < 1e-11);
            assert!((found.standard_error / wanted.standard_error - 1.0).abs() < 1e-10);
            let (a, b) = (jackknife(&far).unwrap(), jackknife(&near).unwrap());
            assert!((a.0 - shift - b.0).abs() < 1e-9 && (a.1 / b.1 - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn both_errors_agree_for_many_even_weights_and_the_jackknife_removes_the_bias() {
        let logs: Vec<f64> = (0..2000)
            .map(|k| f64::from(k * 271 % 2000) / 1000.0 - 1.0)
            .collect();
        let mean = log_mean(&logs).unwrap();
        let (value, error) = jackknife(&logs).unwrap();
        assert!((error / mean.standard_error - 1.0).abs() < 1e-3);
        assert!((mean.value - value - mean.bias()).abs() < 1e-3 * mean.bias().abs());
    }

    #[test]
    fn a_weight_of_zero_counts_as_a_weight() {
        let mean = log_mean(&[0.0, f64::NEG_INFINITY]).unwrap();
        assert!((mean.value - 0.5f64.ln()).abs() < 1e-15);
        assert_eq!(mean.spread.effective_size, 1.0);
        assert!(jackknife(&[0.0, f64::NEG_INFINITY]).is_err());
    }

    #[test]
    fn refusals_name_the_entry() {
        let message = |logs: &[f64]| log_mean(logs).unwrap_err().to_string();
        assert!(message(&[1.0]).contains("weights: found 1"));
        assert!(message(&[1.0, f64::NAN]).contains("entry 1 is NaN"));
        assert!(message(&[1.0, f64::INFINITY]).contains("entry 1 is inf"));
        assert!(message(&[f64::NEG_INFINITY; 2]).contains("entry 0 is -inf"));
    }
}
