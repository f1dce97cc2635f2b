//! Restricted Boltzmann machines, by two-block Gibbs sampling of every chain at once.

use super::checks::{
    average, clip, optimizer, penalty, refuse_sampler_flags, refuse_sweep_flags, schedule,
};
use super::engine::{Engine, Figures};
use super::resampled::MORE_SWEEPS;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, session};
use gwg_chains::{Frame, Threads};
use gwg_learn::{
    Adaptation, Data, GrowingLadder, GrowthOptions, Moments, RbmLayers, RbmOptions, RbmTrainer,
    RbmUpdate, ResampleOptions,
};
use gwg_registry::Model;
use std::borrow::Cow;
use std::path::Path;

const RATE: f64 = 0.01;

/// Chains of each model of the ladder at most.
const LADDER_CHAINS: usize = 100;

/// Training with a ladder.
const SAVED: Frame = Frame::new(b"gwglrbm", 1);

/// The trainer, the ladder, and the figures of its exchanges.
type Saved = (Vec<u8>, Vec<u8>, (f64, u64));

pub(super) struct RbmEngine {
    trainer: RbmTrainer,
    ladder: Option<GrowingLadder<RbmLayers>>,
    /// What the last exchanges with the ladder found: their acceptance.
    exchange: f64,
    arrivals: u64,
    /// Frequencies of the data, once they are needed.
    target: Option<Moments>,
}

/// Newly started chains, at least.
const FEWEST_RESAMPLED: usize = 200;

/// Rows whose frequencies of pairs are computed at most.
const ROWS: usize = 2000;

/// Frequencies of some rows of the data, equally far apart.
fn moments(trainer: &RbmTrainer) -> Moments {
    let data = trainer.data();
    let rows = (0..data.rows()).step_by(data.rows().div_ceil(ROWS));
    let symbols = rows.clone().flat_map(|row| data.row(row)).copied();
    let weights = rows.map(|row| data.weights()[row]).collect();
    let some = Data::new(symbols.collect(), data.sites(), data.states());
    let some = some.and_then(|some| some.with_weights(weights));
    Moments::new(
        &some.unwrap_or_else(|_| data.clone()),
        0.0,
        trainer.threads(),
    )
}

impl RbmEngine {
    pub(super) fn new(
        hidden: usize,
        flags: &LearnFlags,
        rows: &Rows,
        threads: &Threads,
    ) -> Result<Self, Failure> {
        refuse_sweep_flags(flags)?;
        refuse_sampler_flags(flags)?;
        let options = RbmOptions {
            hidden,
            chains: flags.chains.unwrap_or(100),
            batch: flags.batch.unwrap_or(100),
            sweeps: flags.steps_per_update.unwrap_or(10),
            schedule: schedule(flags, RATE)?,
            optimizer: optimizer(flags)?,
            penalty: penalty(flags)?,
            centered: !flags.plain,
            adapt: flags.adapt.then(Adaptation::default),
            clip: clip(flags)?,
            average: average(flags)?,
            seed: flags.work.seed,
            ..RbmOptions::default()
        };
        let growth = GrowthOptions {
            chains: options.chains.min(LADDER_CHAINS),
            seed: flags.work.seed,
            ..GrowthOptions::default()
        };
        let trainer = RbmTrainer::new(&rows.data, options, threads).map_err(Failure::usage)?;
        let ladder = flags.ladder.as_ref().map(|_| {
            let first = RbmLayers {
                weights: vec![0.0; trainer.layers().weights.len()],
                ..trainer.layers().clone()
            };
            GrowingLadder::new(first, growth, threads)
        });
        Ok(Self {
            trainer,
            ladder,
            exchange: f64::NAN,
            arrivals: 0,
            target: None,
        })
    }

    /// Updates from one round of exchanges to the next: so many that the ladder takes about as long as the chains.
    fn interval(&self, ladder: &GrowingLadder<RbmLayers>, update: &RbmUpdate) -> u64 {
        let growth = ladder.options();
        // A round of exchanges takes about two sweeps more.
        let of_ladder = ladder.ladder().len() * growth.chains * (growth.sweeps + 2);
        let of_update = update.sweeps * self.trainer.chains().len();
        of_ladder.div_ceil(of_update).max(1) as u64
    }
}

impl Engine for RbmEngine {
    fn updates(&self) -> u64 {
        self.trainer.updates()
    }

    fn update(&mut self) -> Result<Option<Figures>, Failure> {
        let Some(update) = self.trainer.update_until(session::stop()) else {
            return Ok(None);
        };
        let mut values = vec![
            ("data", update.data),
            ("model", update.model),
            ("gradient", update.gradient),
            ("rate", update.rate),
            ("moved", update.moved),
        ];
        if self.trainer.options().adapt.is_some() {
            values.push(("sweeps", update.sweeps as f64));
        }
        if let Some(mut ladder) = self.ladder.take() {
            if update
                .update
                .is_multiple_of(self.interval(&ladder, &update))
            {
                let found = self.trainer.exchange(&mut ladder);
                self.exchange = found.acceptance;
                self.arrivals += found.arrivals as u64;
            }
            values.push(("models", ladder.ladder().len() as f64));
            values.push(("exchange", self.exchange));
            values.push(("arrivals", self.arrivals as f64));
            self.ladder = Some(ladder);
        }
        Ok(Some(Figures {
            update: update.update,
            values,
        }))
    }

    fn largest(&self) -> f64 {
        let layers = self.trainer.layers();
        let biases = layers.visible_bias.iter().chain(&layers.hidden_bias);
        diverged::largest(layers.weights.iter().chain(biases))
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let options = self.trainer.options();
        vec![
            ("chains", options.chains.to_string()),
            ("steps per update", options.sweeps.to_string()),
            ("batch", options.batch.to_string()),
            ("rate", options.schedule.rate.to_string()),
        ]
    }

    fn resampled(&mut self) -> Option<f64> {
        let options = self.trainer.options();
        let options = ResampleOptions {
            chains: options.chains.max(FEWEST_RESAMPLED),
            sweeps: MORE_SWEEPS * options.sweeps,
            seed: !options.seed,
        };
        let target = self.target.get_or_insert_with(|| moments(&self.trainer));
        Some(self.trainer.resampled(target, &options).pearson())
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        let trainer = self.trainer.save();
        match &self.ladder {
            Some(ladder) => {
                let figures = (self.exchange, self.arrivals);
                let all = (trainer, ladder.save(), figures);
                SAVED.encode(&all).map_err(Failure::run)
            }
            None => Ok(trainer),
        }
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(ladder) = &mut self.ladder else {
            return self.trainer.resume(bytes).map_err(Failure::usage);
        };
        let saved: Result<Saved, _> = SAVED.decode(bytes);
        let (trainer, models, figures) = saved.map_err(|error| {
            Failure::usage(format!(
                "{error}; with --ladder, what was saved without it does not go on"
            ))
        })?;
        self.trainer.resume(&trainer).map_err(Failure::usage)?;
        ladder.resume(&models).map_err(Failure::usage)?;
        (self.exchange, self.arrivals) = figures;
        Ok(())
    }

    fn write(&mut self, path: &Path, _: &Rows) -> Result<(), Failure> {
        let learned = self.trainer.average();
        let learned = learned.unwrap_or_else(|| self.trainer.layers());
        let model = match learned.units {
            1 => learned.to_model().map(Model::from),
            _ => learned.to_categorical().map(Model::from),
        };
        model
            .map_err(Failure::run)?
            .save(path)
            .map_err(|error| Failure::run(format!("--out: {error}")))
    }

    fn write_ladder(&self, path: &Path) -> Result<(), Failure> {
        let Some(ladder) = &self.ladder else {
            return Ok(());
        };
        let mut models: Vec<RbmLayers> = ladder.ladder().models().cloned().collect();
        models.push(self.trainer.layers().clone());
        gwg_learn::write_ladder(path, &models)
            .map_err(|error| Failure::run(format!("--ladder: {error}")))
    }

    fn states(&self) -> Vec<u8> {
        self.trainer.chains().rows()
    }

    fn layers(&self) -> Option<Cow<'_, RbmLayers>> {
        Some(Cow::Borrowed(self.trainer.layers()))
    }
}
