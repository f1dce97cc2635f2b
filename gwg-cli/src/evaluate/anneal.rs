//! Annealing along any path.

use super::progress::Watched;
use super::work::{Estimates, Found, Kind, Part, Work, failed};
use crate::failure::Failure;
use crate::session;
use gwg_learn::log_z::{Annealing, Dwell, Origin, Path, PathWeights, Schedule};
use std::time::Instant;

/// States of the model, row-major, from which reverse paths start.
pub(super) struct Starts {
    pub(super) states: Vec<u8>,
    pub(super) origin: Origin,
    /// What they are.
    pub(super) source: String,
}

/// Adds the estimates by annealing that the method names; `starts` are made after the forward paths.
pub(super) fn along(
    work: &Work<'_>,
    path: &dyn Path,
    starts: impl FnOnce() -> Result<Starts, Failure>,
    found: &mut Estimates,
) -> Result<(), Failure> {
    let schedule = Schedule::linear(work.flags.temperatures).map_err(failed)?;
    let steps = found.steps as u64;
    let mut forward = None;
    if work.method.forward() {
        let since = Instant::now();
        let weights = directed(work, path, &schedule, steps, "forward AIS", |annealing| {
            annealing.forward(work.flags.particles)
        })?;
        let estimate = weights.estimate().map_err(failed)?;
        found.all.push(Found::new(Kind::Forward, estimate, since));
        forward = Some(weights);
    }
    if work.method.reverse() {
        let since = Instant::now();
        let starts = starts()?;
        let weights = directed(work, path, &schedule, steps, "reverse AIS", |annealing| {
            annealing.reverse(&starts.states, starts.origin)
        })?;
        let estimate = weights.estimate().map_err(failed)?;
        let reverse = Found::new(Kind::Reverse, estimate, since).from(starts.source);
        found.all.push(reverse);
        let bar = work.method.bar() && !found.irreversible;
        if let Some(forward) = forward.filter(|_| bar) {
            let since = Instant::now();
            let estimate = forward.bar(&weights).map_err(failed)?;
            found.all.push(Found::new(Kind::Bar, estimate, since));
        }
    }
    if work.method.integration() {
        found.all.push(integration(work, path, &schedule, steps)?);
    }
    Ok(())
}

fn directed(
    work: &Work<'_>,
    path: &dyn Path,
    schedule: &Schedule,
    steps: u64,
    name: &'static str,
    run: impl FnOnce(&Annealing<'_>) -> Result<PathWeights, gwg_learn::log_z::LogZError>,
) -> Result<PathWeights, Failure> {
    let watched = Watched::new(path, name, schedule.intervals(), work.reporter());
    let annealing = Annealing {
        path: &watched,
        schedule,
        steps,
        seed: work.seed(Part::Annealing),
        stop: session::stop(),
    };
    run(&annealing).map_err(failed)
}

/// Thermodynamic integration, with as many steps per level as annealing.
fn integration(
    work: &Work<'_>,
    path: &dyn Path,
    schedule: &Schedule,
    steps: u64,
) -> Result<Found, Failure> {
    let since = Instant::now();
    let name = "thermodynamic integration";
    let watched = Watched::new(path, name, schedule.levels().len(), work.reporter());
    let annealing = Annealing {
        path: &watched,
        schedule,
        steps,
        seed: work.seed(Part::Levels),
        stop: session::stop(),
    };
    let dwell = Dwell {
        warm_up: steps,
        draws: 1,
        thin: 1,
    };
    let draws = annealing.level_draws(work.flags.particles, dwell, false);
    let estimate = draws.and_then(|draws| draws.integrate()).map_err(failed)?;
    Ok(Found::new(Kind::Integration, estimate, since))
}
