use crate::observer::batch_draws;
use crate::plan::{Plan, RunError};
use crate::record::Counting;
use crate::stepper::Stepper;
use gwg_core::{MemoryLayout, Move, Real, Symbol};

/// Bytes of the indicators of sites at most.
const SITES: u64 = 64 << 20;

/// The bytes that a run of this plan keeps at once, about: chains, quantities, a batch of draws, counts and indicators of symbols. It does not grow with the
/// number of draws where the plan has a [limit](Plan::keep).
///
/// Programs can compare it with the memory that is free before they begin.
///
/// # Errors
/// [`RunError::Kernel`]: the kernel refuses the target.
pub fn bytes_of_run<R: Real, S: Symbol>(
    stepper: &dyn Stepper<R, S>,
    plan: &Plan<S>,
) -> Result<u64, RunError> {
    let MemoryLayout {
        reals,
        words,
        indices,
        moves,
    } = stepper.layout();
    let bytes = |n: usize, each: usize| (n as u64).saturating_mul(each as u64);
    let (sites, states, chains) = (stepper.sites(), stepper.states(), plan.chains as u64);
    let state = bytes(sites, size_of::<S>());
    let memory = [
        state,
        bytes(reals, size_of::<R>()),
        bytes(words + stepper.fresh()?.len(), size_of::<u64>()),
        bytes(indices, size_of::<u32>()),
        bytes(moves, size_of::<Move>()),
    ];
    let walker = memory.into_iter().fold(0, u64::saturating_add);
    let walkers = chains.saturating_mul(plan.replicas() as u64);
    let kept = plan.keep.map_or(plan.draws, |keep| keep.min(plan.draws));
    let batch = batch_draws(plan.chains, sites.saturating_mul(size_of::<S>()));
    let values = bytes(kept.saturating_add(batch), 8 * (plan.quantities.len() + 2));
    let counts = match Counting::of(sites, states) {
        Counting::Off => 0,
        _ if states == 2 => bytes(sites, 8),
        _ => bytes(sites.saturating_mul(states), 8),
    };
    let indicators = if plan.judge_sites { SITES } else { 0 };
    let parts = [
        walkers.saturating_mul(walker),
        chains.saturating_mul(values),
        chains.saturating_mul(state).saturating_mul(batch as u64),
        counts,
        indicators.min(
            chains
                .saturating_mul(state)
                .saturating_mul(plan.draws as u64),
        ),
    ];
    Ok(parts.into_iter().fold(0, u64::saturating_add))
}
