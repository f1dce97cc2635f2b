//! Many chains of one kernel on one target, in parallel.

mod block;
mod lend;
mod summaries;
mod tempered;
mod walkers;

use crate::observer::{Batch, Observer, Progress};
use crate::plan::{Plan, RunError};
use crate::record::{Grid, SymbolCounts};
use block::{Block, Columns};
use gwg_core::{Kernel, StepCounts, Target};
pub use lend::reference;
use lend::{Needs, Storage, apart, full};
use rayon::prelude::*;
use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
pub use summaries::Summaries;
pub use tempered::Tempered;
use walkers::walkers;

/// Rounds of a warm-up: often enough to see progress, to stop and to cool, seldom enough not to cost.
const WARMUP_ROUNDS: u64 = 50;

/// What a run leaves behind, beside what its observer saw.
///
/// Of tempered chains all of it but `tuning` is of the replica at the target's temperature.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Chains.
    pub chains: usize,
    /// Draws of each chain: those of the plan, or fewer where the observer ended the run.
    pub draws: usize,
    /// `f(x)`, (chain, draw), rounded far below what a move changes (by 2^-13 of that in f32, 2^-36 in f64): states of equal
    /// `f` have equal numbers, whatever running sum told them, as statistics of ranks need.
    pub log_prob: Vec<f64>,
    /// Hamming distance to a fixed random state made from the seed, (chain, draw).
    pub hamming: Vec<f64>,
    /// How often each site had each symbol over all draws: `[site]` counts of ones with two states, else `[site * states + symbol]`.
    pub symbol_counts: Vec<u64>,
    /// The last configuration of every chain, (chain, site).
    pub last: Vec<u8>,
    /// What all chains did while sampling; of two kernels in turn, the steps of each count. Of tempered chains, `steps`, `accepted` and `sites_changed` are those made
    /// at the target's temperature, whichever replica made them; `values` and `gradients` are of all
    /// replicas: what the run cost. What [`Kernel::reweight`] asks for, of most kernels nothing, is not counted.
    pub counts: StepCounts,
    /// What each chain tuned in its warm-up and kept ([`Kernel::tuning`]), (chain, replica, parameter); empty where there is nothing to tune.
    pub tuning: Vec<f64>,
    /// What became of the swaps while sampling; `None` where there is one replica a chain.
    pub tempered: Option<Tempered>,
    /// Wall-clock time of the warm-up and of the sampling, starting states and memory not counted.
    pub seconds: (Duration, Duration),
    /// True where the observer ended the run before the plan's end.
    pub interrupted: bool,
    /// Worker threads, at most one a chain.
    pub threads: usize,
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
/// Sites that the target's space says are [observed](gwg_core::Space::observed) start at what was observed and stay there
/// (a [`Clamp`](gwg_core::Clamp) has such a space).
///
/// # Errors
/// [`RunError`]: a plan that breaks a condition, a start at which `f` is not finite, or what the observer returns.
pub fn run<T, K, O>(
    target: &T,
    kernel: &K,
    plan: &Plan,
    observer: &mut O,
) -> Result<Outcome, RunError>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
    for<'a> K::State<'a>: Send,
    O: Observer + ?Sized,
{
    plan.check_on(target.space())?;
    let scratch = |walkers| kernel.scratch_len(target, walkers);
    let needs = Needs::of(target, kernel, &scratch);
    let mut storage = Storage::new(&needs, plan, plan.threads())?;
    let common = Common {
        sites: needs.sites,
        states: needs.states,
        grid: Grid::of(target),
        reference: &reference(needs.sites, needs.states, plan.seed),
    };
    let mut blocks = Vec::new();
    for loan in storage.loans(&needs, plan)? {
        let room = apart(loan.lent.len())?;
        let walkers = walkers(target, kernel, loan.lent, loan.scratch, room)?;
        blocks.push(Block::new(loan.book, walkers, &common)?);
    }
    drive(&common, blocks, plan, &mut Passed(observer))
}

/// What all blocks of a run have in common.
struct Common<'r> {
    sites: usize,
    states: usize,
    /// What values of `f` are rounded to.
    grid: Grid,
    /// The run's fixed random state.
    reference: &'r [u8],
}

/// A run, whatever it is of.
fn drive(
    common: &Common<'_>,
    mut blocks: Vec<Block<'_>>,
    plan: &Plan,
    observer: &mut dyn Observer,
) -> Result<Outcome, RunError> {
    // Before the warm-up, which may take hours.
    let series = || full(plan.chains.checked_mul(plan.draws), 0.0);
    let series = (series()?, series()?);
    let round = observer.batch_draws().clamp(1, plan.draws);
    let kept = if observer.needs_states() {
        common.sites
    } else {
        0
    };
    let columns = Columns::new(plan.chains, round, kept)?;
    let threads = plan.threads();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    let mut run = Run {
        sites: common.sites,
        plan,
        pool,
        threads,
        observer,
    };
    run.init(&mut blocks)?;
    let started = Instant::now();
    let go_on = run.warm_up(&mut blocks);
    let warmed_up = started.elapsed();
    for block in &mut blocks {
        block.clear_tally();
    }
    let started = Instant::now();
    let mut outcome = Outcome {
        chains: plan.chains,
        draws: 0,
        log_prob: Vec::new(),
        hamming: Vec::new(),
        symbol_counts: Vec::new(),
        last: Vec::new(),
        counts: StepCounts::default(),
        tuning: Vec::new(),
        tempered: None,
        seconds: (warmed_up, Duration::ZERO),
        interrupted: !go_on,
        threads,
    };
    for block in &blocks {
        block.walkers.tuning(&mut outcome.tuning);
    }
    if go_on {
        run.sample(&mut blocks, (series, columns), &mut outcome)?;
    }
    outcome.seconds.1 = started.elapsed();
    finish(&mut outcome, blocks, common);
    Ok(outcome)
}

struct Run<'r> {
    sites: usize,
    plan: &'r Plan,
    pool: rayon::ThreadPool,
    threads: usize,
    observer: &'r mut dyn Observer,
}

impl Run<'_> {
    fn each<'a>(&self, blocks: &mut [Block<'a>], work: impl Fn(&mut Block<'a>) + Sync + Send) {
        if self.threads == 1 {
            blocks.iter_mut().for_each(work);
        } else {
            self.pool.install(|| blocks.par_iter_mut().for_each(work));
        }
    }

    fn init(&self, blocks: &mut [Block<'_>]) -> Result<(), RunError> {
        self.each(blocks, |block| block.walkers.init());
        for block in blocks {
            for k in 0..block.walkers.len() {
                let (_, found) = block.walkers.look(k);
                if !found.is_finite() {
                    return Err(RunError::NotFinite {
                        chain: block.book.first_chain + k / self.plan.replicas(),
                        found,
                    });
                }
            }
        }
        Ok(())
    }

    /// True unless the observer ended the run.
    fn warm_up(&mut self, blocks: &mut [Block<'_>]) -> bool {
        let of = self.plan.warmup;
        let round = of.div_ceil(WARMUP_ROUNDS).max(1);
        let ladder = self.plan.ladder();
        let mut done = 0;
        while done < of {
            let steps = round.min(of - done);
            let beta = self.plan.warmup_beta(done / round, of.div_ceil(round));
            let adapt = self.plan.adapt;
            self.each(blocks, |block| {
                if let Some(beta) = beta {
                    block.reweight(beta, ladder);
                }
                block.advance(steps, adapt);
            });
            done += steps;
            if self
                .observer
                .progress(Progress::Warmup { done, of })
                .is_break()
            {
                return false;
            }
        }
        true
    }

    fn sample(
        &mut self,
        blocks: &mut [Block<'_>],
        (mut series, mut columns): ((Vec<f64>, Vec<f64>), Columns),
        outcome: &mut Outcome,
    ) -> Result<(), RunError> {
        let (of, chains) = (self.plan.draws, self.plan.chains);
        let sites = self.sites;
        let round = self.observer.batch_draws().clamp(1, of);
        while outcome.draws < of && !outcome.interrupted {
            let draws = round.min(of - outcome.draws);
            columns.resize(chains, draws);
            self.draw(blocks, &mut columns, draws);
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
                sites,
                x: &columns.x,
                log_prob: &columns.log_prob,
                hamming: &columns.hamming,
                accepted: &columns.accepted,
                sites_changed: &columns.sites_changed,
            };
            self.observer.batch(&batch).map_err(RunError::Observer)?;
            outcome.draws += draws;
            let done = outcome.draws;
            outcome.interrupted = self
                .observer
                .progress(Progress::Sampling { done, of })
                .is_break()
                && done < of;
        }
        outcome.log_prob = shortened(series.0, of, outcome.draws);
        outcome.hamming = shortened(series.1, of, outcome.draws);
        Ok(())
    }

    fn draw(&self, blocks: &mut [Block<'_>], columns: &mut Columns, draws: usize) {
        let thin = self.plan.thin;
        let lengths: Vec<usize> = blocks.iter().map(Block::chains).collect();
        let parts = columns.split(&lengths, draws);
        let work = |(block, mut part): (&mut Block<'_>, block::Part<'_>)| {
            block.record(thin, draws, &mut part);
        };
        if self.threads == 1 {
            blocks.iter_mut().zip(parts).for_each(work);
        } else {
            self.pool
                .install(|| blocks.par_iter_mut().zip(parts).for_each(work));
        }
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

fn finish(outcome: &mut Outcome, blocks: Vec<Block<'_>>, common: &Common<'_>) {
    let mut counts = SymbolCounts::new(common.sites, common.states);
    for mut block in blocks {
        counts.merge(&mut block.symbols);
        for counts in block.counts.iter().chain([&block.total]) {
            block::add(&mut outcome.counts, counts);
        }
        for chain in 0..block.chains() {
            let (x, _) = block.walkers.look(block.recorded(chain));
            outcome.last.extend_from_slice(x);
        }
        if let Some(ladders) = &block.book.ladders {
            ladders.add_to(&mut outcome.tempered);
        }
    }
    outcome.symbol_counts = counts.into_counts();
}

/// Any observer, as one that can be `dyn`.
struct Passed<'o, O: ?Sized>(&'o mut O);

impl<O: Observer + ?Sized> Observer for Passed<'_, O> {
    fn needs_states(&self) -> bool {
        self.0.needs_states()
    }

    fn batch_draws(&self) -> usize {
        self.0.batch_draws()
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.0.progress(progress)
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.0.batch(batch)
    }
}
