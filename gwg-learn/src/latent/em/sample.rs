//! The E step.

use super::{BindPosterior, EmError, MonteCarloEm};
use crate::draw;
use crate::latent::Observations;
use gwg_chains::{ChainSpec, Chains, Generator, Init, Stop};
use gwg_core::{Clamp, Parametric, Space};

impl<M> MonteCarloEm<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    /// The places of the chains of a row in `states`.
    pub(super) fn place(&self, row: usize) -> std::ops::Range<usize> {
        let len = self.options.chains * self.data.sites();
        row * len..(row + 1) * len
    }

    /// Moves the chains of these rows.
    pub(super) fn sample(
        &mut self,
        rows: &[usize],
        steps: u64,
        bind: &BindPosterior<'_, M>,
    ) -> Result<(), EmError> {
        let sites = self.data.sites();
        let places = rows.iter().map(|&row| &self.states[self.place(row)]);
        let mut states: Vec<u8> = places.flatten().copied().collect();
        // Which sites are observed is the same in all rows; their symbols are those of each chain.
        let observed = self.data.row(rows.first().copied().unwrap_or(0));
        let mut free = vec![0; sites];
        let target = Clamp::new(&self.model, &observed, &mut free)?;
        let spec = ChainSpec {
            chains: states.len() / sites,
            seed: self.options.seed,
            threads: self.threads.clone(),
            init: Init::States(states.iter().take(sites).map(|&s| u16::from(s)).collect()),
            ..ChainSpec::default()
        };
        let beta = self.options.beta(self.update + 1);
        let chains = &mut self.chains;
        bind(&target, &mut |stepper| {
            let chains = match chains {
                Some(chains) => chains,
                None => chains.insert(Chains::with(stepper, &spec)?),
            };
            for (k, x) in states.chunks_exact(sites).enumerate() {
                chains.set_state(k, x)?;
            }
            chains.set_beta(beta)?;
            chains.reevaluate_with(stepper)?;
            chains.advance_until(stepper, steps, false, Stop::never())?;
            states.clear();
            chains.states().for_each(|x| states.extend(x));
            Ok(())
        })?;
        let len = self.options.chains * sites;
        for (&row, states) in rows.iter().zip(states.chunks_exact(len)) {
            self.check_observed(row, states)?;
            let place = self.place(row);
            self.states[place].copy_from_slice(states);
        }
        Ok(())
    }

    /// Refuses states of the chains of a row that have other symbols at observed sites.
    fn check_observed(&self, row: usize, states: &[u8]) -> Result<(), EmError> {
        let (symbols, seen) = (self.data.symbols(row), self.data.observed());
        for x in states.chunks_exact(symbols.len()) {
            let mut sites = x.iter().zip(symbols).zip(seen);
            if let Some(site) = sites.position(|((s, symbol), &seen)| seen && s != symbol) {
                return Err(EmError::Observed { row, site });
            }
        }
        Ok(())
    }
}

/// The first states of all chains of all rows.
pub(super) fn start<M>(
    model: &M,
    data: &Observations,
    chains: usize,
    bits: &mut Generator,
) -> Vec<u8>
where
    M: Parametric<Space: Space<Symbol = u8>>,
{
    let (sites, space) = (data.sites(), model.space());
    let mut states = Vec::with_capacity(data.rows() * chains * sites);
    for row in 0..data.rows() {
        for _ in 0..chains {
            let own = data.symbols(row).iter().zip(data.observed());
            states.extend(own.enumerate().map(|(site, (&symbol, &seen))| {
                if seen {
                    return symbol;
                }
                draw::symbol(space.states_at(site), |_| 1.0, bits)
            }));
        }
    }
    states
}
