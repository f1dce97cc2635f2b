use std::num::NonZeroUsize;

/// Where the chains start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Init {
    /// Independent uniform symbols, from each chain's own generator.
    #[default]
    Random,
    /// The first symbol everywhere.
    Zeros,
    /// Given configurations: one row for all chains, or one row a chain; row-major, `sites` symbols a row.
    States(Vec<u8>),
}

/// What a run is to do; everything that a chain's path depends on, and the number of threads, which it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
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
    /// Where the chains start.
    pub init: Init,
    /// Whether the warm-up adapts what the kernel tunes; it is frozen afterwards.
    pub adapt: bool,
    /// Worker threads; `None` for as many as there are cores.
    pub threads: Option<NonZeroUsize>,
    /// Walkers in a lockstep block at most; `None` for the measured choice.
    pub block: Option<NonZeroUsize>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            chains: 4,
            warmup: 1000,
            draws: 1000,
            thin: 1,
            seed: 0,
            beta: 1.0,
            init: Init::Random,
            adapt: true,
            threads: None,
            block: None,
        }
    }
}

impl Plan {
    pub(crate) fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(cores, NonZeroUsize::get)
    }

    /// Checks what can be checked without the target, and its configurations with `sites` and `states`.
    ///
    /// # Errors
    /// The broken condition.
    pub fn check(&self, sites: usize, states: usize) -> Result<(), RunError> {
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
        let product = |a: usize, b: usize| a.checked_mul(b);
        if product(self.chains, self.draws)
            .and_then(|n| product(n, 64))
            .is_none()
            || product(self.chains, sites)
                .and_then(|n| product(n, 256))
                .is_none()
        {
            return Err(RunError::TooLarge);
        }
        match &self.init {
            Init::States(rows) => self.check_rows(rows, sites, states),
            _ => Ok(()),
        }
    }

    fn check_rows(&self, rows: &[u8], sites: usize, states: usize) -> Result<(), RunError> {
        if rows.len() != sites && rows.len() != self.chains * sites {
            return Err(RunError::InitShape {
                found: rows.len(),
                sites,
                chains: self.chains,
            });
        }
        match rows.iter().position(|&s| usize::from(s) >= states) {
            Some(at) => Err(RunError::InitSymbol {
                row: at / sites,
                site: at % sites,
                found: rows[at],
                states,
            }),
            None => Ok(()),
        }
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
    #[error(
        "chains * draws or chains * sites is too large for this machine's memory; ask for fewer"
    )]
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
    /// Every initial symbol is below the number of states.
    #[error("initial states: row {row}, site {site}: found symbol {found}, allowed are 0 to {}", .states - 1)]
    InitSymbol {
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
        /// The symbol.
        found: u8,
        /// States of the model.
        states: usize,
    },
    /// `f` is finite where chain `chain` stands.
    #[error(
        "chain {chain}: log_prob is {found}; the model's parameters are too large or not finite"
    )]
    NotFinite {
        /// The chain, from 0.
        chain: usize,
        /// The value.
        found: f64,
    },
    /// The kernel accepts its own memory lengths.
    #[error(transparent)]
    Kernel(#[from] gwg_core::Error),
    /// The worker threads start.
    #[error("worker threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The observer takes what it is given.
    #[error(transparent)]
    Observer(Box<dyn std::error::Error + Send + Sync>),
}
