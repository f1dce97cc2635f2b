//! The settings of a run: the attributes of its trace, and the beginning of its results.

use crate::clamp::ClampedSites;
use crate::failure::Failure;
use crate::flags::{Float, plain};
use crate::outputs;
use crate::report::quote;
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

/// How a run is repeated: by a line of a shell, or by a file of `--config`. As [`Settings`], it does not depend on the machine, on threads or on outputs.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Origin {
    pub(crate) command: String,
    pub(crate) config: Map<String, Value>,
}

impl Settings {
    /// Every flag that the draws depend on, with its value: first `model`, which has no dashes on a command line.
    pub(crate) fn flags(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("model", self.model.clone())];
        all.extend(self.kind.clone().map(|kind| ("kind", kind)));
        all.extend([
            ("sampler", self.sampler.clone()),
            ("chains", self.chains_of_all().to_string()),
            ("warmup", self.warmup.to_string()),
            ("draws", self.draws.to_string()),
            ("seed", self.seed.to_string()),
            ("thin", self.thin.to_string()),
            ("float", self.float.name().to_owned()),
            ("beta", format!("{:?}", self.beta)),
            ("init", self.init.clone()),
            ("record", self.record.join(",")),
        ]);
        if let Some(ladder) = &self.ladder {
            all.extend([
                ("replicas", ladder.replicas.to_string()),
                ("hottest", format!("{:?}", ladder.hottest)),
                ("swap-every", ladder.swap_every.to_string()),
            ]);
        }
        all.extend(self.anneal.map(|from| ("anneal", format!("{from:?}"))));
        let shard = self.shard.as_ref();
        all.extend(shard.map(|shard| ("shard", shard.part().to_string())));
        let clamp = self.clamp.as_ref();
        all.extend(clamp.map(|clamp| ("clamp", clamp.path.clone())));
        all
    }

    /// The words of the command, one flag and its value each, quoted for a shell.
    pub(crate) fn command(&self) -> Vec<String> {
        let words = self.flags().into_iter().map(|(flag, value)| match flag {
            "model" => format!("gwg sample {}", quote(&value)),
            flag => format!("--{flag} {}", quote(&value)),
        });
        words.collect()
    }

    /// Chains of this run, or of all shards.
    fn chains_of_all(&self) -> usize {
        self.shard
            .as_ref()
            .map_or(self.chains, |shard| shard.chains)
    }

    /// The words of the command as the system passes them to a program.
    pub(crate) fn words(&self) -> Vec<String> {
        let (model, flags): (Vec<_>, Vec<_>) = self
            .flags()
            .into_iter()
            .partition(|(flag, _)| *flag == "model");
        let words = ["gwg", "sample"].map(String::from).into_iter();
        let flags = flags
            .into_iter()
            .map(|(flag, value)| format!("--{flag}={value}"));
        let model = model
            .into_iter()
            .flat_map(|(_, model)| ["--".to_owned(), model]);
        words.chain(flags).chain(model).collect()
    }

    /// The attributes of the trace.
    pub(crate) fn attributes(&self) -> Result<Map<String, Value>, Failure> {
        let refused = |error| Failure::usage(format!("--out: {error}"));
        let mut all = outputs::fields(self).map_err(refused)?;
        all.extend(outputs::fields(&self.origin()).map_err(refused)?);
        Ok(all)
    }

    pub(crate) fn origin(&self) -> Origin {
        let pairs = self.flags().into_iter();
        Origin {
            command: self.command().join(" "),
            config: pairs
                .map(|(flag, value)| (flag.to_owned(), plain(&value)))
                .collect(),
        }
    }
}
