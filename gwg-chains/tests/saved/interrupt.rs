//! Chains that are interrupted at every step, against the same chains uninterrupted.

use gwg_chains::{ChainSpec, Chains, SavedChains, Stepper, SwapStatistics, Tempering, Threads};
use gwg_core::{Real, StepCounts, Symbol};
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

fn seen<R: Real, S: Symbol>(chains: &mut Chains<R, S>, stepper: &dyn Stepper<R, S>) -> Seen<S> {
    let all = 0..chains.len();
    let tuning = chains.tuning_with(stepper).unwrap();
    Seen {
        states: chains.states().map(<[_]>::to_vec).collect(),
        log_prob: all.clone().map(|k| chains.log_prob(k).to_bits()).collect(),
        counts: all.map(|k| chains.counts(k)).collect(),
        tuning: tuning.into_iter().map(f64::to_bits).collect(),
        swaps: chains.swap_statistics(),
    }
}

/// Takes chains from one step to another: warm-up first, then sampling, each in one call.
fn advance<R: Real, S: Symbol>(
    chains: &mut Chains<R, S>,
    stepper: &dyn Stepper<R, S>,
    from: u64,
    to: u64,
) {
    let warmup = to.min(WARMUP) - from.min(WARMUP);
    let sampling = to.max(WARMUP) - from.max(WARMUP);
    if warmup > 0 {
        chains.advance_with(stepper, warmup, true).unwrap();
    }
    if sampling > 0 {
        chains.advance_with(stepper, sampling, false).unwrap();
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

/// Saves chains at every step, restores them on another stepper (another target and another kernel) and another number of threads, and compares
/// what follows with chains that went through in one call. The first difference, if there is one, or that nothing happened.
pub(crate) fn interrupt<R: Real, S: Symbol>(
    steppers: [&dyn Stepper<R, S>; 2],
    replicas: usize,
) -> Result<(), String> {
    let [stepper, other] = steppers;
    let start = Chains::with(stepper, &spec(replicas)).unwrap();
    let mut uninterrupted = Vec::new();
    let mut saves = Vec::new();
    for step in 0..=STEPS {
        let mut chains = start.clone();
        advance(&mut chains, stepper, 0, step);
        saves.push(chains.save().to_bytes().unwrap());
        uninterrupted.push(seen(&mut chains, stepper));
    }
    if uninterrupted[0].states == uninterrupted[STEPS as usize].states {
        return Err("no chain ever moved".into());
    }
    for (saved_at, bytes) in (0..).zip(&saves) {
        let saved = SavedChains::from_bytes(bytes).unwrap();
        let mut chains = Chains::restore_with(&saved, other, Threads::one()).unwrap();
        for step in saved_at..=STEPS {
            if step > saved_at {
                advance(&mut chains, other, step - 1, step);
            }
            let found = seen(&mut chains, other);
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
