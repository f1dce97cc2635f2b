//! What learns a model of one kind.

#[cfg(test)]
pub(super) mod fixed;

use crate::data::Rows;
use crate::failure::Failure;
use gwg_chains::Threads;
use gwg_learn::{Data, PairPotts, RbmLayers};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::path::Path;

/// Named figures of an update.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub(super) update: u64,
    pub(super) values: Vec<(&'static str, f64)>,
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_figures(self.update, &self.values, serializer)
    }
}

/// The number of the update, if any, and the figures as an object.
pub(super) fn serialize_figures<S: Serializer>(
    update: u64,
    values: &[(&str, f64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    if update > 0 {
        map.serialize_entry("update", &update)?;
    }
    for (name, value) in values {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// A model while it is learned.
pub(super) trait Engine {
    /// Updates so far.
    fn updates(&self) -> u64;

    /// The figures of one more update; `None` if a signal came before its end: then nothing has changed.
    fn update(&mut self) -> Result<Option<Figures>, Failure>;

    /// The largest parameter, in magnitude.
    fn largest(&self) -> f64;

    /// True once there is nothing more to be done, or what the flags name is reached, before all updates are done.
    fn finished(&self) -> bool {
        false
    }

    /// Pearson's correlation of the connected correlations of the data with those of newly started chains; `None` where it is not computed.
    fn resampled(&mut self) -> Option<f64> {
        None
    }

    /// The estimate of `log Z` of the present model and what follows from it, by names and values, where a ladder gives one.
    fn log_z(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// All that the rest of the training depends on.
    fn save(&self) -> Result<Vec<u8>, Failure>;

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure>;

    /// Writes the model file.
    fn write(&mut self, path: &Path, rows: &Rows) -> Result<(), Failure>;

    /// The states of the chains, row-major.
    fn states(&self) -> Vec<u8>;

    /// Writes the models on the way, where they are kept.
    fn write_ladder(&self, path: &Path) -> Result<(), Failure> {
        let _ = path;
        Ok(())
    }

    /// What is used of what flags leave open, by names and values.
    fn settings(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What is wrong with the training so far, each in a sentence.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// The parameters, where the model is a restricted Boltzmann machine.
    fn layers(&self) -> Option<Cow<'_, RbmLayers>> {
        None
    }

    /// The parameters, where the model is one of all pairs of sites.
    fn pairs(&self) -> Option<&PairPotts<f32>> {
        None
    }

    /// Figures of the whole run.
    fn facts(&self, data: &Data, threads: &Threads) -> Figures {
        let _ = (data, threads);
        Figures::default()
    }
}
