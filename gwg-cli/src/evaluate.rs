//! `gwg evaluate`: the partition function of a model, estimated in several ways, and the log-likelihood of data.

mod anneal;
mod bound;
mod independent;
mod ladder;
mod likelihood;
mod machine;
mod method;
mod other;
mod progress;
mod result;
mod text;
mod work;

use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::{DataFlags, EvaluateFlags};
use crate::{load, memory, outputs, sampling, session};
use gwg_learn::{Alphabet, Data};
use gwg_models::io::visible_path;
use gwg_registry::Model;
use machine::Machine;
use method::Method;
use result::EvaluateResult;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;
use work::Work;

pub(crate) fn run(flags: &EvaluateFlags) -> Result<(), Failure> {
    let threads = flags.work.pool()?;
    memory::check_limit(threads.count())?;
    let method = Method::parse(&flags.method)?;
    counts(flags)?;
    method.check_ladder(flags.ladder.is_some())?;
    let sampler = sampling::parse(&flags.sampler)?;
    if let Some(bias) = sampler.bias() {
        return Err(Failure::usage(format!(
            "--sampler {}: {bias}; a sampler of paths must leave each level invariant",
            flags.sampler
        )));
    }
    let summary = flags.work.summary.as_deref();
    if let Some(path) = summary {
        outputs::check_file("--summary", path, flags.work.force)?;
    }
    if let Some(bytes) = bound::file(flags.model.model.as_ref()) {
        return bound::run(flags, &bytes, &threads);
    }
    let named = flags.rows.alphabet.as_deref();
    let (spec, letters) = load::spec_with_letters(&flags.model, named)?;
    if spec.is_wide() {
        return Err(Failure::usage(format!(
            "{spec}: found sites of more than 256 states, allowed are at most 256"
        )));
    }
    session::catch_interrupts()?;
    let model: Model<f64> = load::model(&spec, &flags.model)?;
    let data = match &flags.data {
        Some(path) => Some(rows(
            path,
            &read_as(flags, path, letters.as_ref()),
            &model,
            &threads,
        )?),
        None => None,
    };
    let began = Instant::now();
    let work = Work::new(flags, method, threads, data.as_ref());
    let found = match model.about().and_then(Machine::of) {
        Some(machine) => machine::estimates(&work, &machine),
        None => other::estimates(&work, &model, &sampler),
    };
    work.done();
    let found = found?;
    let likelihood = work
        .data
        .map(|data| likelihood::values(&work, data, &model));
    let result = EvaluateResult::new(&spec, &model, &work, found, likelihood, began.elapsed())?;
    if session::interrupted() {
        return Err(session::interruption());
    }
    outputs::results(summary, flags.work.force, &result, || text::table(&result))
}

/// Refuses counts of which no estimate can be made.
/// Levels, paths and steps at most.
const MOST: usize = 100_000_000;

fn counts(flags: &EvaluateFlags) -> Result<(), Failure> {
    let counts = [
        ("--temperatures", flags.temperatures, 1),
        ("--particles", flags.particles, 2),
        ("--steps", flags.steps.unwrap_or(1), 1),
    ];
    let allowed = |found, least| (least..=MOST).contains(&found);
    match counts
        .iter()
        .find(|(_, found, least)| !allowed(*found, *least))
    {
        Some((flag, found, least)) => Err(Failure::usage(format!(
            "{flag}: found {found}, allowed are at least {least} and at most {MOST}"
        ))),
        None => Ok(()),
    }
}

/// How rows are read: with the letters of the model where it has them, and the rows are not numbers.
fn read_as(flags: &EvaluateFlags, path: &Path, letters: Option<&Alphabet>) -> DataFlags {
    let mut rows = flags.rows.clone();
    if rows.alphabet.is_none() && path.extension() != Some(OsStr::new("txt")) {
        rows.alphabet = letters.map(ToString::to_string);
    }
    rows
}

/// The rows, which are states of the model.
fn rows(
    path: &Path,
    flags: &DataFlags,
    model: &Model<f64>,
    threads: &gwg_chains::Threads,
) -> Result<Data, Failure> {
    let data = Rows::read(path, flags, Some(model.states()), threads)?.data;
    let refused = |what: String| Err(Failure::usage(format!("{}: {what}", visible_path(path))));
    if data.sites() != model.sites() {
        return refused(format!(
            "found rows of {} sites, but the model has {}",
            data.sites(),
            model.sites()
        ));
    }
    if data.rows() < 2 {
        return refused("found 1 row, allowed are at least 2: the error of their mean".to_owned());
    }
    let space = model.space();
    for row in 0..data.rows() {
        let states = |site| gwg_core::Space::states_at(space, site);
        let wrong = |(site, &s): (usize, &u8)| usize::from(s) >= states(site);
        if let Some((site, s)) = data.row(row).iter().enumerate().find(|&x| wrong(x)) {
            return refused(format!(
                "row {row}, site {site}: found symbol {s}, allowed are 0 to {}",
                states(site) - 1
            ));
        }
    }
    Ok(data)
}
