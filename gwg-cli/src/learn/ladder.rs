//! `--ladder` of `gwg learn`: tempering along the models of the training.

use crate::failure::Failure;
use gwg_chains::{Frame, Threads};
use gwg_learn::{GrowingLadder, Growth, GrowthOptions, SweptModel};

/// Chains of each model of the ladder at most.
const CHAINS: usize = 100;

/// Training with a ladder.
const SAVED: Frame = Frame::new(b"gwgltmp", 1);

/// The trainer, the ladder, and the figures of its exchanges.
type Saved = (Vec<u8>, Vec<u8>, (f64, u64));

/// Named figures.
type Values = Vec<(&'static str, f64)>;

/// A ladder, and what the exchanges with it found.
pub(super) struct Tempering<M: SweptModel> {
    ladder: GrowingLadder<M>,
    /// The acceptance of the last exchanges.
    exchange: f64,
    arrivals: u64,
}

impl<M: SweptModel + Clone> Tempering<M> {
    /// A ladder of one model, without couplings, below a model of so many chains.
    pub(super) fn new(first: M, chains: usize, seed: u64, threads: &Threads) -> Self {
        let growth = GrowthOptions {
            chains: chains.min(CHAINS),
            seed,
            ..GrowthOptions::default()
        };
        Self {
            ladder: GrowingLadder::new(first, growth, threads),
            exchange: f64::NAN,
            arrivals: 0,
        }
    }

    /// Updates from one round of exchanges to the next: so many that the ladder takes about as long as the chains.
    fn interval(&self, sweeps: usize, chains: usize) -> u64 {
        let growth = self.ladder.options();
        // A round of exchanges takes about two sweeps more.
        let of_ladder = self.ladder.ladder().len() * growth.chains * (growth.sweeps + 2);
        of_ladder.div_ceil(sweeps * chains).max(1) as u64
    }

    /// Exchanges states where it is due after an update with so many sweeps of so many chains.
    pub(super) fn follow(
        &mut self,
        update: u64,
        (sweeps, chains): (usize, usize),
        exchange: impl FnOnce(&mut GrowingLadder<M>) -> Growth,
    ) {
        if update.is_multiple_of(self.interval(sweeps, chains)) {
            let found = exchange(&mut self.ladder);
            self.exchange = found.acceptance;
            self.arrivals += found.arrivals as u64;
        }
    }

    pub(super) fn figures(&self) -> Values {
        vec![
            ("models", self.ladder.ladder().len() as f64),
            ("exchange", self.exchange),
            ("arrivals", self.arrivals as f64),
        ]
    }

    /// The estimate of `log Z` along the ladder, and with the mean of `f` of the data their mean log-likelihood.
    pub(super) fn log_z(&self, present: &M, chains: &M::Chains, data: f64) -> Values {
        match self.ladder.log_z(present, chains) {
            Ok(found) => vec![
                ("log_z", found.value),
                ("log_z_error", found.standard_error),
                ("log_likelihood", data - found.value),
            ],
            // Of too few chains there is none.
            Err(_) => Vec::new(),
        }
    }

    /// The models, from one without couplings on.
    pub(super) fn models(&self) -> impl Iterator<Item = &M> {
        self.ladder.ladder().models()
    }

    /// All that the rest of the training depends on, with the trainer's own.
    pub(super) fn save(&self, trainer: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let all = (trainer, self.ladder.save(), (self.exchange, self.arrivals));
        SAVED.encode(&all).map_err(Failure::run)
    }

    /// Goes on with a ladder after `resume` took up the trainer's own bytes.
    pub(super) fn resume(
        &mut self,
        bytes: &[u8],
        resume: impl FnOnce(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let saved: Result<Saved, _> = SAVED.decode(bytes);
        let (trainer, models, figures) = saved.map_err(|error| {
            Failure::usage(format!(
                "{error}; with --ladder, what was saved without it does not go on"
            ))
        })?;
        resume(&trainer)?;
        self.ladder.resume(&models).map_err(Failure::usage)?;
        (self.exchange, self.arrivals) = figures;
        Ok(())
    }
}
