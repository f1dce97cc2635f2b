//! What the means are compared with: exact where that can be had, else a long run of its own.

mod exact;
mod long;
mod machine;

pub(super) use exact::exact;
pub(super) use long::{Long, by_run};
pub(super) use machine::by_two_blocks;

/// Configurations that discrepancies are measured against.
const SAMPLE: usize = 500;

/// The means of the cells, and how they came to be known.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    /// One mean a site with two states, else one frequency a site and state.
    pub(super) means: Vec<f64>,
    /// Root mean squared error of the means themselves; 0 where they are exact.
    pub(super) error: f64,
    /// How they were found, as a clause.
    pub(super) source: String,
    /// Independent configurations, row-major; empty where there are none.
    pub(super) sample: Vec<u8>,
    /// Where they come from, as a clause.
    pub(super) sample_source: String,
    /// The mean of `f`.
    pub(super) log_prob: Option<Level>,
    /// The mean squared residual of a hidden Markov model's observations.
    pub(super) residual: Option<Level>,
    /// What makes it doubtful.
    pub(super) doubt: Option<String>,
}

/// What a curve is to come to.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) value: f64,
    /// Its standard error; 0 where it is exact.
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
            residual: None,
            doubt: None,
        }
    }
}
