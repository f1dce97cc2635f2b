use crate::chains::RestoreError;
use crate::failure::ModelFailure;
use crate::quantity::QuantityError;

/// Why a run cannot start or go on. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// `name >= 1`.
    #[error("{name}: found 0, at least 1 is needed")]
    Zero {
        /// The parameter.
        name: &'static str,
    },
    /// `beta` is finite and not negative.
    #[error("beta: found {found}, allowed are finite numbers from 0")]
    Beta {
        /// The value.
        found: f64,
    },
    /// `beta` is finite in the precision of the model.
    #[error(
        "beta: found {found:e}, which is infinite in 32 bits; use a smaller one, or compute in 64 bits (f64)"
    )]
    BetaOverflow {
        /// The value.
        found: f64,
    },
    /// `chains * draws` and `chains * sites` fit in memory.
    #[error("chains * draws or chains * sites is too large for this machine's memory; use fewer")]
    TooLarge,
    /// The initial states are `sites` or `chains * sites` symbols.
    #[error(
        "initial states: found {found} symbols, needed is one row of {sites} sites or {chains} rows (one for each chain)"
    )]
    InitShape {
        /// Symbols found.
        found: usize,
        /// Sites of the model.
        sites: usize,
        /// Chains of the plan.
        chains: usize,
    },
    /// `hottest` is above 0 and below 1.
    #[error(
        "hottest: found {found}, allowed are numbers above 0 and below 1 (a fraction of the target's beta)"
    )]
    Hottest {
        /// What was found.
        found: f64,
    },
    /// The number of replicas is at most `allowed`.
    #[error("replicas: found {found}, allowed are 1 to {allowed}")]
    Replicas {
        /// What was found.
        found: usize,
        /// The largest number.
        allowed: usize,
    },
    /// The ladder begins with 1, each level is below the one before it, and none is negative; times `beta` as well.
    #[error(
        "ladder: level {level}: found {found}; a ladder of fractions of beta begins with 1, and each level is below the one before it and not negative"
    )]
    Ladder {
        /// The level, from 0.
        level: usize,
        /// The fraction there.
        found: f64,
    },
    /// The target of replicas has a temperature that others can be above.
    #[error("replicas: beta is {beta}: there is nothing hotter; replicas need a beta above 0")]
    NothingHotter {
        /// The target's inverse temperature.
        beta: f64,
    },
    /// The inverse temperature at which annealing begins is finite and not negative; both ends are positive where it is geometric.
    #[error(
        "anneal: found {found} (on the way to beta {beta}), allowed are finite numbers from 0; by equal ratios, both above 0"
    )]
    Anneal {
        /// What was found.
        found: f64,
        /// The target's inverse temperature.
        beta: f64,
    },
    /// Annealing has a warm-up to happen in.
    #[error("anneal: there are no warm-up steps to anneal in; at least 1 is needed")]
    AnnealWithoutWarmup,
    /// Every initial symbol is below the number of states of its site.
    #[error("initial states: row {row}, site {site}: found symbol {found}, allowed are 0 to {}", .states - 1)]
    InitSymbol {
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
        /// The symbol.
        found: u16,
        /// States of the site.
        states: usize,
    },
    /// Every initial row holds what is observed.
    #[error(
        "initial states: row {row}, site {site}: found symbol {found}, but {observed} is observed there; start there, or leave the site free"
    )]
    InitObserved {
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
        /// The symbol.
        found: u16,
        /// What is observed.
        observed: u16,
    },
    /// Some site may change.
    #[error("all {sites} sites are observed: there is nothing to sample; leave at least one free")]
    NothingFree {
        /// The sites.
        sites: usize,
    },
    /// `f` is finite at the start of chain `chain`.
    #[error("chain {chain}: log_prob is {found} where it starts; {}", where_to_start(*.found))]
    NotFinite {
        /// The chain, from 0.
        chain: usize,
        /// The value.
        found: f64,
    },
    /// The target and the kernel have the sizes that the chains were made with.
    #[error(
        "chains of {made} on {sites} sites with {states} states: they were given a model or a kernel ({given}) of other sizes; use those that they were made with"
    )]
    Shape {
        /// The kernel that they were made with.
        made: String,
        /// Sites.
        sites: usize,
        /// States of a site at most.
        states: usize,
        /// The kernel that was given.
        given: String,
    },
    /// `f` is a number below infinity.
    #[error(
        "chain {chain}, after {steps} steps: the model's value or gradient is {found}; log-probabilities must be numbers below infinity, or -inf for impossible states"
    )]
    NotANumber {
        /// The chain.
        chain: u64,
        /// Its steps until then.
        steps: u64,
        /// The value.
        found: f64,
    },
    /// The model can be evaluated.
    #[error(transparent)]
    Model(ModelFailure),
    /// Every quantity can be recorded.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The kernel accepts its own memory lengths.
    #[error(transparent)]
    Kernel(#[from] gwg_core::Error),
    /// A saved run is that of the plan.
    #[error(
        "saved run: {what}: saved is {found}, needed here is {needed}; resume it with the plan that it was saved with, with as many draws or more"
    )]
    Resume {
        /// What differs.
        what: &'static str,
        /// What was saved.
        found: String,
        /// What the plan has.
        needed: String,
    },
    /// The chains of a saved run can be restored.
    #[error(transparent)]
    Restore(Box<RestoreError>),
    /// The worker threads start.
    #[error("worker threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The observer accepts each batch.
    #[error(transparent)]
    Observer(Box<dyn std::error::Error + Send + Sync>),
}

impl From<RestoreError> for RunError {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Run(error) => error,
            error => Self::Restore(Box::new(error)),
        }
    }
}

/// The likely cause of a start at which `f` is not finite.
fn where_to_start(found: f64) -> &'static str {
    if found == f64::NEG_INFINITY {
        "a model with constraints must start where f is finite: Init::Zeros or Init::States (--init); without any, its parameters are too large"
    } else {
        "the model's parameters are too large or not finite"
    }
}
