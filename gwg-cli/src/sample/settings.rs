//! The settings of a run: the attributes of its trace, and the beginning of its results.

use crate::clamp::ClampedSites;
use crate::flags::Float;
use crate::tempering::Ladder;
use serde::Serialize;

/// What a run is made of. Nothing here depends on the machine or on the number of threads.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Settings {
    pub(crate) version: &'static str,
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
    pub(crate) chains: usize,
    /// Steps per chain.
    pub(crate) warmup: u64,
    /// Draws per chain: as planned, and in the results as made.
    pub(crate) draws: usize,
    pub(crate) thin: u64,
    /// Which of `warmup` and `thin` were chosen from sampler and model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) auto: Vec<&'static str>,
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
