//! The outputs of a run: what can be refused before it, the trace, and what is written at its end.

use super::{RunResult, Settings};
use crate::checkpoint::{self, Checkpoints, IN_TRACE};
use crate::failure::Failure;
use crate::flags::SampleFlags;
use crate::report::quote;
use crate::session::{self, LostTrace, Session};
use crate::{outputs, table};
use gwg_chains::trace::{Recorder, TraceError, TraceReader, TraceSpec};
use gwg_chains::{Outcome, Plan};
use gwg_models::io::visible_path;
use gwg_registry::{Model, Precision, Width};
use std::ffi::OsStr;
use std::path::Path;

/// Refuses a name that says that the trace will be a file of another format.
fn refuse_other_format(path: &Path) -> Result<(), Failure> {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    let others = [
        "nc",
        "h5",
        "hdf5",
        "csv",
        "json",
        "npy",
        "npz",
        "parquet",
        "html",
        "safetensors",
    ];
    if !others.contains(&extension) {
        return Ok(());
    }
    let shown = visible_path(path);
    let named = path.with_extension("zarr");
    Err(Failure::usage(format!(
        "--out {shown}: a trace is a Zarr store, not a .{extension} file; name it {}, which ArviZ opens, and converts by .to_netcdf",
        visible_path(&named)
    )))
}

/// What can be refused of the outputs before anything is built. A run that goes on replaces those of its first part.
pub(super) fn check(flags: &SampleFlags, goes_on: bool) -> Result<(), Failure> {
    let [out, report, summary] =
        [&flags.out, &flags.report, &flags.run.summary].map(Option::as_deref);
    // The same line again writes its results in place of those of the first part.
    let force = flags.run.force || flags.resume.is_some();
    if flags.packed && out.is_none() {
        return Err(Failure::usage(
            "--packed: it is about a trace; name one with --out, or leave --packed out",
        ));
    }
    if let Some(path) = out {
        let why = "a trace is a folder and cannot be standard output; name a folder";
        outputs::refuse_stdout("--out", path, why)?;
        refuse_other_format(path)?;
        outputs::check("--out", path, flags.run.force || goes_on)?;
    }
    if let Some(path) = report {
        let why = "standard output has the table, or the JSON of --summary -; name a file";
        outputs::refuse_stdout("--report", path, why)?;
        outputs::check_file("--report", path, force)?;
    }
    if let Some(path) = summary {
        outputs::check_file("--summary", path, force)?;
    }
    let checkpoint = flags.checkpoint.as_deref();
    if let Some(path) = checkpoint {
        outputs::check_checkpoint(path, flags.resume.as_deref(), flags.run.force)?;
    }
    outputs::check_apart(&[
        ("--out", out),
        ("--report", report),
        ("--summary", summary),
        ("--checkpoint", checkpoint),
    ])
}

/// The trace; one that goes on after so many `draws`, if any.
pub(super) fn open_trace<R: Precision, S: Width>(
    (path, draws): (&Path, Option<usize>),
    settings: &Settings,
    plan: &Plan<S>,
    (model, flags): (&Model<R, S>, &SampleFlags),
) -> Result<Recorder, Failure> {
    let refused = |error: &dyn std::fmt::Display| Failure::usage(format!("--out: {error}"));
    let states = model.states();
    if flags.packed && states != 2 {
        return Err(Failure::usage(format!(
            "--packed: found a model of {states} states, but only sites of 2 states can be stored as bits; leave --packed out"
        )));
    }
    let mut spec = TraceSpec::of_run(model.space(), plan);
    (spec.dims, spec.packed) = (model.axes(), flags.packed);
    spec.attributes = settings.attributes()?;
    spec.version = env!("CARGO_PKG_VERSION").into();
    spec.force = flags.run.force;
    let trace = match draws {
        Some(draws) if is_of_this_run(path, &spec, draws)? => {
            Recorder::resume_with_spec(path, spec, plan, draws)
        }
        _ => Recorder::with_spec(path, spec, plan),
    };
    let trace = trace.map_err(|error| refused(&error))?;
    for cleaned in trace.cleaned() {
        session::note(&format!("--out: {cleaned}"));
    }
    Ok(trace)
}

/// Whether a run of this spec that goes on after so many draws has its trace at the path; an error where it should be there and is not.
fn is_of_this_run(path: &Path, spec: &TraceSpec, draws: usize) -> Result<bool, Failure> {
    let refused = |why: String| Failure::usage(format!("--out {}: {why}", visible_path(path)));
    if path.symlink_metadata().is_err() {
        return match draws {
            0 => Ok(false),
            _ => Err(refused(format!(
                "found no trace, but the run to go on with has {draws} draws in one; name it, or leave --out out"
            ))),
        };
    }
    let there = TraceReader::open(path).map_err(|error| refused(error.to_string()))?;
    let other = checkpoint::differing(there.attributes(), &spec.attributes);
    match other {
        None => Ok(true),
        // The run has no draws yet: what is there stays until it has, and only --force replaces it.
        Some(_) if draws == 0 => Ok(false),
        Some((key, found, needed)) => Err(refused(format!(
            "it is the trace of another run: {key}: found {found}, needed is {needed}; name the trace of this run"
        ))),
    }
}

/// Writes everything, with `force` in place of other files; write errors are reported after the table.
pub(super) fn finish<S>(
    (flags, force): (&SampleFlags, bool),
    result: &RunResult,
    outcome: &Outcome<S>,
    page: impl Fn(&RunResult) -> String,
    session: Session,
) -> Result<(), Failure> {
    let mut failed = Vec::new();
    let checkpoints = session.checkpoints.as_ref();
    let file = checkpoints.and_then(Checkpoints::file).map(Path::to_owned);
    if let Some(LostTrace { why, saved }) = &session.lost {
        let left = if *saved {
            "its trace has those of the last save, from which `gwg resume` goes on"
        } else {
            "nothing is left of its trace"
        };
        let draws = outcome.draws;
        failed.push(Failure::run(format!(
            "--out: {why} (the run was ended after {draws} draws, and {left})"
        )));
    }
    let published = session.trace.as_ref().is_some_and(Recorder::is_published);
    match session.trace.map(Recorder::finish) {
        Some(Err(error @ TraceError::NothingDrawn { .. })) => {
            session::note(&format!("--out: {error}"));
        }
        Some(Err(error)) => failed.push(Failure::run(format!("--out: {error}"))),
        _ => {}
    }
    // No files next to a trace that is not there.
    let lost = !failed.is_empty();
    failed.extend(outcome.model_error().map(Failure::run));
    let kept = |flag, path: &&Path| is_kept(flag, path, lost, outcome.draws);
    let report = flags.report.as_deref();
    if let Some(path) = report.filter(|path| !kept("--report", path)) {
        failed.extend(outputs::write("--report", path, &page(result), force).err());
    }
    let summary = flags.run.summary.as_deref();
    let summary = summary.filter(|path| !kept("--summary", path));
    failed.extend(outputs::results(summary, force, result, || table::run(result)).err());
    Failure::of_all(failed)?;
    if outcome.interrupted {
        let trace = flags.out.as_deref().filter(|_| published);
        say_how_to_go_on(trace, file.as_deref());
        Err(session::interruption())
    } else {
        Ok(())
    }
}

/// How an interrupted run goes on, if it can.
fn say_how_to_go_on(trace: Option<&Path>, file: Option<&Path>) {
    match (trace, file) {
        (Some(trace), _) if trace.join(IN_TRACE).exists() => session::note(&format!(
            "to go on with the run: gwg resume {}",
            quote(&trace.to_string_lossy())
        )),
        (_, Some(file)) => session::note(&format!(
            "to go on with the run: the same command with --resume {}",
            quote(&file.to_string_lossy())
        )),
        _ => {}
    }
}

/// Whether a file is not written, which is said: next to a lost trace, or in place of another file without a draw.
fn is_kept(flag: &str, path: &Path, lost: bool, draws: usize) -> bool {
    if outputs::is_stdout(path) {
        return false;
    }
    let shown = visible_path(path);
    if lost {
        session::note(&format!(
            "{flag} {shown}: not written, as there is no trace of all draws"
        ));
    } else if draws == 0 && path.is_file() {
        session::note(&format!(
            "{flag} {shown}: not replaced, as nothing was drawn"
        ));
    } else {
        return false;
    }
    true
}
