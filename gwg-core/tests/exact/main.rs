//! Every kernel on every kind of space, with exact and inexact differences: the transition matrix is enumerated by
//! the kernel's own code.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod targets;

use gwg_core::check::{TransitionMatrix, Transitions, long_run};
use gwg_core::*;
use targets::{Encode, Ring, Soft};

const EXACT: f64 = 1e-12;

fn binary() -> Binary {
    Binary::new(5)
}

fn categorical() -> Categorical {
    Categorical::new(4, 3).unwrap()
}

fn exact<T: Target<Real = f64>, K: Transitions<T>>(target: &T, kernel: &K, reversible: bool) {
    for beta in [1.0, 0.35, 2.5] {
        TransitionMatrix::new(target, kernel, beta).assert_exact(reversible, EXACT);
    }
}

fn surveyed_on<S: Encode>(space: &S) {
    let balances = [
        AnyBalance::Sqrt,
        AnyBalance::Barker,
        AnyBalance::Min,
        AnyBalance::Max,
    ];
    let (soft, ring) = (
        Soft::new(space.clone(), 1.5, 11),
        Ring::<S>::new(space.clone(), 1.5, 12),
    );
    for balance in balances {
        let kernel = LocallyBalanced::evaluated(balance);
        exact(&Taylor(&soft), &kernel, true);
        exact(&Exact(&soft), &kernel, true);
        exact(&Taylor(&ring), &kernel, true);
        exact(&Exact(&ring), &kernel, true);
        for temperature in [0.7, 5.0] {
            let kernel = kernel.with_temperature(temperature).unwrap();
            exact(&Taylor(&soft), &kernel, true);
        }
    }
}

fn tree_on<S: Encode>(space: &S) {
    for balance in [
        AnyBalance::Sqrt,
        AnyBalance::Barker,
        AnyBalance::Min,
        AnyBalance::Max,
    ] {
        // Weight ratios of a million exercise the limits and rebuilds of the tree too.
        for scale in [1.5, 15.0, 90.0] {
            let ring = Ring::<S>::new(space.clone(), scale, 12);
            let kernel = LocallyBalanced::local(balance);
            for kernel in [kernel, kernel.with_temperature(0.8).unwrap()] {
                let m = TransitionMatrix::new(&Exact(&ring), &kernel, 1.0).measure();
                assert!(
                    m.stochastic < EXACT && m.invariance < EXACT && m.reversibility < EXACT,
                    "{balance:?} {scale}: {m:?}"
                );
                assert!(m.irreducible || scale > 2.0, "{balance:?} {scale}: {m:?}");
            }
        }
    }
}

#[test]
fn locally_balanced_on_evaluations_is_exact() {
    surveyed_on(&binary());
    surveyed_on(&categorical());
}

#[test]
fn locally_balanced_on_a_tree_is_exact() {
    tree_on(&binary());
    tree_on(&categorical());
}

fn same_law<S: Encode>(space: &S) {
    let ring = Ring::<S>::new(space.clone(), 1.2, 5);
    let tree = TransitionMatrix::new(&Exact(&ring), &LocallyBalanced::local(Sqrt), 0.9);
    for other in [
        TransitionMatrix::new(&Exact(&ring), &LocallyBalanced::evaluated(Sqrt), 0.9),
        TransitionMatrix::new(&Taylor(&ring), &LocallyBalanced::gwg(), 0.9),
        TransitionMatrix::new(&Taylor(&ring), &LocallyBalanced::local(Sqrt), 0.9),
    ] {
        for (a, b) in tree.p.iter().zip(&other.p) {
            assert!((a - b).abs() < EXACT);
        }
    }
}

#[test]
fn a_tree_and_an_evaluation_have_the_same_matrix() {
    same_law(&binary());
    same_law(&categorical());
}

fn gibbs_on<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 1.5, 3);
    exact(&soft, &Gibbs { scan: Scan::Random }, true);
    for beta in [1.0, 0.4] {
        TransitionMatrix::sweep(&soft, beta).assert_exact(false, EXACT);
    }
}

#[test]
fn gibbs_is_exact() {
    gibbs_on(&binary());
    gibbs_on(&categorical());
}

/// Draws are 40 steps apart; the quantile 4.5 has probability 3.4e-6.
fn visits<T: Target, K: Transitions<T>>(target: &T, kernel: &K, seed: u64) {
    let found = long_run(target, kernel, T::Real::from_f64(0.8), 5, 2_000, 40, seed);
    assert!(found.z.abs() < 4.5, "{found:?}");
}

fn visits_on<S: Encode>(space: &S) {
    let (soft, ring) = (
        Soft::new(space.clone(), 1.0, 7),
        Ring::<S>::new(space.clone(), 0.8, 8),
    );
    visits(&Taylor(&soft), &LocallyBalanced::gwg(), 1);
    visits(&Exact(&soft), &LocallyBalanced::evaluated(Barker), 2);
    visits(&Exact(&ring), &LocallyBalanced::local(Sqrt), 3);
    visits(
        &Taylor(&Ring::<S, f32>::new(space.clone(), 0.8, 8)),
        &LocallyBalanced::local(Sqrt),
        4,
    );
    visits(
        &Taylor(&Ring::<S, f32>::new(space.clone(), 0.8, 8)),
        &LocallyBalanced::gwg(),
        5,
    );
    visits(&soft, &Gibbs { scan: Scan::Random }, 6);
    visits(
        &soft,
        &Gibbs {
            scan: Scan::Systematic,
        },
        7,
    );
}

#[test]
fn long_runs_match_enumeration() {
    visits_on(&Binary::new(5));
    visits_on(&Categorical::new(3, 4).unwrap());
}

#[test]
fn test_targets_pass_conformance() {
    for seed in 0..5 {
        check::delta(&Ring::<_>::new(binary(), 2.0, seed), 1000, seed, 1e-11);
        check::local(&Ring::<_>::new(binary(), 2.0, seed), 300, seed, 1e-11);
        check::local(&Ring::<_>::new(categorical(), 2.0, seed), 300, seed, 1e-11);
        check::multilinear(&Ring::<_>::new(categorical(), 2.0, seed), 50, seed, 1e-11);
        check::gradient(&Soft::new(categorical(), 2.0, seed), 3, 30, seed, 1e-11);
    }
}

#[test]
fn a_row_that_drew_itself_more_often_than_others_would_be_caught() {
    // The checks must be able to fail: a wrong matrix is distinguished from the right one.
    let ring = Ring::<_>::new(binary(), 1.0, 1);
    let mut matrix = TransitionMatrix::new(&Exact(&ring), &LocallyBalanced::local(Sqrt), 1.0);
    let moved = matrix.p[1] * 1e-6;
    matrix.p[1] -= moved;
    matrix.p[0] += moved;
    let m = matrix.measure();
    assert!(
        m.invariance > 1e-10 && m.reversibility > 1e-10 && m.stochastic < EXACT,
        "{m:?}"
    );
}
