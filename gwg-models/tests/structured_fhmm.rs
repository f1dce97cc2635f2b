//! Sweeps over the paths of hidden chains: enumerated, sampled, and compared with the exact posterior.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "sweeps/shared.rs"]
#[allow(dead_code, reason = "shared with other tests of sweeps")]
mod shared;

use gwg_core::check::{OwnedMemory, TransitionMatrix, long_run};
use gwg_core::target::{Held, Sweep};
use gwg_core::{BlockSweep, Kernel, Real, SplitMix64, StepCounts};
use gwg_models::fhmm::{Fhmm, Law, QuadraticFhmm};
use shared::{keeps_its_books, one_sweep};

const EXACT: f64 = 1e-12;

/// Parameters with frequent changes.
const LIVELY: Law = Law {
    sigma: 0.7,
    keep: 0.75,
    start: 0.3,
};

fn model<R: Real>(length: usize, factors: usize, law: Law, seed: u64) -> Fhmm<R> {
    Fhmm::random(length, factors, law, seed).unwrap()
}

#[test]
fn sweeps_leave_the_target_invariant_at_any_temperature() {
    let contrary = Law {
        keep: 0.1,
        ..LIVELY
    };
    for (length, factors) in [(4, 2), (3, 3), (2, 4), (1, 6), (8, 1)] {
        for law in [LIVELY, contrary, Law::default()] {
            let model = model::<f64>(length, factors, law, 5);
            for beta in [1.0, 0.3, 2.5, 0.0] {
                let matrix = TransitionMatrix::new(&model, &BlockSweep, beta);
                matrix.assert_exact(factors == 1, EXACT);
            }
        }
    }
}

/// With `|stay|` so large that a change is below the resolution of the random bits, some states are never left.
#[test]
fn stiff_chains_have_the_same_law_in_odds_and_in_log_odds() {
    for (rarely, beta) in [(1e-9, 2.5), (1e-13, 3.0), (1e-13, 12.0), (1e-15, 50.0)] {
        let law = Law {
            keep: 1.0 - rarely,
            ..LIVELY
        };
        let model = model::<f64>(4, 2, law, 5);
        let found = TransitionMatrix::new(&model, &BlockSweep, beta).measure();
        assert!(
            found.stochastic < EXACT && found.invariance < EXACT,
            "{found:?}"
        );
    }
}

#[test]
fn one_chain_is_drawn_independently() {
    let model = model::<f64>(6, 1, LIVELY, 2);
    let law = |x: &[u8]| {
        let mut found = Vec::new();
        model.sweep_probabilities(x, 0.7, Held::default(), &mut |y, p| {
            found.push((y.to_vec(), p));
        });
        found
    };
    for ((a, p), (b, q)) in law(&[0; 6]).into_iter().zip(law(&[1, 0, 1, 1, 0, 1])) {
        assert!(a == b && (p - q).abs() < EXACT);
    }
}

#[test]
fn a_fixed_order_of_chains_is_not_reversible() {
    let found = TransitionMatrix::new(&model(3, 2, LIVELY, 5), &BlockSweep, 1.0).measure();
    assert!(found.reversibility > 1e-4, "{found:?}");
}

/// The checks can fail: a sweep without the initial distribution of the chains, or without the last observation, is
/// detected.
#[test]
fn sweeps_of_a_wrong_model_are_detected() {
    let right = model::<f64>(3, 2, LIVELY, 5);
    let matrix = TransitionMatrix::new(&right, &BlockSweep, 1.0);
    let mut observations = right.observations().to_vec();
    observations[2] = 0.0;
    let start = Law {
        start: 0.5,
        ..LIVELY
    };
    for (observations, law) in [
        (right.observations().to_vec(), start),
        (observations, LIVELY),
    ] {
        let wrong = Fhmm::new(right.weights().to_vec(), right.bias(), observations, law).unwrap();
        let mut mixed = matrix.clone();
        mixed.p = TransitionMatrix::new(&wrong, &BlockSweep, 1.0).p;
        assert!(mixed.measure().invariance > 1e-3);
    }
}

/// Draws are ten sweeps apart; the quantile 4.5 has probability 3.4e-6.
fn all_visit<R: Real>(first: u64, betas: &[f64]) {
    for (seed, &beta) in (first..).step_by(10).zip(betas) {
        for (k, (length, factors)) in (0..).zip([(4, 2), (2, 3), (1, 5), (7, 1)]) {
            let model = model::<R>(length, factors, LIVELY, 3);
            let beta = R::from_f64(beta);
            let found = long_run(&model, &BlockSweep, beta, 100, 1_000, 10, seed + k);
            assert!(found.z.abs() < 4.5, "{length} x {factors}: {found:?}");
        }
    }
}

#[test]
fn visit_frequencies_match_enumeration() {
    all_visit::<f32>(100, &[1.0]);
    all_visit::<f64>(200, &[0.5, 1.7]);
}

#[test]
fn sampled_sweeps_match_the_matrix() {
    one_sweep(&model::<f32>(4, 2, LIVELY, 3), 1.0, 33, 1);
    one_sweep(&model::<f64>(3, 3, LIVELY, 4), 0.7, 412, 2);
    one_sweep(&model::<f32>(8, 1, LIVELY, 5), 1.3, 200, 3);
    one_sweep(&model::<f64>(1, 6, LIVELY, 6), 1.0, 7, 4);
    // In f32 these are too large for odds.
    for (keep, seed) in [(1.0 - 1e-8, 6), (1e-8, 7)] {
        let law = Law {
            sigma: 3.0,
            keep,
            start: 0.5,
        };
        one_sweep(&model::<f32>(4, 2, law, 8), 1.0, 33, seed);
    }
    one_sweep(&QuadraticFhmm(model::<f64>(4, 2, LIVELY, 3)), 1.0, 33, 5);
}

#[test]
fn log_prob_counts_and_paths_do_not_depend_on_the_block() {
    keeps_its_books(&model::<f32>(100, 10, Law::default(), 1), 1, 0.0);
    keeps_its_books(&model::<f64>(100, 10, Law::default(), 1), 2, 0.0);
    keeps_its_books(&model::<f64>(1, 3, LIVELY, 1), 3, 0.0);
}

/// Compares sweeps of long chains with the exact marginals; errors from batches of the draws.
#[test]
fn long_sweeps_match_the_exact_marginals() {
    let model = model::<f64>(25, 4, LIVELY, 3);
    let wanted = model.posterior().unwrap().marginals();
    let chains = 100;
    let mut owned = OwnedMemory::new(&model, &BlockSweep, chains);
    let start = vec![vec![0; 100]; chains];
    let (mut walkers, scratch) = owned.walkers(&model, &BlockSweep, &start, 1.0);
    let mut bits: Vec<_> = (0..chains as u64)
        .map(|k| SplitMix64::new(SplitMix64::mix(900 + k)))
        .collect();
    let mut counts = vec![StepCounts::default(); chains];
    let mut means = vec![vec![0.0; 100]; chains];
    BlockSweep.init(&model, &mut walkers, scratch);
    let (warmup, sweeps) = (200, 2_000);
    for sweep in 0..warmup + sweeps {
        BlockSweep.step(&model, &mut walkers, scratch, &mut bits, &mut counts);
        if sweep >= warmup {
            for (means, w) in means.iter_mut().zip(&walkers) {
                for (mean, &s) in means.iter_mut().zip(w.x.iter()) {
                    *mean += f64::from(s) / f64::from(sweeps);
                }
            }
        }
    }
    for (site, wanted) in wanted.iter().enumerate() {
        let (n, of) = (chains as f64, means.iter().map(|means| means[site]));
        let mean = of.clone().sum::<f64>() / n;
        let variance = of.map(|m| (m - mean) * (m - mean)).sum::<f64>() / (n - 1.0);
        // Chains are independent. Student's t with 99 degrees of freedom: 5.5 has probability 3e-7, for 100 sites 3e-5.
        let error = (variance / n).sqrt() + 1e-6;
        let z = (mean - wanted) / error;
        assert!(
            z.abs() < 5.5,
            "site {site}: {mean} +- {error}, oracle {wanted}"
        );
    }
}

#[test]
fn without_scratch_nothing_moves() {
    let model = model::<f64>(5, 2, LIVELY, 1);
    let mut owned = OwnedMemory::new(&model, &BlockSweep, 1);
    let (mut walkers, scratch) = owned.walkers(&model, &BlockSweep, &[vec![1; 10]], 1.0);
    let (mut bits, mut counts) = ([SplitMix64::new(1)], [StepCounts::default()]);
    let short = &mut scratch[1..];
    BlockSweep.step(&model, &mut walkers, short, &mut bits, &mut counts);
    assert!(walkers[0].log_prob().is_nan() && *walkers[0].x == [1; 10]);
}
