//! `--ladder`: parallel trajectory tempering through the models of a training run.

use super::work::{Estimates, Found, Kind, LadderFacts, Part, Work, failed};
use crate::failure::Failure;
use crate::waiting;
use gwg_learn::log_z::LogZError;
use gwg_learn::{Ladder, RbmLayers, SweptModel, read_ladder};
use gwg_models::io::visible_path;
use std::path::Path;
use std::time::Instant;

/// Arrivals below which the chains of the last model may still be where they began.
const FEWEST: u64 = 20;
/// Sweeps of a model with which its chains begin, from states of the one before.
const FIRST: usize = 20;
/// Sweeps of every model between exchanges.
const SWEEPS: usize = 2;

/// Adds the estimate by the ladder, if there is one, and returns the states of the last model's chains.
pub(super) fn run(
    work: &Work<'_>,
    last: &RbmLayers,
    found: &mut Estimates,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = &work.flags.ladder else {
        return Ok(None);
    };
    let models = models(path, last)?;
    let (count, chains) = (models.len(), work.flags.particles);
    // The layers of the chains of each model in f32, and their states.
    let (visible, hidden) = (last.visible() as u64, last.hidden() as u64);
    let each = 5 * (visible + hidden) + 64;
    let needed = (count as u64 * each).saturating_mul(chains as u64);
    work.check_memory(needed, last.sites())?;
    let steps = work.flags.temperatures.max(2);
    work.announce(&format!(
        "ladder: {count} models, {chains} chains each, {steps} steps after {}",
        steps / 2
    ));
    let since = Instant::now();
    let mut ladder = begin(work, models)?;
    advance(work, &mut ladder, steps / 2, false)?;
    let before = ladder.arrivals();
    advance(work, &mut ladder, steps, true)?;
    let arrivals = ladder.arrivals() - before;
    let estimate = ladder.log_z().map_err(|error| match error {
        error @ LogZError::TooFew { .. } => {
            Failure::usage(format!("--ladder: {error}; use more --temperatures"))
        }
        error => failed(error),
    })?;
    let counts = arrivals >= FEWEST;
    if !counts {
        found.notes.push(format!(
            "the ladder is no evidence: {arrivals} states that were drawn independently arrived at the last model, needed are at least {FEWEST}; use more --temperatures (steps) or --particles (chains), or a ladder of more models"
        ));
    }
    found.all.push(Found {
        ladder: Some(LadderFacts {
            models: count,
            arrivals,
            acceptance: ladder.acceptance(),
        }),
        counts,
        ..Found::new(Kind::Ladder, estimate.estimate, since)
    });
    Ok(Some(ladder.rows()))
}

/// The models of the file, and the one that is evaluated where it is not their last.
fn models(path: &Path, last: &RbmLayers) -> Result<Vec<RbmLayers>, Failure> {
    let read = || read_ladder(path).map_err(|error| Failure::usage(format!("--ladder {error}")));
    let mut models = waiting::while_reading(path, read)?;
    let shape = |m: &RbmLayers| {
        let (sites, states) = (m.sites(), m.states());
        format!(
            "{sites} sites of {states} states and {} hidden units",
            m.hidden()
        )
    };
    let own = shape(last);
    if let Some(found) = models.iter().map(shape).find(|found| *found != own) {
        return Err(Failure::usage(format!(
            "--ladder {}: found models of {found}, but the model has {own}",
            visible_path(path)
        )));
    }
    if models.last() != Some(last) {
        models.push(last.clone());
    }
    if models.len() < 2 {
        return Err(Failure::usage(format!(
            "--ladder {}: found 1 model, allowed are at least 2: from one without weights to that of MODEL",
            visible_path(path)
        )));
    }
    Ok(models)
}

/// The chains of every model begin at states of the one before it.
fn begin(work: &Work<'_>, models: Vec<RbmLayers>) -> Result<Ladder<RbmLayers>, Failure> {
    let sites = models.first().map_or(0, SweptModel::sites);
    let seed = work.seed(Part::Ladder);
    let mut rows = vec![0; work.flags.particles * sites];
    let mut starts = Vec::with_capacity(models.len());
    for (k, model) in models.iter().enumerate() {
        work.check_stop()?;
        let mut chains = model.chains(&rows, work.seed(Part::Base) ^ k as u64);
        model.sweep(&mut chains, FIRST);
        rows = model.rows(&chains);
        starts.push(rows.clone());
    }
    Ok(Ladder::with_states(models, starts, seed, &work.threads))
}

fn advance(
    work: &Work<'_>,
    ladder: &mut Ladder<RbmLayers>,
    steps: usize,
    record: bool,
) -> Result<(), Failure> {
    let name = if record { "ladder" } else { "ladder, burn-in" };
    for done in 0..steps {
        work.check_stop()?;
        work.show(name, done, steps);
        ladder.advance(1, SWEEPS, record);
    }
    Ok(())
}
