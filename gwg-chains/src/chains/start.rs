//! The starts of chains.

use super::ladder::ReplicaLadder;
use super::spec::check_beta;
use super::{ChainSpec, Chains};
use crate::generator::{Generator, replica_generator};
use crate::plan::{self, Init, RunError};
use crate::stepper::Stepper;
use gwg_core::{Bits, Real, Symbol};

/// Checks a spec for a target.
pub(super) fn check<R: Real, S: Symbol>(
    stepper: &dyn Stepper<R, S>,
    spec: &ChainSpec,
) -> Result<(), RunError> {
    let sites = stepper.sites();
    for (name, found) in [("chains", spec.chains), ("sites", sites)] {
        if found == 0 {
            return Err(RunError::Zero { name });
        }
    }
    check_beta::<R>(spec.beta)?;
    if let Some(tempering) = &spec.tempering {
        tempering.check(spec.beta)?;
    }
    if stepper.free() == 0 {
        return Err(RunError::NothingFree { sites });
    }
    let replicas = spec.tempering.as_ref().map_or(1, |t| t.ladder.len());
    let walkers = spec.chains.checked_mul(replicas);
    let bytes = walkers.and_then(|n| n.checked_mul(sites)?.checked_mul(256));
    if bytes.is_none_or(|n| n > isize::MAX as usize) {
        return Err(RunError::TooLarge);
    }
    if let Init::States(rows) = &spec.init {
        let states_at = |site| stepper.states_at(site);
        let observed = |site| stepper.observed(site).map(Symbol::widen);
        plan::check_rows(rows, spec.chains, sites, states_at, observed)?;
    }
    Ok(())
}

/// Gives every walker its generator, its temperature and its first state.
pub(super) fn start<R: Real, S: Symbol>(
    all: &mut Chains<R, S>,
    stepper: &dyn Stepper<R, S>,
    spec: &ChainSpec,
) -> Result<(), RunError> {
    let (sites, fractions) = (all.sites, all.fractions.clone());
    let betas: Vec<f64> = fractions.iter().map(|f| f * spec.beta).collect();
    for block in &mut all.blocks {
        let [.., kept] = block.memory();
        for own in 0..block.chains() {
            let row = block.first + own;
            let chain = spec.first_chain + row as u64;
            if let Some(tempering) = spec.tempering.as_ref().filter(|_| betas.len() > 1) {
                let ladder = ReplicaLadder::new(&betas, spec.seed, chain)?;
                block.ladders.push(ladder);
                block.swap_every = tempering.swap_every;
                block.until_swap = tempering.swap_every;
            }
            for (replica, &beta) in (0u64..).zip(&betas) {
                let walker = own * betas.len() + replica as usize;
                let mut bits = replica_generator(spec.seed, chain, replica);
                let x = &mut block.x[walker * sites..(walker + 1) * sites];
                first_state(x, stepper, &spec.init, row, &mut bits);
                block.betas[walker] = R::from_f64(beta);
                block.bits.push(bits);
                let saved = &mut block.saved[walker * kept..(walker + 1) * kept];
                stepper.number(spec.seed, chain, replica, saved);
            }
        }
    }
    Ok(())
}

/// The first state of a chain, with the symbols that are observed.
fn first_state<R: Real, S: Symbol>(
    x: &mut [S],
    stepper: &dyn Stepper<R, S>,
    init: &Init,
    row: usize,
    bits: &mut Generator,
) {
    match init {
        Init::Zeros => x.fill(S::default()),
        Init::Random => {
            for (site, symbol) in x.iter_mut().enumerate() {
                *symbol = S::from_index(bits.below(stepper.states_at(site)));
            }
        }
        Init::States(rows) => {
            let row = if rows.len() == x.len() { 0 } else { row };
            let from = &rows[row * x.len()..(row + 1) * x.len()];
            for (symbol, &from) in x.iter_mut().zip(from) {
                *symbol = S::narrow(from);
            }
        }
    }
    // After the draws: a chain's random numbers are the same whatever is observed.
    for (site, symbol) in x.iter_mut().enumerate() {
        *symbol = stepper.observed(site).unwrap_or(*symbol);
    }
}
