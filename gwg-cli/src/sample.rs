//! `gwg sample`.

mod origin;
mod page;
mod result;
mod roles;
mod settings;
mod spacing;

pub(crate) use origin::Origin;
pub(crate) use result::{Evaluations, RunResult, is_one};
#[cfg(test)]
pub(crate) use result::{Seconds, Spread};
pub(crate) use settings::Settings;

use crate::checkpoint::{self, Checkpoints, IN_TRACE};
use crate::clamp::Clamp;
use crate::failure::Failure;
use crate::flags::{Float, SampleFlags};
use crate::report::quote;
use crate::session::{self, LostTrace, ProgressReporter, Session, StepsPer, catch_interrupts};
use crate::shard::Shard;
use crate::tempering::{self, Ladder};
use crate::{load, outputs, record, sampling, statistics, table};
use gwg_chains::trace::{Recorder, TraceError, TraceSpec};
use gwg_chains::{Annealing, Init, Outcome, Plan, Quantity, RunError, SavedRun, batch_draws};
use gwg_core::Symbol;
use gwg_registry::{Model, ModelSpec, Precision, SamplerSpec, Width};
use spacing::Spacing;
use std::ffi::OsStr;
use std::path::Path;

pub(crate) fn run(flags: &SampleFlags) -> Result<(), Failure> {
    let saved = flags.resume.as_deref().map(checkpoint::read).transpose()?;
    with_saved(flags, saved)
}

/// The command, going on with a run.
pub(crate) fn go_on(flags: &SampleFlags, saved: SavedRun) -> Result<(), Failure> {
    with_saved(flags, Some(saved))
}

fn with_saved(flags: &SampleFlags, saved: Option<SavedRun>) -> Result<(), Failure> {
    match flags.run.float {
        Float::F32 => sample::<f32>(flags, saved),
        Float::F64 => sample::<f64>(flags, saved),
    }
}

/// The command, once the precision is a type.
fn sample<R: Precision>(flags: &SampleFlags, saved: Option<SavedRun>) -> Result<(), Failure> {
    roles::check(flags)?;
    let sampler = sampling::parse(&flags.sampler)?;
    tempering::check(flags)?;
    check_outputs(flags, saved.is_some())?;
    let spec = load::spec(&flags.model)?;
    if spec.is_wide() {
        sample_with::<R, u16>(flags, &sampler, &spec, saved)
    } else {
        sample_with::<R, u8>(flags, &sampler, &spec, saved)
    }
}

/// The command, once the symbols are a type, too.
fn sample_with<R: Precision, S: Width>(
    flags: &SampleFlags,
    sampler: &SamplerSpec,
    spec: &ModelSpec,
    saved: Option<SavedRun>,
) -> Result<(), Failure> {
    let model: Model<R, S> = load::model(spec, &flags.model)?;
    let shard = flags
        .shard
        .map(|part| part.shard(flags.chains))
        .transpose()?;
    let spacing = |free| Spacing::new(flags, sampler, &model, free);
    let begin = Begin {
        shard,
        goes_on: saved.is_some(),
        spacing: spacing(model.sites()),
    };
    let plan = plan(flags, begin, sampler, &model)?;
    let clamp = flags.clamp.as_deref();
    let clamp = clamp
        .map(|path| Clamp::read(path, model.space()))
        .transpose()?;
    if let Some(clamp) = &clamp {
        clamp.check(&plan, model.space())?;
    }
    let plan = match &clamp {
        Some(clamp) => spacing(clamp.free()).of(plan),
        None => plan,
    };
    let mut settings = settings(flags, (spec, &model), sampler, (&plan, clamp.as_ref()));
    settings.shard = shard;
    if let Some(saved) = &saved {
        // Of a trace that goes on, nothing changes but the draws.
        settings.auto = checkpoint::check(saved, &settings)?.auto;
    }
    catch_interrupts()?;
    let draws = saved.as_ref().map(SavedRun::draws);
    // A run that goes on replaces the results of its first part.
    let force = flags.run.force || saved.is_some();
    let trace = flags
        .out
        .as_deref()
        .map(|path| open_trace((path, draws), &settings, &plan, (&model, flags)))
        .transpose()?;
    let batch_draws = batch_draws(plan.chains, model.sites());
    let steps = plan.chains as f64;
    let steps_per = StepsPer {
        step: steps,
        draw: steps * plan.thin as f64,
    };
    let reporter = ProgressReporter::new(flags.run.quiet, Some(steps_per));
    let mut session = Session::new(trace, batch_draws, reporter);
    session.checkpoints = Some(Checkpoints::new(flags, &settings));
    session.announcement = (!flags.run.quiet)
        .then(|| table::announcement(&settings, flags.run.threads_of(plan.chains)));
    let given = match &clamp {
        Some(clamp) => &model.clamped(&clamp.observed).map_err(Failure::usage)?,
        None => &model,
    };
    let outcome = match saved {
        None => sampling::run(sampler, given, &plan, &mut session)?,
        Some(saved) => sampling::resume(sampler, given, &plan, &mut session, saved)?,
    };
    session.done();
    let last = outcome.last.chunks_exact(model.sites()).take(CHECKED);
    let rounding = given.rounding_error(plan.beta, last);
    let result = RunResult::new(settings, sampler, &outcome, rounding);
    let moves = std::mem::take(&mut session.moves);
    let page = |result: &RunResult| {
        let grid = model.grid();
        let recorded = (&plan.quantities[..], &moves);
        page::page(result, &outcome, recorded, grid.as_deref())
    };
    finish((flags, force), &result, &outcome, page, session)
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

/// What can be refused of the outputs before anything is built. A run that goes on replaces those of its first part.
fn check_outputs(flags: &SampleFlags, goes_on: bool) -> Result<(), Failure> {
    let [out, report, summary] =
        [&flags.out, &flags.report, &flags.run.summary].map(Option::as_deref);
    let force = flags.run.force || goes_on;
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
    let checkpoint = flags.checkpoint.as_deref();
    if let Some(path) = checkpoint {
        let why = "standard output has the table, or the JSON of --summary -; name a file";
        outputs::refuse_stdout("--checkpoint", path, why)?;
        outputs::check_file("--checkpoint", path, force)?;
    }
    outputs::check_apart(&[
        ("--out", out),
        ("--report", report),
        ("--summary", summary),
        ("--checkpoint", checkpoint),
    ])
}

/// What is known before the first step.
fn settings<R: Precision, S: Width>(
    flags: &SampleFlags,
    (spec, model): (&ModelSpec, &Model<R, S>),
    sampler: &SamplerSpec,
    (plan, clamp): (&Plan<S>, Option<&Clamp<S>>),
) -> Settings {
    Settings {
        version: env!("CARGO_PKG_VERSION").into(),
        model: spec.to_string(),
        kind: flags.model.kind.clone(),
        sites: model.sites(),
        states: model.states(),
        sampler: sampler.to_string(),
        turn: sampler.turn().map(<[u64]>::to_vec),
        chains: plan.chains,
        shard: None,
        warmup: plan.warmup,
        draws: flags.draws,
        thin: plan.thin,
        auto: spacing::auto(flags),
        seed: flags.run.seed,
        float: flags.run.float,
        beta: flags.run.beta,
        init: flags.init.to_string_lossy().into_owned(),
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

/// Where a run begins.
#[derive(Clone, Copy)]
struct Begin {
    shard: Option<Shard>,
    /// Whether its chains are those of a run that was saved.
    goes_on: bool,
    spacing: Spacing,
}

fn plan<R: Precision, S: Width>(
    flags: &SampleFlags,
    begin: Begin,
    sampler: &SamplerSpec,
    model: &Model<R, S>,
) -> Result<Plan<S>, Failure> {
    let Begin {
        shard,
        goes_on,
        spacing,
    } = begin;
    // Chains that go on do not start.
    let init = if goes_on {
        Init::Random
    } else {
        load::init(&flags.init, model.sites())?
    };
    let (init, chains, first_chain) = match shard {
        None => (init, flags.chains, 0),
        Some(shard) => {
            let init = shard.init(init, model.sites()).map_err(refused)?;
            (init, shard.len(), shard.first_chain as u64)
        }
    };
    let quantities = record::quantities(flags.record.as_deref(), model.quantities())?;
    let across = quantities
        .iter()
        .find(|q| shard.is_some() && q.needs_next_chain());
    if let Some(quantity) = across {
        return Err(Failure::usage(format!(
            "--record {}: it compares a chain with the next, which may be in another shard; leave it out, or run without --shard",
            quantity.name()
        )));
    }
    let plan = Plan {
        chains,
        first_chain,
        warmup: spacing.warmup,
        draws: flags.draws,
        thin: spacing.thin,
        seed: flags.run.seed,
        beta: flags.run.beta,
        tempering: Some(tempering::ladder(flags).map_err(refused)?),
        anneal: flags.anneal.map(|from| Annealing::Linear { from }),
        init,
        adapt: sampler.adapts(),
        keep: Some(statistics::kept_draws(chains)),
        judge_sites: true,
        quantities,
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

/// The trace; one that goes on after so many `draws`, if any.
fn open_trace<R: Precision, S: Width>(
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
        Some(draws) if draws > 0 || path.exists() => {
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

/// Writes everything, with `force` in place of other files; write errors are reported after the table.
fn finish<S>(
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
        say_how_to_go_on(flags, file.as_deref());
        Err(session::interruption())
    } else {
        Ok(())
    }
}

/// How an interrupted run goes on, if it can.
fn say_how_to_go_on(flags: &SampleFlags, file: Option<&Path>) {
    match (&flags.out, file) {
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
    let shown = path.display();
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
