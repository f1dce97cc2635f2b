//! The comparison on one model.

use super::advice::{Candidate, advice};
use super::finished::Finished;
use super::labels;
use super::measure::{Bench, Completed, Figures};
use super::recorder::Moment;
use super::truth::{self, Long, Truth};
use crate::failure::Failure;
use crate::session::{self, ProgressReporter};
use gwg_bench::discrepancy::{AverageHamming, Reference};
use gwg_registry::{Describe, Precision, SamplerSpec};

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
    pub(super) sampler: SamplerSpec,
    pub(super) name: String,
    /// Index of its color and marker in all figures.
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
}

/// The results of one sampler on one model.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) entrant: Entrant,
    pub(super) figures: Figures,
    pub(super) candidate: Candidate,
    pub(super) curves: Vec<Curve>,
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
                sampler: sampler.clone(),
                name,
                style,
            }),
        }
    }
    Ok((found, left_out))
}

/// Runs a section. If interrupted, it contains the completed samplers, and the second value is true.
pub(super) fn run<R: Precision>(
    bench: &Bench<'_, R>,
    model: String,
    (entrants, left_out): (Vec<Entrant>, LeftOut),
    allowance: Allowance,
    (finished, reporter): (&mut Finished, &mut ProgressReporter),
) -> Result<(Section, bool), Failure> {
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
        let (sampler, name) = (&entrant.sampler, entrant.name.as_str());
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
    if let Some((sampler, long)) = best(&completed).filter(|_| known.is_none() && !interrupted) {
        known = estimated(&model, finished, || {
            truth::by_run(bench, &long, &labels::short(&sampler), reporter)
        })?;
        interrupted = known.is_none();
    }
    let section = assembled(bench, model, known, left_out, completed);
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
            ..exact
        }),
        (exact, run) => exact.or(run),
    }
}

/// The sampler for the ground-truth run: the most ESS per second among converged samplers, else the smallest R-hat.
fn best(completed: &[(Entrant, Completed)]) -> Option<(SamplerSpec, Long)> {
    let candidate =
        |p: &Completed, e: &Entrant| Candidate::new("", &p.figures, e.sampler.bias().is_some());
    let honest = completed.iter().filter(|(e, _)| e.sampler.bias().is_none());
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
    found.map(|(e, p)| (e.sampler.clone(), Long::of(&e.sampler, &p.figures)))
}

fn assembled<R: Precision>(
    bench: &Bench<'_, R>,
    model: String,
    truth: Option<Truth>,
    left_out: LeftOut,
    completed: Vec<(Entrant, Completed)>,
) -> Section {
    let sites = bench.model.sites();
    let reference = truth
        .as_ref()
        .filter(|_| bench.discrepancy())
        .and_then(|truth| {
            let kernel = AverageHamming::paper();
            Reference::new(&truth.sample, sites, bench.model.states(), kernel).ok()
        });
    let rows: Vec<Row> = completed
        .into_iter()
        .map(|(entrant, completed)| {
            let curves = curves(bench, &completed, truth.as_ref(), reference.as_ref());
            let biased = entrant.sampler.bias().is_some();
            let candidate = Candidate::new(&entrant.name, &completed.figures, biased);
            let mut row = Row {
                candidate,
                figures: completed.figures,
                entrant,
                curves,
            };
            if let Some(truth) = &truth {
                let rmse = row.last("rmse");
                row.candidate = row.candidate.against(rmse, truth, &row.figures);
            }
            row
        })
        .collect();
    let standings: Vec<Candidate> = rows.iter().map(|r| r.candidate.clone()).collect();
    Section {
        model,
        sites,
        states: bench.model.states(),
        floor: reference
            .map(|r| r.floor(bench.chains))
            .map(|f| (f.v, f.sd)),
        advice: advice(&standings),
        rows,
        truth,
        left_out,
    }
}

fn curves<R: Precision>(
    bench: &Bench<'_, R>,
    completed: &Completed,
    truth: Option<&Truth>,
    reference: Option<&Reference>,
) -> Vec<Curve> {
    let budget = completed.figures.budget;
    let before = completed.figures.seconds.0;
    let curve = |metric, value: &dyn Fn(&Moment) -> Option<f64>| {
        let at = |m: &Moment| {
            Some(At {
                steps: budget.steps_at(m.draws),
                seconds: before + m.seconds,
                value: value(m)?,
            })
        };
        let points: Vec<At> = completed.moments.iter().filter_map(at).collect();
        (!points.is_empty()).then_some(Curve { metric, points })
    };
    let mmd = |m: &Moment| reference?.mmd2(&m.states).ok();
    let residual = |m: &Moment| {
        let rows = m.states.chunks_exact(bench.model.sites());
        let chains = rows.len() as f64;
        let each = rows.map(|x| bench.residual(x));
        let sum: f64 = each.sum::<Option<f64>>()?;
        // Without kept states, there is none.
        (chains > 0.0).then(|| sum / chains)
    };
    let found = [
        curve("rmse", &|m| m.rmse(&truth?.means)),
        curve("mmd_v", &|m| Some(mmd(m)?.v)),
        curve("mmd_u", &|m| mmd(m)?.u),
        curve("log_prob", &|m| Some(m.log_prob)),
        curve("residual", &residual),
    ];
    found.into_iter().flatten().collect()
}
