//! `gwg optimize`: searches the best solution of a problem.

mod model;
mod problem;
mod progress;
mod result;
mod run;
mod start;

use crate::failure::Failure;
use crate::flags::OptimizeFlags;
use crate::{memory, outputs, session};
use gwg_optimize::Limits;
use result::OptimizeResult;
use std::path::PathBuf;

/// Seconds of a run that has no other limit.
const SECONDS: f64 = 10.0;
/// Moves of a restart where only the number of restarts is given.
const MOVES: u64 = 10_000_000;

pub(crate) fn run(flags: &OptimizeFlags) -> Result<(), Failure> {
    if flags.problem == "list" {
        return outputs::print(&problem::list());
    }
    let threads = flags.work.threads.map_or_else(memory::cores, usize::from);
    memory::check_limit(threads)?;
    let limits = limits(flags)?;
    let spec = problem::parse(&flags.problem, &flags.method)?;
    check_outputs(flags, &spec.files)?;
    let search = spec.read()?;
    let start = flags.start.as_deref();
    let start = start.map(|path| start::read(path, &*search)).transpose()?;
    session::catch_interrupts()?;
    let runs = run::Runs {
        flags,
        search: &*search,
        limits,
        threads,
        start: start.as_deref(),
    };
    let found = runs.all()?;
    let result = OptimizeResult::new(flags, &spec, &*search, (limits, threads), &found);
    let (summary, force) = (flags.work.summary.as_deref(), flags.work.force);
    outputs::results(summary, force, &result, || result.table())?;
    if session::interrupted() {
        return Err(session::interruption());
    }
    Ok(())
}

fn limits(flags: &OptimizeFlags) -> Result<Limits, Failure> {
    let refused = |name: &str, found: &dyn std::fmt::Display, allowed: &str| {
        Err(Failure::usage(format!(
            "--{name}: found {found}, allowed is {allowed}"
        )))
    };
    if let Some(seconds) = flags.seconds
        && !(seconds > 0.0 && seconds <= 1e9)
    {
        return refused("seconds", &seconds, "a number above 0, at most 1e9");
    }
    for (name, found) in [
        ("restarts", flags.restarts),
        ("moves", flags.moves),
        ("repeats", Some(flags.repeats)),
    ] {
        if found == Some(0) {
            return refused(name, &0, "an integer from 1");
        }
    }
    for (name, found) in [("target", flags.target), ("known", flags.known)] {
        if let Some(value) = found
            && !value.is_finite()
        {
            return refused(name, &value, "a finite number");
        }
    }
    let counted = flags.restarts.is_some() || flags.moves.is_some();
    Ok(Limits {
        seconds: flags.seconds.or((!counted).then_some(SECONDS)),
        restarts: flags.restarts.or(counted.then_some(1)),
        moves: flags.moves.or(counted.then_some(MOVES)),
        target: flags.target,
    })
}

fn check_outputs(flags: &OptimizeFlags, problem: &[PathBuf]) -> Result<(), Failure> {
    let (summary, force) = (flags.work.summary.as_deref(), flags.work.force);
    let best = flags.best.as_deref();
    if let Some(path) = best {
        let why = "standard output has the results; name a file";
        outputs::refuse_stdout("--best", path, why)?;
        outputs::check_file("--best", path, force)?;
    }
    if let Some(path) = summary {
        outputs::check_file("--summary", path, force)?;
    }
    let written = [("--best", best), ("--summary", summary)];
    let problem = problem.iter().map(|path| ("PROBLEM", path.as_path()));
    let start = flags.start.iter().map(|path| ("--start", path.as_path()));
    for (name, read) in problem.chain(start) {
        outputs::check_apart(&[&[(name, Some(read))], &written[..]].concat())?;
    }
    Ok(())
}
