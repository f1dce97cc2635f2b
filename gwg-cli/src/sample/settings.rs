//! The settings of a run: the attributes of its trace, and the beginning of its results.

use super::{ModelFile, Origin};
use crate::clamp::ClampedSites;
use crate::failure::Failure;
use crate::flags::Float;
use crate::outputs;
use crate::shard::Shard;
use crate::tempering::Ladder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a run is made of. Nothing here depends on the machine or on the number of threads.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Settings {
    pub(crate) version: String,
    /// The canonical spec.
    pub(crate) model: String,
    /// `--kind`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// The files that the model was built from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) model_files: Vec<ModelFile>,
    pub(crate) sites: usize,
    /// States of a site.
    pub(crate) states: usize,
    /// The canonical spec.
    pub(crate) sampler: String,
    /// Steps of each sampler in a cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) turn: Option<Vec<u64>>,
    /// Of this run, or of this shard.
    pub(crate) chains: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shard: Option<Shard>,
    /// Steps per chain.
    pub(crate) warmup: u64,
    /// Draws per chain: as planned, and in the results as made.
    pub(crate) draws: usize,
    pub(crate) thin: u64,
    /// Which of `warmup` and `thin` were chosen from sampler and model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) auto: Vec<String>,
    pub(crate) seed: u64,
    pub(crate) float: Float,
    pub(crate) beta: f64,
    /// `--init`.
    pub(crate) init: String,
    /// Names of the recorded quantities.
    pub(crate) record: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clamp: Option<ClampedSites>,
    /// `None` where each chain has one replica.
    #[serde(flatten)]
    pub(crate) ladder: Option<Ladder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) anneal: Option<f64>,
}

impl Settings {
    /// The model and the flags of `gwg sample` that make the same run.
    pub(crate) fn flags(&self) -> (&str, Vec<(&'static str, String)>) {
        let mut all = Vec::new();
        let mut add = |flag, value: &dyn ToString| all.push((flag, value.to_string()));
        if let Some(kind) = &self.kind {
            add("kind", kind);
        }
        add("sampler", &self.sampler);
        match &self.shard {
            Some(shard) => {
                add("chains", &shard.chains);
                add("shard", &shard.part());
            }
            None => add("chains", &self.chains),
        }
        add("warmup", &self.warmup);
        add("draws", &self.draws);
        add("seed", &self.seed);
        add("thin", &self.thin);
        add("float", &self.float.name());
        add("beta", &format!("{:?}", self.beta));
        add("init", &self.init);
        add("record", &self.record.join(","));
        if let Some(ladder) = &self.ladder {
            add("replicas", &ladder.replicas);
            add("hottest", &format!("{:?}", ladder.hottest));
            add("swap-every", &ladder.swap_every);
        }
        if let Some(from) = self.anneal {
            add("anneal", &format!("{from:?}"));
        }
        if let Some(clamp) = &self.clamp {
            add("clamp", &clamp.path);
        }
        (&self.model, all)
    }

    /// The words of that command, as the system passes them to a program.
    pub(crate) fn words(&self) -> Vec<String> {
        let (model, flags) = self.flags();
        let words = ["gwg", "sample"].map(String::from).into_iter();
        let flags = flags
            .iter()
            .map(|(flag, value)| format!("--{flag}={value}"));
        let model = ["--".to_owned(), model.to_owned()];
        words.chain(flags).chain(model).collect()
    }

    /// The attributes of the trace.
    pub(crate) fn attributes(&self) -> Result<Map<String, Value>, Failure> {
        let refused = |error| Failure::usage(format!("--out: {error}"));
        let mut all = outputs::fields(self).map_err(refused)?;
        all.extend(outputs::fields(&Origin::new(self)).map_err(refused)?);
        Ok(all)
    }
}
