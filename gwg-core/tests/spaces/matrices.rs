//! The transition matrix of every kernel on every space, enumerated by its own code.

use crate::observations;
use crate::targets::{Encode, Ring, Soft};
use gwg_core::check::{TransitionMatrix, Transitions};
use gwg_core::*;

const EXACT: f64 = 1e-12;

const BALANCES: [AnyBalance; 4] = [
    AnyBalance::Sqrt,
    AnyBalance::Barker,
    AnyBalance::Min,
    AnyBalance::Max,
];

fn exact<T: Target<Real = f64>, K: Transitions<T>>(target: &T, kernel: &K) -> TransitionMatrix {
    for beta in [0.35, 2.5] {
        TransitionMatrix::new(target, kernel, beta).assert_exact(true, EXACT);
    }
    let matrix = TransitionMatrix::new(target, kernel, 1.0);
    matrix.assert_exact(true, EXACT);
    matrix
}

fn same(a: &TransitionMatrix, b: &TransitionMatrix) {
    for (a, b) in a.p.iter().zip(&b.p) {
        assert!((a - b).abs() < EXACT);
    }
}

fn evaluated<T: Gradient<Real = f64> + Delta>(target: &T) {
    for balance in BALANCES {
        let kernel = LocallyBalanced::evaluated(balance);
        exact(&Taylor(target), &kernel);
        exact(&Exact(target), &kernel);
        for temperature in [0.7, 5.0] {
            let kernel = kernel.with_temperature(temperature).unwrap();
            exact(&Taylor(target), &kernel);
        }
    }
}

fn gibbs<T: Delta<Real = f64>>(target: &T) {
    exact(target, &Gibbs { scan: Scan::Random });
    for beta in [1.0, 0.4] {
        TransitionMatrix::sweep(target, beta).assert_exact(false, EXACT);
    }
}

/// First-order differences are exact here: trees and evaluations on both estimates have the same matrix.
fn tree<T: Local<Real = f64> + Gradient + Multilinear>(target: &T) {
    for balance in BALANCES {
        let kernel = LocallyBalanced::local(balance);
        let matrix = exact(&Exact(target), &kernel);
        same(&matrix, &exact(&Taylor(target), &kernel));
        let kernel = LocallyBalanced::evaluated(balance);
        same(&matrix, &exact(&Exact(target), &kernel));
        same(&matrix, &exact(&Taylor(target), &kernel));
        let kernel = LocallyBalanced::local(balance);
        exact(&Exact(target), &kernel.with_temperature(0.8).unwrap());
    }
}

/// Large weight ratios exercise the rebuilds of the tree; some transition probabilities underflow in f64.
fn cold_tree<T: Local<Real = f64>>(target: &T) {
    let kernel = LocallyBalanced::local(Sqrt);
    let m = TransitionMatrix::new(&Exact(target), &kernel, 1.0).measure();
    assert!(
        m.stochastic < EXACT && m.invariance < EXACT && m.reversibility < EXACT,
        "{m:?}"
    );
}

fn kernels<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 1.0, 21);
    let ring = Ring::<S>::new(space.clone(), 1.0, 22);
    let cold = Ring::<S>::new(space.clone(), 60.0, 23);
    evaluated(&soft);
    gibbs(&soft);
    tree(&ring);
    cold_tree(&cold);
    for observed in observations(space.sites()) {
        let mut free = [
            vec![0; space.sites()],
            vec![0; space.sites()],
            vec![0; space.sites()],
        ];
        let [a, b, c] = &mut free;
        let soft = Clamp::new(&soft, &observed, a).unwrap();
        evaluated(&soft);
        gibbs(&soft);
        tree(&Clamp::new(&ring, &observed, b).unwrap());
        cold_tree(&Clamp::new(&cold, &observed, c).unwrap());
    }
}

on_each_space!(kernels);
