//! The comparison as JSON: its shape is that of these types.

use super::Comparison;
use super::errors::Errors;
use super::estimate::Estimate;
use super::measure::JUDGED;
use super::section::{Row, Section};
use crate::flags::{Float, Resolved};
use crate::named::Named;
use gwg_chains::diagnostics::SiteStatistics;
use serde::Serialize;

/// The `--summary` object. What is undefined is `None`, which JSON writes as `null`.
#[derive(Debug, Serialize)]
pub(super) struct CompareResult<'c> {
    version: &'static str,
    chains: usize,
    /// `None` where the budget is in seconds.
    steps: Option<u64>,
    seconds: Option<f64>,
    seed: u64,
    float: Float,
    beta: f64,
    interrupted: bool,
    command: String,
    config: &'c Resolved,
    models: Vec<Model<'c>>,
}

#[derive(Debug, Serialize)]
struct Model<'c> {
    model: &'c str,
    sites: usize,
    states: usize,
    truth: Option<Truth<'c>>,
    mmd_floor: Option<Floor>,
    left_out: Vec<LeftOut<'c>>,
    samplers: Vec<Sampler<'c>>,
    advice: &'c str,
}

#[derive(Debug, Serialize)]
struct Truth<'c> {
    source: &'c str,
    /// `None` without a sample.
    sample_source: Option<&'c str>,
    error: f64,
    doubt: Option<&'c str>,
    log_prob: Option<f64>,
    log_prob_source: Option<&'c str>,
}

#[derive(Debug, Serialize)]
struct Floor {
    v: f64,
    sd: Option<f64>,
}

#[derive(Debug, Serialize)]
struct LeftOut<'c> {
    sampler: &'c str,
    reason: &'c str,
}

#[derive(Debug, Serialize)]
struct Sampler<'c> {
    sampler: String,
    name: &'c str,
    steps: u64,
    warmup: u64,
    thin: u64,
    draws: usize,
    burn_in: usize,
    seconds: Seconds,
    steps_per_second: Option<f64>,
    acceptance: Option<f64>,
    hops: Option<f64>,
    values_per_step: Option<f64>,
    gradients_per_step: Option<f64>,
    /// Means over chains; `None` where nothing is adapted.
    adapted: Option<Named<f64>>,
    rhat: Named<Option<f64>>,
    ess: Named<Option<Estimate>>,
    site_statistics: &'c SiteStatistics,
    ess_per_step: Option<Estimate>,
    ess_per_second: Option<Estimate>,
    log_prob: Option<Estimate>,
    rmse: Option<f64>,
    mmd_v: Option<f64>,
    mmd_u: Option<f64>,
    residual: Option<f64>,
    fault: Option<String>,
    /// Of the means over all chains.
    errors: Errors,
    /// Of importance weights.
    effective_share: Option<f64>,
    /// Of all chains, warm-up included.
    gradients: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Seconds {
    warmup: f64,
    sampling: f64,
}

impl<'c> CompareResult<'c> {
    pub(super) fn new(comparison: &'c Comparison<'_>) -> Self {
        let flags = comparison.flags;
        Self {
            version: env!("CARGO_PKG_VERSION"),
            chains: flags.chains,
            steps: flags.seconds.is_none().then_some(flags.steps),
            seconds: flags.seconds,
            seed: flags.run.seed,
            float: flags.run.float,
            beta: flags.run.beta,
            interrupted: comparison.interrupted,
            command: comparison.command().join(" "),
            config: &flags.run.resolved,
            models: comparison.sections.iter().map(model).collect(),
        }
    }
}

fn model(section: &Section) -> Model<'_> {
    let left_out = section.left_out.iter();
    Model {
        model: &section.model,
        sites: section.sites,
        states: section.states,
        truth: section.truth.as_ref().map(truth),
        mmd_floor: section.floor.map(|(v, sd)| Floor { v, sd }),
        left_out: left_out
            .map(|(sampler, reason)| LeftOut { sampler, reason })
            .collect(),
        samplers: section.rows.iter().map(sampler).collect(),
        advice: &section.advice,
    }
}

fn truth(truth: &super::truth::Truth) -> Truth<'_> {
    let log_prob = truth.log_prob.as_ref();
    Truth {
        source: &truth.source,
        sample_source: (!truth.sample.is_empty()).then_some(truth.sample_source.as_str()),
        error: truth.error,
        doubt: truth.doubt.as_deref(),
        log_prob: log_prob.map(|level| level.value),
        log_prob_source: log_prob.map(|level| level.source.as_str()),
    }
}

fn sampler(row: &Row) -> Sampler<'_> {
    let f = &row.figures;
    let b = f.budget;
    let adapted = f.adapted.iter().map(|(key, mean)| (key.as_str(), *mean));
    Sampler {
        sampler: row.entrant.what.spec(),
        name: &row.entrant.name,
        steps: b.steps(),
        warmup: b.warmup,
        thin: b.thin,
        draws: b.draws,
        burn_in: b.burn,
        seconds: Seconds {
            warmup: f.seconds.0,
            sampling: f.seconds.1,
        },
        steps_per_second: f.steps_per_second,
        acceptance: f.acceptance,
        hops: f.hops,
        values_per_step: f.evaluations.0,
        gradients_per_step: f.evaluations.1,
        adapted: (!f.adapted.is_empty()).then(|| adapted.collect()),
        rhat: JUDGED.into_iter().zip(f.rhat).collect(),
        ess: JUDGED.into_iter().zip(f.ess).collect(),
        site_statistics: &f.sites,
        ess_per_step: f.ess_per_step,
        ess_per_second: f.ess_per_second,
        log_prob: f.log_prob,
        rmse: row.last("rmse"),
        mmd_v: row.last("mmd_v"),
        mmd_u: row.last("mmd_u"),
        residual: row.last("residual"),
        fault: row.candidate.fault(),
        errors: row.errors,
        effective_share: f.effective,
        gradients: row.gradients(),
    }
}
