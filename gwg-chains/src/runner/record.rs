//! The draws of one round.

use super::pace::{Place, Slice};
use super::saved::SavedRun;
use crate::chains::{Block, RestoreError, full, since, take};
use crate::diagnostics::SiteDraws;
use crate::plan::{Plan, RunError};
use crate::quantity::{Draw, Quantity, QuantityDraws, overlap};
use crate::record::{Counting, SymbolCounts};
use crate::stepper::Stepper;
use crate::stop::Stop;
use gwg_core::{Real, StepCounts, Symbol};

/// What all blocks of a run share.
pub(super) struct Common<'r, S> {
    pub(super) thin: u64,
    pub(super) sites: usize,
    pub(super) states: usize,
    pub(super) counting: Counting,
    /// Whether any quantity depends on `f`.
    pub(super) evaluates: bool,
    pub(super) quantities: &'r [Quantity<S>],
    /// The run's fixed random state.
    pub(super) reference: Vec<S>,
}

/// The counts of a block between rounds.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) symbols: SymbolCounts,
    pub(super) sites: Option<SiteDraws>,
    /// The counts of each chain at its last draw.
    pub(super) before: Vec<StepCounts>,
}

impl Tally {
    pub(super) fn new<R: Real, S: Symbol>(
        common: &Common<'_, S>,
        plan: &Plan<S>,
        block: &Block<R, S>,
    ) -> Result<Self, RunError> {
        let (sites, states, chains) = (common.sites, common.states, block.chains());
        Ok(Self {
            symbols: SymbolCounts::of_block(sites, states)?,
            sites: plan
                .judge_sites
                .then(|| SiteDraws::new(sites, states, chains, plan.chains)),
            before: (0..chains).map(|c| block.counts(c)).collect(),
        })
    }
}

impl Tally {
    /// Later steps than those that the block has made are those of draws.
    pub(super) fn count_from<R: Real, S: Symbol>(&mut self, block: &Block<R, S>) {
        self.before = (0..block.chains()).map(|c| block.counts(c)).collect();
    }
}

/// The tallies of all blocks; they go on from what was saved after some draws.
pub(super) fn tallies<R: Real, S: Symbol>(
    common: &Common<'_, S>,
    plan: &Plan<S>,
    blocks: &[Block<R, S>],
    saved: Option<&mut SavedRun>,
) -> Result<Vec<Tally>, RunError> {
    let made = blocks.iter().map(|block| Tally::new(common, plan, block));
    let mut all = made.collect::<Result<Vec<_>, _>>()?;
    if let Some(saved) = saved {
        let mut sites = std::mem::take(&mut saved.sites).into_iter();
        let mut before = saved.before();
        for tally in &mut all {
            let now = std::mem::take(&mut tally.before);
            let chains = now.len();
            tally.before = before.by_ref().take(chains).collect();
            let earlier = tally.before.iter().zip(&now).all(|(a, b)| is_at_most(a, b));
            let bits = sites.by_ref().take(chains).collect();
            let fits = tally
                .sites
                .as_mut()
                .is_none_or(|all| all.with_bits(bits, saved.draws()));
            if !fits || !earlier || tally.before.len() < chains {
                let what = "the symbols of the sites or the counts of the chains";
                return Err(RestoreError::Damaged { what }.into());
            }
        }
    }
    Ok(all)
}

/// Whether no count has fallen from `a` to `b`.
fn is_at_most(a: &StepCounts, b: &StepCounts) -> bool {
    a.steps <= b.steps
        && a.accepted <= b.accepted
        && a.sites_changed <= b.sites_changed
        && a.values <= b.values
        && a.gradients <= b.gradients
        && a.invalid <= b.invalid
}

/// The draws of one round, chain-major.
pub(super) struct Columns<S> {
    pub(super) draws: usize,
    /// Symbols of a draw that are kept.
    kept: usize,
    pub(super) x: Vec<S>,
    pub(super) quantities: QuantityDraws,
    pub(super) accepted: Vec<f64>,
    pub(super) sites_changed: Vec<f64>,
}

/// The share of one block in them.
pub(super) struct Part<'c, S> {
    draws: usize,
    tally: &'c mut Tally,
    x: &'c mut [S],
    quantities: Vec<&'c mut [f64]>,
    accepted: &'c mut [f64],
    sites_changed: &'c mut [f64],
}

impl<S: Symbol> Columns<S> {
    /// `kept` is the number of sites, or 0 where states are not kept.
    pub(super) fn new(plan: &Plan<S>, draws: usize, kept: usize) -> Result<Self, RunError> {
        let rows = plan.chains.checked_mul(draws);
        Ok(Self {
            draws,
            kept,
            x: full(rows.and_then(|rows| rows.checked_mul(kept)), S::default())?,
            quantities: QuantityDraws::zeros(&plan.quantities, rows)?,
            accepted: full(rows, 0.0)?,
            sites_changed: full(rows, 0.0)?,
        })
    }

    /// Sets the number of draws: at most that of the beginning, for which there is memory.
    pub(super) fn resize(&mut self, chains: usize, draws: usize) {
        self.draws = draws;
        self.x.resize(chains * draws * self.kept, S::default());
        let made = [&mut self.accepted, &mut self.sites_changed];
        for column in self.quantities.columns_mut().chain(made) {
            column.resize(chains * draws, 0.0);
        }
    }

    /// Keeps the first draws only.
    pub(super) fn cut(&mut self, chains: usize, draws: usize) {
        let (made, kept) = (self.draws, self.kept);
        if draws == made {
            return;
        }
        front_rows(&mut self.x, chains, made * kept, draws * kept);
        let columns = [&mut self.accepted, &mut self.sites_changed];
        for column in self.quantities.columns_mut().chain(columns) {
            front_rows(column, chains, made, draws);
        }
        self.resize(chains, draws);
    }

    /// One part for each block.
    pub(super) fn split<'c>(&'c mut self, tallies: &'c mut [Tally]) -> Vec<Part<'c, S>> {
        let (draws, kept) = (self.draws, self.kept);
        let (mut x, mut accepted) = (&mut self.x[..], &mut self.accepted[..]);
        let mut sites_changed = &mut self.sites_changed[..];
        let mut quantities: Vec<&mut [f64]> = self
            .quantities
            .columns_mut()
            .map(|column| &mut column[..])
            .collect();
        tallies
            .iter_mut()
            .map(|tally| {
                let rows = tally.before.len() * draws;
                let parts = quantities.iter_mut().map(|column| take(column, rows));
                Part {
                    draws,
                    quantities: parts.collect(),
                    tally,
                    x: take(&mut x, rows * kept),
                    accepted: take(&mut accepted, rows),
                    sites_changed: take(&mut sites_changed, rows),
                }
            })
            .collect()
    }
}

/// Moves the first `kept` of `made` elements of every row to the front.
fn front_rows<E: Copy>(all: &mut [E], rows: usize, made: usize, kept: usize) {
    for row in 1..rows {
        all.copy_within(row * made..row * made + kept, row * kept);
    }
}

impl<S: Symbol> Common<'_, S> {
    /// Advances a block by a slice of its part, and records the draws that end in it; where the model fails or `stop` is due, the rest is
    /// left as it is, and the run drops the slice.
    pub(super) fn record<R: Real>(
        &self,
        stepper: &dyn Stepper<R, S>,
        block: &mut Block<R, S>,
        part: &mut Part<'_, S>,
        slice: Slice,
        stop: Stop<'_>,
    ) {
        let (Place { mut draw, mut into }, mut left) = (slice.from, slice.steps);
        while left > 0 {
            let steps = left.min(self.thin - into);
            block.advance(stepper, steps, false, stop);
            if stop.is_due() || block.ends(stepper) {
                return;
            }
            left -= steps;
            into += steps;
            if into < self.thin {
                return;
            }
            for chain in 0..block.chains() {
                let counts = block.counts(chain);
                let before = std::mem::replace(&mut part.tally.before[chain], counts);
                let made = since(&counts, &before);
                let walker = block.coldest(chain);
                let x = block.state(walker);
                let row = chain * part.draws + draw;
                let drawn = Draw {
                    x,
                    // The running sum of the kernel has the rounding errors of its path.
                    log_prob: if self.evaluates {
                        stepper.evaluate(x)
                    } else {
                        f64::NAN
                    },
                    reference: &self.reference,
                };
                for (quantity, values) in self.quantities.iter().zip(&mut part.quantities) {
                    values[row] = quantity.of_draw(&drawn);
                }
                part.accepted[row] = made.accepted as f64 / made.steps as f64;
                part.sites_changed[row] = made.sites_changed as f64 / self.thin as f64;
                if self.counting == Counting::PerBlock {
                    part.tally.symbols.add(x);
                }
                if let Some(all) = &mut part.tally.sites {
                    all.add(chain, x);
                }
                let sites = x.len();
                if let Some(all) = part.x.get_mut(row * sites..(row + 1) * sites) {
                    all.copy_from_slice(x);
                }
            }
            (draw, into) = (draw + 1, 0);
        }
    }

    /// Computes the quantities that depend on two chains from the states of the round.
    pub(super) fn compare_chains(&self, columns: &mut Columns<S>, chains: usize) {
        let (draws, sites) = (columns.draws, self.sites);
        let state = |row: usize| &columns.x[row * sites..(row + 1) * sites];
        let pairs = self.quantities.iter().zip(columns.quantities.columns_mut());
        for (_, values) in pairs.filter(|(quantity, _)| quantity.needs_next_chain()) {
            for (row, value) in values.iter_mut().enumerate() {
                let next = (row / draws + 1) % chains * draws + row % draws;
                *value = overlap(state(row), state(next), self.states);
            }
        }
    }
}
