//! Runs of chains.

use super::weighted::{moment, weighted};
use super::{Form, failed};
use crate::compare::budget::Budget;
use crate::compare::contender::Relaxation;
use crate::compare::measure::{Bench, Completed, Ran, figures};
use crate::compare::recorder::{Moment, Recorder};
use crate::failure::Failure;
use crate::session::{ProgressReporter, interrupted};
use gwg_bench::relaxations::{RelaxedChains, RelaxedDraws, WeightedRun};
use gwg_chains::{Batch, Observer, Progress, QuantityDraws, Threads, hamming, reference};
use gwg_core::StepCounts;
use gwg_registry::Precision;
use std::num::NonZeroUsize;
use std::time::Instant;

/// Batches are as long as this takes, in seconds, so that an interrupt is seen soon.
const LOOK: f64 = 0.2;

impl<R: Precision> Bench<'_, R> {
    fn pool(&self) -> Result<Threads, Failure> {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let wanted = self.threads.unwrap_or_else(cores);
        let most = NonZeroUsize::new(self.chains).unwrap_or(NonZeroUsize::MIN);
        Threads::new(wanted.min(most)).map_err(Failure::from)
    }
}

/// Runs chains; the results without and with weights, `None` if interrupted.
pub(super) fn of_chains<R: Precision>(
    bench: &Bench<'_, R>,
    form: &Form<'_, R>,
    relaxation: Relaxation,
    budget: &Budget,
    reporter: &mut ProgressReporter,
) -> Result<Option<[Completed; 2]>, Failure> {
    let Relaxation {
        method,
        temperature,
        ..
    } = relaxation;
    let (name, log_prob) = (relaxation.name(), |x: &[u8]| bench.model.log_prob(x));
    let start = (bench.chains, bench.seed);
    let began = Instant::now();
    let mut chains =
        RelaxedChains::new(form, method, temperature, start, bench.pool()?).map_err(failed)?;
    let mut recorder = bench.recorder(budget, (&name, reporter), &log_prob)?;
    let of = budget.warmup;
    let stop = |done| recorder.progress(Progress::Warmup { done, of }).is_break();
    if !chains.warm_up(of, stop).map_err(failed)? || interrupted() {
        return Ok(None);
    }
    let warmup = began.elapsed().as_secs_f64();
    let before = chains.counts();
    let Some(drawn) = draw(bench, &mut chains, budget, &mut recorder)? else {
        return Ok(None);
    };
    let counts = since(chains.counts(), before);
    let ran = Ran {
        budget: *budget,
        chains: bench.chains,
        draws: budget.draws,
        steps: counts.steps,
        counts,
        warmup,
        adapted: vec![("step".to_owned(), chains.step_size())],
        hamming: &drawn.hamming,
    };
    let record = recorder.finish_timed(budget.draws, drawn.rounds);
    let mut found = figures(ran, &record);
    found.hops = None;
    if !method.is_adjusted() {
        found.acceptance = None;
    }
    let with = weighted(&found, &drawn.weighted);
    let seconds = |moment: &Moment| moment.seconds;
    let mut moments = drawn.moments;
    for (moment, plain) in moments.iter_mut().zip(&record.moments) {
        moment.seconds = seconds(plain);
    }
    Ok(Some([
        Completed {
            figures: found,
            moments: record.moments,
        },
        Completed {
            figures: with,
            moments,
        },
    ]))
}

fn since(after: StepCounts, before: StepCounts) -> StepCounts {
    StepCounts {
        steps: after.steps - before.steps,
        accepted: after.accepted - before.accepted,
        sites_changed: after.sites_changed - before.sites_changed,
        values: after.values - before.values,
        gradients: after.gradients - before.gradients,
        invalid: after.invalid - before.invalid,
    }
}

/// What all draws give.
struct Drawn {
    /// (chain, draw).
    hamming: Vec<f64>,
    weighted: WeightedRun,
    /// With weights.
    moments: Vec<Moment>,
    rounds: Vec<(usize, f64)>,
}

/// Makes all draws; `None` if interrupted.
fn draw<R: Precision>(
    bench: &Bench<'_, R>,
    chains: &mut RelaxedChains<'_, Form<'_, R>>,
    budget: &Budget,
    recorder: &mut Recorder<'_>,
) -> Result<Option<Drawn>, Failure> {
    let (sites, of) = (bench.model.sites(), budget.draws);
    let to_reference: Vec<u8> = reference(sites, bench.model.states(), bench.seed);
    let mut series = vec![Vec::with_capacity(of); bench.chains];
    let mut drawn = Drawn {
        hamming: Vec::new(),
        weighted: WeightedRun::new(bench.chains, sites),
        moments: Vec::new(),
        rounds: Vec::new(),
    };
    let checkpoints = budget.checkpoints();
    let (mut to, mut done, mut next, none) =
        (RelaxedDraws::default(), 0, 1, QuantityDraws::default());
    while done < of {
        let here = next.min(of - done);
        let began = Instant::now();
        chains.draw(here, budget.thin, &mut to);
        let took = began.elapsed().as_secs_f64();
        drawn.rounds.push((here, took));
        if took < LOOK {
            next = (2 * next).min(recorder.batch_draws());
        }
        let batch = Batch {
            first_draw: done,
            draws: here,
            chains: bench.chains,
            sites,
            x: &to.x,
            quantities: &none,
            accepted: &[],
            sites_changed: &[],
        };
        recorder.batch(&batch).map_err(Failure::run)?;
        for (all, row) in series.iter_mut().zip(to.x.chunks_exact(here * sites)) {
            let rows = row.chunks_exact(sites);
            all.extend(rows.map(|x| hamming(x, &to_reference) as f64));
        }
        weigh(bench, &to, &checkpoints, done, &mut drawn);
        done += here;
        if recorder
            .progress(Progress::Sampling { done, of })
            .is_break()
        {
            return Ok(None);
        }
    }
    drawn.hamming = series.concat();
    Ok(Some(drawn))
}

/// Adds draws to the means with weights, and a moment at each checkpoint.
fn weigh<R: Precision>(
    bench: &Bench<'_, R>,
    to: &RelaxedDraws,
    checkpoints: &[usize],
    done: usize,
    drawn: &mut Drawn,
) {
    let sites = bench.model.sites();
    for draw in 0..to.draws {
        for chain in 0..bench.chains {
            let at = chain * to.draws + draw;
            let x = to.x.get(at * sites..(at + 1) * sites).unwrap_or_default();
            let log_weight = to.log_weights.get(at).copied().unwrap_or(f64::NAN);
            let f = bench.model.log_prob(x);
            drawn.weighted.push(chain, log_weight, x, f);
        }
        let now = done + draw + 1;
        if checkpoints.get(drawn.moments.len()) == Some(&now) {
            drawn.moments.push(moment(&drawn.weighted, now));
        }
    }
}
