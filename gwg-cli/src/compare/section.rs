//! The comparison on one model.

mod assembled;
mod relaxations;

use super::advice::Candidate;
use super::contender::Contender;
use super::errors::Errors;
use super::finished::Finished;
use super::labels;
use super::measure::{Bench, Completed, Figures};
use super::relaxed::Planned;
use super::truth::{self, Long, Truth};
use crate::failure::Failure;
use crate::session::{self, ProgressReporter};
use gwg_registry::{Describe, Precision, SamplerSpec};
use relaxations::relaxations_of;

/// Samplers and reasons.
pub(super) type LeftOut = Vec<(String, String)>;

/// The budget of each sampler.
#[derive(Clone, Copy, Debug)]
pub(super) enum Allowance {
    Steps(u64),
    Seconds(f64),
}

/// A sampler in the comparison.
#[derive(Clone, Debug)]
pub(super) struct Entrant {
    pub(super) what: Contender,
    pub(super) name: String,
    /// Index of its color and marker in all figures; of some relaxations there are none.
    pub(super) style: Option<usize>,
}

/// What runs on a model.
pub(super) struct Contest<'m, R: Precision> {
    pub(super) entrants: Vec<Entrant>,
    pub(super) left_out: LeftOut,
    pub(super) relaxed: Option<Planned<'m, R>>,
    /// The first style that no sampler has.
    pub(super) style: usize,
}

/// All results on one model.
#[derive(Debug)]
pub(super) struct Section {
    /// The canonical spec.
    pub(super) model: String,
    pub(super) sites: usize,
    pub(super) states: usize,
    pub(super) rows: Vec<Row>,
    pub(super) truth: Option<Truth>,
    /// Samplers that the model does not support, with the reason.
    pub(super) left_out: LeftOut,
    /// Expected V-statistic between two samples of the truth, and the standard deviation of the U-statistic.
    pub(super) floor: Option<(f64, Option<f64>)>,
    pub(super) advice: String,
    /// Whether relaxations are compared, and the errors of all rows shown.
    pub(super) relaxations: bool,
}

/// The results of one sampler on one model.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) entrant: Entrant,
    pub(super) figures: Figures,
    pub(super) candidate: Candidate,
    pub(super) curves: Vec<Curve>,
    pub(super) errors: Errors,
}

/// A metric over the course of a run.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub(super) metric: &'static str,
    pub(super) points: Vec<At>,
}

/// A value at a checkpoint; steps of each chain and seconds include the warm-up.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) steps: u64,
    pub(super) seconds: f64,
    pub(super) value: f64,
}

impl Row {
    /// The final value of a metric.
    pub(super) fn last(&self, metric: &str) -> Option<f64> {
        let curve = self.curves.iter().find(|c| c.metric == metric)?;
        curve.points.last().map(|p| p.value)
    }

    /// Evaluations of the gradient by all chains, warm-up and weights included.
    pub(super) fn gradients(&self) -> Option<f64> {
        let f = &self.figures;
        let steps = f.budget.steps() as f64 * f.chains as f64;
        let weights = self.entrant.what.relaxation().filter(|r| r.weighted);
        let drawn = f.budget.draws as f64 * f.chains as f64;
        Some(f.evaluations.1? * steps + weights.map_or(0.0, |_| drawn))
    }
}

/// Splits samplers into those that run on the model and those that do not, with reasons. With an explicit list the latter are an error.
pub(super) fn entrants<R: Precision>(
    bench: &Bench<'_, R>,
    samplers: &[SamplerSpec],
    explicit: bool,
    model: &str,
) -> Result<(Vec<Entrant>, LeftOut), Failure> {
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    for (style, (sampler, name)) in samplers.iter().zip(labels::all(samplers)).enumerate() {
        match bench.refusal(sampler) {
            Some(why) if explicit => {
                return Err(Failure::usage(format!(
                    "--samplers {name}: does not run on {model}: {why}"
                )));
            }
            Some(why) => left_out.push((name, why)),
            None => found.push(Entrant {
                what: Contender::Sampler(sampler.clone()),
                name,
                style: Some(style),
            }),
        }
    }
    Ok((found, left_out))
}

/// Runs a section. If interrupted, it contains the completed samplers, and the second value is true.
pub(super) fn run<R: Precision>(
    bench: &Bench<'_, R>,
    model: String,
    contest: Contest<'_, R>,
    allowance: Allowance,
    (finished, reporter): (&mut Finished, &mut ProgressReporter),
) -> Result<(Section, bool), Failure> {
    let Contest {
        entrants,
        left_out,
        relaxed,
        style,
    } = contest;
    let mut known = truth::exact(bench.model, bench.beta);
    let mut interrupted = session::interrupted();
    let sweeps = Long::sweeps();
    let sweepable = bench.refusal(sweeps.sampler()).is_none();
    if let Some(machine) = bench.model.about().and_then(Describe::machine) {
        if !interrupted {
            let run = estimated(&model, finished, || {
                truth::by_two_blocks(bench, machine, reporter)
            })?;
            interrupted = run.is_none();
            known = merged(known, run);
        }
    } else if sweepable && known.is_none() && !interrupted {
        known = estimated(&model, finished, || {
            truth::by_run(bench, &sweeps, "sweep", reporter)
        })?;
        interrupted = known.is_none();
    }
    let mut completed: Vec<(Entrant, Completed)> = Vec::new();
    for entrant in entrants {
        if interrupted {
            break;
        }
        let name = entrant.name.as_str();
        let Some(sampler) = entrant.what.sampler() else {
            continue;
        };
        let spec = sampler.to_string();
        if let Some(done) = finished.run(&model, &spec) {
            completed.push((entrant, done));
            continue;
        }
        let steps = match allowance {
            Allowance::Steps(steps) => steps,
            Allowance::Seconds(s) => bench.steps_in(sampler, s, (name, &mut *reporter))?,
        };
        match bench.run_for_comparison(sampler, steps, (name, &mut *reporter))? {
            Some(done) => {
                finished.keep_run(&model, &spec, &done);
                completed.push((entrant, done));
            }
            None => interrupted = true,
        }
    }
    let relaxations = relaxed.is_some();
    let samplers = completed.len();
    if let Some((form, methods)) = relaxed.filter(|_| !interrupted) {
        let mut shared = (&mut *finished, &mut *reporter);
        let found = relaxations_of(
            bench,
            &model,
            (&form, &methods, style),
            allowance,
            &mut shared,
        )?;
        interrupted = found.interrupted;
        completed.extend(found.completed);
    }
    if let Some((sampler, long)) = best(completed.get(..samplers).unwrap_or_default())
        .filter(|_| known.is_none() && !interrupted)
    {
        known = estimated(&model, finished, || {
            truth::by_run(bench, &long, &labels::short(&sampler), reporter)
        })?;
        interrupted = known.is_none();
    }
    let section = Section {
        left_out,
        relaxations,
        ..assembled::section(bench, model, known, completed)
    };
    Ok((section, interrupted))
}

/// The truth on a model, from a run that was finished before or by `run`; `None` if interrupted.
fn estimated(
    model: &str,
    finished: &mut Finished,
    run: impl FnOnce() -> Result<Option<Truth>, Failure>,
) -> Result<Option<Truth>, Failure> {
    if let Some(found) = finished.truth(model) {
        return Ok(Some(found));
    }
    let found = run()?;
    if let Some(found) = &found {
        finished.keep_truth(model, found);
    }
    Ok(found)
}

/// Combines exact means with the sample of a run.
fn merged(exact: Option<Truth>, run: Option<Truth>) -> Option<Truth> {
    match (exact, run) {
        (Some(exact), Some(run)) => Some(Truth {
            sample: run.sample,
            sample_source: run.sample_source,
            doubt: run.doubt,
            log_prob_of_run: run.log_prob_of_run,
            ..exact
        }),
        (exact, run) => exact.or(run),
    }
}

/// The sampler for the ground-truth run: the most ESS per second among converged samplers, else the smallest R-hat.
fn best(completed: &[(Entrant, Completed)]) -> Option<(SamplerSpec, Long)> {
    let candidate =
        |p: &Completed, e: &Entrant| Candidate::new("", &p.figures, e.what.bias().is_some());
    let honest = completed.iter().filter(|(e, _)| e.what.bias().is_none());
    let key = |(e, p): &&(Entrant, Completed)| {
        let s = candidate(p, e);
        let able = s.fault().is_none();
        let speed = s.speed.map_or(0.0, |e| e.value);
        (
            able,
            if able {
                speed
            } else {
                -s.rhat.unwrap_or(f64::INFINITY)
            },
        )
    };
    let found = honest.max_by(|a, b| {
        let (a, b) = (key(a), key(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let (entrant, done) = found?;
    let sampler = entrant.what.sampler()?;
    Some((sampler.clone(), Long::of(sampler, &done.figures)))
}
