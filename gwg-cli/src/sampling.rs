//! Samplers of the registry, with errors in the words of the command line.

use crate::failure::Failure;
use gwg_chains::{Observer, Outcome, Plan, RunError, SavedRun, resume_with, run_with};
use gwg_registry::{BindError, Model, Precision, SamplerSpec, Width};

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
    resume_with(&*stepper, plan, session, saved).map_err(Failure::from)
}

fn refused(error: BindError) -> Failure {
    match error {
        BindError::Kernel(error) => Failure::from(RunError::from(error)),
        error => Failure::usage(format!("--sampler {error}")),
    }
}
