use super::Common;
use super::lend::{apart, full};
use super::tempered::Rungs;
use super::walkers::Walkers;
use crate::generator::Generator;
use crate::plan::RunError;
use crate::record::{Grid, SymbolCounts, hamming};
use gwg_core::Tally;

/// Some chains that one thread steps; the replicas of a chain are neighbours.
pub(super) struct Block<'a> {
    pub(super) book: Book<'a>,
    pub(super) walkers: Box<dyn Walkers + 'a>,
    /// Since the last draw, one a walker.
    pub(super) tally: Vec<Tally>,
    /// Before that, of all walkers.
    pub(super) total: Tally,
    pub(super) counts: SymbolCounts,
    reference: &'a [u8],
    grid: Grid,
}

/// What a block has beside its walkers.
pub(super) struct Book<'a> {
    pub(super) first_chain: usize,
    /// One generator a walker.
    pub(super) bits: Vec<Generator>,
    /// The temperatures of the replicas; `None` where each walker is a chain.
    pub(super) rungs: Option<Rungs<'a>>,
}

pub(super) fn add(total: &mut Tally, one: &Tally) {
    total.steps += one.steps;
    total.accepted += one.accepted;
    total.hops += one.hops;
    total.values += one.values;
    total.gradients += one.gradients;
}

impl<'a> Block<'a> {
    pub(super) fn new(
        book: Book<'a>,
        walkers: Box<dyn Walkers + 'a>,
        common: &Common<'a>,
    ) -> Result<Self, RunError> {
        let mut tally = apart(walkers.len())?;
        tally.resize(walkers.len(), Tally::default());
        Ok(Self {
            book,
            walkers,
            tally,
            total: Tally::default(),
            counts: SymbolCounts::new(common.sites, common.states),
            reference: common.reference,
            grid: common.grid,
        })
    }

    pub(super) fn chains(&self) -> usize {
        self.book
            .rungs
            .as_ref()
            .map_or(self.walkers.len(), Rungs::chains)
    }

    /// The walker of a chain, from 0 in this block, that is recorded: the one at the target's temperature.
    pub(super) fn recorded(&self, chain: usize) -> usize {
        self.book
            .rungs
            .as_ref()
            .map_or(chain, |rungs| rungs.coldest(chain))
    }

    /// Brings the target's temperature to `beta`, and every level to its fraction of it.
    pub(super) fn retemper(&mut self, beta: f64, ladder: &[f64]) {
        for chain in 0..self.chains() {
            for (level, fraction) in ladder.iter().enumerate() {
                let rungs = self.book.rungs.as_ref();
                let walker = rungs.map_or(chain, |rungs| rungs.at(chain, level));
                self.walkers.set_beta(walker, beta * fraction);
            }
        }
        self.walkers.retemper();
    }

    /// So many steps of every walker, and the swaps that fall due.
    pub(super) fn advance(&mut self, steps: u64, adapt: bool) {
        let Some(rungs) = &mut self.book.rungs else {
            return self
                .walkers
                .step(&mut self.book.bits, &mut self.tally, steps, adapt);
        };
        let mut left = steps;
        while left > 0 {
            let stretch = left.min(rungs.until_swap);
            self.walkers
                .step(&mut self.book.bits, &mut self.tally, stretch, adapt);
            left -= stretch;
            rungs.count(stretch, &mut self.tally, &mut self.total);
            rungs.swap(&mut *self.walkers);
        }
    }

    pub(super) fn clear_tally(&mut self) {
        self.tally.fill(Tally::default());
        self.total = Tally::default();
        if let Some(rungs) = &mut self.book.rungs {
            rungs.clear();
        }
    }

    /// What a chain did since it was last asked.
    fn take_tally(&mut self, chain: usize) -> Tally {
        let tally = match &mut self.book.rungs {
            Some(rungs) => rungs.tally(chain),
            None => &mut self.tally[chain],
        };
        std::mem::take(tally)
    }

    /// Advances by `draws` draws, `thin` steps each, and writes them down.
    pub(super) fn record(&mut self, thin: u64, draws: usize, part: &mut Part<'_>) {
        for draw in 0..draws {
            self.advance(thin, false);
            for chain in 0..self.chains() {
                let tally = self.take_tally(chain);
                let (x, log_prob) = self.walkers.look(self.recorded(chain));
                let row = chain * draws + draw;
                part.log_prob[row] = self.grid.round(log_prob);
                part.hamming[row] = hamming(x, self.reference) as f64;
                part.accepted[row] = tally.accepted as f64 / tally.steps as f64;
                part.hops[row] = tally.hops as f64 / thin as f64;
                self.counts.add(x);
                let sites = x.len();
                if let Some(all) = part.x.get_mut(row * sites..(row + 1) * sites) {
                    all.copy_from_slice(x);
                }
                add(&mut self.total, &tally);
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
    pub(super) hops: Vec<f64>,
}

/// The share of one block in them.
pub(super) struct Part<'c> {
    x: &'c mut [u8],
    log_prob: &'c mut [f64],
    hamming: &'c mut [f64],
    accepted: &'c mut [f64],
    hops: &'c mut [f64],
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
            hops: column()?,
        })
    }

    /// Makes them `draws` long; only ever shorter.
    pub(super) fn resize(&mut self, chains: usize, draws: usize) {
        self.x.truncate(chains * draws * self.sites);
        for column in [
            &mut self.log_prob,
            &mut self.hamming,
            &mut self.accepted,
            &mut self.hops,
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
            hops: &mut self.hops,
        };
        let sites = self.sites;
        let mut take = |chains: usize| {
            let rows = chains * draws;
            Part {
                x: front(&mut rest.x, rows * sites),
                log_prob: front(&mut rest.log_prob, rows),
                hamming: front(&mut rest.hamming, rows),
                accepted: front(&mut rest.accepted, rows),
                hops: front(&mut rest.hops, rows),
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
