//! Restricted Boltzmann machines, by two-block Gibbs sampling of every chain at once.

use super::checks::{optimizer, penalty, schedule};
use super::engine::{Engine, Figures};
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use gwg_chains::Threads;
use gwg_learn::{LadderBuilder, RbmLayers, RbmOptions, RbmTrainer};
use gwg_registry::Model;
use std::borrow::Cow;
use std::path::Path;

const RATE: f64 = 0.01;

/// Updates between two looks at whether a model becomes a rung, and the least acceptance of exchanges with the last.
const LOOK: u64 = 50;
const LEAST: f64 = 0.3;

/// Sweeps of the last rung's chains at each look.
const RUNG_SWEEPS: usize = 20;

pub(super) struct RbmEngine {
    trainer: RbmTrainer,
    ladder: Option<LadderBuilder<RbmLayers>>,
}

impl RbmEngine {
    pub(super) fn new(
        hidden: usize,
        flags: &LearnFlags,
        rows: &Rows,
        threads: &Threads,
    ) -> Result<Self, Failure> {
        if flags.pearson.is_some() {
            return Err(Failure::usage("--pearson: only of potts and ising"));
        }
        let options = RbmOptions {
            hidden,
            chains: flags.chains.unwrap_or(100),
            batch: flags.batch.unwrap_or(100),
            sweeps: flags.steps_per_update.unwrap_or(10),
            schedule: schedule(flags, RATE)?,
            optimizer: optimizer(flags)?,
            penalty: penalty(flags)?,
            centered: !flags.plain,
            seed: flags.work.seed,
            ..RbmOptions::default()
        };
        let chains = options.chains.min(100);
        let trainer = RbmTrainer::new(&rows.data, options, threads).map_err(Failure::usage)?;
        let ladder = flags.ladder.as_ref().map(|_| {
            let first = RbmLayers {
                weights: vec![0.0; trainer.layers().weights.len()],
                ..trainer.layers().clone()
            };
            LadderBuilder::new(first, chains, LEAST, flags.work.seed)
        });
        Ok(Self { trainer, ladder })
    }
}

impl Engine for RbmEngine {
    fn updates(&self) -> u64 {
        self.trainer.updates()
    }

    fn update(&mut self) -> Result<Figures, Failure> {
        let update = self.trainer.update();
        if !update.gradient.is_finite() {
            return Err(Failure::run(
                "the parameters became infinite; a smaller --rate may help",
            ));
        }
        let mut values = vec![
            ("data", update.data),
            ("model", update.model),
            ("gradient", update.gradient),
            ("rate", update.rate),
        ];
        if let Some(ladder) = &mut self.ladder {
            if update.update.is_multiple_of(LOOK) {
                let rows = self.trainer.chains().rows();
                ladder.consider(self.trainer.layers(), &rows, RUNG_SWEEPS);
            }
            values.push(("rungs", ladder.rungs().len() as f64));
        }
        Ok(Figures {
            update: update.update,
            values,
        })
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

    fn save(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.trainer.save())
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.trainer.resume(bytes).map_err(Failure::usage)
    }

    fn write(&self, path: &Path, _: &Rows) -> Result<(), Failure> {
        let model = self.trainer.layers().to_model().map_err(Failure::run)?;
        Model::from(model)
            .save(path)
            .map_err(|error| Failure::run(format!("--out: {error}")))
    }

    fn write_ladder(&self, path: &Path) -> Result<(), Failure> {
        let Some(ladder) = &self.ladder else {
            return Ok(());
        };
        let mut models = ladder.rungs().to_vec();
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
