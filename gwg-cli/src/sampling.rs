//! Samplers of the registry, with errors in the words of the command line.

use crate::failure::Failure;
use gwg_chains::{Observer, Outcome, Plan, RunError, run_with};
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

/// Samples, given the symbols of some sites where there are any.
pub(crate) fn run<R: Precision, S: Width>(
    sampler: &SamplerSpec,
    model: &Model<R, S>,
    observed: Option<&[Option<S>]>,
    plan: &Plan<S>,
    session: &mut dyn Observer<S>,
) -> Result<Outcome<S>, Failure> {
    let stepper = match observed {
        Some(observed) => sampler.bind(&model.clamped(observed).map_err(Failure::usage)?),
        None => sampler.bind(model),
    };
    let stepper = stepper.map_err(refused)?;
    let outcome = run_with(&*stepper, plan, session).map_err(Failure::from)?;
    Ok(outcome)
}

fn refused(error: BindError) -> Failure {
    match error {
        BindError::Kernel(error) => Failure::from(RunError::from(error)),
        error => Failure::usage(format!("--sampler {error}")),
    }
}
