//! Ladders that grow while a model is learned.

use super::saved::SavedLadder;
use super::swap::{self, acceptance, differences};
use super::{Ladder, Level, SweptModel, level_seed};
use crate::saved::ResumeError;
use gwg_chains::Threads;

/// How a ladder grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrowthOptions {
    /// Chains of each model, at most as many as the model that is learned has.
    pub chains: usize,
    /// The acceptance probability of exchanges with the model that is learned below which this becomes a model of the ladder.
    pub least: f64,
    /// Sweeps of every model from one round of exchanges to the next.
    pub sweeps: usize,
    /// Of the chains and the exchanges.
    pub seed: u64,
}

impl Default for GrowthOptions {
    fn default() -> Self {
        Self {
            chains: 100,
            least: 0.3,
            sweeps: 1,
            seed: 0,
        }
    }
}

/// What a round of exchanges found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The mean acceptance probability of exchanges between the last model of the ladder and the one that is learned.
    pub acceptance: f64,
    /// True where the present model became a model of the ladder.
    pub added: bool,
    /// Chains of the present model that received a state which was drawn independently at the first model.
    pub arrivals: usize,
}

/// A ladder below a model that is being learned: parallel trajectory tempering during training (Béreux et al. 2024).
///
/// The chains of the model that is learned exchange states with those of the last model of the ladder, so that independent states of the first one reach
/// them however slowly they move. A copy of the present model joins the ladder once its exchanges with the last one are accepted too rarely; models between
/// neighbors that exchange often enough without them leave it.
///
/// # Reproducibility
/// The same bits for any number of threads; [`save`](Self::save) and [`resume`](Self::resume) keep them.
///
/// # Memory
/// The models and their chains, and 1600 bytes per model and chain for [`log_z`](Self::log_z).
#[derive(Debug)]
pub struct GrowingLadder<M: SweptModel> {
    pub(super) ladder: Ladder<M>,
    options: GrowthOptions,
    /// Models that joined since models that are not needed were looked for.
    pub(super) joined: u64,
    /// The first chain of the learned model that exchanges next.
    pub(super) first: u64,
}

/// Rounds of exchanges of a pair of models from which `log Z` is estimated.
pub(super) const ROUNDS: usize = 100;

/// Models that join from one look for models that are not needed to the next, at least.
const JOINED: u64 = 8;

/// The acceptance probability of exchanges between its neighbors at which a model is not needed, as a multiple of the least one.
const ENOUGH: f64 = 1.5;

impl<M: SweptModel + Clone> GrowingLadder<M> {
    /// A ladder of one model, without couplings.
    ///
    /// # Panics
    /// If the model has couplings, or without a chain.
    #[must_use]
    pub fn new(first: M, options: GrowthOptions, threads: &Threads) -> Self {
        assert!(first.independent_log_z().is_some(), "no couplings");
        Self {
            ladder: Ladder::new(vec![first], options.chains, options.seed, threads),
            options,
            joined: 0,
            first: 0,
        }
    }

    /// Sweeps the chains of all models of the ladder, exchanges states of neighbors, and those of the last model with chains of the present one, which take
    /// part in turn where there are more of them.
    ///
    /// # Cost
    /// That of a step of the [ladder](Ladder), and two evaluations of both models at the end.
    ///
    /// # Panics
    /// If the present model has fewer chains than those of the ladder, or another shape.
    pub fn step(&mut self, present: &M, chains: &mut M::Chains) -> Growth {
        self.ladder.step(self.options.sweeps, true);
        for pair in &mut self.ladder.pairs {
            pair.keep(ROUNDS * self.options.chains);
        }
        let mut rows = present.rows(chains);
        let sites = present.sites();
        let (all, own) = (rows.len() / sites, self.options.chains);
        assert!(own <= all, "{all} chains, at least {own}");
        // The chains that take part, the first of them anywhere.
        let first = self.first as usize % all;
        rows.rotate_left(first * sites);
        let units = self.ladder.units();
        let last = self.ladder.levels.len() - 1;
        let level = &mut self.ladder.levels[last];
        let (acceptance, arrivals) =
            swap::with_top(level, present, &mut rows[..own * sites], &units);
        let added = acceptance < self.options.least;
        if added {
            self.join(present.clone(), &rows[..own * sites]);
        }
        rows.rotate_right(first * sites);
        present.set_rows(chains, &rows);
        self.first = self.first.wrapping_add(own as u64);
        Growth {
            acceptance,
            added,
            arrivals,
        }
    }

    fn join(&mut self, model: M, rows: &[u8]) {
        let ladder = &mut self.ladder;
        let seed = level_seed(self.options.seed, (ladder.steps + 1) as usize);
        ladder.levels.push(Level {
            chains: model.chains(rows, seed),
            fresh: vec![false; self.options.chains],
            model,
        });
        ladder.pairs.push(swap::Pair::default());
        self.joined += 1;
        if self.joined >= JOINED.max(self.ladder.levels.len() as u64 / 4) {
            self.joined = 0;
            self.thin();
        }
    }

    /// Takes models out whose neighbors exchange states often enough without them.
    fn thin(&mut self) {
        let enough = (ENOUGH * self.options.least).min(0.9);
        let mut k = 1;
        while k + 1 < self.ladder.levels.len() {
            let [lower, _, upper] = &self.ladder.levels[k - 1..k + 2] else {
                return;
            };
            let [below, above] = [lower, upper].map(|level| {
                let rows = level.model.rows(&level.chains);
                differences(&lower.model, &upper.model, &rows)
            });
            if acceptance(&below, &above) >= enough {
                self.ladder.levels.remove(k);
                self.ladder.pairs.remove(k);
                self.ladder.pairs[k - 1] = swap::Pair::default();
            } else {
                k += 1;
            }
        }
    }

    /// How it grows.
    #[must_use]
    pub fn options(&self) -> &GrowthOptions {
        &self.options
    }

    /// The ladder.
    #[must_use]
    pub fn ladder(&self) -> &Ladder<M> {
        &self.ladder
    }

    /// The ladder of all models and of the one that was learned, whose chains begin at `rows`, as many as those of each model.
    ///
    /// # Panics
    /// If there are other numbers of chains or sites.
    #[must_use]
    pub fn finish(mut self, last: M, rows: &[u8]) -> Ladder<M> {
        let whole = self.options.chains * last.sites();
        assert_eq!(rows.len(), whole, "a row per chain");
        self.joined = 0;
        self.join(last, rows);
        self.ladder.pairs.iter_mut().for_each(|pair| pair.keep(0));
        self.ladder
    }

    /// All that the rest of the run depends on, as bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        SavedLadder::of(self).bytes()
    }

    /// Goes on where a ladder of the same shape was saved.
    ///
    /// # Errors
    /// [`ResumeError`]; the ladder is unchanged in that case.
    pub fn resume(&mut self, bytes: &[u8]) -> Result<(), ResumeError> {
        SavedLadder::read(bytes)?.restore(self)
    }
}
