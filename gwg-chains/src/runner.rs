//! A run: warm-up, then draws, over [`Chains`].

mod drive;
mod memory;
mod outcome;
mod pace;
mod record;
mod saved;
mod summaries;
mod swaps;

use crate::chains::{ChainSpec, Chains, RestoreError};
use crate::generator::{RUN, generator};
use crate::observer::{Observer, batch_draws};
use crate::plan::{Plan, RunError};
use crate::quantity::{KeptDraws, Quantity};
use crate::record::{Counting, SymbolCounts};
use crate::stepper::{Bound, Stepper};
use crate::threads::Threads;
use drive::Run;
use gwg_core::{Bits, Kernel, Real, Symbol, SymbolOf, Target};
pub use memory::bytes_of_run;
pub use outcome::{InvalidValue, Outcome};
use pace::Pace;
use record::{Columns, Common};
pub use saved::{Checkpoint, SavedRun};
use saved::{SavedPlan, Stage, names};
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
    drive(stepper, plan, observer, None)
}

/// Goes on with a run that was saved by a [`Checkpoint`]: the draws that follow have the bits that they would have had, on any number of
/// threads. The plan may ask for more draws; it has else to be that of the run, as have the target and the kernel.
///
/// The observer receives the draws from [`SavedRun::draws`] on; the [`Outcome`] is that of the whole run, but for its times.
///
/// # Example
/// ```
/// use gwg_chains::{Batch, Checkpoint, Observer, Plan, SavedRun, resume, run};
/// use gwg_core::{LocallyBalanced, Taylor};
///
/// /// Keeps the latest checkpoint.
/// struct Keep(Vec<u8>);
///
/// impl Observer for Keep {
///     fn checkpoint_due(&mut self, last: bool) -> bool {
///         last // or once in a while
///     }
///     fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///         self.0 = checkpoint.to_bytes("")?;
///         Ok(())
///     }
/// }
///
/// let model = gwg_models::Rbm::<f32>::random(20, 5, 1)?;
/// let (target, kernel) = (Taylor(&model), LocallyBalanced::gwg());
/// let short = Plan { draws: 100, ..Plan::default() };
/// let mut keep = Keep(Vec::new());
/// run(&target, &kernel, &short, &mut keep)?;
///
/// let long = Plan { draws: 300, ..short };
/// let extended = resume(&target, &kernel, &long, &mut (), SavedRun::from_bytes(&keep.0)?)?;
/// assert_eq!(extended.last, run(&target, &kernel, &long, &mut ())?.last);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of [`run`]; [`RunError::Resume`] and [`RunError::Restore`] where the plan, the target or the kernel is another.
pub fn resume<T, K>(
    target: &T,
    kernel: &K,
    plan: &Plan<SymbolOf<T>>,
    observer: &mut dyn Observer<SymbolOf<T>>,
    saved: SavedRun,
) -> Result<Outcome<SymbolOf<T>>, RunError>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    resume_with(&Bound { target, kernel }, plan, observer, saved)
}

/// [`resume`] for a kernel and a target behind one `dyn`.
///
/// # Errors
/// Those of [`resume`].
pub fn resume_with<R: Real, S: Symbol>(
    stepper: &dyn Stepper<R, S>,
    plan: &Plan<S>,
    observer: &mut dyn Observer<S>,
    saved: SavedRun,
) -> Result<Outcome<S>, RunError> {
    drive(stepper, plan, observer, Some(saved))
}

fn drive<R: Real, S: Symbol>(
    stepper: &dyn Stepper<R, S>,
    plan: &Plan<S>,
    observer: &mut dyn Observer<S>,
    mut saved: Option<SavedRun>,
) -> Result<Outcome<S>, RunError> {
    let (sites, states) = (stepper.sites(), stepper.states());
    plan.check_numbers(sites, states)?;
    // Before the warm-up, which may take hours.
    let mut kept = KeptDraws::new(names(&plan.quantities), plan.chains, plan.draws, plan.keep)?;
    let mut counts = SymbolCounts::of_run(sites, states)?;
    let round_counts = SymbolCounts::of_block(sites, states)?;
    let counting = Counting::of(sites, states);
    let stop = observer.stop_flag().unwrap_or_default();
    let (round, states_kept) = rounds(plan, observer, sites, counting);
    let columns = Columns::new(plan, round, states_kept)?;
    let spec = spec(plan)?;
    let mut stage = Stage::Warmup { done: 0 };
    let chains = if let Some(saved) = &mut saved {
        saved.check(plan, &kept)?;
        stage = saved.stage;
        kept = saved.take_kept(plan.draws)?;
        let chains = Chains::restore_with(&saved.chains, stepper, spec.threads)?;
        let states = (plan.chains as u64).saturating_mul(saved.draws() as u64);
        if !counts.restore(std::mem::take(&mut saved.counts), states) {
            let what = "the counts of symbols";
            return Err(RestoreError::Damaged { what }.into());
        }
        chains
    } else {
        Chains::with(stepper, &spec)?
    };
    let common = Common {
        thin: plan.thin,
        sites,
        states,
        counting,
        evaluates: plan.quantities.iter().any(Quantity::needs_log_prob),
        quantities: &plan.quantities,
        reference: reference(sites, states, plan.seed),
    };
    let saved = saved.as_mut();
    Run {
        tallies: record::tallies(
            &common,
            plan,
            chains.blocks(),
            saved.filter(|s| s.has_draws()),
        )?,
        saved_plan: SavedPlan::of(plan),
        stepper,
        common,
        plan,
        chains,
        observer,
        counts,
        round_counts,
        in_parts: false,
        kept,
        round,
        stage,
        broken: false,
        due: false,
        pace: Pace::new(),
        stop,
    }
    .drive(columns)
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
        first_chain: plan.first_chain,
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
