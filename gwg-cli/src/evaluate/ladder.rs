//! `--ladder`: parallel trajectory tempering through the models of a training run.

use super::work::{Estimates, Found, Kind, LadderFacts, Part, Work, failed};
use crate::failure::Failure;
use crate::learn::spins;
use crate::{memory, waiting};
use gwg_learn::log_z::LogZError;
use gwg_learn::{
    Ladder, LadderFileError, PairPotts, RbmLayers, SweptModel, SweptPotts, read_ladder,
    read_potts_ladder,
};
use gwg_models::DenseIsing;
use gwg_models::io::{Parameters, visible_path};
use gwg_registry::Model;
use std::path::Path;
use std::time::Instant;

/// Arrivals below which the chains of the last model may still be where they began.
const FEWEST: u64 = 20;
/// Sweeps of a model with which its chains begin, from states of the one before.
const FIRST: usize = 20;
/// Sweeps of every model between exchanges.
const SWEEPS: usize = 2;

/// Adds the estimate by the ladder of a Boltzmann machine, if there is one, and returns the states of the last model's chains.
pub(super) fn of_machine(
    work: &Work<'_>,
    last: &RbmLayers,
    found: &mut Estimates,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = &work.flags.ladder else {
        return Ok(None);
    };
    let shape = |m: &RbmLayers| {
        let (sites, states) = (m.sites(), m.states());
        format!(
            "{sites} sites of {states} states and {} hidden units",
            m.hidden()
        )
    };
    let models = models(path, read_ladder, last, shape)?;
    // The layers of the chains of each model in f32, and their states.
    let each = 5 * (last.visible() as u64 + last.hidden() as u64) + 64;
    run(work, models, each, found).map(Some)
}

/// The same of a model of all pairs of sites; other models have no ladder.
pub(super) fn of_pairs(
    work: &Work<'_>,
    model: &Model<f64>,
    found: &mut Estimates,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = &work.flags.ladder else {
        return Ok(None);
    };
    let Some(last) = pairs(model)? else {
        return Err(Failure::usage(
            "--ladder: the model is no restricted Boltzmann machine, and no Potts or Ising model of all pairs of sites, and ladders are of these only",
        ));
    };
    let shape = |m: &PairPotts<f32>| format!("{} sites of {} states", m.sites(), m.states());
    let models = models(path, read_potts_ladder, &last, shape)?;
    let (l, q) = (last.sites() as u64, last.states() as u64);
    let tables = 4 * l.saturating_mul(l).saturating_mul(2 * q * (q + 8));
    memory::check(
        &format!("--ladder: {} models of {l} sites", models.len()),
        tables.saturating_mul(models.len() as u64),
        "use a ladder of fewer models",
    )?;
    let models = models.into_iter();
    let models = models.map(|model| SweptPotts::new(model, &work.threads));
    run(work, models.collect(), 3 * l + 64, found).map(Some)
}

/// A model of all pairs in f32, each pair once.
fn pairs(model: &Model<f64>) -> Result<Option<PairPotts<f32>>, Failure> {
    let parameters = model.parameters().map_err(Failure::run)?;
    match parameters {
        Some(Parameters::PottsDense {
            sites: n,
            states: q,
            coupling,
            field,
        }) => {
            let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| i * n + j));
            let blocks = pairs.flat_map(|at| &coupling[at * q * q..(at + 1) * q * q]);
            let coupling = blocks.map(|&j| (2.0 * j) as f32).collect();
            let field = field.iter().map(|&h| h as f32).collect();
            let made = PairPotts::new(n, q, field, coupling);
            made.map(Some).map_err(Failure::run)
        }
        Some(Parameters::IsingDense { coupling, field }) => {
            let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect();
            let model = DenseIsing::new(narrow(&coupling), narrow(&field));
            spins(&model.map_err(Failure::run)?).map(Some)
        }
        _ => Ok(None),
    }
}

/// Adds the estimate by the ladder, with so many bytes of each chain, and returns the states of the last model's chains.
fn run<M: SweptModel>(
    work: &Work<'_>,
    models: Vec<M>,
    each: u64,
    found: &mut Estimates,
) -> Result<Vec<u8>, Failure> {
    let (count, chains) = (models.len(), work.flags.particles);
    let sites = models.first().map_or(0, SweptModel::sites);
    let needed = (count as u64 * each).saturating_mul(chains as u64);
    work.check_memory(needed, sites)?;
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
    Ok(ladder.rows())
}

/// The models of the file, and the one that is evaluated where it is not their last.
fn models<M: Clone + PartialEq>(
    path: &Path,
    read: fn(&Path) -> Result<Vec<M>, LadderFileError>,
    last: &M,
    shape: impl Fn(&M) -> String,
) -> Result<Vec<M>, Failure> {
    let read = || read(path).map_err(|error| Failure::usage(format!("--ladder {error}")));
    let mut models = waiting::while_reading(path, read)?;
    let own = shape(last);
    if let Some(found) = models.iter().map(&shape).find(|found| *found != own) {
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
            "--ladder {}: found 1 model, allowed are at least 2: from one without weights or couplings to that of MODEL",
            visible_path(path)
        )));
    }
    Ok(models)
}

/// The chains of every model begin at states of the one before it.
fn begin<M: SweptModel>(work: &Work<'_>, models: Vec<M>) -> Result<Ladder<M>, Failure> {
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

fn advance<M: SweptModel>(
    work: &Work<'_>,
    ladder: &mut Ladder<M>,
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
