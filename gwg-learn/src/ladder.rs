//! Parallel trajectory tempering: chains of the models that a model was on its way of learning, which exchange states.

mod along;
mod family;
mod file;
mod grow;
mod saved;
mod swap;

pub use family::{SweptModel, SweptPotts};
pub use file::{read_ladder, read_potts_ladder, write_ladder, write_potts_ladder};
pub use grow::{GrowingLadder, Growth, GrowthOptions};
pub use gwg_models::io::LadderFileError;

use crate::log_z::{Estimate, LogZError, bar};
use gwg_chains::{Generator, Threads, generator};
use swap::{Pair, exchange};

/// Chains of each of several models, from one of independent sites to the one that is to be sampled: parallel trajectory tempering
/// (Béreux, Decelle, Furtlehner, Rosset and Seoane 2024).
///
/// A step sweeps the chains of every model, and then proposes that chain `n` of one model and chain `n` of the next exchange states, which is
/// accepted with probability `min(1, exp(f_t(y) + f_u(x) - f_t(x) - f_u(y)))`: for even pairs in one step, for odd ones in the next. The first model has
/// no couplings, so that a sweep of it draws independent states: whatever a chain of the last model is stuck in, states that were drawn independently
/// reach it ([`arrivals`](Self::arrivals)).
///
/// # Cost
/// A sweep and two evaluations of `f` per model, chain and step.
///
/// # Reproducibility
/// The same bits for any number of threads.
#[derive(Debug)]
pub struct Ladder<M: SweptModel> {
    levels: Vec<Level<M>>,
    /// The exchange of each level with the next.
    pairs: Vec<Pair>,
    /// Of the decisions, one for each chain.
    generators: Vec<Generator>,
    steps: u64,
    threads: Threads,
}

/// A model and its chains.
#[derive(Debug)]
struct Level<M: SweptModel> {
    model: M,
    chains: M::Chains,
    /// Of each chain, true where its state was at the first level since it was last at the last one.
    fresh: Vec<bool>,
}

/// The logarithm of the partition function along a ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct LadderLogZ {
    /// Of the last model, with its standard error.
    pub estimate: Estimate,
    /// The difference of each neighboring pair.
    pub differences: Vec<f64>,
}

/// Parts of a run whose estimates are compared for the standard error.
const PARTS: usize = 10;

impl<M: SweptModel> Ladder<M> {
    /// Chains of each model, `chains` each, that begin at draws of the first.
    ///
    /// # Panics
    /// Without a model or a chain, or if models have different shapes.
    #[must_use]
    pub fn new(models: Vec<M>, chains: usize, seed: u64, threads: &Threads) -> Self {
        assert!(!models.is_empty() && chains > 0, "a model and a chain");
        let first = &models[0];
        let mut own = first.chains(&vec![0; chains * first.sites()], level_seed(seed, 0));
        // Every model's chains begin at other draws of the first model.
        let draws = models.iter().map(|_| {
            first.sweep(&mut own, 1);
            first.rows(&own)
        });
        let starts = draws.collect();
        Self::with_states(models, starts, seed, threads)
    }

    /// Chains of each model that begin at given states, row-major: as many for each model.
    ///
    /// # Panics
    /// Without a model or a chain, or if models or states have different shapes.
    #[must_use]
    pub fn with_states(models: Vec<M>, states: Vec<Vec<u8>>, seed: u64, threads: &Threads) -> Self {
        assert!(
            !models.is_empty() && models.len() == states.len(),
            "states of each model"
        );
        let (sites, symbols) = (models[0].sites(), states[0].len());
        let chains = symbols / sites;
        assert!(
            chains > 0 && chains * sites == symbols,
            "a chain, and whole rows"
        );
        let fits = |(m, x): (&M, &Vec<u8>)| m.sites() == sites && x.len() == symbols;
        assert!(
            models.iter().zip(&states).all(fits),
            "models and states of one shape"
        );
        let levels = models.into_iter().zip(&states).enumerate();
        let levels: Vec<Level<M>> = levels
            .map(|(k, (model, states))| Level {
                chains: model.chains(states, level_seed(seed, k)),
                fresh: vec![k == 0; chains],
                model,
            })
            .collect();
        let last = levels.len() - 1;
        Self {
            pairs: (0..last).map(|_| Pair::default()).collect(),
            generators: (0..chains as u64)
                .map(|chain| generator(level_seed(seed, usize::MAX), chain))
                .collect(),
            levels,
            steps: 0,
            threads: threads.clone(),
        }
    }

    /// The number of models.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.len()
    }

    /// False: there is a model.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// The models.
    pub fn models(&self) -> impl Iterator<Item = &M> {
        self.levels.iter().map(|level| &level.model)
    }

    /// The states of the last model's chains, row-major.
    #[must_use]
    pub fn rows(&self) -> Vec<u8> {
        let last = &self.levels[self.levels.len() - 1];
        last.model.rows(&last.chains)
    }

    /// Steps of sweeps and exchanges; where `record`, the differences of `f` that [`log_z`](Self::log_z) needs are kept.
    pub fn advance(&mut self, steps: usize, sweeps: usize, record: bool) {
        for _ in 0..steps {
            self.step(sweeps, record);
            self.count_arrivals();
        }
    }

    fn step(&mut self, sweeps: usize, record: bool) {
        self.threads.each(&mut self.levels, |level| {
            level.model.sweep(&mut level.chains, sweeps);
        });
        self.exchange(record);
        self.steps += 1;
    }

    /// Counts the states that were drawn independently and have arrived at the last model.
    fn count_arrivals(&mut self) {
        let last = self.levels.len() - 1;
        if last > 0 {
            let arrived = &mut self.levels[last].fresh;
            let count = arrived.iter().filter(|&&fresh| fresh).count();
            self.pairs[last - 1].arrivals += count as u64;
            arrived.fill(false);
        }
    }

    /// Proposes exchanges of every second pair of neighbors.
    fn exchange(&mut self, record: bool) {
        let parity = (self.steps % 2) as usize;
        let mut pairs = self.pairs.iter_mut().skip(parity).step_by(2);
        let levels = self.levels[parity..].chunks_exact_mut(2);
        let mut both: Vec<_> = levels
            .map(|levels| {
                let units = self.generators.iter_mut().map(gwg_core::Bits::unit);
                let units: Vec<f64> = units.collect();
                (levels, pairs.next(), units)
            })
            .collect();
        self.threads.each(&mut both, |(levels, pair, units)| {
            if let ([lower, upper], Some(pair)) = (&mut **levels, pair) {
                exchange(lower, upper, pair, units, record);
            }
        });
        self.levels[0].fresh.fill(true);
    }

    /// The mean acceptance probability of the exchange of each model with the next; NaN before the first.
    #[must_use]
    pub fn acceptance(&self) -> Vec<f64> {
        self.pairs.iter().map(Pair::acceptance).collect()
    }

    /// How often a state that was drawn independently at the first model arrived at the last one: a lower bound of the number of independent draws.
    #[must_use]
    pub fn arrivals(&self) -> u64 {
        self.pairs.last().map_or(0, |pair| pair.arrivals)
    }

    /// The logarithm of the last model's partition function: that of the first, and the Bennett acceptance ratio of each pair of neighbors.
    ///
    /// The standard error is that of ten parts of the recorded steps.
    ///
    /// # Errors
    /// [`LogZError::TooFew`] where fewer than ten steps of each pair were recorded, or the first model has couplings.
    pub fn log_z(&self) -> Result<LadderLogZ, LogZError> {
        let (all, chains) = (PARTS, self.generators.len());
        let Some(first) = self.levels[0].model.independent_log_z() else {
            return Err(LogZError::TooFew {
                what: "models without couplings at the start of the ladder",
                found: 0,
                allowed: 1,
            });
        };
        let (mut differences, mut parts) = (Vec::new(), vec![first; all]);
        for pair in &self.pairs {
            let (lower, upper) = (&pair.lower, &pair.upper);
            let steps = lower.len() / chains;
            if steps < all {
                return Err(LogZError::TooFew {
                    what: "recorded steps of each pair",
                    found: steps,
                    allowed: all,
                });
            }
            differences.push(bar(lower, upper, None)?.value);
            for (k, sum) in parts.iter_mut().enumerate() {
                let here = k * steps / all * chains..(k + 1) * steps / all * chains;
                *sum += bar(&lower[here.clone()], &upper[here], None)?.value;
            }
        }
        let value = first + differences.iter().sum::<f64>();
        let mean = parts.iter().sum::<f64>() / all as f64;
        let squares = parts.iter().map(|p| (p - mean).powi(2)).sum::<f64>();
        let error = (squares / (all * (all - 1)) as f64).sqrt();
        Ok(LadderLogZ {
            estimate: Estimate::new(crate::log_z::Method::Bar, value, error),
            differences,
        })
    }

    /// A uniform number of each chain.
    fn units(&mut self) -> Vec<f64> {
        let generators = self.generators.iter_mut();
        generators.map(gwg_core::Bits::unit).collect()
    }
}

/// The seed of the chains of a level.
fn level_seed(seed: u64, level: usize) -> u64 {
    gwg_core::SplitMix64::mix(
        seed ^ gwg_core::SplitMix64::mix(level as u64 ^ 0x3c6e_f372_fe94_f82b),
    )
}
