//! Restricted Boltzmann machines, by two-block Gibbs sampling of every chain at once.

use super::adapted::Said;
use super::checks::{
    average, clip, optimizer, penalty, refuse_sampler_flags, refuse_sweep_flags, schedule,
};
use super::engine::{Engine, Figures};
use super::ladder::Tempering;
use super::resampled::MORE_SWEEPS;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, session};
use gwg_chains::Threads;
use gwg_learn::{Adaptation, Data, Moments, RbmLayers, RbmOptions, RbmTrainer, ResampleOptions};
use gwg_registry::Model;
use std::borrow::Cow;
use std::iter::StepBy;
use std::ops::Range;
use std::path::Path;

const RATE: f64 = 0.01;

pub(super) struct RbmEngine {
    trainer: RbmTrainer,
    ladder: Option<Tempering<RbmLayers>>,
    /// Frequencies of the data, once they are needed.
    target: Option<Moments>,
    said: Said,
}

/// Newly started chains, at least.
const FEWEST_RESAMPLED: usize = 200;

/// Rows whose frequencies of pairs, and whose mean of `f` are computed at most.
const ROWS: usize = 2000;

/// Some rows, equally far apart.
fn some_rows(data: &Data) -> StepBy<Range<usize>> {
    (0..data.rows()).step_by(data.rows().div_ceil(ROWS))
}

/// Frequencies of some rows of the data, equally far apart.
fn moments(trainer: &RbmTrainer) -> Moments {
    let data = trainer.data();
    let rows = some_rows(data);
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
        let (chains, seed) = (options.chains, options.seed);
        let said = Said::new(options.sweeps, options.schedule, flags.work.quiet);
        let trainer = RbmTrainer::new(&rows.data, options, threads).map_err(Failure::usage)?;
        let ladder = flags.ladder.as_ref().map(|_| {
            let first = RbmLayers {
                weights: vec![0.0; trainer.layers().weights.len()],
                ..trainer.layers().clone()
            };
            Tempering::new(first, chains, seed, threads)
        });
        Ok(Self {
            trainer,
            ladder,
            target: None,
            said,
        })
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
            ("excess", update.excess),
        ];
        if self.trainer.options().adapt.is_some() {
            values.push(("sweeps", update.sweeps as f64));
            self.said.follow(update.update, update.sweeps, update.rate);
        }
        if let Some(ladder) = &mut self.ladder {
            let work = (update.sweeps, self.trainer.chains().len());
            ladder.follow(update.update, work, |ladder| self.trainer.exchange(ladder));
            values.extend(ladder.figures());
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

    fn log_z(&self) -> Vec<(&'static str, f64)> {
        let Some(ladder) = &self.ladder else {
            return Vec::new();
        };
        let (layers, data) = (self.trainer.layers(), self.trainer.data());
        let rows: Vec<u8> = some_rows(data).flat_map(|k| data.row(k)).copied().collect();
        let f = layers.log_prob_of(&rows);
        let weights: Vec<f64> = some_rows(data).map(|k| data.weights()[k]).collect();
        let sum: f64 = f.iter().zip(&weights).map(|(f, w)| f * w).sum();
        ladder.log_z(
            layers,
            self.trainer.chains(),
            sum / weights.iter().sum::<f64>(),
        )
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        let trainer = self.trainer.save();
        match &self.ladder {
            Some(ladder) => ladder.save(trainer),
            None => Ok(trainer),
        }
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut resume = |bytes: &[u8]| self.trainer.resume(bytes).map_err(Failure::usage);
        match &mut self.ladder {
            Some(ladder) => ladder.resume(bytes, resume),
            None => resume(bytes),
        }
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
        let mut models: Vec<RbmLayers> = ladder.models().cloned().collect();
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
