//! Steps between draws and before them, where the command line leaves them to the program.

use crate::flags::{SampleFlags, Steps};
use gwg_chains::Plan;
use gwg_core::Symbol;
use gwg_registry::{Model, Precision, SamplerSpec, Width};

/// The default warm-up in draws, and the least of it in steps: what is adapted needs that many.
const WARMUP_DRAWS: u64 = 200;
const LEAST_WARMUP: u64 = 1000;

/// Steps between draws, and before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spacing {
    pub(super) thin: u64,
    pub(super) warmup: u64,
}

impl Spacing {
    /// What the flags say; what they leave open depends on the sampler, the model and its number of free sites alone.
    pub(super) fn new<R: Precision, S: Width>(
        flags: &SampleFlags,
        sampler: &SamplerSpec,
        model: &Model<R, S>,
        free: usize,
    ) -> Self {
        let thin = sampler.steps_per_draw(model, free);
        let warmup = if sampler.is_independent() {
            0
        } else {
            WARMUP_DRAWS.saturating_mul(thin).max(LEAST_WARMUP)
        };
        Self {
            thin: flags.thin.or(thin),
            warmup: flags.warmup.or(warmup),
        }
    }

    /// The plan with this spacing.
    pub(super) fn of<S: Symbol>(self, plan: Plan<S>) -> Plan<S> {
        let Self { thin, warmup } = self;
        Plan {
            thin,
            warmup,
            ..plan
        }
    }
}

/// The flags that were left open.
pub(super) fn auto(flags: &SampleFlags) -> Vec<String> {
    let open = [("warmup", flags.warmup), ("thin", flags.thin)];
    let open = open.into_iter().filter(|(_, steps)| *steps == Steps::Auto);
    open.map(|(name, _)| name.to_owned()).collect()
}
