use super::tempered::Rungs;
use crate::generator::Generator;
use crate::record::{Grid, SymbolCounts, hamming};
use gwg_core::{Kernel, Real, Tally, Target, Walker};

/// Some chains that one thread steps; the replicas of a chain are neighbours.
pub(super) struct Block<'a, R, S> {
    pub(super) first_chain: usize,
    pub(super) walkers: Vec<Walker<'a, R, S>>,
    pub(super) scratch: &'a mut [R],
    pub(super) bits: Vec<Generator>,
    /// Since the last draw, one a walker.
    pub(super) tally: Vec<Tally>,
    /// Before that, of all walkers.
    pub(super) total: Tally,
    pub(super) counts: SymbolCounts,
    /// The run's fixed random state.
    pub(super) reference: &'a [u8],
    /// What values of `f` are rounded to.
    pub(super) grid: Grid,
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

impl<'a, R: Real, S> Block<'a, R, S> {
    pub(super) fn init<T, K>(&mut self, target: &T, kernel: &K)
    where
        T: Target<Real = R>,
        K: Kernel<T, State<'a> = S>,
    {
        kernel.init(target, &mut self.walkers, self.scratch);
    }

    pub(super) fn chains(&self) -> usize {
        self.rungs
            .as_ref()
            .map_or(self.walkers.len(), Rungs::chains)
    }

    /// The walker of a chain, from 0 in this block, that is recorded: the one at the target's temperature.
    pub(super) fn recorded(&self, chain: usize) -> usize {
        self.rungs
            .as_ref()
            .map_or(chain, |rungs| rungs.coldest(chain))
    }

    /// Brings the target's temperature to `beta`, and every level to its fraction of it.
    pub(super) fn retemper<T, K>(&mut self, target: &T, kernel: &K, beta: f64, ladder: &[f64])
    where
        T: Target<Real = R>,
        K: Kernel<T, State<'a> = S>,
    {
        for chain in 0..self.chains() {
            for (level, fraction) in ladder.iter().enumerate() {
                let walker = self
                    .rungs
                    .as_ref()
                    .map_or(chain, |rungs| rungs.at(chain, level));
                self.walkers[walker].beta = R::from_f64(beta * fraction);
            }
        }
        kernel.retemper(target, &mut self.walkers, self.scratch);
    }

    /// So many steps of every walker, and the swaps that fall due.
    pub(super) fn advance<T, K>(&mut self, target: &T, kernel: &K, steps: u64, adapt: bool)
    where
        T: Target<Real = R>,
        K: Kernel<T, State<'a> = S>,
    {
        let Some(mut rungs) = self.rungs.take() else {
            return self.step(target, kernel, steps, adapt);
        };
        let mut left = steps;
        while left > 0 {
            let stretch = left.min(rungs.until_swap);
            self.step(target, kernel, stretch, adapt);
            left -= stretch;
            rungs.count(stretch, &mut self.tally, &mut self.total);
            rungs.swap(target, kernel, &mut self.walkers, self.scratch);
        }
        self.rungs = Some(rungs);
    }

    fn step<T, K>(&mut self, target: &T, kernel: &K, steps: u64, adapt: bool)
    where
        T: Target<Real = R>,
        K: Kernel<T, State<'a> = S>,
    {
        crate::advance(
            target,
            kernel,
            &mut self.walkers,
            self.scratch,
            &mut self.bits,
            &mut self.tally,
            steps,
            adapt,
        );
    }

    pub(super) fn clear_tally(&mut self) {
        self.tally.fill(Tally::default());
        self.total = Tally::default();
        if let Some(rungs) = &mut self.rungs {
            rungs.clear();
        }
    }

    /// What a chain did since it was last asked.
    fn take_tally(&mut self, chain: usize) -> Tally {
        let tally = match &mut self.rungs {
            Some(rungs) => rungs.tally(chain),
            None => &mut self.tally[chain],
        };
        std::mem::take(tally)
    }

    /// Advances by `draws` draws, `thin` steps each, and writes them down.
    pub(super) fn record<T, K>(
        &mut self,
        target: &T,
        kernel: &K,
        thin: u64,
        draws: usize,
        part: &mut Part<'_>,
    ) where
        T: Target<Real = R>,
        K: Kernel<T, State<'a> = S>,
    {
        for draw in 0..draws {
            self.advance(target, kernel, thin, false);
            for chain in 0..self.chains() {
                let tally = self.take_tally(chain);
                let w = &self.walkers[self.recorded(chain)];
                let row = chain * draws + draw;
                part.log_prob[row] = self.grid.round(w.log_prob());
                part.hamming[row] = hamming(w.x, self.reference) as f64;
                part.accepted[row] = tally.accepted as f64 / tally.steps as f64;
                part.hops[row] = tally.hops as f64 / tally.steps as f64;
                self.counts.add(w.x);
                let sites = w.x.len();
                if let Some(x) = part.x.get_mut(row * sites..(row + 1) * sites) {
                    x.copy_from_slice(w.x);
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
    pub(super) fn new(chains: usize, draws: usize, sites: usize) -> Self {
        let column = || vec![0.0; chains * draws];
        Self {
            sites,
            x: vec![0; chains * draws * sites],
            log_prob: column(),
            hamming: column(),
            accepted: column(),
            hops: column(),
        }
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
