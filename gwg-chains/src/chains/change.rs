use super::Chains;
use super::block::Block;
use super::spec::check_beta;
use crate::plan::RunError;
use crate::stepper::Pending;
use gwg_core::{Real, Symbol};

impl<R: Real, S: Symbol> Chains<R, S> {
    /// Sets all counts to zero, those of swaps of replicas included.
    pub fn clear_counts(&mut self) {
        self.blocks.iter_mut().for_each(Block::clear_counts);
    }

    /// Sets the inverse temperature of all chains, and that of every replica to its fraction of it.
    ///
    /// # Errors
    /// [`RunError::Beta`] unless it is finite and not negative; [`RunError::BetaOverflow`] if it is infinite in `R`.
    pub fn set_beta(&mut self, beta: f64) -> Result<(), RunError> {
        check_beta::<R>(beta)?;
        for block in &mut self.blocks {
            block.set_beta(beta, &self.fractions);
        }
        Ok(())
    }

    /// Sets the inverse temperature of one chain, and that of its replicas to their fractions of it.
    ///
    /// # Errors
    /// [`RunError::Beta`] unless it is finite and not negative; [`RunError::BetaOverflow`] if it is infinite in `R`.
    ///
    /// # Panics
    /// If there is no such chain.
    pub fn set_chain_beta(&mut self, chain: usize, beta: f64) -> Result<(), RunError> {
        check_beta::<R>(beta)?;
        let fractions = std::mem::take(&mut self.fractions);
        let (block, own) = self.place_mut(chain);
        block.set_chain_beta(own, beta, &fractions);
        self.fractions = fractions;
        Ok(())
    }

    /// Replaces the state of a chain, that of all its replicas included. The chain keeps its generator and what it has tuned.
    ///
    /// # Errors
    /// [`RunError::InitShape`] if `x` has another number of sites; [`RunError::InitSymbol`] if a symbol is not below the largest number of
    /// states. That observed sites keep their symbols is not checked: it is the caller's responsibility.
    ///
    /// # Panics
    /// If there is no such chain.
    pub fn set_state(&mut self, chain: usize, x: &[S]) -> Result<(), RunError> {
        let (sites, states) = (self.sites, self.states);
        if x.len() != sites {
            return Err(RunError::InitShape {
                found: x.len(),
                sites,
                chains: 1,
            });
        }
        if let Some(site) = x.iter().position(|s| s.index() >= states) {
            return Err(RunError::InitSymbol {
                row: chain,
                site,
                found: x[site].widen(),
                states,
            });
        }
        let (block, own) = self.place_mut(chain);
        let walkers = own * block.replicas..(own + 1) * block.replicas;
        for walker in walkers {
            block.x[walker * sites..(walker + 1) * sites].copy_from_slice(x);
            block.log_prob[walker] = f64::NAN;
            block.pending[walker] = block.pending[walker].max(Pending::Reevaluate);
        }
        Ok(())
    }
}
