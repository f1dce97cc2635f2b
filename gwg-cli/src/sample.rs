//! `gwg sample`.

mod page;
mod result;
mod settings;

pub(crate) use result::RunResult;
#[cfg(test)]
pub(crate) use result::{Evaluations, Seconds, Spread};
pub(crate) use settings::Settings;

use crate::clamp::Clamp;
use crate::failure::Failure;
use crate::flags::{Float, SampleFlags};
use crate::session::{self, Session, catch_interrupts};
use crate::tempering::{self, Ladder};
use crate::{load, outputs, record, sampling, table};
use gwg_chains::trace::{Recorder, TraceError, TraceSpec};
use gwg_chains::{Annealing, Outcome, Plan, Quantity, RunError, batch_draws};
use gwg_core::Symbol;
use gwg_registry::{Model, ModelSpec, Precision, SamplerSpec, Width};
use std::ffi::OsStr;
use std::path::Path;

pub(crate) fn run(flags: &SampleFlags) -> Result<(), Failure> {
    match flags.run.float {
        Float::F32 => sample::<f32>(flags),
        Float::F64 => sample::<f64>(flags),
    }
}

/// The command, once the precision is a type.
fn sample<R: Precision>(flags: &SampleFlags) -> Result<(), Failure> {
    let sampler = sampling::parse(&flags.sampler)?;
    tempering::check(flags)?;
    check_outputs(flags)?;
    let spec = load::spec(&flags.model)?;
    if spec.is_wide() {
        sample_with::<R, u16>(flags, &sampler, &spec)
    } else {
        sample_with::<R, u8>(flags, &sampler, &spec)
    }
}

/// The command, once the symbols are a type, too.
fn sample_with<R: Precision, S: Width>(
    flags: &SampleFlags,
    sampler: &SamplerSpec,
    spec: &ModelSpec,
) -> Result<(), Failure> {
    let model: Model<R, S> = load::model(spec, &flags.model)?;
    let plan = plan(flags, sampler, &model)?;
    let clamp = flags.clamp.as_deref();
    let clamp = clamp
        .map(|path| Clamp::read(path, model.space()))
        .transpose()?;
    if let Some(clamp) = &clamp {
        clamp.check(&plan, model.space())?;
    }
    let settings = settings(flags, (spec, &model), sampler, (&plan, clamp.as_ref()));
    catch_interrupts()?;
    let trace = flags
        .out
        .as_deref()
        .map(|path| open_trace(path, &settings, &plan, (&model, flags)))
        .transpose()?;
    let batch_draws = batch_draws(plan.chains, model.sites());
    let mut session = Session::new(trace, batch_draws, flags.run.quiet);
    let given = match &clamp {
        Some(clamp) => &model.clamped(&clamp.observed).map_err(Failure::usage)?,
        None => &model,
    };
    let outcome = sampling::run(sampler, given, &plan, &mut session)?;
    session.done();
    let last = outcome.last.chunks_exact(model.sites()).take(CHECKED);
    let rounding = given.rounding_error(plan.beta, last);
    let result = RunResult::new(settings, sampler, &outcome, rounding);
    let page = |result: &RunResult| {
        let grid = model.grid();
        page::page(result, &outcome, &plan.quantities, grid.as_deref())
    };
    finish(flags, &result, &outcome, page, session)
}

/// States at which differences are checked.
const CHECKED: usize = 4;

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
    let shown = path.display();
    let named = path.with_extension("zarr");
    Err(Failure::usage(format!(
        "--out {shown}: a trace is a Zarr store, not a .{extension} file; name it {}, which ArviZ opens, and converts by .to_netcdf",
        named.display()
    )))
}

/// What can be refused of the outputs before anything is built.
fn check_outputs(flags: &SampleFlags) -> Result<(), Failure> {
    let [out, report, summary] =
        [&flags.out, &flags.report, &flags.run.summary].map(Option::as_deref);
    let force = flags.run.force;
    if let Some(path) = out {
        let why = "a trace is a folder and cannot be standard output; name a folder";
        outputs::refuse_stdout("--out", path, why)?;
        refuse_other_format(path)?;
        outputs::check("--out", path, force)?;
    }
    if let Some(path) = report {
        let why = "standard output has the table, or the JSON of --summary -; name a file";
        outputs::refuse_stdout("--report", path, why)?;
        outputs::check_file("--report", path, force)?;
    }
    if let Some(path) = summary {
        outputs::check_file("--summary", path, force)?;
    }
    outputs::check_apart(&[("--out", out), ("--report", report), ("--summary", summary)])
}

/// What is known before the first step.
fn settings<R: Precision, S: Width>(
    flags: &SampleFlags,
    (spec, model): (&ModelSpec, &Model<R, S>),
    sampler: &SamplerSpec,
    (plan, clamp): (&Plan<S>, Option<&Clamp<S>>),
) -> Settings {
    Settings {
        version: env!("CARGO_PKG_VERSION"),
        model: spec.to_string(),
        kind: flags.model.kind.clone(),
        sites: model.sites(),
        states: model.states(),
        sampler: sampler.to_string(),
        turn: sampler.turn().map(<[u64]>::to_vec),
        chains: flags.chains,
        warmup: flags.warmup,
        draws: flags.draws,
        thin: flags.thin,
        seed: flags.run.seed,
        float: flags.run.float,
        beta: flags.run.beta,
        init: flags.init.clone(),
        record: names(&plan.quantities),
        clamp: clamp.map(Clamp::sites),
        ladder: Ladder::new(flags),
        anneal: flags.anneal,
    }
}

fn names<S: Symbol>(quantities: &[Quantity<S>]) -> Vec<String> {
    let names = quantities.iter().map(Quantity::name);
    names.map(str::to_owned).collect()
}

fn plan<R: Precision, S: Width>(
    flags: &SampleFlags,
    sampler: &SamplerSpec,
    model: &Model<R, S>,
) -> Result<Plan<S>, Failure> {
    let init = load::init(&flags.init, model.sites())?;
    let plan = Plan {
        chains: flags.chains,
        warmup: flags.warmup,
        draws: flags.draws,
        thin: flags.thin,
        seed: flags.run.seed,
        beta: flags.run.beta,
        tempering: Some(tempering::ladder(flags).map_err(refused)?),
        anneal: flags.anneal.map(|from| Annealing::Linear { from }),
        init,
        adapt: sampler.adapts(),
        judge_sites: true,
        quantities: record::quantities(flags.record.as_deref(), model.quantities())?,
        threads: flags.run.threads,
        block: None,
    };
    plan.check(model.sites(), model.states()).map_err(refused)?;
    Ok(plan)
}

/// A field of the plan by the name of its flag.
fn refused(error: RunError) -> Failure {
    match error {
        RunError::Zero { name } => Failure::usage(format!(
            "--{}",
            RunError::Zero { name }
                .to_string()
                .replacen(name, &name.replace('_', "-"), 1)
        )),
        RunError::Quantity(error) => Failure::usage(format!("--record: {error}")),
        RunError::InitShape { .. } | RunError::InitSymbol { .. } => {
            Failure::usage(format!("--init: {error}"))
        }
        other => Failure::usage(format!("--{other}")),
    }
}

fn open_trace<R: Precision, S: Width>(
    path: &Path,
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
    spec.attributes = outputs::fields(settings).map_err(|error| refused(&error))?;
    spec.version = env!("CARGO_PKG_VERSION").into();
    spec.force = flags.run.force;
    let trace = Recorder::with_spec(path, spec, plan).map_err(|error| refused(&error))?;
    for cleaned in trace.cleaned() {
        session::note(&format!("--out: {cleaned}"));
    }
    Ok(trace)
}

/// Writes everything; write errors are reported after the table.
fn finish<S>(
    flags: &SampleFlags,
    result: &RunResult,
    outcome: &Outcome<S>,
    page: impl Fn(&RunResult) -> String,
    session: Session,
) -> Result<(), Failure> {
    let mut failed = Vec::new();
    if let Some(why) = session.lost {
        let draws = outcome.draws;
        failed.push(Failure::run(format!(
            "--out: {why} (the run was ended after {draws} draws, and nothing is left of its trace)"
        )));
    }
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
    let force = flags.run.force;
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
        Err(session::interruption())
    } else {
        Ok(())
    }
}

/// Whether a file is not written, which is said: next to a lost trace, or in place of another file without a draw.
fn is_kept(flag: &str, path: &Path, lost: bool, draws: usize) -> bool {
    if outputs::is_stdout(path) {
        return false;
    }
    let shown = path.display();
    if lost {
        session::note(&format!(
            "{flag} {shown}: not written, as there is no trace"
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
