use crate::plan::{Init, RunError, Tempering};
use crate::threads::Threads;
use gwg_core::Real;
use std::num::NonZeroUsize;

/// How chains begin: everything that their paths depend on except the target and the kernel; and the threads, on which they do not depend.
#[derive(Clone, Debug)]
pub struct ChainSpec {
    /// The number of the first chain. Chains `first_chain .. first_chain + chains` have the same paths as the chains of these numbers in a
    /// larger set with the same seed.
    pub first_chain: u64,
    /// Independent chains. At least 1.
    pub chains: usize,
    /// Seed of every generator.
    pub seed: u64,
    /// Inverse temperature. Finite and not negative.
    pub beta: f64,
    /// Replicas of each chain on a ladder of temperatures; `None` for plain chains.
    pub tempering: Option<Tempering>,
    /// Where the chains start; rows of [`Init::States`] are those of `chains`, not of all chains of the seed.
    pub init: Init,
    /// The threads that they are advanced on.
    pub threads: Threads,
    /// The most walkers in a lockstep block; `None` for the measured choice. No result depends on it.
    pub block: Option<NonZeroUsize>,
}

impl Default for ChainSpec {
    fn default() -> Self {
        Self {
            first_chain: 0,
            chains: 4,
            seed: 0,
            beta: 1.0,
            tempering: None,
            init: Init::Random,
            threads: Threads::one(),
            block: None,
        }
    }
}

/// Checks an inverse temperature of chains that compute in `R`.
pub(super) fn check_beta<R: Real>(found: f64) -> Result<(), RunError> {
    if !(found.is_finite() && found >= 0.0) {
        return Err(RunError::Beta { found });
    }
    if R::from_f64(found).is_finite() {
        Ok(())
    } else {
        Err(RunError::BetaOverflow { found })
    }
}
