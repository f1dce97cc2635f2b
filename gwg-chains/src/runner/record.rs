//! The draws of one round.

use crate::chains::{Block, full, since, take};
use crate::plan::RunError;
use crate::record::{Quantizer, SymbolCounts, hamming};
use crate::stepper::Stepper;
use gwg_core::{Real, StepCounts};

/// What all blocks of a run have in common.
pub(super) struct Common {
    pub(super) thin: u64,
    pub(super) sites: usize,
    pub(super) states: usize,
    /// What values of `f` are rounded to.
    pub(super) quantizer: Quantizer,
    /// The run's fixed random state.
    pub(super) reference: Vec<u8>,
}

/// What is kept of each block between rounds.
pub(super) struct Tally {
    pub(super) symbols: SymbolCounts,
    /// What each chain had counted at its last draw.
    before: Vec<StepCounts>,
}

impl Tally {
    pub(super) fn new<R: Real>(common: &Common, block: &Block<R, u8>) -> Self {
        Self {
            symbols: SymbolCounts::new(common.sites, common.states),
            before: (0..block.chains()).map(|c| block.counts(c)).collect(),
        }
    }
}

/// The draws of one round, chain-major.
pub(super) struct Columns {
    sites: usize,
    pub(super) x: Vec<u8>,
    pub(super) log_prob: Vec<f64>,
    pub(super) hamming: Vec<f64>,
    pub(super) accepted: Vec<f64>,
    pub(super) sites_changed: Vec<f64>,
}

/// The share of one block in them.
pub(super) struct Part<'c> {
    draws: usize,
    tally: &'c mut Tally,
    x: &'c mut [u8],
    log_prob: &'c mut [f64],
    hamming: &'c mut [f64],
    accepted: &'c mut [f64],
    sites_changed: &'c mut [f64],
}

impl Columns {
    /// `sites` is 0 where states are not kept.
    pub(super) fn new(chains: usize, draws: usize, sites: usize) -> Result<Self, RunError> {
        let rows = chains.checked_mul(draws);
        let column = || full(rows, 0.0);
        Ok(Self {
            sites,
            x: full(rows.and_then(|rows| rows.checked_mul(sites)), 0)?,
            log_prob: column()?,
            hamming: column()?,
            accepted: column()?,
            sites_changed: column()?,
        })
    }

    /// Makes them `draws` long; only ever shorter.
    pub(super) fn resize(&mut self, chains: usize, draws: usize) {
        self.x.truncate(chains * draws * self.sites);
        for column in [
            &mut self.log_prob,
            &mut self.hamming,
            &mut self.accepted,
            &mut self.sites_changed,
        ] {
            column.truncate(chains * draws);
        }
    }

    /// One part for each block.
    pub(super) fn split<'c>(&'c mut self, tallies: &'c mut [Tally], draws: usize) -> Vec<Part<'c>> {
        let (mut x, mut log_prob) = (&mut self.x[..], &mut self.log_prob[..]);
        let (mut hamming, mut accepted) = (&mut self.hamming[..], &mut self.accepted[..]);
        let mut sites_changed = &mut self.sites_changed[..];
        let sites = self.sites;
        tallies
            .iter_mut()
            .map(|tally| {
                let rows = tally.before.len() * draws;
                Part {
                    draws,
                    tally,
                    x: take(&mut x, rows * sites),
                    log_prob: take(&mut log_prob, rows),
                    hamming: take(&mut hamming, rows),
                    accepted: take(&mut accepted, rows),
                    sites_changed: take(&mut sites_changed, rows),
                }
            })
            .collect()
    }
}

impl Common {
    /// Advances a block by the draws of its part, and records them; where the model fails, the rest of the part is left as it is, and
    /// the run drops it.
    pub(super) fn record<R: Real>(
        &self,
        stepper: &dyn Stepper<R, u8>,
        block: &mut Block<R, u8>,
        part: &mut Part<'_>,
    ) {
        for draw in 0..part.draws {
            block.advance(stepper, self.thin, false);
            if block.ends(stepper) {
                return;
            }
            for chain in 0..block.chains() {
                let counts = block.counts(chain);
                let before = std::mem::replace(&mut part.tally.before[chain], counts);
                let made = since(&counts, &before);
                let walker = block.coldest(chain);
                let x = block.state(walker);
                let row = chain * part.draws + draw;
                part.log_prob[row] = self.quantizer.round(block.log_prob[walker]);
                part.hamming[row] = hamming(x, &self.reference) as f64;
                part.accepted[row] = made.accepted as f64 / made.steps as f64;
                part.sites_changed[row] = made.sites_changed as f64 / self.thin as f64;
                part.tally.symbols.add(x);
                let sites = x.len();
                if let Some(all) = part.x.get_mut(row * sites..(row + 1) * sites) {
                    all.copy_from_slice(x);
                }
            }
        }
    }
}
