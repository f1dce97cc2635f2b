//! Which argument is the model, and which the sampler.

use crate::failure::Failure;
use crate::flags::SampleFlags;
use crate::report::quote;
use gwg_registry::{ModelSpec, SamplerSpec};
use std::path::Path;

/// Refuses a sampler in place of the model, and a model in place of the sampler.
pub(super) fn check(flags: &SampleFlags) -> Result<(), Failure> {
    let sampler = flags.sampler.as_str();
    let Some(model) = flags.model.model.to_str() else {
        return Ok(());
    };
    if SamplerSpec::parse(model).is_err() || Path::new(model).exists() {
        return Ok(());
    }
    let named = match ModelSpec::parse(sampler) {
        Ok(_) => sampler,
        Err(_) => "MODEL",
    };
    Err(Failure::usage(format!(
        "model `{model}`: it is a sampler; write gwg sample {} --sampler {}",
        quote(named),
        quote(model)
    )))
}
