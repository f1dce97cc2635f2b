//! Many chains of one kernel on one target, in parallel.

mod block;
mod lend;
mod tempered;

use crate::observer::{Batch, Observer, Progress};
use crate::plan::{Plan, RunError};
use crate::record::SymbolCounts;
use block::{Block, Columns};
use gwg_core::{Kernel, Real, Space, Tally, Target, Walker};
use lend::Storage;
pub use lend::reference;
use rayon::prelude::*;
use std::time::{Duration, Instant};
pub use tempered::Tempered;

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
    /// What all chains did while sampling. Of tempered chains, `steps`, `accepted` and `hops` are those made
    /// at the target's temperature, whichever replica made them; `values` and `gradients` are of all
    /// replicas: what the run cost. What [`Kernel::retemper`] asks for, of most kernels nothing, is not counted.
    pub tally: Tally,
    /// What each chain tuned in its warm-up and kept ([`Kernel::tuning`]), (chain, replica, parameter); empty where there is nothing to tune.
    pub tuning: Vec<f64>,
    /// What became of the swaps while sampling; `None` where there is one replica a chain.
    pub tempered: Option<Tempered>,
    /// Wall-clock time of the warm-up and of the sampling, starting states and memory not counted.
    pub seconds: (Duration, Duration),
    /// True where the observer ended the run before the plan's end.
    pub interrupted: bool,
    /// Worker threads.
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
/// Sites that the target's space says are [observed](Space::observed) start at what was observed and stay there
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
    let space = target.space();
    plan.check_on(space)?;
    let threads = plan.threads();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    let mut storage = Storage::new(target, kernel, plan, threads)?;
    let mut blocks = storage.blocks(target, kernel, plan)?;
    let mut run = Run {
        target,
        kernel,
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
        tally: Tally::default(),
        tuning: tuning(target, kernel, &blocks),
        tempered: None,
        seconds: (warmed_up, Duration::ZERO),
        interrupted: !go_on,
        threads,
    };
    if go_on {
        run.sample(&mut blocks, &mut outcome)?;
    }
    outcome.seconds.1 = started.elapsed();
    finish(&mut outcome, blocks, space.sites(), space.states());
    Ok(outcome)
}

struct Run<'r, T, K, O: ?Sized> {
    target: &'r T,
    kernel: &'r K,
    plan: &'r Plan,
    pool: rayon::ThreadPool,
    threads: usize,
    observer: &'r mut O,
}

impl<T, K, O> Run<'_, T, K, O>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
    for<'a> K::State<'a>: Send,
    O: Observer + ?Sized,
{
    fn each<'a>(
        &self,
        blocks: &mut [Block<'a, T::Real, K::State<'a>>],
        work: impl Fn(&mut Block<'a, T::Real, K::State<'a>>) + Sync + Send,
    ) {
        if self.threads == 1 {
            blocks.iter_mut().for_each(work);
        } else {
            self.pool.install(|| blocks.par_iter_mut().for_each(work));
        }
    }

    fn init<'a>(&self, blocks: &mut [Block<'a, T::Real, K::State<'a>>]) -> Result<(), RunError> {
        self.each(blocks, |block| block.init(self.target, self.kernel));
        for block in blocks {
            for (k, w) in block.walkers.iter().enumerate() {
                if !w.log_prob().is_finite() {
                    return Err(RunError::NotFinite {
                        chain: block.first_chain + k / self.plan.replicas(),
                        found: w.log_prob(),
                    });
                }
            }
        }
        Ok(())
    }

    /// True unless the observer ended the run.
    fn warm_up<'a>(&mut self, blocks: &mut [Block<'a, T::Real, K::State<'a>>]) -> bool {
        let of = self.plan.warmup;
        let round = of.div_ceil(WARMUP_ROUNDS).max(1);
        let ladder = self.plan.ladder();
        let mut done = 0;
        while done < of {
            let steps = round.min(of - done);
            let beta = self.plan.warmup_beta(done / round, of.div_ceil(round));
            self.each(blocks, |block| {
                if let Some(beta) = beta {
                    block.retemper(self.target, self.kernel, beta, ladder);
                }
                block.advance(self.target, self.kernel, steps, self.plan.adapt);
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

    fn sample<'a>(
        &mut self,
        blocks: &mut [Block<'a, T::Real, K::State<'a>>],
        outcome: &mut Outcome,
    ) -> Result<(), RunError> {
        let (of, chains) = (self.plan.draws, self.plan.chains);
        let sites = self.target.space().sites();
        let keep_x = self.observer.wants_configurations();
        let round = self.observer.batch_draws().clamp(1, of);
        let mut columns = Columns::new(chains, round, if keep_x { sites } else { 0 });
        let mut series = (vec![0.0; chains * of], vec![0.0; chains * of]);
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
                hops: &columns.hops,
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

    fn draw<'a>(
        &self,
        blocks: &mut [Block<'a, T::Real, K::State<'a>>],
        columns: &mut Columns,
        draws: usize,
    ) {
        let thin = self.plan.thin;
        let lengths: Vec<usize> = blocks.iter().map(Block::chains).collect();
        let parts = columns.split(&lengths, draws);
        let work = |(block, mut part): (&mut Block<'a, T::Real, K::State<'a>>, block::Part<'_>)| {
            block.record(self.target, self.kernel, thin, draws, &mut part);
        };
        if self.threads == 1 {
            blocks.iter_mut().zip(parts).for_each(work);
        } else {
            self.pool
                .install(|| blocks.par_iter_mut().zip(parts).for_each(work));
        }
    }
}

fn tuning<'a, T: Target, K: Kernel<T>>(
    target: &T,
    kernel: &K,
    blocks: &[Block<'a, T::Real, K::State<'a>>],
) -> Vec<f64> {
    let walkers = blocks.iter().flat_map(|block| &block.walkers);
    let of = |w: &Walker<'a, T::Real, K::State<'a>>| {
        (0..)
            .map_while(|k| kernel.tuning(target, &w.state, k))
            .collect::<Vec<_>>()
    };
    walkers.flat_map(of).collect()
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

fn finish<R: Real, S>(
    outcome: &mut Outcome,
    blocks: Vec<Block<'_, R, S>>,
    sites: usize,
    states: usize,
) {
    let mut counts = SymbolCounts::new(sites, states);
    for mut block in blocks {
        counts.merge(&mut block.counts);
        for tally in block.tally.iter().chain([&block.total]) {
            block::add(&mut outcome.tally, tally);
        }
        for chain in 0..block.chains() {
            let w = &block.walkers[block.recorded(chain)];
            outcome.last.extend_from_slice(w.x);
        }
        if let Some(rungs) = &block.rungs {
            rungs.add_to(&mut outcome.tempered);
        }
    }
    outcome.symbol_counts = counts.into_counts();
}
