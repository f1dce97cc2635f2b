//! One sampler's run on one model, and the figures it comes to.

use super::budget::Budget;
use super::recorder::{Moment, Record, Recorder, seconds_at};
use crate::failure::Failure;
use crate::road;
use crate::samplers::Sampler;
use crate::session::Speaker;
use gwg_chains::diagnostics::{self, Draws};
use gwg_chains::{Outcome, Plan};
use gwg_models::{AnyModel, Scalar};
use std::num::NonZeroUsize;

/// Groups of chains between which ESS is compared.
const GROUPS: usize = 10;

/// What all runs on a model share.
pub(super) struct Bench<'b, R: Scalar> {
    pub(super) model: &'b AnyModel<R>,
    pub(super) chains: usize,
    pub(super) seed: u64,
    pub(super) beta: f64,
    pub(super) threads: Option<NonZeroUsize>,
}

/// A number and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) value: f64,
    /// `None` where it cannot be told.
    pub(super) error: Option<f64>,
}

/// The figures of a run; `None` where undefined.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    pub(super) budget: Budget,
    pub(super) chains: usize,
    /// Of the warm-up, and of the recorded states, burn-in among them; the time of the metrics is in neither.
    pub(super) seconds: (f64, f64),
    pub(super) steps_per_second: Option<f64>,
    pub(super) acceptance: Option<f64>,
    pub(super) hops: Option<f64>,
    /// Evaluations a step: values, gradients.
    pub(super) evaluations: (Option<f64>, Option<f64>),
    /// What warm-up chose: its key, and the mean over chains.
    pub(super) adapted: Option<(&'static str, f64)>,
    /// `hamming`, then `log_prob`.
    pub(super) rhat: [Option<f64>; 2],
    pub(super) ess: [Option<Estimate>; 2],
    /// Of `hamming`, over the steps of all chains and over the seconds in which they were made.
    pub(super) ess_per_step: Option<Estimate>,
    pub(super) ess_per_second: Option<Estimate>,
    /// The recorded states are nearly independent: a closer look would find a larger ESS.
    pub(super) saturated: bool,
    pub(super) log_prob: Option<Estimate>,
}

/// A run, before the truth is known.
pub(super) struct Played {
    pub(super) figures: Figures,
    pub(super) moments: Vec<Moment>,
}

impl<R: Scalar> Bench<'_, R> {
    /// Whether samples are compared as a whole, not their means alone.
    pub(super) const fn discrepancy(&self) -> bool {
        matches!(self.model, AnyModel::Rbm(_))
    }

    /// Whether states are kept at the checkpoints.
    fn keep(&self) -> bool {
        self.discrepancy() || self.model.fhmm().is_some()
    }

    fn plan(&self, sampler: Sampler, budget: &Budget, seed: u64, chains: usize) -> Plan {
        Plan {
            chains,
            warmup: budget.warmup,
            draws: budget.draws,
            thin: budget.thin,
            seed,
            beta: self.beta,
            adapt: sampler.adapts(),
            threads: self.threads,
            ..Plan::default()
        }
    }

    /// What keeps a sampler from this model, found by one step of one chain.
    pub(super) fn refusal(&self, sampler: Sampler) -> Option<String> {
        let budget = Budget {
            warmup: 0,
            thin: 1,
            draws: 1,
            burn: 0,
        };
        let plan = self.plan(sampler, &budget, self.seed, 1);
        match road::run(sampler, self.model, &plan, &mut ()) {
            Err(Failure::Usage(why) | Failure::Run(why)) => {
                let said = format!("--sampler {}: ", sampler.name());
                Some(why.strip_prefix(&said).map_or(why.clone(), String::from))
            }
            _ => None,
        }
    }

    /// Runs a sampler; also for the truth, with a seed and chains of its own.
    pub(super) fn run(
        &self,
        sampler: Sampler,
        budget: &Budget,
        (seed, chains): (u64, usize),
        (name, speaker): (&str, &mut Speaker),
    ) -> Result<(Outcome, Record), Failure> {
        let plan = self.plan(sampler, budget, seed, chains);
        let shape = (chains, self.model.sites(), self.model.states());
        plan.check(shape.1, shape.2)
            .map_err(|e| Failure::usage(format!("--{e}")))?;
        let at = budget.checkpoints();
        let mut recorder = Recorder::new(name, speaker, shape, at, self.keep());
        let outcome = road::run(sampler, self.model, &plan, &mut recorder)?;
        let record = recorder.finish(&outcome);
        Ok((outcome, record))
    }

    /// Runs a sampler for the comparison; `None` where Ctrl-C ended it.
    pub(super) fn play(
        &self,
        sampler: Sampler,
        steps: u64,
        says: (&str, &mut Speaker),
    ) -> Result<Option<Played>, Failure> {
        let budget = Budget::new(&sampler, self.model.sites(), self.chains, steps);
        let (outcome, record) = self.run(sampler, &budget, (self.seed, self.chains), says)?;
        if outcome.interrupted {
            return Ok(None);
        }
        Ok(Some(Played {
            figures: figures(sampler, budget, &outcome, &record),
            moments: record.moments,
        }))
    }

    /// Steps of each chain that take about so many seconds, to two digits.
    pub(super) fn steps_in(
        &self,
        sampler: Sampler,
        seconds: f64,
        says: (&str, &mut Speaker),
    ) -> Result<u64, Failure> {
        let (name, speaker) = says;
        let mut steps = 16;
        loop {
            let budget = Budget::new(&sampler, self.model.sites(), self.chains, steps);
            let run = (self.seed, self.chains);
            let (outcome, record) = self.run(sampler, &budget, run, (name, &mut *speaker))?;
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

fn figures(sampler: Sampler, budget: Budget, outcome: &Outcome, record: &Record) -> Figures {
    let tally = outcome.tally;
    let steps = tally.steps as f64;
    let ratio = |a: f64, b: f64| Some(a / b).filter(|r| r.is_finite());
    let per_step = |n: u64| ratio(n as f64, steps);
    let sampling = seconds_at(&record.rounds, outcome.draws);
    let kept = outcome.draws - budget.burn.min(outcome.draws);
    let clock = Estimate {
        value: sampling - seconds_at(&record.rounds, budget.burn),
        error: clock_error(&record.rounds),
    };
    let series = [&outcome.hamming, &outcome.log_prob];
    let rows = series.map(|s| kept_rows(s, outcome.draws, budget.burn));
    let whole = [0, 1].map(|s| Draws::new(&rows[s]).ok());
    let of = |f: fn(&Draws<'_>) -> Option<f64>| [0, 1].map(|s| whole[s].as_ref().and_then(f));
    let ess = of(diagnostics::ess_bulk);
    let ess = [0, 1].map(|s| {
        ess[s].map(|value| Estimate {
            value,
            error: group_error(&rows[s]),
        })
    });
    let kept_steps = outcome.chains as f64 * kept as f64 * budget.thin as f64;
    let saturated = ess[0]
        .is_some_and(|e| budget.thin > 1 && e.value > 0.5 * outcome.chains as f64 * kept as f64);
    let log_prob = of(diagnostics::mean)[1].map(|value| Estimate {
        value,
        error: of(diagnostics::mcse_mean)[1],
    });
    let tuning = &outcome.tuning;
    let mean = tuning.iter().sum::<f64>() / tuning.len() as f64;
    Figures {
        budget,
        chains: outcome.chains,
        seconds: (outcome.seconds.0.as_secs_f64(), sampling),
        steps_per_second: ratio(steps, sampling),
        acceptance: per_step(tally.accepted),
        hops: per_step(tally.hops),
        evaluations: (per_step(tally.values), per_step(tally.gradients)),
        adapted: (sampler.adapts() && !tuning.is_empty()).then(|| (sampler.tuned(), mean)),
        rhat: of(diagnostics::rhat),
        ess,
        ess_per_step: ess[0].map(|e| e.over(Estimate::exact(kept_steps))),
        ess_per_second: ess[0].filter(|_| clock.value > 0.0).map(|e| e.over(clock)),
        saturated,
        log_prob,
    }
}

impl Estimate {
    pub(super) const fn exact(value: f64) -> Self {
        Self {
            value,
            error: Some(0.0),
        }
    }

    /// The quotient of two independent estimates.
    fn over(self, by: Self) -> Self {
        let relative = |e: Self| e.error.map(|error| error / e.value);
        let value = self.value / by.value;
        let error = relative(self)
            .zip(relative(by))
            .map(|(a, b)| value * a.hypot(b));
        Self { value, error }
    }
}

/// Each chain's draws from `burn` on.
fn kept_rows(series: &[f64], draws: usize, burn: usize) -> Vec<&[f64]> {
    let rows = series.chunks_exact(draws.max(1));
    rows.map(|row| row.get(burn..).unwrap_or_default())
        .collect()
}

/// Standard error of the ESS of all chains, from the spread between groups of them: chains are independent, so that
/// the ESS of all is the sum of the groups', and this is its jackknife error.
fn group_error(rows: &[&[f64]]) -> Option<f64> {
    let groups = GROUPS.min(if rows.len() < 4 {
        rows.len()
    } else {
        rows.len() / 2
    });
    if groups < 2 {
        return None;
    }
    let bound = |g: usize| g * rows.len() / groups;
    let of = |g: usize| diagnostics::ess_bulk(&Draws::new(&rows[bound(g)..bound(g + 1)]).ok()?);
    let found: Vec<f64> = (0..groups).map(of).collect::<Option<_>>()?;
    // Groups may differ in size by one chain.
    let scaled = found
        .iter()
        .enumerate()
        .map(|(g, ess)| ess * rows.len() as f64 / (groups * (bound(g + 1) - bound(g))) as f64);
    let scaled: Vec<f64> = scaled.collect();
    Some((groups as f64).sqrt() * spread(&scaled))
}

/// Standard error of the sampling time, from the spread between its rounds; `None` for fewer than three.
fn clock_error(rounds: &[(usize, f64)]) -> Option<f64> {
    let full = rounds.iter().filter(|r| r.0 == rounds[0].0).skip(1);
    let times: Vec<f64> = full.map(|r| r.1).collect();
    if times.len() < 2 {
        // Too short to tell; the spread of ESS is what is left.
        return Some(0.0);
    }
    Some((times.len() as f64).sqrt() * spread(&times))
}

/// Standard deviation, divisor n - 1.
fn spread(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / (n - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_add_their_relative_errors_in_squares() {
        let a = Estimate {
            value: 100.0,
            error: Some(3.0),
        };
        let b = Estimate {
            value: 2.0,
            error: Some(0.08),
        };
        let c = a.over(b);
        assert_eq!(c.value, 50.0);
        assert!((c.error.unwrap() - 2.5).abs() < 1e-12);
        let unknown = Estimate { error: None, ..b };
        assert_eq!(a.over(unknown).error, None);
    }

    /// Independent draws of 40 chains: the ESS is the number of draws, give or take what the groups say.
    #[test]
    fn the_error_of_an_ess_is_of_its_size() {
        let mut state = 1_u64;
        let mut noise = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64
        };
        let flat: Vec<f64> = (0..40 * 500).map(|_| noise()).collect();
        let rows: Vec<&[f64]> = flat.chunks(500).collect();
        let ess = diagnostics::ess_bulk(&Draws::new(&rows).unwrap()).unwrap();
        let error = group_error(&rows).unwrap();
        assert!(
            (ess - 20_000.0).abs() < 5.0 * error.max(200.0),
            "{ess} {error}"
        );
        assert!((50.0..2000.0).contains(&error), "{error}");
        assert_eq!(group_error(&rows[..1]), None);
    }

    #[test]
    fn burn_in_is_left_out() {
        let flat = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(kept_rows(&flat, 3, 1), [&[1.0, 2.0][..], &[4.0, 5.0]]);
    }
}
