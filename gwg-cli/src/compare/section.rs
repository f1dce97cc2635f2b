//! The comparison on one model.

use super::advice::{Standing, advice};
use super::labels;
use super::measure::{Bench, Figures, Played};
use super::recorder::Moment;
use super::truth::{self, Long, Truth};
use crate::failure::Failure;
use crate::samplers::{Choice, Sampler};
use crate::session::{self, Speaker};
use gwg_bench::discrepancy::{AverageHamming, Reference};
use gwg_models::{AnyModel, Scalar};

/// Names and reasons.
pub(super) type LeftOut = Vec<(String, String)>;

/// What each sampler is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Allowance {
    Steps(u64),
    Seconds(f64),
}

/// A sampler in the comparison.
#[derive(Clone, Debug)]
pub(super) struct Entrant {
    pub(super) sampler: Choice,
    pub(super) name: String,
    /// Its color and marker in all figures.
    pub(super) style: usize,
}

/// All that was found on one model.
#[derive(Debug)]
pub(super) struct Section {
    /// The canonical spec.
    pub(super) model: String,
    pub(super) sites: usize,
    pub(super) states: usize,
    pub(super) rows: Vec<Row>,
    pub(super) truth: Option<Truth>,
    /// Samplers that the model does not have, with the reason.
    pub(super) left_out: LeftOut,
    /// Expected V-statistic between two samples of the truth, and the standard deviation of the U-statistic.
    pub(super) floor: Option<(f64, Option<f64>)>,
    pub(super) advice: String,
}

/// One sampler on one model.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) entrant: Entrant,
    pub(super) figures: Figures,
    pub(super) standing: Standing,
    pub(super) curves: Vec<Curve>,
}

/// A metric along a run.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub(super) metric: &'static str,
    pub(super) points: Vec<At>,
}

/// A value at a moment; steps of each chain and seconds, warm-up among both.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) steps: u64,
    pub(super) seconds: f64,
    pub(super) value: f64,
}

impl Row {
    /// The last value of a metric.
    pub(super) fn last(&self, metric: &str) -> Option<f64> {
        let curve = self.curves.iter().find(|c| c.metric == metric)?;
        curve.points.last().map(|p| p.value)
    }
}

/// Which samplers run, and which do not and why. An explicit list admits no omission.
pub(super) fn entrants<R: Scalar>(
    bench: &Bench<'_, R>,
    samplers: &[Choice],
    explicit: bool,
    model: &str,
) -> Result<(Vec<Entrant>, LeftOut), Failure> {
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    for (style, (sampler, name)) in samplers.iter().zip(labels::all(samplers)).enumerate() {
        match bench.refusal(*sampler) {
            Some(why) if explicit => {
                return Err(Failure::usage(format!(
                    "--samplers {name}: not on {model}: {why}"
                )));
            }
            Some(why) => left_out.push((name, why)),
            None => found.push(Entrant {
                sampler: *sampler,
                name,
                style,
            }),
        }
    }
    Ok((found, left_out))
}

/// Runs a section. Where Ctrl-C ends it, the samplers that were done are in it, and the second value is true.
pub(super) fn run<R: Scalar>(
    bench: &Bench<'_, R>,
    model: String,
    (entrants, left_out): (Vec<Entrant>, LeftOut),
    allowance: Allowance,
    speaker: &mut Speaker,
) -> Result<(Section, bool), Failure> {
    let mut known = truth::exact(bench.model, bench.beta);
    let mut interrupted = session::interrupted();
    let structured = bench.refusal(Sampler::BlockSweep.into()).is_none();
    if let AnyModel::Rbm(machine) = bench.model {
        if !interrupted {
            let run = truth::by_two_blocks(bench, machine, speaker)?;
            interrupted = run.is_none();
            known = merged(known, run);
        }
    } else if structured && known.is_none() && !interrupted {
        known = truth::by_run(bench, &Long::structured(), "structured", speaker)?;
        interrupted = known.is_none();
    }
    let mut played: Vec<(Entrant, Played)> = Vec::new();
    for entrant in entrants {
        if interrupted {
            break;
        }
        let (sampler, name) = (entrant.sampler, entrant.name.as_str());
        let steps = match allowance {
            Allowance::Steps(steps) => steps,
            Allowance::Seconds(s) => bench.steps_in(sampler, s, (name, &mut *speaker))?,
        };
        match bench.play(sampler, steps, (name, &mut *speaker))? {
            Some(done) => played.push((entrant, done)),
            None => interrupted = true,
        }
    }
    if let Some((sampler, long)) = best(&played).filter(|_| known.is_none() && !interrupted) {
        known = truth::by_run(bench, &long, &labels::short(&sampler), speaker)?;
        interrupted = known.is_none();
    }
    let section = assembled(bench, model, known, left_out, played);
    Ok((section, interrupted))
}

/// Exact means with the sample of a run.
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

/// The sampler to make the truth with: the most ESS per second among those whose chains agree, else the least R-hat.
fn best(played: &[(Entrant, Played)]) -> Option<(Choice, Long)> {
    let standing =
        |p: &Played, e: &Entrant| Standing::new("", &p.figures, e.sampler.bias().is_some());
    let honest = played.iter().filter(|(e, _)| e.sampler.bias().is_none());
    let key = |(e, p): &&(Entrant, Played)| {
        let s = standing(p, e);
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
    found.map(|(e, p)| (e.sampler, Long::of(e.sampler, &p.figures)))
}

fn assembled<R: Scalar>(
    bench: &Bench<'_, R>,
    model: String,
    truth: Option<Truth>,
    left_out: LeftOut,
    played: Vec<(Entrant, Played)>,
) -> Section {
    let sites = bench.model.sites();
    let reference = truth
        .as_ref()
        .filter(|_| bench.discrepancy())
        .and_then(|truth| {
            let kernel = AverageHamming::paper();
            Reference::new(&truth.sample, sites, bench.model.states(), kernel).ok()
        });
    let rows: Vec<Row> = played
        .into_iter()
        .map(|(entrant, played)| {
            let curves = curves(bench, &played, truth.as_ref(), reference.as_ref());
            let biased = entrant.sampler.bias().is_some();
            Row {
                standing: Standing::new(&entrant.name, &played.figures, biased),
                figures: played.figures,
                entrant,
                curves,
            }
        })
        .collect();
    let standings: Vec<Standing> = rows.iter().map(|r| r.standing.clone()).collect();
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

fn curves<R: Scalar>(
    bench: &Bench<'_, R>,
    played: &Played,
    truth: Option<&Truth>,
    reference: Option<&Reference>,
) -> Vec<Curve> {
    let budget = played.figures.budget;
    let before = played.figures.seconds.0;
    let curve = |metric, value: &dyn Fn(&Moment) -> Option<f64>| {
        let at = |m: &Moment| {
            Some(At {
                steps: budget.steps_at(m.draws),
                seconds: before + m.seconds,
                value: value(m)?,
            })
        };
        let points: Vec<At> = played.moments.iter().filter_map(at).collect();
        (!points.is_empty()).then_some(Curve { metric, points })
    };
    let mmd = |m: &Moment| reference?.mmd2(&m.states).ok();
    let residual = |m: &Moment| {
        let fhmm = bench.model.fhmm()?;
        let rows = m.states.chunks_exact(bench.model.sites());
        let chains = rows.len() as f64;
        let sum: f64 = rows.map(|x| fhmm.mean_squared_residual(x)).sum();
        Some(sum / chains)
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
