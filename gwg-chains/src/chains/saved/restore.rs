mod walker;

use super::bytes::Reader;
use super::header::Header;
use super::{RestoreError, SavedChains};
use crate::chains::{ChainSpec, Chains};
use crate::plan::Tempering;
use crate::stepper::Stepper;
use crate::threads::Threads;
use gwg_core::{Real, Symbol};
use walker::{restore_ladder, restore_walker};

/// Chains made of what was saved.
pub(super) fn restore<R: Real, S: Symbol>(
    saved: &SavedChains,
    stepper: &dyn Stepper<R, S>,
    threads: Threads,
) -> Result<Chains<R, S>, RestoreError> {
    saved.check()?;
    let header = &saved.header;
    let needed = Header::of(stepper)?;
    if let Some(error) = header.differs(&needed) {
        return Err(error);
    }
    let mut input = Reader::new(&saved.numbers);
    let replicas = header.replicas;
    // Before anything of that size is allocated.
    if header.least_bytes::<R>() > saved.numbers.len() {
        return Err(Reader::short());
    }
    // A count of zero steps until the next swap would never end.
    if replicas == 0 || !(1..=header.swap_every).contains(&header.until_swap) {
        let what = "replicas or swaps of the header";
        return Err(RestoreError::Damaged { what });
    }
    let fractions = (0..replicas)
        .map(|_| input.f64())
        .collect::<Result<Vec<_>, _>>()?;
    let spec = ChainSpec {
        first_chain: header.first_chain,
        chains: header.chains,
        tempering: (replicas > 1).then(|| Tempering {
            ladder: fractions.clone(),
            swap_every: header.swap_every.max(1),
        }),
        threads,
        ..ChainSpec::default()
    };
    let mut chains = Chains::without_start(stepper, &spec)?;
    for block in &mut chains.blocks {
        block.swap_every = header.swap_every;
        block.until_swap = header.until_swap;
        for own in 0..block.chains() {
            for walker in own * replicas..(own + 1) * replicas {
                restore_walker(&mut input, block, walker)?;
                in_space(block.state(walker), stepper)?;
            }
            if replicas > 1 {
                block.ladders.push(restore_ladder(&mut input, replicas)?);
            }
        }
    }
    chains.fractions = fractions;
    input.end()?;
    Ok(chains)
}

/// Refuses a state that the target's space does not have: a symbol out of range, or other than the observed one.
fn in_space<R: Real, S: Symbol>(x: &[S], stepper: &dyn Stepper<R, S>) -> Result<(), RestoreError> {
    for (site, symbol) in x.iter().enumerate() {
        let (found, states) = (symbol.index(), stepper.states_at(site));
        let needed = match stepper.observed(site) {
            Some(observed) if observed != *symbol => format!("{}, observed", observed.index()),
            None if found >= states => format!("0 to {}", states - 1),
            _ => continue,
        };
        return Err(RestoreError::Other {
            what: "a symbol of the states",
            found: format!("{found} at site {site}"),
            needed,
        });
    }
    Ok(())
}
