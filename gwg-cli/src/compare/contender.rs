//! What is compared: samplers of the target, and relaxations.

use gwg_bench::relaxations::RelaxedMethod;
use gwg_registry::SamplerSpec;

/// A sampler of the discrete target, or a continuous relaxation.
#[derive(Clone, Debug)]
pub(super) enum Contender {
    Sampler(SamplerSpec),
    Relaxation(Relaxation),
}

/// A method on the relaxed density at a temperature, with or without importance weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Relaxation {
    pub(super) method: RelaxedMethod,
    pub(super) temperature: f64,
    pub(super) weighted: bool,
}

impl Relaxation {
    /// The name in tables, and the key in checkpoints.
    pub(super) fn name(&self) -> String {
        let Self {
            method,
            temperature,
            weighted,
        } = self;
        let weighted = if *weighted { " weighted" } else { "" };
        format!("{method} T={temperature}{weighted}")
    }
}

impl Contender {
    /// The spec of a sampler, the name of a relaxation.
    pub(super) fn spec(&self) -> String {
        match self {
            Self::Sampler(sampler) => sampler.to_string(),
            Self::Relaxation(relaxation) => relaxation.name(),
        }
    }

    /// What it is biased by, in a sentence.
    pub(super) fn bias(&self) -> Option<&str> {
        match self {
            Self::Sampler(sampler) => sampler.bias(),
            Self::Relaxation(relaxation) => Some(relaxation.method.bias(relaxation.weighted)),
        }
    }

    /// The steps of a cycle of samplers.
    pub(super) fn turn(&self) -> Option<&[u64]> {
        match self {
            Self::Sampler(sampler) => sampler.turn(),
            Self::Relaxation(_) => None,
        }
    }

    /// The sampler, if it is one.
    pub(super) const fn sampler(&self) -> Option<&SamplerSpec> {
        match self {
            Self::Sampler(sampler) => Some(sampler),
            Self::Relaxation(_) => None,
        }
    }

    /// The relaxation, if it is one.
    pub(super) const fn relaxation(&self) -> Option<Relaxation> {
        match self {
            Self::Sampler(_) => None,
            Self::Relaxation(relaxation) => Some(*relaxation),
        }
    }
}
