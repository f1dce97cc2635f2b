//! Models whose evaluation can fail: the run ends in order, with the error and what was drawn.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{ChainSpec, Chains, FailureCell, Outcome, Plan, RunError, Threads, run};
use gwg_core::target::Failure;
use gwg_core::{
    Binary, Bridge, Clamp, Delta, Exact, Gibbs, Gradient, LocallyBalanced, Move, Target, Taylor,
};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

/// An error with a source.
#[derive(Debug)]
struct Lost(std::num::ParseIntError);

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the device is lost")
    }
}

impl std::error::Error for Lost {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Independent sites, from a call that fails once it has been made `good` times.
struct Remote {
    space: Binary,
    calls: AtomicU64,
    good: u64,
    failure: FailureCell,
}

impl Remote {
    fn new(good: u64) -> Self {
        Self {
            space: Binary::new(6),
            calls: AtomicU64::new(0),
            good,
            failure: FailureCell::new(),
        }
    }

    fn call(&self, x: &[u8]) -> f64 {
        self.failure.value(|| {
            if self.calls.fetch_add(1, Ordering::Relaxed) >= self.good {
                return Err(Lost("x".parse::<u8>().unwrap_err()));
            }
            Ok(0.3 * x.iter().map(|&s| f64::from(s)).sum::<f64>())
        })
    }
}

impl Target for Remote {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.call(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.failure.get()
    }
}

impl Gradient for Remote {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        gradient.fill(0.3);
        self.call(x)
    }
}

impl Delta for Remote {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.call(&y) - self.call(x)
    }
}

fn spec() -> ChainSpec {
    ChainSpec {
        first_chain: 5,
        chains: 3,
        ..ChainSpec::default()
    }
}

const MESSAGE: &str =
    "the model could not be evaluated: the device is lost: invalid digit found in string";

/// Three chains step together: each evaluates once to begin with, and once per step.
#[test]
fn advance_returns_the_error_with_chain_and_step() {
    let kernel = LocallyBalanced::gwg();
    let model = Taylor(Remote::new(3 + 3 * 39 + 1));
    let mut chains = Chains::new(&model, &kernel, &spec()).unwrap();
    chains.advance(&model, &kernel, 39).unwrap();
    let before: Vec<u8> = chains.states().flatten().copied().collect();
    let error = chains.advance(&model, &kernel, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("chain 6, after 40 steps: {MESSAGE}")
    );
    assert_ne!(before.len(), 0);
    // Nothing is called again, and every further call says so.
    let calls = model.0.calls.load(Ordering::Relaxed);
    let again = chains
        .advance(&model, &kernel, 1_000_000_000_000)
        .unwrap_err();
    assert!(matches!(again, RunError::Model(_)), "{again}");
    assert_eq!(model.0.calls.load(Ordering::Relaxed), calls);
    assert!(chains.counts(0).steps <= 40 + 256);
}

#[test]
fn a_start_that_fails_is_refused() {
    let model = Taylor(Remote::new(2));
    let error = Chains::new(&model, &LocallyBalanced::gwg(), &spec()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("chain 7, after 0 steps: {MESSAGE}")
    );
}

#[test]
fn a_run_keeps_the_draws_before_the_error() {
    let plan = Plan {
        chains: 3,
        warmup: 20,
        draws: 500,
        threads: Some(NonZeroUsize::MIN),
        ..Plan::default()
    };
    let kernel = LocallyBalanced::gwg();
    let whole = run(&Taylor(Remote::new(u64::MAX)), &kernel, &plan, &mut ()).unwrap();
    assert!(whole.failure.is_none() && !whole.interrupted);
    // A step evaluates the model once, and a draw once more.
    let model = Taylor(Remote::new(3 + 3 * (20 + 2 * 249)));
    let outcome = run(&model, &kernel, &plan, &mut ()).unwrap();
    let failure = outcome.failure.as_ref().unwrap();
    assert!(failure.chain.is_some() && failure.steps == 250);
    assert!(failure.as_error().to_string().ends_with(MESSAGE));
    let error = outcome.model_error().map(|error| error.to_string());
    assert_eq!(error, Some(failure.as_error().to_string()));
    assert!(whole.model_error().is_none());
    // Rounds of 100 draws.
    assert_eq!((outcome.draws, outcome.interrupted), (200, true));
    let log_prob = |run: &Outcome| run.quantity("log_prob").unwrap().to_vec();
    let (found, whole) = (log_prob(&outcome), log_prob(&whole));
    let rows = found.chunks(200).zip(whole.chunks(500));
    for (found, whole) in rows {
        assert_eq!(found, &whole[..200]);
    }
    assert_eq!(model.0.calls.load(Ordering::Relaxed), model.0.good + 1);
}

/// Exact differences are no number at once, also of kernels that do not count them: the model itself says that it failed.
#[test]
fn wrappers_and_kernels_pass_the_failure_on() {
    let (observed, mut free) = ([None, Some(1), None, None, None, None], [0; 6]);
    let bridge = Bridge::new(Remote::new(u64::MAX), Remote::new(1000), 0.5).unwrap();
    let model = Exact(Clamp::new(&bridge, &observed, &mut free).unwrap());
    let kernel = LocallyBalanced::evaluated(gwg_core::Sqrt);
    let mut chains = Chains::new(&model, &kernel, &spec()).unwrap();
    let error = chains.advance(&model, &kernel, 100_000).unwrap_err();
    assert!(error.to_string().ends_with(MESSAGE), "{error}");
    assert!(chains.counts(0).steps < 1000);

    let model = Remote::new(1000);
    let gibbs = Gibbs::default();
    let mut chains = Chains::new(&model, &gibbs, &spec()).unwrap();
    let error = chains.advance(&model, &gibbs, 100_000).unwrap_err();
    assert!(error.to_string().ends_with(MESSAGE), "{error}");
    assert!(chains.counts(0).steps < 1000);
}

/// A model that works again is gone on with.
#[test]
fn an_error_can_be_taken_out() {
    let kernel = LocallyBalanced::gwg();
    let mut model = Taylor(Remote::new(50));
    let mut chains = Chains::new(&model, &kernel, &spec()).unwrap();
    chains.advance(&model, &kernel, 100).unwrap_err();
    model.0.good = u64::MAX;
    let error = model.0.failure.take().unwrap();
    assert_eq!(error.to_string(), "the device is lost");
    chains.clear_counts();
    chains.reevaluate(&model, &kernel).unwrap();
    chains.advance(&model, &kernel, 100).unwrap();
    assert_eq!(chains.counts(2).steps, 100);
}

/// `f` is not a number at one state.
struct Hole(Binary);

impl Target for Hole {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        if x.iter().all(|&s| s == 1) {
            return f64::NAN;
        }
        0.2 * x.iter().map(|&s| f64::from(s)).sum::<f64>()
    }
}

impl Gradient for Hole {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        gradient.fill(0.2);
        self.log_prob(x)
    }
}

/// Chains stop soon after the value, and the chain named is the same on any number of threads and in blocks of any size.
#[test]
fn chains_stop_where_a_value_is_no_number() {
    let (model, kernel) = (Taylor(Hole(Binary::new(8))), LocallyBalanced::gwg());
    let mut named = Vec::new();
    for (threads, block) in [(1, 128), (1, 1), (2, 2), (3, 128)] {
        let threads = Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap();
        let spec = ChainSpec {
            chains: 12,
            threads,
            block: NonZeroUsize::new(block),
            ..ChainSpec::default()
        };
        let mut chains = Chains::new(&model, &kernel, &spec).unwrap();
        let error = chains.advance(&model, &kernel, u64::MAX).unwrap_err();
        let RunError::NotANumber { chain, steps, .. } = error else {
            panic!("{error}");
        };
        named.push((chain, steps));
    }
    assert!(named.iter().all(|found| *found == named[0]), "{named:?}");
    assert_eq!(named[0].1 % 256, 0, "a whole stretch");
}
