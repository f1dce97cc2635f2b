//! Chains that are interrupted at every step, against the same chains uninterrupted.

use gwg_chains::{ChainSpec, Chains, ChainsOf, SavedChains, SwapStatistics, Tempering, Threads};
use gwg_core::{Kernel, StepCounts, SymbolOf, Target};
use std::num::NonZeroUsize;
use std::sync::OnceLock;

/// Steps of warm-up, which adapt, and all steps.
const WARMUP: u64 = 6;
pub(crate) const STEPS: u64 = 16;

/// All that a caller can see of chains, floating-point numbers by their bits.
#[derive(Debug, PartialEq)]
struct Seen<S> {
    states: Vec<Vec<S>>,
    log_prob: Vec<u64>,
    counts: Vec<StepCounts>,
    tuning: Vec<u64>,
    swaps: Option<SwapStatistics>,
}

fn seen<T, K>(chains: &mut ChainsOf<T>, target: &T, kernel: &K) -> Seen<SymbolOf<T>>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let all = 0..chains.len();
    let tuning = chains.tuning(target, kernel).unwrap();
    Seen {
        states: chains.states().map(<[_]>::to_vec).collect(),
        log_prob: all.clone().map(|k| chains.log_prob(k).to_bits()).collect(),
        counts: all.map(|k| chains.counts(k)).collect(),
        tuning: tuning.into_iter().map(f64::to_bits).collect(),
        swaps: chains.swap_statistics(),
    }
}

/// Takes chains from one step to another: warm-up first, then sampling, each in one call.
fn advance<T, K>(chains: &mut ChainsOf<T>, target: &T, kernel: &K, from: u64, to: u64)
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let warmup = to.min(WARMUP) - from.min(WARMUP);
    let sampling = to.max(WARMUP) - from.max(WARMUP);
    if warmup > 0 {
        chains.warm_up(target, kernel, warmup).unwrap();
    }
    if sampling > 0 {
        chains.advance(target, kernel, sampling).unwrap();
    }
}

/// One pool for all tests.
pub(crate) fn two_threads() -> Threads {
    static POOL: OnceLock<Threads> = OnceLock::new();
    let two = NonZeroUsize::new(2).unwrap();
    POOL.get_or_init(|| Threads::new(two).unwrap()).clone()
}

pub(crate) fn spec(replicas: usize) -> ChainSpec {
    let tempering = Tempering {
        swap_every: 3,
        ..Tempering::geometric(replicas, 0.3).unwrap()
    };
    ChainSpec {
        first_chain: 2,
        chains: 3,
        seed: 11,
        beta: 0.9,
        tempering: (replicas > 1).then_some(tempering),
        threads: two_threads(),
        ..ChainSpec::default()
    }
}

/// Saves chains at every step, restores them on another target, another kernel and another number of threads, and compares
/// what follows with chains that went through in one call. The first difference, if there is one, or that nothing happened.
pub(crate) fn interrupt<T, K>(
    targets: [&T; 2],
    kernels: [&K; 2],
    replicas: usize,
) -> Result<(), String>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let (target, kernel) = (targets[0], kernels[0]);
    let start = Chains::new(target, kernel, &spec(replicas)).unwrap();
    let mut uninterrupted = Vec::new();
    let mut saves = Vec::new();
    for step in 0..=STEPS {
        let mut chains = start.clone();
        advance(&mut chains, target, kernel, 0, step);
        saves.push(chains.save().to_bytes().unwrap());
        uninterrupted.push(seen(&mut chains, target, kernel));
    }
    if uninterrupted[0].states == uninterrupted[STEPS as usize].states {
        return Err("no chain ever moved".into());
    }
    let (target, kernel) = (targets[1], kernels[1]);
    for (saved_at, bytes) in (0..).zip(&saves) {
        let saved = SavedChains::from_bytes(bytes).unwrap();
        let mut chains = Chains::restore(&saved, target, kernel, Threads::one()).unwrap();
        for step in saved_at..=STEPS {
            if step > saved_at {
                advance(&mut chains, target, kernel, step - 1, step);
            }
            let found = seen(&mut chains, target, kernel);
            if found != uninterrupted[step as usize] {
                return Err(format!("saved at step {saved_at}, differs at step {step}"));
            }
        }
        if chains.save().to_bytes().unwrap() != saves[STEPS as usize] {
            return Err(format!("saved at step {saved_at}, other memory at the end"));
        }
    }
    Ok(())
}
