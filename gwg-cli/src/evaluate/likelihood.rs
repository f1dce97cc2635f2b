//! The log-likelihood of data.

use super::work::Work;
use crate::failure::Failure;
use gwg_learn::log_z::Estimate;
use gwg_learn::{Data, EvaluateError, LogLikelihood, log_likelihood};
use gwg_registry::Model;

/// Rows whose values a thread computes at a time.
const TOGETHER: usize = 16;

/// `f` of each row.
pub(super) fn values(work: &Work<'_>, data: &Data, model: &Model<f64>) -> Vec<f64> {
    let mut values = vec![0.0; data.rows()];
    let mut parts: Vec<_> = values.chunks_mut(TOGETHER).enumerate().collect();
    work.threads.each(&mut parts, |(part, values)| {
        for (k, value) in values.iter_mut().enumerate() {
            *value = model.log_prob(data.row(*part * TOGETHER + k));
        }
    });
    values
}

/// The log-likelihood, or why `log Z` is refuted by the data.
pub(super) fn of(
    data: &Data,
    values: &[f64],
    log_z: &Estimate,
) -> Result<Result<LogLikelihood, String>, Failure> {
    match log_likelihood(data, values, log_z) {
        Ok(found) => Ok(Ok(found)),
        Err(error @ EvaluateError::Probability { .. }) => Ok(Err(error.to_string())),
        Err(error) => Err(Failure::run(error)),
    }
}
