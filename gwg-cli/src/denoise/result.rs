//! The results of `gwg denoise`.

use super::sample::{Point, Sampled};
use crate::flags::DenoiseFlags;
use crate::table::number;
use gwg_models::io::{BinaryImage, visible, visible_path};
use serde::Serialize;

/// The `--summary` object.
#[derive(Debug, Serialize)]
pub(super) struct DenoiseResult {
    version: &'static str,
    image: String,
    out: String,
    width: usize,
    height: usize,
    sampler: String,
    coupling: f64,
    diagonal: f64,
    flips: Flips,
    chains: usize,
    warmup: u64,
    sweeps: usize,
    /// Steps of each chain per sweep.
    steps_per_sweep: u64,
    /// Steps of all chains after the warm-up.
    steps: u64,
    seconds: f64,
    steps_per_second: Option<f64>,
    acceptance: Option<f64>,
    /// The share of pixels that were changed.
    changed: f64,
    /// The shares of wrong pixels; `None` without a truth.
    error: Option<BeforeAfter>,
    curve: Vec<Point>,
    seed: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    interrupted: bool,
}

/// The share of flipped pixels that is assumed.
#[derive(Debug, Serialize)]
struct Flips {
    value: f64,
    estimated: bool,
}

#[derive(Debug, Serialize)]
struct BeforeAfter {
    before: f64,
    after: f64,
}

impl DenoiseResult {
    pub(super) fn new(
        flags: &DenoiseFlags,
        noisy: &BinaryImage,
        clean: &BinaryImage,
        truth: Option<&BinaryImage>,
        sampled: &Sampled,
    ) -> Self {
        let counts = sampled.counts;
        let finite = |x: f64| Some(x).filter(|x| x.is_finite());
        Self {
            version: env!("CARGO_PKG_VERSION"),
            image: flags.image.to_string_lossy().into_owned(),
            out: flags.out.to_string_lossy().into_owned(),
            width: noisy.width(),
            height: noisy.height(),
            sampler: flags.sampler.clone(),
            coupling: flags.coupling,
            diagonal: flags.diagonal,
            flips: Flips {
                value: sampled.flips,
                estimated: flags.flips.is_none(),
            },
            chains: flags.chains,
            warmup: flags.warmup,
            sweeps: flags.sweeps,
            steps_per_sweep: sampled.steps_per_sweep,
            steps: counts.steps,
            seconds: sampled.seconds,
            steps_per_second: finite(counts.steps as f64 / sampled.seconds),
            acceptance: finite(counts.accepted as f64 / counts.steps as f64),
            changed: clean.difference(noisy),
            error: truth.map(|truth| BeforeAfter {
                before: noisy.difference(truth),
                after: clean.difference(truth),
            }),
            curve: sampled.curve.clone(),
            seed: flags.work.seed,
            interrupted: sampled.interrupted,
        }
    }

    pub(super) fn table(&self) -> String {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let flips = if self.flips.estimated {
            "estimated"
        } else {
            "given"
        };
        let mut text = format!(
            "image    {}  ({} x {} pixels)\nmodel    coupling {}, diagonal {}, {} flipped ({flips})\nsampler  {}: {} chains x ({} + {} sweeps x {} steps), {} s\nchanged  {} of the pixels\n",
            visible(&self.image),
            self.width,
            self.height,
            self.coupling,
            self.diagonal,
            percent(self.flips.value),
            visible(&self.sampler),
            self.chains,
            self.warmup,
            self.sweeps,
            self.steps_per_sweep,
            number(self.seconds),
            percent(self.changed),
        );
        if let Some(BeforeAfter { before, after }) = &self.error {
            text.push_str(&format!(
                "wrong    {} before, {} after\n",
                percent(*before),
                percent(*after)
            ));
        }
        text.push_str(&format!("written  {}\n", visible_path(self.out.as_ref())));
        text
    }
}
