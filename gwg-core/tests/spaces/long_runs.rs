//! Long runs against enumeration, by chi-square.

use crate::observations;
use crate::targets::{Encode, Ring, Soft};
use gwg_core::check::{Transitions, long_run};
use gwg_core::*;

/// Draws are 40 steps apart; the quantile 4.5 has probability 3.4e-6.
fn visits<T: Target, K: Transitions<T>>(target: &T, kernel: &K, seed: u64) {
    let found = long_run(target, kernel, T::Real::from_f64(0.8), 5, 2_000, 40, seed);
    assert!(found.z.abs() < 4.5, "{found:?}");
}

fn of_any<T: Gradient + Delta>(target: &T, seed: u64) {
    let scan = Scan::Systematic;
    visits(&Taylor(target), &LocallyBalanced::gwg(), seed);
    visits(
        &Exact(target),
        &LocallyBalanced::evaluated(Barker),
        seed + 1,
    );
    visits(target, &Gibbs { scan: Scan::Random }, seed + 2);
    visits(target, &Gibbs { scan }, seed + 3);
}

fn of_local<T: Local + Gradient + Multilinear>(target: &T, seed: u64) {
    visits(&Exact(target), &LocallyBalanced::local(Barker), seed);
    visits(&Taylor(target), &LocallyBalanced::local(Sqrt), seed + 1);
}

fn kernels<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 0.6, 31);
    let ring = Ring::<S>::new(space.clone(), 0.5, 32);
    let short = Ring::<S, f32>::new(space.clone(), 0.5, 33);
    of_any(&soft, 1);
    of_local(&ring, 11);
    of_any(&short, 21);
    of_local(&short, 31);
    let observed = &observations(space.sites())[0];
    let (mut a, mut b) = (vec![0; space.sites()], vec![0; space.sites()]);
    of_any(&Clamp::new(&soft, observed, &mut a).unwrap(), 41);
    let ring = Clamp::new(&short, observed, &mut b).unwrap();
    of_any(&ring, 51);
    of_local(&ring, 61);
}

on_each_space!(kernels);
