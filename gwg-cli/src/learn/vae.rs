//! `vae` of `gwg learn`: variational autoencoders, as baselines.

use super::checks::{optimizer, refuse, refuse_sampler_flags, refuse_sweep_flags, schedule};
use super::engine::{Engine, Figures};
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, outputs};
use gwg_chains::Threads;
use gwg_learn::{Optimizer, VaeError, VaeOptions, VaeTrainer};
use std::path::Path;

const RATE: f64 = 0.001;

/// States that are drawn for pictures and `--samples`, unless --chains says.
const DRAWS: usize = 100;

/// The sizes that a spec names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) latent: usize,
    pub(super) hidden: usize,
    pub(super) layers: usize,
}

impl Sizes {
    /// Reads what comes after `vae:`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let VaeOptions {
            latent,
            hidden,
            layers,
            ..
        } = VaeOptions::default();
        let mut sizes = Self {
            latent,
            hidden,
            layers,
        };
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.parse().ok().filter(|n| (1..=1 << 16).contains(n));
            let to = match key {
                "latent" => Some(&mut sizes.latent),
                "hidden" => Some(&mut sizes.hidden),
                "layers" => Some(&mut sizes.layers),
                _ => None,
            };
            match (to, value) {
                (Some(to), Some(value)) => *to = value,
                _ => {
                    return Err(Failure::usage(format!(
                        "KIND: found `{part}` of vae, allowed are latent=N, hidden=N and layers=N, N integers from 1 to 65536"
                    )));
                }
            }
        }
        Ok(sizes)
    }
}

pub(super) struct VaeEngine {
    trainer: VaeTrainer,
    draws: usize,
    seed: u64,
    force: bool,
    settings: Vec<(&'static str, String)>,
}

impl VaeEngine {
    pub(super) fn new(
        sizes: Sizes,
        flags: &LearnFlags,
        rows: &Rows,
        threads: &Threads,
    ) -> Result<Self, Failure> {
        refuse_sweep_flags(flags)?;
        refuse_sampler_flags(flags)?;
        let given = [
            ("--sampler", flags.sampler.is_some()),
            ("--steps-per-update", flags.steps_per_update.is_some()),
            ("--clip", flags.clip.is_some()),
            ("--average", flags.average.is_some()),
            ("--l1", flags.l1 != 0.0),
            ("--l2", flags.l2 != 0.0),
            ("--plain", flags.plain),
        ];
        refuse(&given, "not of vae")?;
        let options = VaeOptions {
            latent: sizes.latent,
            hidden: sizes.hidden,
            layers: sizes.layers,
            batch: flags.batch.unwrap_or(100),
            schedule: schedule(flags, RATE)?,
            optimizer: match flags.optimizer {
                Some(_) => optimizer(flags)?,
                None => Optimizer::adam(),
            },
            seed: flags.work.seed,
        };
        let settings = vec![
            ("latent numbers", options.latent.to_string()),
            ("features", options.hidden.to_string()),
            ("batch", options.batch.to_string()),
            ("rate", options.schedule.rate.to_string()),
        ];
        Ok(Self {
            trainer: VaeTrainer::new(&rows.data, options, threads).map_err(failure)?,
            draws: flags.chains.unwrap_or(DRAWS),
            seed: flags.work.seed,
            force: flags.work.force,
            settings,
        })
    }
}

impl Engine for VaeEngine {
    fn updates(&self) -> u64 {
        self.trainer.updates()
    }

    fn update(&mut self) -> Result<Option<Figures>, Failure> {
        let update = self.trainer.update().map_err(failure)?;
        Ok(Some(Figures {
            update: update.update,
            values: vec![
                ("bound", update.bound),
                ("divergence", update.divergence),
                ("gradient", update.gradient),
                ("rate", update.rate),
            ],
        }))
    }

    fn largest(&self) -> f64 {
        diverged::largest(&self.trainer.vae().parameters())
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        self.settings.clone()
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.trainer.save())
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.trainer.resume(bytes).map_err(failure)
    }

    fn write(&mut self, path: &Path, _: &Rows) -> Result<(), Failure> {
        let bytes = self.trainer.vae().to_bytes().map_err(Failure::run)?;
        outputs::write_bytes("--out", path, &bytes, self.force)
    }

    /// Independent draws: there are no chains.
    fn states(&self) -> Vec<u8> {
        let drawn = self.trainer.vae().sample(self.draws, self.seed);
        drawn.unwrap_or_default()
    }
}

fn failure(error: VaeError) -> Failure {
    match error {
        VaeError::Option { .. } | VaeError::Resume(_) => Failure::usage(error),
        error => Failure::run(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_have_sizes() {
        let sizes = Sizes::parse("latent=10,layers=1").unwrap();
        assert_eq!((sizes.latent, sizes.hidden, sizes.layers), (10, 200, 1));
        for text in ["latent=0", "latent", "latnt=3", "hidden=1e3"] {
            let refused = Sizes::parse(text).unwrap_err();
            assert!(refused.said().contains(text), "{}", refused.said());
        }
    }
}
