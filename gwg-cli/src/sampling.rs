//! Samplers of the registry, with errors in the words of the command line.

use crate::failure::Failure;
use crate::memory;
use gwg_chains::{
    Observer, Outcome, Plan, RunError, SavedRun, bytes_of_run, resume_with, run_with,
};
use gwg_registry::{BindError, DynStepper, Model, Precision, SamplerSpec, Width};

/// Reads the value of `--sampler`.
pub(crate) fn parse(spec: &str) -> Result<SamplerSpec, Failure> {
    SamplerSpec::parse(spec).map_err(|error| match error {
        error @ gwg_registry::SamplerSpecError::Composition { .. } => {
            Failure::usage(format!("--sampler {error}"))
        }
        error => Failure::usage(error),
    })
}

/// Samples.
pub(crate) fn run<R: Precision, S: Width>(
    sampler: &SamplerSpec,
    model: &Model<R, S>,
    plan: &Plan<S>,
    session: &mut dyn Observer<S>,
) -> Result<Outcome<S>, Failure> {
    let stepper = sampler.bind(model).map_err(refused)?;
    check_memory(&*stepper, plan)?;
    run_with(&*stepper, plan, session).map_err(Failure::from)
}

/// Goes on with a run.
pub(crate) fn resume<R: Precision, S: Width>(
    sampler: &SamplerSpec,
    model: &Model<R, S>,
    plan: &Plan<S>,
    session: &mut dyn Observer<S>,
    saved: SavedRun,
) -> Result<Outcome<S>, Failure> {
    let stepper = sampler.bind(model).map_err(refused)?;
    check_memory(&*stepper, plan)?;
    resume_with(&*stepper, plan, session, saved).map_err(Failure::from)
}

/// Refuses a run that needs more memory than there is, before it has taken hours.
fn check_memory<R: Precision, S: Width>(
    stepper: &DynStepper<R, S>,
    plan: &Plan<S>,
) -> Result<(), Failure> {
    let needed = bytes_of_run(stepper, plan)?;
    let free = memory::available().unwrap_or(u64::MAX);
    if needed <= free {
        return Ok(());
    }
    let [needed, free] = [needed, free].map(memory::shown);
    Err(Failure::usage(format!(
        "the run needs about {needed} of memory, of which {free} are free; use fewer --chains or --replicas, or a smaller model"
    )))
}

/// The error of a sampler that does not run on a model.
pub(crate) fn refused(error: BindError) -> Failure {
    match error {
        BindError::Kernel(error) => Failure::from(RunError::from(error)),
        error => Failure::usage(format!("--sampler {error}")),
    }
}
