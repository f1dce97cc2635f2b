use gwg_chains::RunError;

/// The reason why there is no estimate. Each variant's doc states the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogZError {
    /// There are enough numbers to estimate an error from.
    #[error("{what}: found {found}, allowed are at least {allowed}")]
    TooFew {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// The minimum.
        allowed: usize,
    },
    /// Log weights and log probabilities are finite, or minus infinity where that means an impossible state.
    #[error(
        "{what}: entry {index} is {found}, allowed are finite numbers (log weights may be -inf, but not all of them)"
    )]
    NotFinite {
        /// The array.
        what: &'static str,
        /// The first such entry.
        index: usize,
        /// Its value.
        found: f64,
    },
    /// Arrays have the lengths that the shapes imply.
    #[error("{what}: found {found} numbers, needed {needed}")]
    Length {
        /// The array.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// Effective sample sizes are finite and above 0.
    #[error("effective sample size: found {found}, allowed are finite numbers above 0")]
    EffectiveSize {
        /// The value found.
        found: f64,
    },
    /// A schedule ascends from 0 to 1.
    #[error(
        "schedule: level {level} is {found}, allowed are at least two levels that ascend from 0 to 1"
    )]
    Schedule {
        /// The first level that does not fit.
        level: usize,
        /// Its value.
        found: f64,
    },
    /// States are of the path's space.
    #[error("states: row {row}, site {site}: found symbol {found}, allowed are 0 to {}", allowed.saturating_sub(1))]
    Symbol {
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
        /// The symbol.
        found: u8,
        /// The number of states of the site.
        allowed: usize,
    },
    /// An iteration converges.
    #[error(
        "{what}: no convergence after {iterations} iterations (last change {change:e}); neighboring levels may not overlap: use more levels"
    )]
    NotConverged {
        /// What was iterated.
        what: &'static str,
        /// How often.
        iterations: usize,
        /// The last change.
        change: f64,
    },
    /// An enumerated space is small enough.
    #[error("{what}: found {found}, allowed for enumeration are at most {allowed}")]
    TooLarge {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// The maximum.
        allowed: usize,
    },
    /// The run was not stopped early.
    #[error("stopped before the end")]
    Stopped,
    /// The chains of a path can be run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A kernel can be bound to the target at a level.
    #[error(transparent)]
    Kernel(#[from] gwg_core::Error),
    /// The parameters of a distribution on the path are valid.
    #[error(transparent)]
    Model(#[from] gwg_models::ModelError),
    /// A matrix has the expected shape, and its spectrum can be computed.
    #[error(transparent)]
    Algebra(#[from] gwg_linalg::Error),
    /// Exact results can be computed.
    #[error(transparent)]
    Exact(#[from] gwg_models::exact::ExactError),
    /// Binding a sampler to a target of a path failed, for another reason.
    #[error("binding the sampler at t = {t}: {reason}")]
    Bind {
        /// The level.
        t: f64,
        /// Why.
        reason: String,
    },
}

/// Refuses an array of another length.
pub(super) fn has_length(what: &'static str, found: usize, needed: usize) -> Result<(), LogZError> {
    if found == needed {
        return Ok(());
    }
    Err(LogZError::Length {
        what,
        found,
        needed,
    })
}

/// Refuses fewer than `allowed` numbers.
pub(super) fn at_least(what: &'static str, found: usize, allowed: usize) -> Result<(), LogZError> {
    if found >= allowed {
        return Ok(());
    }
    Err(LogZError::TooFew {
        what,
        found,
        allowed,
    })
}

/// Refuses the first number that is not finite.
pub(super) fn all_finite(what: &'static str, values: &[f64]) -> Result<(), LogZError> {
    match values.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        None => Ok(()),
        Some((index, &found)) => Err(LogZError::NotFinite { what, index, found }),
    }
}
