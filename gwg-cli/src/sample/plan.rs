//! The plan of a run, from its flags.

use super::Settings;
use super::spacing::{self, Spacing};
use crate::clamp::Clamp;
use crate::failure::Failure;
use crate::flags::SampleFlags;
use crate::shard::Shard;
use crate::tempering::{self, Ladder};
use crate::{load, record, statistics};
use gwg_chains::{Annealing, Init, Plan, Quantity, RunError};
use gwg_core::Symbol;
use gwg_registry::{Model, ModelSpec, Precision, SamplerSpec, Width};

/// What is known before the first step.
pub(super) fn settings<R: Precision, S: Width>(
    flags: &SampleFlags,
    (spec, model): (&ModelSpec, &Model<R, S>),
    sampler: &SamplerSpec,
    (plan, clamp): (&Plan<S>, Option<&Clamp<S>>),
) -> Settings {
    Settings {
        version: env!("CARGO_PKG_VERSION").into(),
        model: spec.to_string(),
        kind: flags.model.kind.clone(),
        model_files: Vec::new(),
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
pub(super) struct Begin {
    pub(super) shard: Option<Shard>,
    /// Whether its chains are those of a run that was saved.
    pub(super) goes_on: bool,
    pub(super) spacing: Spacing,
}

pub(super) fn plan<R: Precision, S: Width>(
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
    // Of all shards the same.
    let projections = record::projections(model.sites(), model.states(), flags.chains);
    let record = flags.record.as_deref();
    let quantities = record::quantities(record, model.quantities(), projections)?;
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
