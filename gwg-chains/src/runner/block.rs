use super::Common;
use super::lend::{apart, full};
use super::tempered::TemperatureLadders;
use super::walkers::Walkers;
use crate::generator::Generator;
use crate::plan::RunError;
use crate::record::{Grid, SymbolCounts, hamming};
use gwg_core::StepCounts;

/// Some chains that one thread steps; the replicas of a chain are neighbors.
pub(super) struct Block<'a> {
    pub(super) book: Book<'a>,
    pub(super) walkers: Box<dyn Walkers + 'a>,
    /// Since the last draw, one a walker.
    pub(super) counts: Vec<StepCounts>,
    /// Before that, of all walkers.
    pub(super) total: StepCounts,
    pub(super) symbols: SymbolCounts,
    reference: &'a [u8],
    grid: Grid,
}

/// What a block has beside its walkers.
pub(super) struct Book<'a> {
    pub(super) first_chain: usize,
    /// One generator a walker.
    pub(super) bits: Vec<Generator>,
    /// The temperatures of the replicas; `None` where each walker is a chain.
    pub(super) ladders: Option<TemperatureLadders<'a>>,
}

pub(super) fn add(total: &mut StepCounts, one: &StepCounts) {
    total.steps += one.steps;
    total.accepted += one.accepted;
    total.sites_changed += one.sites_changed;
    total.values += one.values;
    total.gradients += one.gradients;
}

impl<'a> Block<'a> {
    pub(super) fn new(
        book: Book<'a>,
        walkers: Box<dyn Walkers + 'a>,
        common: &Common<'a>,
    ) -> Result<Self, RunError> {
        let mut counts = apart(walkers.len())?;
        counts.resize(walkers.len(), StepCounts::default());
        Ok(Self {
            book,
            walkers,
            counts,
            total: StepCounts::default(),
            symbols: SymbolCounts::new(common.sites, common.states),
            reference: common.reference,
            grid: common.grid,
        })
    }

    pub(super) fn chains(&self) -> usize {
        self.book
            .ladders
            .as_ref()
            .map_or(self.walkers.len(), TemperatureLadders::chains)
    }

    /// The walker of a chain, from 0 in this block, that is recorded: the one at the target's temperature.
    pub(super) fn recorded(&self, chain: usize) -> usize {
        self.book
            .ladders
            .as_ref()
            .map_or(chain, |ladders| ladders.coldest(chain))
    }

    /// Brings the target's temperature to `beta`, and every level to its fraction of it.
    pub(super) fn reweight(&mut self, beta: f64, ladder: &[f64]) {
        for chain in 0..self.chains() {
            for (level, fraction) in ladder.iter().enumerate() {
                let ladders = self.book.ladders.as_ref();
                let walker = ladders.map_or(chain, |ladders| ladders.at(chain, level));
                self.walkers.set_beta(walker, beta * fraction);
            }
        }
        self.walkers.reweight();
    }

    /// So many steps of every walker, and the swaps that fall due.
    pub(super) fn advance(&mut self, steps: u64, adapt: bool) {
        let Some(ladders) = &mut self.book.ladders else {
            return self
                .walkers
                .step(&mut self.book.bits, &mut self.counts, steps, adapt);
        };
        let mut left = steps;
        while left > 0 {
            let stretch = left.min(ladders.until_swap);
            self.walkers
                .step(&mut self.book.bits, &mut self.counts, stretch, adapt);
            left -= stretch;
            ladders.count(stretch, &mut self.counts, &mut self.total);
            ladders.swap(&mut *self.walkers);
        }
    }

    pub(super) fn clear_tally(&mut self) {
        self.counts.fill(StepCounts::default());
        self.total = StepCounts::default();
        if let Some(ladders) = &mut self.book.ladders {
            ladders.clear();
        }
    }

    /// What a chain did since it was last asked.
    fn take_tally(&mut self, chain: usize) -> StepCounts {
        let counts = match &mut self.book.ladders {
            Some(ladders) => ladders.counts(chain),
            None => &mut self.counts[chain],
        };
        std::mem::take(counts)
    }

    /// Advances by `draws` draws, `thin` steps each, and writes them down.
    pub(super) fn record(&mut self, thin: u64, draws: usize, part: &mut Part<'_>) {
        for draw in 0..draws {
            self.advance(thin, false);
            for chain in 0..self.chains() {
                let counts = self.take_tally(chain);
                let (x, log_prob) = self.walkers.look(self.recorded(chain));
                let row = chain * draws + draw;
                part.log_prob[row] = self.grid.round(log_prob);
                part.hamming[row] = hamming(x, self.reference) as f64;
                part.accepted[row] = counts.accepted as f64 / counts.steps as f64;
                part.sites_changed[row] = counts.sites_changed as f64 / thin as f64;
                self.symbols.add(x);
                let sites = x.len();
                if let Some(all) = part.x.get_mut(row * sites..(row + 1) * sites) {
                    all.copy_from_slice(x);
                }
                add(&mut self.total, &counts);
            }
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
    x: &'c mut [u8],
    log_prob: &'c mut [f64],
    hamming: &'c mut [f64],
    accepted: &'c mut [f64],
    sites_changed: &'c mut [f64],
}

impl Columns {
    /// `sites` is 0 where configurations are not kept.
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

    /// One part for each block, of so many chains.
    pub(super) fn split(&mut self, chains: &[usize], draws: usize) -> Vec<Part<'_>> {
        let mut rest = Part {
            x: &mut self.x,
            log_prob: &mut self.log_prob,
            hamming: &mut self.hamming,
            accepted: &mut self.accepted,
            sites_changed: &mut self.sites_changed,
        };
        let sites = self.sites;
        let mut take = |chains: usize| {
            let rows = chains * draws;
            Part {
                x: front(&mut rest.x, rows * sites),
                log_prob: front(&mut rest.log_prob, rows),
                hamming: front(&mut rest.hamming, rows),
                accepted: front(&mut rest.accepted, rows),
                sites_changed: front(&mut rest.sites_changed, rows),
            }
        };
        chains.iter().map(|&n| take(n)).collect()
    }
}

/// Takes `len` elements off the front of a slice.
pub(super) fn front<'c, E>(slice: &mut &'c mut [E], len: usize) -> &'c mut [E] {
    let (front, rest) = std::mem::take(slice).split_at_mut(len);
    *slice = rest;
    front
}
