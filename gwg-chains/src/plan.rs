mod start;
mod tempering;

use crate::failure::ModelFailure;
use crate::quantity::{self, Quantity, QuantityError};
use gwg_core::{Space, Symbol};
pub(crate) use start::check as check_rows;
use std::num::NonZeroUsize;
pub use tempering::{Annealing, Tempering};

/// Where the chains start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Init {
    /// Independent uniform symbols from each chain's own generator; observed symbols at observed sites.
    #[default]
    Random,
    /// The first symbol; observed symbols at observed sites.
    Zeros,
    /// Given states: one row for all chains, or one row per chain; row-major, `sites` symbols per row. They hold the symbols that are
    /// observed.
    States(Vec<u16>),
}

/// What a run does: everything that a chain's path depends on, and the number of threads, on which it does not depend.
///
/// `S` is the symbol of the target's space, [`SymbolOf`](gwg_core::SymbolOf): of the states that the quantities are functions of.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan<S = u8> {
    /// Independent chains. At least 1.
    pub chains: usize,
    /// Steps of each chain that are not recorded.
    pub warmup: u64,
    /// Recorded states of each chain. At least 1.
    pub draws: usize,
    /// Steps from one draw to the next. At least 1.
    pub thin: u64,
    /// Seed of every generator of the run.
    pub seed: u64,
    /// Inverse temperature. Finite and not negative.
    pub beta: f64,
    /// Replicas of each chain on a ladder of temperatures; `None` for plain chains.
    pub tempering: Option<Tempering>,
    /// How the warm-up reaches `beta`; `None` if all of it is at `beta`.
    pub anneal: Option<Annealing>,
    /// Where the chains start.
    pub init: Init,
    /// Whether the warm-up tunes the kernel's parameters, which are fixed afterwards.
    pub adapt: bool,
    /// What is recorded of every draw.
    pub quantities: Vec<Quantity<S>>,
    /// The most worker threads; `None` for the number of cores. There are never more than chains.
    pub threads: Option<NonZeroUsize>,
    /// The most walkers in a lockstep block; `None` for the measured choice.
    pub block: Option<NonZeroUsize>,
}

impl<S: Symbol> Default for Plan<S> {
    fn default() -> Self {
        Self {
            chains: 4,
            warmup: 1000,
            draws: 1000,
            thin: 1,
            seed: 0,
            beta: 1.0,
            tempering: None,
            anneal: None,
            init: Init::Random,
            adapt: true,
            quantities: Quantity::defaults(),
            threads: None,
            block: None,
        }
    }
}

impl<S: Symbol> Plan<S> {
    pub(crate) fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let wanted = self.threads.map_or_else(cores, NonZeroUsize::get);
        wanted.clamp(1, self.chains.max(1))
    }

    /// Checks the plan for a target of `sites` sites with `states` states each.
    ///
    /// # Errors
    /// The broken condition.
    pub fn check(&self, sites: usize, states: usize) -> Result<(), RunError> {
        self.check_numbers(sites, states)?;
        match &self.init {
            Init::States(rows) => start::check(rows, self.chains, sites, |_| states, |_| None),
            _ => Ok(()),
        }
    }

    /// Checks the plan for a target on `space`.
    ///
    /// # Errors
    /// The broken condition.
    pub fn check_on<Sp: Space>(&self, space: &Sp) -> Result<(), RunError> {
        let sites = space.sites();
        self.check_numbers(sites, space.states())?;
        if space.free() == 0 {
            return Err(RunError::NothingFree { sites });
        }
        match &self.init {
            Init::States(rows) => {
                let (states_at, observed) = (
                    |i| space.states_at(i),
                    |i| space.observed(i).map(Symbol::widen),
                );
                start::check(rows, self.chains, sites, states_at, observed)
            }
            _ => Ok(()),
        }
    }

    /// Checks all but the starting states.
    pub(crate) fn check_numbers(&self, sites: usize, states: usize) -> Result<(), RunError> {
        let at_least_one = [
            ("chains", self.chains as u64),
            ("draws", self.draws as u64),
            ("thin", self.thin),
            ("sites", sites as u64),
        ];
        for (name, found) in at_least_one {
            if found == 0 {
                return Err(RunError::Zero { name });
            }
        }
        if !(self.beta.is_finite() && self.beta >= 0.0) {
            return Err(RunError::Beta { found: self.beta });
        }
        self.check_temperatures()?;
        quantity::check(&self.quantities, self.chains, states)?;
        let product = |a: usize, b: usize| a.checked_mul(b);
        if product(self.chains, self.draws)
            .and_then(|n| product(n, 64))
            .is_none()
            || product(self.chains, sites)
                .and_then(|n| product(n, self.replicas()))
                .and_then(|n| product(n, 256))
                .is_none()
        {
            return Err(RunError::TooLarge);
        }
        Ok(())
    }
}

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
    /// The worker threads start.
    #[error("worker threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The observer accepts each batch.
    #[error(transparent)]
    Observer(Box<dyn std::error::Error + Send + Sync>),
}

/// The likely cause of a start at which `f` is not finite.
fn where_to_start(found: f64) -> &'static str {
    if found == f64::NEG_INFINITY {
        "a model with constraints must start where f is finite: Init::Zeros or Init::States (--init); without any, its parameters are too large"
    } else {
        "the model's parameters are too large or not finite"
    }
}
