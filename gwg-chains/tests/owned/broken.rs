//! Models that return what is not a number after a while.

use gwg_chains::{Batch, ChainSpec, Chains, ChainsOf, InvalidValue, Observer, Plan, RunError, run};
use gwg_core::{Binary, Gradient, LocallyBalanced, Target, Taylor};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Independent sites; its gradient is evaluated so often without fault, and once not.
struct Broken {
    space: Binary,
    calls: AtomicUsize,
    good: usize,
    value: f64,
}

impl Broken {
    fn after(good: usize, value: f64) -> Self {
        Self {
            space: Binary::new(6),
            calls: AtomicUsize::new(0),
            good,
            value,
        }
    }
}

impl Target for Broken {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        0.3 * x.iter().map(|&s| f64::from(s)).sum::<f64>()
    }
}

impl Gradient for Broken {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        gradient.fill(0.3);
        if self.calls.fetch_add(1, Ordering::Relaxed) == self.good {
            return self.value;
        }
        self.log_prob(x)
    }
}

/// The first chain has number 5.
fn spec() -> ChainSpec {
    ChainSpec {
        first_chain: 5,
        chains: 3,
        ..ChainSpec::default()
    }
}

/// Three chains step together: each evaluates once to begin with, and once per step.
const fn calls_before(step: usize, chain: usize) -> usize {
    3 + 3 * (step - 1) + chain
}

#[test]
fn advance_names_the_chain_and_the_step() {
    let kernel = LocallyBalanced::gwg();
    for (value, chain, step) in [
        (f64::NAN, 0, 1),
        (f64::NAN, 1, 11),
        (f64::INFINITY, 2, 11),
        (f64::INFINITY, 0, 40),
    ] {
        let model = Taylor(Broken::after(calls_before(step, chain), value));
        let mut chains: ChainsOf<Taylor<Broken>> = Chains::new(&model, &kernel, &spec()).unwrap();
        for _ in 1..step {
            chains.advance(&model, &kernel, 1).unwrap();
        }
        let error = chains.advance(&model, &kernel, 1).unwrap_err();
        let RunError::NotANumber {
            chain: named,
            steps,
            found,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((named, steps), (5 + chain as u64, step as u64));
        assert_eq!(found.to_bits(), value.to_bits());
        let message = format!("chain {named}, after {steps} steps: ");
        assert!(error.to_string().starts_with(&message), "{error}");
    }
}

/// In the middle of a long call.
#[test]
fn advance_names_the_chain_after_a_long_call() {
    let kernel = LocallyBalanced::gwg();
    for value in [f64::NAN, f64::INFINITY] {
        let model = Taylor(Broken::after(calls_before(30, 1), value));
        let mut chains: ChainsOf<Taylor<Broken>> = Chains::new(&model, &kernel, &spec()).unwrap();
        let error = chains.advance(&model, &kernel, 100).unwrap_err();
        assert!(
            matches!(error, RunError::NotANumber { chain: 6, .. }),
            "{error}"
        );
    }
}

/// A start at which the gradient is not a number is refused before any step.
#[test]
fn a_start_without_a_number_is_refused() {
    let kernel = LocallyBalanced::gwg();
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let model = Taylor(Broken::after(2, value));
        let error = Chains::new(&model, &kernel, &spec()).unwrap_err();
        assert!(
            matches!(error, RunError::NotFinite { chain: 7, .. }),
            "{error}"
        );
    }
}

/// Counts draws.
#[derive(Default)]
struct Draws(usize, u64);

impl Observer for Draws {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        5
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        assert_eq!(batch.first_draw, self.0);
        assert!(
            batch
                .quantity("log_prob")
                .unwrap()
                .iter()
                .all(|f| f.is_finite())
        );
        self.0 += batch.draws;
        self.1 += batch.x.iter().map(|&x| u64::from(x)).sum::<u64>();
        Ok(())
    }
}

#[test]
fn a_run_ends_with_the_draws_until_then() {
    let plan = Plan {
        chains: 3,
        warmup: 20,
        draws: 30,
        thin: 2,
        threads: Some(NonZeroUsize::MIN),
        ..Plan::default()
    };
    let kernel = LocallyBalanced::gwg();
    let whole = Taylor(Broken::after(usize::MAX, 0.0));
    let whole = run(&whole, &kernel, &plan, &mut ()).unwrap();
    assert!(whole.invalid.is_none() && !whole.interrupted);
    for value in [f64::NAN, f64::INFINITY] {
        // The 14th draw, in the third batch of five.
        let model = Taylor(Broken::after(calls_before(20 + 27, 1), value));
        let mut seen = Draws::default();
        let outcome = run(&model, &kernel, &plan, &mut seen).unwrap();
        let InvalidValue { chain, .. } = outcome.invalid.unwrap();
        assert_eq!((chain, outcome.interrupted), (1, true));
        assert_eq!((outcome.draws, seen.0), (10, 10));
        let ones: u64 = outcome.symbol_counts.iter().sum();
        assert_eq!(ones, seen.1, "counts of other draws");
        let rows = outcome
            .quantity("log_prob")
            .unwrap()
            .chunks(10)
            .zip(whole.quantity("log_prob").unwrap().chunks(30));
        for (found, whole) in rows {
            assert_eq!(found, &whole[..10]);
        }
        // In the warm-up already.
        let model = Taylor(Broken::after(calls_before(8, 2), value));
        let outcome = run(&model, &kernel, &plan, &mut Draws::default()).unwrap();
        let InvalidValue {
            chain,
            steps,
            found,
        } = outcome.invalid.unwrap();
        assert_eq!((chain, steps, outcome.draws), (2, 8, 0));
        assert_eq!(found.to_bits(), value.to_bits());
        assert!(outcome.quantity("log_prob").unwrap().is_empty() && outcome.interrupted);
    }
}
