//! Runs one relaxation on one model and computes its results, with and without importance weights.

use super::budget::Budget;
use super::contender::Relaxation;
use super::estimate::Estimate;
use super::measure::{Bench, Completed, Figures, Ran, figures};
use super::recorder::{Moment, Recorder, Wanted};
use super::section::Allowance;
use crate::failure::Failure;
use crate::session::{ProgressReporter, interrupted};
use gwg_bench::relaxations::{
    MOST_UPDATES, RelaxedChains, RelaxedDraws, RelaxedMethod, RelaxedParticles, WeightedRun,
};
use gwg_chains::{Batch, Observer, Progress, QuantityDraws, Threads, hamming, reference};
use gwg_core::StepCounts;
use gwg_registry::{DynRelaxed, Precision};
use gwg_relax::{RelaxError, Relaxed, Scaled};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::Instant;

/// A model between its states, at the inverse temperature of the comparison.
pub(super) type Form<'m, R> = Scaled<DynRelaxed<'m, R>>;

/// Batches are as long as this takes, in seconds, so that an interrupt is seen soon.
const LOOK: f64 = 0.2;

/// What a run of a relaxation has measured; of particles one, of chains those without and with weights.
pub(super) type Both = Vec<(Relaxation, Completed)>;

/// The rows of a method at a temperature.
pub(super) fn wanted(method: RelaxedMethod, temperature: f64) -> Vec<Relaxation> {
    let with = |weighted| Relaxation {
        method,
        temperature,
        weighted,
    };
    let weights: &[bool] = if method.has_particles() {
        &[false]
    } else {
        &[false, true]
    };
    weights.iter().map(|&weighted| with(weighted)).collect()
}

/// All methods at these temperatures; particles, which take long, at the one next to 0.5.
pub(super) fn methods(temperatures: &[f64]) -> Vec<(RelaxedMethod, f64)> {
    let of_chains = RelaxedMethod::ALL.iter().filter(|m| !m.has_particles());
    let of_particles = RelaxedMethod::ALL.iter().filter(|m| m.has_particles());
    let far = |t: &&f64| (t.ln() - 0.5_f64.ln()).abs();
    let middle = temperatures.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
    let chains = temperatures
        .iter()
        .flat_map(|&t| of_chains.clone().map(move |&method| (method, t)));
    let particles = middle
        .into_iter()
        .flat_map(|&t| of_particles.clone().map(move |&m| (m, t)));
    chains.chain(particles).collect()
}

fn failed(error: RelaxError) -> Failure {
    Failure::run(format!("--relaxations: {error}"))
}

/// Runs a method at a temperature; `None` if interrupted.
pub(super) fn run<R: Precision>(
    bench: &Bench<'_, R>,
    form: &Form<'_, R>,
    (method, temperature): (RelaxedMethod, f64),
    allowance: Allowance,
    reporter: &mut ProgressReporter,
) -> Result<Option<Both>, Failure> {
    let relaxation = Relaxation {
        method,
        temperature,
        weighted: false,
    };
    if method.has_particles() {
        let found = of_particles(bench, form, relaxation, allowance, reporter)?;
        return Ok(found.map(|completed| vec![(relaxation, completed)]));
    }
    let gradients = match allowance {
        Allowance::Steps(gradients) => gradients,
        Allowance::Seconds(seconds) => {
            match gradients_in(bench, form, relaxation, seconds, reporter)? {
                Some(gradients) => gradients,
                None => return Ok(None),
            }
        }
    };
    let budget = Budget::relaxed(method, bench.chains, gradients);
    let found = of_chains(bench, form, relaxation, &budget, reporter)?;
    Ok(found.map(|both| wanted(method, temperature).into_iter().zip(both).collect()))
}

/// The number of gradients of each chain that take about this many seconds, to two digits; `None` if interrupted.
fn gradients_in<R: Precision>(
    bench: &Bench<'_, R>,
    form: &Form<'_, R>,
    relaxation: Relaxation,
    seconds: f64,
    reporter: &mut ProgressReporter,
) -> Result<Option<u64>, Failure> {
    let mut gradients = 100;
    loop {
        let budget = Budget::relaxed(relaxation.method, bench.chains, gradients);
        let Some([plain, _]) = of_chains(bench, form, relaxation, &budget, reporter)? else {
            return Ok(None);
        };
        let took = plain.figures.seconds.0 + plain.figures.seconds.1;
        if took > (0.05 * seconds).min(0.5) || gradients > 1 << 40 {
            let wanted = (gradients as f64 * seconds / took.max(1e-9)).max(100.0);
            let unit = 10.0_f64.powf(wanted.log10().floor() - 1.0);
            return Ok(Some(((wanted / unit).round() * unit) as u64));
        }
        gradients *= 4;
    }
}

impl<R: Precision> Bench<'_, R> {
    fn pool(&self) -> Result<Threads, Failure> {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let wanted = self.threads.unwrap_or_else(cores);
        let most = NonZeroUsize::new(self.chains).unwrap_or(NonZeroUsize::MIN);
        Threads::new(wanted.min(most)).map_err(Failure::from)
    }

    fn recorder<'r>(
        &'r self,
        budget: &Budget,
        named: (&'r str, &'r mut ProgressReporter),
        log_prob: &'r dyn Fn(&[u8]) -> f64,
    ) -> Result<Recorder<'r>, Failure> {
        let shape = (self.chains, self.model.sites(), self.model.states());
        let wanted = Wanted {
            checkpoints: budget.checkpoints(),
            keep: self.keep(),
            burn: 0,
            log_prob,
        };
        Recorder::new(named.0, named.1, shape, wanted).map_err(Failure::from)
    }
}

/// Runs chains; the results without and with weights, `None` if interrupted.
fn of_chains<R: Precision>(
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
        if recorder.progress(Progress::Sampling { done, of }) == ControlFlow::Break(()) {
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

/// The means with weights of one chain each, as those without are kept.
fn moment(weighted: &WeightedRun, draws: usize) -> Moment {
    let rows: Vec<Vec<f64>> = weighted.of_chains().map(|(means, _)| means).collect();
    Moment {
        log_prob: weighted.of_all().1,
        ..of_rows(&rows, draws, weighted.sites())
    }
}

fn of_rows(rows: &[Vec<f64>], draws: usize, sites: usize) -> Moment {
    let share = 1.0 / rows.len() as f64;
    let (mut means, mut square) = (vec![0.0; sites], 0.0);
    for row in rows {
        for (mean, here) in means.iter_mut().zip(row) {
            *mean += here * share;
            square += here * here * share;
        }
    }
    Moment {
        draws,
        seconds: 0.0,
        log_prob: f64::NAN,
        square: square / sites as f64,
        means,
        states: Vec::new(),
    }
}

/// The figures with weights, from those without: the steps are the same, and each draw takes one evaluation more.
fn weighted(plain: &Figures, run: &WeightedRun) -> Figures {
    let values: Vec<f64> = run.of_chains().map(|(_, f)| f).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|f| (f - mean).powi(2)).sum();
    let error = (squares / (n * (n - 1.0))).sqrt();
    let (means, value) = run.of_all();
    Figures {
        rhat: [None; 2],
        ess: [None; 2],
        ess_per_step: None,
        ess_per_second: None,
        saturated: false,
        log_prob: value.is_finite().then_some(Estimate {
            value,
            error: Some(error).filter(|error| error.is_finite()),
        }),
        means,
        effective: run.effective_share(),
        ..plain.clone()
    }
}

/// Runs particles, as many as there are chains; `None` if interrupted.
fn of_particles<R: Precision>(
    bench: &Bench<'_, R>,
    form: &Form<'_, R>,
    relaxation: Relaxation,
    allowance: Allowance,
    reporter: &mut ProgressReporter,
) -> Result<Option<Completed>, Failure> {
    let Relaxation {
        method,
        temperature,
        ..
    } = relaxation;
    let (name, log_prob) = (relaxation.name(), |x: &[u8]| bench.model.log_prob(x));
    let start = (bench.chains, bench.seed);
    let mut particles = RelaxedParticles::new(form, method, temperature, start).map_err(failed)?;
    let (most, seconds) = match allowance {
        Allowance::Steps(n) => (n / method.gradients_per_step(), f64::INFINITY),
        Allowance::Seconds(seconds) => (MOST_UPDATES, seconds),
    };
    let most = most.clamp(1, MOST_UPDATES);
    let mut recorder = bench.recorder(&Budget::of_draws(1), (&name, reporter), &log_prob)?;
    let began = Instant::now();
    let mut updates = 0;
    while updates < most && began.elapsed().as_secs_f64() < seconds {
        particles.update().map_err(failed)?;
        updates += 1;
        let progress = Progress::Warmup {
            done: updates,
            of: most,
        };
        if recorder.progress(progress).is_break() {
            return Ok(None);
        }
    }
    let took = began.elapsed().as_secs_f64();
    let states = particles.states();
    let batch = Batch {
        first_draw: 0,
        draws: 1,
        chains: bench.chains,
        sites: bench.model.sites(),
        x: &states,
        quantities: &QuantityDraws::default(),
        accepted: &[],
        sites_changed: &[],
    };
    recorder.batch(&batch).map_err(Failure::run)?;
    let record = recorder.finish_timed(1, vec![(1, took)]);
    let ran = Ran {
        budget: Budget::of_draws(updates),
        chains: bench.chains,
        draws: 1,
        steps: updates * bench.chains as u64,
        counts: StepCounts {
            gradients: particles.evaluations(),
            ..StepCounts::default()
        },
        warmup: 0.0,
        adapted: Vec::new(),
        hamming: &[],
    };
    let values = &record.log_prob;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let found = Figures {
        acceptance: None,
        hops: None,
        ess: [None; 2],
        rhat: [None; 2],
        ess_per_step: None,
        ess_per_second: None,
        saturated: false,
        log_prob: Some(Estimate {
            value: mean,
            error: None,
        }),
        effective: particles.effective_share(),
        ..figures(ran, &record)
    };
    // One result of all particles together.
    let sites = bench.model.sites();
    let rows = record.moments.iter().map(|moment| {
        let draws = updates as usize;
        Moment {
            seconds: took,
            log_prob: moment.log_prob,
            states: moment.states.clone(),
            ..of_rows(std::slice::from_ref(&moment.means), draws, sites)
        }
    });
    let moments = rows.collect();
    Ok(Some(Completed {
        figures: found,
        moments,
    }))
}

/// Checks that a model can be relaxed, and returns it between its states.
pub(super) fn form<'m, R: Precision>(
    bench: &Bench<'m, R>,
    spec: &str,
) -> Result<Form<'m, R>, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("--relaxations: model `{spec}`: {why}"))
    };
    let own = bench.model.relaxed().map_err(|error| refused(&error))?;
    debug_assert!(own.is_binary());
    Scaled::new(own, bench.beta).map_err(|error| refused(&error))
}
