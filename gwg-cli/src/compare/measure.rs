//! Runs one sampler on one model and computes its results.

use super::budget::Budget;
use super::estimate::{Estimate, clock_error, group_error, kept_rows};
use super::recorder::{self, Moment, Record, Recorder, Wanted, seconds_at};
use crate::failure::Failure;
use crate::session::ProgressReporter;
use crate::{sampling, statistics};
use gwg_chains::diagnostics::{self, Draws, SiteStatistics};
use gwg_chains::{Outcome, Plan, Quantity};
use gwg_core::StepCounts;
use gwg_registry::{Describe, Model, Precision, SamplerSpec};
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;

/// The quantities that R-hat and ESS are of.
pub(super) const JUDGED: [&str; 2] = ["hamming", "log_prob"];

/// Settings shared by all runs on a model.
pub(super) struct Bench<'b, R: Precision> {
    pub(super) model: &'b Model<R>,
    pub(super) chains: usize,
    pub(super) seed: u64,
    pub(super) beta: f64,
    pub(super) threads: Option<NonZeroUsize>,
}

/// The results of a run; `None` if undefined.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Figures {
    pub(super) budget: Budget,
    pub(super) chains: usize,
    /// Seconds of the warm-up, and of the recorded states, burn-in included; the time spent on metrics is in neither.
    pub(super) seconds: (f64, f64),
    pub(super) steps_per_second: Option<f64>,
    pub(super) acceptance: Option<f64>,
    pub(super) hops: Option<f64>,
    /// Evaluations per step: values, gradients. For a cycle of samplers, a step is the whole cycle.
    pub(super) evaluations: (Option<f64>, Option<f64>),
    /// Parameters adapted in the warm-up: keys, and means over chains.
    pub(super) adapted: Vec<(String, f64)>,
    /// R-hat and ESS of the symbols of the sites.
    pub(super) sites: SiteStatistics,
    /// One for each of [`JUDGED`].
    pub(super) rhat: [Option<f64>; 2],
    pub(super) ess: [Option<Estimate>; 2],
    /// Of `hamming`, over the steps of all chains, and over the seconds these took.
    pub(super) ess_per_step: Option<Estimate>,
    pub(super) ess_per_second: Option<Estimate>,
    /// True if the recorded states are nearly independent, so that recording more often would give a larger ESS.
    pub(super) saturated: bool,
    pub(super) log_prob: Option<Estimate>,
    /// Means of the cells over all chains, after the burn-in: with weights those of all weighted draws together.
    pub(super) means: Vec<f64>,
    /// Effective share of the draws, where they have importance weights.
    pub(super) effective: Option<f64>,
}

/// A completed run, before it is compared with the truth.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Completed {
    pub(super) figures: Figures,
    pub(super) moments: Vec<Moment>,
}

impl<R: Precision> Bench<'_, R> {
    /// True if whole samples are compared with the truth, in addition to their means.
    pub(super) fn discrepancy(&self) -> bool {
        self.model.about().and_then(Describe::machine).is_some()
    }

    /// The mean squared residual of a state, for a model of observations.
    pub(super) fn residual(&self, x: &[u8]) -> Option<f64> {
        self.model.about()?.residual(x)
    }

    /// True if states are kept at the checkpoints.
    pub(super) fn keep(&self) -> bool {
        self.discrepancy() || self.residual(&vec![0; self.model.sites()]).is_some()
    }

    /// Checks that memory suffices for the chains, before any sampler runs.
    pub(super) fn check_room(&self) -> Result<(), Failure> {
        let found = recorder::cells(self.chains, self.model.sites());
        found.map(|_| ()).map_err(|_| {
            Failure::usage(format!(
                "--chains: found {}, too many for this machine's memory at {} sites per chain; use fewer chains",
                self.chains,
                self.model.sites()
            ))
        })
    }

    fn plan(&self, sampler: &SamplerSpec, budget: &Budget, seed: u64, chains: usize) -> Plan {
        Plan {
            chains,
            warmup: budget.warmup,
            draws: budget.draws,
            thin: budget.thin,
            seed,
            beta: self.beta,
            adapt: sampler.adapts(),
            threads: self.threads,
            // The recorder evaluates `f` and judges the sites, in time that is not counted.
            quantities: vec![Quantity::hamming()],
            judge_sites: false,
            ..Plan::default()
        }
    }

    /// Returns the reason why a sampler does not run on this model, if it does not; tries one step of one chain.
    pub(super) fn refusal(&self, sampler: &SamplerSpec) -> Option<String> {
        let budget = Budget {
            warmup: 0,
            thin: 1,
            draws: 1,
            burn: 0,
        };
        let plan = self.plan(sampler, &budget, self.seed, 1);
        match sampling::run(sampler, self.model, &plan, &mut ()) {
            Err(Failure::Usage(why) | Failure::Run(why)) => {
                let said = why.strip_prefix("--sampler ");
                let rest = said.and_then(|said| said.split_once(": "));
                Some(rest.map_or(why.clone(), |(_, rest)| rest.to_owned()))
            }
            _ => None,
        }
    }

    /// Runs a sampler with the given seed and number of chains; also used to estimate the truth.
    pub(super) fn run(
        &self,
        sampler: &SamplerSpec,
        budget: &Budget,
        (seed, chains): (u64, usize),
        (name, reporter): (&str, &mut ProgressReporter),
    ) -> Result<(Outcome, Record), Failure> {
        let plan = self.plan(sampler, budget, seed, chains);
        let shape = (chains, self.model.sites(), self.model.states());
        plan.check(shape.1, shape.2)
            .map_err(|e| Failure::usage(format!("--{e}")))?;
        let wanted = Wanted {
            checkpoints: budget.checkpoints(),
            keep: self.keep(),
            burn: budget.burn.min(budget.draws),
            log_prob: &|x| self.model.log_prob(x),
        };
        let mut recorder = Recorder::new(name, reporter, shape, wanted)?;
        let outcome = sampling::run(sampler, self.model, &plan, &mut recorder)?;
        if let Some(error) = outcome.model_error() {
            return Err(Failure::run(error));
        }
        let record = recorder.finish(&outcome);
        Ok((outcome, record))
    }

    /// Runs a sampler for the comparison; `None` if interrupted.
    pub(super) fn run_for_comparison(
        &self,
        sampler: &SamplerSpec,
        steps: u64,
        named: (&str, &mut ProgressReporter),
    ) -> Result<Option<Completed>, Failure> {
        let budget = Budget::new(sampler, self.model.sites(), self.chains, steps);
        let (outcome, record) = self.run(sampler, &budget, (self.seed, self.chains), named)?;
        if outcome.interrupted {
            return Ok(None);
        }
        Ok(Some(Completed {
            figures: figures(Ran::of(sampler, budget, &outcome), &record),
            moments: record.moments,
        }))
    }

    /// Number of steps per chain that take about this many seconds, to two digits.
    pub(super) fn steps_in(
        &self,
        sampler: &SamplerSpec,
        seconds: f64,
        named: (&str, &mut ProgressReporter),
    ) -> Result<u64, Failure> {
        let (name, reporter) = named;
        let mut steps = 16;
        loop {
            let budget = Budget::new(sampler, self.model.sites(), self.chains, steps);
            let run = (self.seed, self.chains);
            let (outcome, record) = self.run(sampler, &budget, run, (name, &mut *reporter))?;
            let took = outcome.seconds.0.as_secs_f64() + seconds_at(&record.rounds, budget.draws);
            if took > (0.05 * seconds).min(0.5) || outcome.interrupted || steps > 1 << 40 {
                let wanted = (budget.steps() as f64 * seconds / took.max(1e-9)).max(20.0);
                let unit = 10.0_f64.powf(wanted.log10().floor() - 1.0);
                return Ok(((wanted / unit).round() * unit) as u64);
            }
            steps *= 4;
        }
    }
}

/// A run, of a sampler or of a relaxation.
pub(super) struct Ran<'r> {
    pub(super) budget: Budget,
    pub(super) chains: usize,
    /// Draws of each chain.
    pub(super) draws: usize,
    /// Steps of all chains after the warm-up, and what they counted.
    pub(super) steps: u64,
    pub(super) counts: StepCounts,
    /// Seconds of the warm-up.
    pub(super) warmup: f64,
    pub(super) adapted: Vec<(String, f64)>,
    /// The Hamming distance at all draws, (chain, draw).
    pub(super) hamming: &'r [f64],
}

impl<'r> Ran<'r> {
    fn of(sampler: &SamplerSpec, budget: Budget, outcome: &'r Outcome) -> Self {
        Self {
            budget,
            chains: outcome.chains,
            draws: outcome.draws,
            steps: statistics::steps(outcome, budget.thin),
            counts: outcome.counts,
            warmup: outcome.seconds.0.as_secs_f64(),
            adapted: adapted(sampler, outcome),
            hamming: outcome.quantity(JUDGED[0]).unwrap_or_default(),
        }
    }
}

pub(super) fn figures(ran: Ran<'_>, record: &Record) -> Figures {
    let (counts, budget, chains, draws) = (ran.counts, ran.budget, ran.chains, ran.draws);
    let steps = ran.steps as f64;
    let ratio = |a: f64, b: f64| Some(a / b).filter(|r| r.is_finite());
    let per_step = |n: u64| ratio(n as f64, steps);
    let sampling = seconds_at(&record.rounds, draws);
    let kept = draws - budget.burn.min(draws);
    let clock = Estimate {
        value: sampling - seconds_at(&record.rounds, budget.burn),
        error: clock_error(&record.rounds),
    };
    let series = [ran.hamming, &record.log_prob];
    let rows = series.map(|s| kept_rows(s, draws, budget.burn));
    let whole = [0, 1].map(|s| Draws::new(&rows[s]).ok().map(Draws::of_sum));
    let of = |f: fn(&Draws<'_>) -> Option<f64>| [0, 1].map(|s| whole[s].as_ref().and_then(f));
    let ess = of(diagnostics::ess_bulk);
    let ess = [0, 1].map(|s| {
        ess[s].map(|value| Estimate {
            value,
            error: group_error(&rows[s]),
        })
    });
    let kept_steps = chains as f64 * kept as f64 * budget.thin as f64;
    let saturated =
        ess[0].is_some_and(|e| budget.thin > 1 && e.value > 0.5 * chains as f64 * kept as f64);
    let log_prob = of(diagnostics::mean)[1].map(|value| Estimate {
        value,
        error: of(diagnostics::mcse_mean)[1],
    });
    Figures {
        budget,
        chains,
        seconds: (ran.warmup, sampling),
        steps_per_second: ratio(steps, sampling),
        acceptance: ratio(counts.accepted as f64, counts.steps as f64),
        hops: per_step(counts.sites_changed),
        evaluations: (per_step(counts.values), per_step(counts.gradients)),
        adapted: ran.adapted,
        sites: record.sites.statistics(),
        rhat: of(diagnostics::rhat),
        ess,
        ess_per_step: ess[0].map(|e| e.over(Estimate::exact(kept_steps))),
        ess_per_second: ess[0].filter(|_| clock.value > 0.0).map(|e| e.over(clock)),
        saturated,
        log_prob,
        means: record.means.clone(),
        effective: None,
    }
}

/// Mean over chains of every adapted parameter.
fn adapted(sampler: &SamplerSpec, outcome: &Outcome) -> Vec<(String, f64)> {
    let keys = sampler.tuned();
    let mean = |k| {
        let values = outcome.tuning.iter().skip(k).step_by(keys.len());
        let count = values.len();
        (count > 0).then(|| values.sum::<f64>() / count as f64)
    };
    let keys = keys.iter().enumerate();
    keys.filter_map(|(k, key)| Some((key.clone(), mean(k)?)))
        .collect()
}
