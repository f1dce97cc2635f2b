mod error;
mod start;
mod tempering;

use crate::quantity::{self, Quantity};
pub use error::RunError;
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
    /// The number of the first chain among all chains of the seed: 0, but in a part of a larger run.
    pub first_chain: u64,
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
    /// The most draws of each chain, even, of which [`Outcome::quantities`](crate::Outcome::quantities) keeps the values: of longer runs every second, fourth,
    /// .. draw. `None`: all.
    pub keep: Option<usize>,
    /// Whether the symbols of the sites are kept for [`Outcome::sites`](crate::Outcome::sites), in at most 64 MiB.
    pub judge_sites: bool,
    /// The most worker threads; `None` for the number of cores. There are never more than chains.
    pub threads: Option<NonZeroUsize>,
    /// The most walkers in a lockstep block; `None` for the measured choice.
    pub block: Option<NonZeroUsize>,
}

impl<S: Symbol> Default for Plan<S> {
    fn default() -> Self {
        Self {
            chains: 4,
            first_chain: 0,
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
            keep: None,
            judge_sites: true,
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
