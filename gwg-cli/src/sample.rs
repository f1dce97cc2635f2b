//! `gwg sample`.

mod files;
mod origin;
mod outputs;
mod page;
mod plan;
mod result;
mod roles;
mod settings;
mod spacing;

pub(crate) use files::ModelFile;
pub(crate) use origin::Origin;
pub(crate) use result::{Evaluations, RunResult, is_one};
#[cfg(test)]
pub(crate) use result::{Seconds, Spread};
pub(crate) use settings::Settings;

use crate::checkpoint::{self, Checkpoints};
use crate::clamp::Clamp;
use crate::failure::Failure;
use crate::flags::{Float, SampleFlags};
use crate::session::{ProgressReporter, Session, StepsPer, catch_interrupts};
use crate::{load, memory, sampling, table, tempering};
use gwg_chains::{SavedRun, batch_draws};
use gwg_registry::{Model, ModelSpec, Precision, SamplerSpec, Width};
use plan::Begin;
use spacing::Spacing;

pub(crate) fn run(flags: &SampleFlags) -> Result<(), Failure> {
    let saved = flags.resume.as_deref().map(checkpoint::read).transpose()?;
    let saved = saved.map(|saved| checkpoint::newer(saved, flags.out.as_deref()));
    with_saved(flags, saved)
}

/// The command, going on with a run.
pub(crate) fn go_on(flags: &SampleFlags, saved: SavedRun) -> Result<(), Failure> {
    with_saved(flags, Some(saved))
}

fn with_saved(flags: &SampleFlags, saved: Option<SavedRun>) -> Result<(), Failure> {
    memory::check_limit(flags.run.threads_of(flags.chains))?;
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
    outputs::check(flags, saved.is_some())?;
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
    let plan = plan::plan(flags, begin, sampler, &model)?;
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
    let mut settings = plan::settings(flags, (spec, &model), sampler, (&plan, clamp.as_ref()));
    settings.shard = shard;
    settings.model_files = ModelFile::all(spec, sampler)?;
    if let Some(saved) = &saved {
        // Of a trace that goes on, nothing changes but the draws.
        settings.auto = checkpoint::check(saved, &settings)?.auto;
    }
    catch_interrupts()?;
    let draws = saved.as_ref().map(SavedRun::draws);
    // A run that goes on replaces the results of its first part.
    let force = flags.run.force || flags.resume.is_some();
    let trace = flags
        .out
        .as_deref()
        .map(|path| outputs::open_trace((path, draws), &settings, &plan, (&model, flags)))
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
    outputs::finish((flags, force), &result, &outcome, page, session)
}

/// States at which differences are checked.
const CHECKED: usize = 4;
