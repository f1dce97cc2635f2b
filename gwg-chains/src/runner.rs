//! A run: warm-up, then draws, over [`Chains`].

mod drive;
mod outcome;
mod pace;
mod record;
mod summaries;
mod swaps;

use crate::chains::{ChainSpec, Chains};
use crate::generator::{RUN, generator};
use crate::observer::{Observer, batch_draws};
use crate::plan::{Plan, RunError};
use crate::quantity::{Quantity, QuantityDraws};
use crate::record::{Counting, SymbolCounts};
use crate::stepper::{Bound, Stepper};
use crate::threads::Threads;
use drive::Run;
use gwg_core::{Bits, Kernel, Real, Symbol, SymbolOf, Target};
pub use outcome::{InvalidValue, Outcome};
use pace::Pace;
use record::{Columns, Common};
use std::num::NonZeroUsize;
pub use summaries::Summaries;
pub use swaps::SwapStatistics;

/// Runs a warm-up and draws of `kernel` on `target` as the plan states.
///
/// Chains of a lockstep kernel step together in blocks, one block per thread; others one after another. A chain's
/// path depends only on the seed, its number and its start: results have the same bits for any number
/// of threads and any size of blocks.
///
/// With [`Plan::tempering`] a chain is a group of replicas, one for each level of the ladder, and what is recorded is
/// the replica at the target's temperature. The replicas of a chain share a block.
///
/// [Observed](gwg_core::Space::observed) sites of the target's space keep the symbols that were observed (a
/// [`Clamp`](gwg_core::Clamp) has such a space).
///
/// # Errors
/// [`RunError`]: a plan that breaks a condition, a start at which `f` is not finite, or what the observer returns.
pub fn run<T, K>(
    target: &T,
    kernel: &K,
    plan: &Plan<SymbolOf<T>>,
    observer: &mut dyn Observer<SymbolOf<T>>,
) -> Result<Outcome<SymbolOf<T>>, RunError>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    run_with(&Bound { target, kernel }, plan, observer)
}

/// [`run`] for a kernel and a target behind one `dyn`.
///
/// # Errors
/// Those of [`run`].
pub fn run_with<R: Real, S: Symbol>(
    stepper: &dyn Stepper<R, S>,
    plan: &Plan<S>,
    observer: &mut dyn Observer<S>,
) -> Result<Outcome<S>, RunError> {
    let (sites, states) = (stepper.sites(), stepper.states());
    plan.check_numbers(sites, states)?;
    // Before the warm-up, which may take hours.
    let series = QuantityDraws::zeros(&plan.quantities, plan.chains.checked_mul(plan.draws))?;
    let counts = SymbolCounts::of_run(sites, states)?;
    let round_counts = SymbolCounts::of_block(sites, states)?;
    let counting = Counting::of(sites, states);
    let stop = observer.stop_flag().unwrap_or_default();
    let (round, kept) = rounds(plan, observer, sites, counting);
    let columns = Columns::new(plan, round, kept)?;
    let chains = Chains::with(stepper, &spec(plan)?)?;
    let common = Common {
        thin: plan.thin,
        sites,
        states,
        counting,
        evaluates: plan.quantities.iter().any(Quantity::needs_log_prob),
        quantities: &plan.quantities,
        reference: reference(sites, states, plan.seed),
    };
    Run {
        stepper,
        common,
        plan,
        chains,
        observer,
        counts,
        round_counts,
        in_parts: false,
        round,
        pace: Pace::new(),
        stop,
    }
    .drive(series, columns)
}

/// The draws of a round, and the symbols of a draw that are kept until its end: all sites, or none.
fn rounds<S: Symbol>(
    plan: &Plan<S>,
    observer: &dyn Observer<S>,
    sites: usize,
    counting: Counting,
) -> (usize, usize) {
    let round = observer.batch_draws().clamp(1, plan.draws);
    if observer.needs_states() {
        return (round, sites);
    }
    let compares = plan.quantities.iter().any(Quantity::needs_next_chain);
    if compares || counting == Counting::PerRound {
        let bytes = sites.saturating_mul(size_of::<S>());
        return (round.min(batch_draws(plan.chains, bytes)), sites);
    }
    (round, 0)
}

fn spec<S: Symbol>(plan: &Plan<S>) -> Result<ChainSpec, RunError> {
    Ok(ChainSpec {
        first_chain: 0,
        chains: plan.chains,
        seed: plan.seed,
        beta: plan.beta,
        tempering: plan.tempering.clone(),
        init: plan.init.clone(),
        threads: Threads::new(NonZeroUsize::new(plan.threads()).unwrap_or(NonZeroUsize::MIN))?,
        block: plan.block,
    })
}

/// The fixed random state of a run with `seed`: recorded Hamming distances are distances to it.
#[must_use]
pub fn reference<S: Symbol>(sites: usize, states: usize, seed: u64) -> Vec<S> {
    let mut bits = generator(seed, RUN);
    (0..sites)
        .map(|_| S::from_index(bits.below(states)))
        .collect()
}
