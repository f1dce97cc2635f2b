//! The kernels on exact differences: block Gibbs, Hamming balls, random walks, the jump process, compositions, and
//! tempering. Transition matrices are enumerated by the kernels' own code.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod any;
mod blocks;
mod fields;
mod gradients;
mod hard;
mod jump;
mod memory;
mod pairs;
mod picks;
mod properties;
mod stability;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the other test of kernels")]
mod targets;
mod temper;
mod wrong;

use gwg_core::check::{TransitionMatrix, Transitions, long_run};
use gwg_core::*;
use targets::{Encode, Ring, Soft};

const EXACT: f64 = 1e-12;

// One type of space: a kernel is compiled once.
fn binary() -> AnySpace<'static> {
    Binary::new(5).into()
}

fn categorical() -> AnySpace<'static> {
    Categorical::new(4, 3).unwrap().into()
}

/// Runs a check on a target for which first-order differences are exact, and on one for which they are not.
fn on_both<S: Encode>(space: &S, check: impl Fn(&Soft<S>, &Ring<S>)) {
    check(
        &Soft::new(space.clone(), 1.5, 11),
        &Ring::new(space.clone(), 1.5, 12),
    );
}

/// Checks that the matrix is stochastic, leaves `exp(beta f)` invariant, is reversible where claimed, and irreducible.
fn exact<T: Target<Real = f64>, K: Transitions<T>>(target: &T, kernel: &K, reversible: bool) {
    for beta in [1.0, 0.35, 2.5] {
        TransitionMatrix::new(target, kernel, beta).assert_exact(reversible, EXACT);
    }
}

/// Draws `thin` steps apart against enumeration; the quantile 4.5 has probability 3.4e-6.
fn visits<T: Target, K: Transitions<T>>(target: &T, kernel: &K, thin: u64, seed: u64) {
    let beta = T::Real::from_f64(0.8);
    let found = long_run(target, kernel, beta, 5, 2_000, thin, seed);
    assert!(found.z.abs() < 4.5, "{found:?}");
}
