//! A run: warm-up, then draws, over [`Chains`].

mod record;
mod summaries;
mod swaps;

use crate::chains::{ChainSpec, Chains, full};
use crate::failure::ModelFailure;
use crate::generator::{RUN, generator};
use crate::observer::{Batch, Observer, Progress};
use crate::plan::{Plan, RunError};
use crate::record::{Quantizer, SymbolCounts};
use crate::stepper::{Bound, Stepper};
use crate::threads::Threads;
use gwg_core::{Bits, Kernel, Real, Space, StepCounts, Target};
use record::{Columns, Common, Tally};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};
pub use summaries::Summaries;
pub use swaps::SwapStatistics;

/// Rounds of a warm-up: often enough to see progress, to stop and to cool, seldom enough not to cost.
const WARMUP_ROUNDS: u64 = 50;

/// What a run leaves behind, beside what its observer saw.
///
/// Of tempered chains all of it but `tuning` is of the replica at the target's temperature.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Chains.
    pub chains: usize,
    /// Draws of each chain: those of the plan, or fewer where the run ended early.
    pub draws: usize,
    /// `f(x)`, (chain, draw), rounded far below what a move changes (by 2^-13 of that in f32, 2^-36 in f64): states of equal
    /// `f` have equal numbers, whatever running sum they come from, as statistics of ranks need.
    pub log_prob: Vec<f64>,
    /// Hamming distance to a fixed random state made from the seed, (chain, draw).
    pub hamming: Vec<f64>,
    /// How often each site had each symbol over all draws: `[site]` counts of ones with two states, else `[site * states + symbol]`.
    pub symbol_counts: Vec<u64>,
    /// The last state of every chain, (chain, site).
    pub last: Vec<u8>,
    /// What all chains did while sampling; of several samplers in turn, the steps of each count. Of tempered chains, `steps`, `accepted` and
    /// `sites_changed` are those made at the target's temperature, whichever replica made them; `values` and `gradients` are of all
    /// replicas: what the run cost. What [`Kernel::reweight`] evaluates, of most kernels nothing, is not counted.
    pub counts: StepCounts,
    /// What each chain tuned in its warm-up and kept ([`Kernel::tuning`]), (chain, replica, parameter); empty where there is nothing to tune.
    pub tuning: Vec<f64>,
    /// What became of the swaps while sampling; `None` where there is one replica per chain.
    pub swaps: Option<SwapStatistics>,
    /// Wall-clock time of the warm-up and of the sampling, starting states and memory not counted.
    pub seconds: (Duration, Duration),
    /// True where the run ended before the plan's end.
    pub interrupted: bool,
    /// Where the model's values were not numbers, which ended the run: the draws of the round in which that happened are not here.
    pub invalid: Option<InvalidValue>,
    /// Where the model could not be evaluated, which ended the run in the same way.
    pub failure: Option<ModelFailure>,
    /// Threads.
    pub threads: usize,
}

/// A value of the model that no kernel can go on from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvalidValue {
    /// The chain.
    pub chain: u64,
    /// Its steps until then, in warm-up or while sampling.
    pub steps: u64,
    /// The value: NaN or positive infinity.
    pub found: f64,
}

impl InvalidValue {
    /// The error that [`Chains`](crate::Chains) report it by.
    #[must_use]
    pub const fn as_error(&self) -> RunError {
        RunError::NotANumber {
            chain: self.chain,
            steps: self.steps,
            found: self.found,
        }
    }
}

/// Runs the plan.
///
/// Chains of a lockstep kernel step together in blocks, one block a thread; others one by one. A chain's
/// path depends on the seed, its number and its start alone: results have the same bits for any number
/// of threads and any size of blocks.
///
/// With [`Plan::tempering`] a chain is a group of replicas, one for each level of the ladder, and what is recorded is
/// the replica at the target's temperature. The replicas of a chain share a block.
///
/// Sites that the target's space says are [observed](Space::observed) start at what was observed and stay there
/// (a [`Clamp`](gwg_core::Clamp) has such a space).
///
/// # Errors
/// [`RunError`]: a plan that breaks a condition, a start at which `f` is not finite, or what the observer returns.
pub fn run<T, K>(
    target: &T,
    kernel: &K,
    plan: &Plan,
    observer: &mut dyn Observer,
) -> Result<Outcome, RunError>
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    run_with(&Bound { target, kernel }, plan, observer)
}

/// [`run`], by kernel and target behind one `dyn`.
///
/// # Errors
/// Those of [`run`].
pub fn run_with<R: Real>(
    stepper: &dyn Stepper<R, u8>,
    plan: &Plan,
    observer: &mut dyn Observer,
) -> Result<Outcome, RunError> {
    plan.check_numbers(stepper.sites())?;
    // Before the warm-up, which may take hours.
    let series = || full(plan.chains.checked_mul(plan.draws), 0.0);
    let series = (series()?, series()?);
    let round = observer.batch_draws().clamp(1, plan.draws);
    let kept = if observer.needs_states() {
        stepper.sites()
    } else {
        0
    };
    let columns = Columns::new(plan.chains, round, kept)?;
    let chains = Chains::with(stepper, &spec(plan)?)?;
    let common = Common {
        thin: plan.thin,
        sites: stepper.sites(),
        states: stepper.states(),
        quantizer: Quantizer::of(stepper),
        reference: reference(stepper.sites(), stepper.states(), plan.seed),
    };
    Run {
        stepper,
        common,
        plan,
        chains,
        observer,
    }
    .drive(series, columns)
}

fn spec(plan: &Plan) -> Result<ChainSpec, RunError> {
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

struct Run<'r, R> {
    stepper: &'r dyn Stepper<R, u8>,
    common: Common,
    plan: &'r Plan,
    chains: Chains<R, u8>,
    observer: &'r mut dyn Observer,
}

impl<R: Real> Run<'_, R> {
    fn drive(
        mut self,
        series: (Vec<f64>, Vec<f64>),
        columns: Columns,
    ) -> Result<Outcome, RunError> {
        let started = Instant::now();
        let mut outcome = Outcome {
            chains: self.plan.chains,
            draws: 0,
            log_prob: Vec::new(),
            hamming: Vec::new(),
            symbol_counts: Vec::new(),
            last: Vec::new(),
            counts: StepCounts::default(),
            tuning: Vec::new(),
            swaps: None,
            seconds: (Duration::ZERO, Duration::ZERO),
            interrupted: false,
            invalid: None,
            failure: None,
            threads: self.chains.threads().count(),
        };
        self.warm_up(&mut outcome)?;
        outcome.seconds.0 = started.elapsed();
        self.chains.clear_counts();
        outcome.tuning = self.chains.tuning_with(self.stepper)?;
        let started = Instant::now();
        let blocks = self.chains.blocks();
        let mut tallies: Vec<Tally> = blocks.iter().map(|b| Tally::new(&self.common, b)).collect();
        let mut counts = SymbolCounts::new(self.common.sites, self.common.states);
        if !outcome.interrupted {
            self.sample(&mut tallies, (series, columns), &mut counts, &mut outcome)?;
        }
        outcome.symbol_counts = counts.into_counts();
        outcome.seconds.1 = started.elapsed();
        outcome.counts = self.chains.total_counts();
        outcome.last = self.chains.states().flatten().copied().collect();
        outcome.swaps = self.chains.swap_statistics();
        Ok(outcome)
    }

    fn warm_up(&mut self, outcome: &mut Outcome) -> Result<(), RunError> {
        let of = self.plan.warmup;
        let round = of.div_ceil(WARMUP_ROUNDS).max(1);
        let mut done = 0;
        while done < of && !outcome.interrupted {
            let steps = round.min(of - done);
            if let Some(beta) = self.plan.warmup_beta(done / round, of.div_ceil(round)) {
                self.chains.set_beta(beta)?;
            }
            let advanced = self
                .chains
                .advance_with(self.stepper, steps, self.plan.adapt);
            self.ends(advanced, outcome)?;
            done += steps;
            let progress = Progress::Warmup { done, of };
            outcome.interrupted |= self.observer.progress(progress).is_break();
        }
        Ok(())
    }

    /// Ends the run, with what there is, where the model's values are not numbers or it cannot be evaluated.
    fn ends(&self, advanced: Result<(), RunError>, outcome: &mut Outcome) -> Result<(), RunError> {
        match advanced {
            Err(RunError::NotANumber {
                chain,
                steps,
                found,
            }) => {
                outcome.interrupted = true;
                outcome.invalid = Some(InvalidValue {
                    chain,
                    steps,
                    found,
                });
                Ok(())
            }
            Err(RunError::Model(failure)) => {
                outcome.interrupted = true;
                outcome.failure = Some(failure);
                Ok(())
            }
            other => other,
        }
    }

    fn sample(
        &mut self,
        tallies: &mut [Tally],
        (mut series, mut columns): ((Vec<f64>, Vec<f64>), Columns),
        counts: &mut SymbolCounts,
        outcome: &mut Outcome,
    ) -> Result<(), RunError> {
        let (of, chains) = (self.plan.draws, self.plan.chains);
        let round = self.observer.batch_draws().clamp(1, of);
        while outcome.draws < of && !outcome.interrupted {
            let draws = round.min(of - outcome.draws);
            columns.resize(chains, draws);
            let (common, stepper) = (&self.common, self.stepper);
            self.chains
                .each_block(columns.split(tallies, draws), |block, mut part| {
                    common.record(stepper, block, &mut part);
                });
            self.ends(self.chains.judge(stepper), outcome)?;
            if outcome.interrupted {
                break;
            }
            for tally in &mut *tallies {
                counts.merge(&mut tally.symbols);
            }
            for chain in 0..chains {
                let here = chain * draws..(chain + 1) * draws;
                let there = chain * of + outcome.draws..chain * of + outcome.draws + draws;
                series.0[there.clone()].copy_from_slice(&columns.log_prob[here.clone()]);
                series.1[there].copy_from_slice(&columns.hamming[here]);
            }
            let batch = Batch {
                first_draw: outcome.draws,
                draws,
                chains,
                sites: self.common.sites,
                x: &columns.x,
                log_prob: &columns.log_prob,
                hamming: &columns.hamming,
                accepted: &columns.accepted,
                sites_changed: &columns.sites_changed,
            };
            self.observer.batch(&batch).map_err(RunError::Observer)?;
            outcome.draws += draws;
            let done = outcome.draws;
            let progress = Progress::Sampling { done, of };
            outcome.interrupted = self.observer.progress(progress).is_break() && done < of;
        }
        outcome.log_prob = shortened(series.0, of, outcome.draws);
        outcome.hamming = shortened(series.1, of, outcome.draws);
        Ok(())
    }
}

/// Rows of `planned` numbers cut to their first `done`.
fn shortened(series: Vec<f64>, planned: usize, done: usize) -> Vec<f64> {
    if done == planned {
        return series;
    }
    series
        .chunks_exact(planned)
        .flat_map(|row| &row[..done])
        .copied()
        .collect()
}

/// The fixed random state of a run with `seed`, to which the Hamming distances of its draws are taken.
#[must_use]
pub fn reference(sites: usize, states: usize, seed: u64) -> Vec<u8> {
    let mut bits = generator(seed, RUN);
    (0..sites).map(|_| bits.below(states) as u8).collect()
}
