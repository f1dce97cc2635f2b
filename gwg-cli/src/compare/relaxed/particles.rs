//! Runs of particles.

use super::weighted::of_rows;
use super::{Form, failed};
use crate::compare::budget::Budget;
use crate::compare::contender::Relaxation;
use crate::compare::estimate::Estimate;
use crate::compare::measure::{Bench, Completed, Figures, Ran, figures};
use crate::compare::recorder::Moment;
use crate::compare::section::Allowance;
use crate::failure::Failure;
use crate::session::ProgressReporter;
use gwg_bench::relaxations::{MOST_UPDATES, RelaxedParticles};
use gwg_chains::{Batch, Observer, Progress, QuantityDraws};
use gwg_core::StepCounts;
use gwg_registry::Precision;
use std::time::Instant;

/// Runs particles, as many as there are chains; `None` if interrupted.
pub(super) fn of_particles<R: Precision>(
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
