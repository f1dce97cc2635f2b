//! The ground truth that means are compared with: exact if possible, otherwise from a separate long run.

mod exact;
mod long;
mod machine;

pub(super) use exact::exact;
pub(super) use long::{Long, by_run};
pub(super) use machine::by_two_blocks;

use serde::{Deserialize, Serialize};

/// Number of reference states for the discrepancies.
const SAMPLE: usize = 500;

/// The true means of the cells, and how they were computed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Truth {
    /// One mean per site with two states, otherwise one frequency per site and state.
    pub(super) means: Vec<f64>,
    /// Root mean squared error of the means; 0 if they are exact.
    pub(super) error: f64,
    /// How the means were computed, as a clause.
    pub(super) source: String,
    /// Independent states, row-major; may be empty.
    pub(super) sample: Vec<u8>,
    /// How these states were drawn, as a clause.
    pub(super) sample_source: String,
    /// The mean of `f`.
    pub(super) log_prob: Option<Level>,
    /// The mean of `f` in the run that gave the means or the sample.
    pub(super) log_prob_of_run: Option<Level>,
    /// The mean squared residual of the observations of a hidden Markov model.
    pub(super) residual: Option<Level>,
    /// A warning if the ground truth is unreliable.
    pub(super) doubt: Option<String>,
}

/// The expected limit of a curve.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Level {
    pub(super) value: f64,
    /// Its standard error; 0 if it is exact.
    pub(super) error: f64,
    pub(super) source: String,
}

impl Level {
    fn exact(value: f64, source: &str) -> Self {
        Self {
            value,
            error: 0.0,
            source: source.into(),
        }
    }
}

impl Truth {
    fn exact(means: Vec<f64>, source: String) -> Self {
        Self {
            means,
            error: 0.0,
            source,
            sample: Vec::new(),
            sample_source: String::new(),
            log_prob: None,
            log_prob_of_run: None,
            residual: None,
            doubt: None,
        }
    }

    /// The mean of `f`: the exact one where it is known, else that of a run.
    pub(super) fn best_log_prob(&self) -> Option<&Level> {
        let exact = self.log_prob.as_ref().filter(|level| level.error == 0.0);
        exact
            .or(self.log_prob_of_run.as_ref())
            .or(self.log_prob.as_ref())
    }
}
