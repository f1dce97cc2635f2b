use crate::plan::{Annealing, Plan, RunError};
use gwg_core::Symbol;
use serde::{Deserialize, Serialize};

/// What a resumed run must have in common with the one that was saved: all but the number of draws, which may grow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::runner) struct SavedPlan {
    pub(super) chains: usize,
    first_chain: u64,
    pub(super) warmup: u64,
    thin: u64,
    seed: u64,
    beta: f64,
    ladder: Vec<f64>,
    swap_every: u64,
    /// Whether it is geometric, and where it begins.
    anneal: Option<(bool, f64)>,
    adapt: bool,
    quantities: Vec<String>,
    keep: Option<usize>,
    judge_sites: bool,
}

impl SavedPlan {
    pub(in crate::runner) fn of<S: Symbol>(plan: &Plan<S>) -> Self {
        Self {
            chains: plan.chains,
            first_chain: plan.first_chain,
            warmup: plan.warmup,
            thin: plan.thin,
            seed: plan.seed,
            beta: plan.beta,
            ladder: plan.ladder().to_vec(),
            swap_every: plan.tempering.as_ref().map_or(0, |t| t.swap_every),
            anneal: plan.anneal.map(|anneal| match anneal {
                Annealing::Linear { from } => (false, from),
                Annealing::Geometric { from } => (true, from),
            }),
            adapt: plan.adapt,
            quantities: plan
                .quantities
                .iter()
                .map(|q| q.name().to_owned())
                .collect(),
            keep: plan.keep,
            judge_sites: plan.judge_sites,
        }
    }

    /// The first respect in which a saved plan differs from what is `needed`.
    pub(super) fn differs(&self, needed: &Self) -> Option<RunError> {
        macro_rules! compare {
            ($($what:literal: $field:ident),*) => {
                $(if self.$field != needed.$field {
                    let (found, needed) = (&self.$field, &needed.$field);
                    return Some(differs($what, format!("{found:?}"), format!("{needed:?}")));
                })*
            };
        }
        compare!(
            "chains": chains, "first chain": first_chain, "warmup": warmup, "thin": thin, "seed": seed, "beta": beta,
            "ladder": ladder, "swap_every": swap_every, "anneal": anneal, "adapt": adapt, "quantities": quantities,
            "keep": keep, "judge_sites": judge_sites
        );
        None
    }
}

pub(super) fn differs(what: &'static str, found: String, needed: String) -> RunError {
    RunError::Resume {
        what,
        found,
        needed,
    }
}
