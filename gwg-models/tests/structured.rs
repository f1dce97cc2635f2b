//! Sweeps of models with blocks of conditionally independent sites: transition matrices enumerated from their own
//! probabilities, and compared with draws.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "sweeps/shared.rs"]
#[allow(dead_code, reason = "shared with other tests of sweeps")]
mod shared;

use gwg_core::check::{OwnedMemory, TransitionMatrix, configurations};
use gwg_core::target::Sweep;
use gwg_core::{BlockSweep, Kernel, Real, Space, SplitMix64, StepCounts};
use gwg_models::{LatticeIsing, LatticePotts};
use shared::{one_sweep, visits};

const EXACT: f64 = 1e-12;

fn exact<T: Sweep<Real = f64>>(model: &T) {
    for beta in [1.0, 0.3, 2.5] {
        TransitionMatrix::new(model, &BlockSweep, beta).assert_exact(false, EXACT);
    }
}

#[test]
fn lattice_sweeps_leave_the_target_invariant() {
    for side in [3, 4, 5, 6, 7, 8] {
        exact(&LatticeIsing::<f64>::new(1, side, 0.3, -0.2).unwrap());
    }
    exact(&LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap());
    exact(&LatticeIsing::<f64>::new(2, 3, -0.3, 0.0).unwrap());
    for side in [3, 4, 5] {
        exact(&LatticePotts::<f64>::new(1, side, 3, 0.25).unwrap());
        exact(&LatticePotts::<f64>::new(1, side, 3, -0.25).unwrap());
    }
    exact(&LatticePotts::<f64>::new(1, 3, 7, 0.4).unwrap());
    exact(&LatticePotts::<f64>::new(2, 3, 2, 0.15).unwrap());
}

#[test]
fn a_fixed_order_of_colors_is_not_reversible() {
    let ising = LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap();
    let found = TransitionMatrix::new(&ising, &BlockSweep, 1.0).measure();
    assert!(found.reversibility > 1e-4, "{found:?}");
    let potts = LatticePotts::<f64>::new(1, 4, 3, 0.25).unwrap();
    let found = TransitionMatrix::new(&potts, &BlockSweep, 1.0).measure();
    assert!(found.reversibility > 1e-4, "{found:?}");
}

fn lattices_visit<R: Real>(first: u64) {
    let mut seed = first;
    let mut next = || {
        seed += 1;
        seed
    };
    for beta in [0.5, 1.0, 1.7] {
        visits(
            &LatticeIsing::<R>::new(2, 3, 0.1, 0.05).unwrap(),
            beta,
            next(),
        );
        visits(
            &LatticeIsing::<R>::new(1, 8, 0.2, -0.1).unwrap(),
            beta,
            next(),
        );
        visits(
            &LatticeIsing::<R>::new(1, 9, -0.2, 0.1).unwrap(),
            beta,
            next(),
        );
        visits(
            &LatticePotts::<R>::new(1, 4, 4, 0.15).unwrap(),
            beta,
            next(),
        );
        visits(
            &LatticePotts::<R>::new(1, 5, 3, -0.15).unwrap(),
            beta,
            next(),
        );
        visits(
            &LatticePotts::<R>::new(2, 3, 2, 0.05).unwrap(),
            beta,
            next(),
        );
    }
}

#[test]
fn lattice_visit_frequencies_match_enumeration() {
    lattices_visit::<f32>(100);
    lattices_visit::<f64>(200);
}

#[test]
fn sampled_sweeps_match_the_matrix() {
    one_sweep(
        &LatticeIsing::<f32>::new(2, 3, 0.15, 0.1).unwrap(),
        1.0,
        0,
        1,
    );
    one_sweep(
        &LatticeIsing::<f64>::new(2, 3, 0.15, 0.1).unwrap(),
        0.7,
        333,
        2,
    );
    one_sweep(
        &LatticeIsing::<f32>::new(1, 8, 0.3, 0.0).unwrap(),
        1.0,
        77,
        3,
    );
    one_sweep(
        &LatticePotts::<f32>::new(1, 4, 4, 0.2).unwrap(),
        1.0,
        123,
        4,
    );
    one_sweep(
        &LatticePotts::<f64>::new(2, 3, 2, -0.1).unwrap(),
        1.0,
        21,
        5,
    );
}

/// Compares the means of `f` and of `f^2` of a model too large for counts, from independent chains: 5 standard errors.
fn means<T: Sweep>(model: &T, beta: f64, seed: u64) {
    let f: Vec<f64> = configurations(model.space())
        .iter()
        .map(|x| model.log_prob(x))
        .collect();
    let scaled: Vec<f64> = f.iter().map(|f| beta * f).collect();
    let log_z = gwg_core::math::logsumexp(&scaled);
    let mean = |power: i32| -> f64 {
        let terms = f.iter().zip(&scaled);
        terms.map(|(f, s)| (s - log_z).exp() * f.powi(power)).sum()
    };
    let chains = 400;
    let mut owned = OwnedMemory::new(model, &BlockSweep, chains);
    let start = vec![vec![Default::default(); model.space().sites()]; chains];
    let (mut walkers, scratch) = owned.walkers(model, &BlockSweep, &start, T::Real::from_f64(beta));
    let mut bits: Vec<SplitMix64> = (0..chains as u64)
        .map(|k| SplitMix64::new(SplitMix64::mix(seed * 1_000 + k)))
        .collect();
    let mut counts = vec![StepCounts::default(); chains];
    BlockSweep.init(model, &mut walkers, scratch);
    let mut sums = vec![[0.0; 2]; chains];
    let draws = 500;
    for draw in 0..draws + 200 {
        BlockSweep.step(model, &mut walkers, scratch, &mut bits, &mut counts);
        for (w, sum) in walkers.iter().zip(&mut sums) {
            if draw >= 200 {
                sum[0] += w.log_prob() / f64::from(draws);
                sum[1] += w.log_prob() * w.log_prob() / f64::from(draws);
            }
        }
    }
    for power in 0..2 {
        let values: Vec<f64> = sums.iter().map(|s| s[power]).collect();
        let center = values.iter().sum::<f64>() / chains as f64;
        let square: f64 = values.iter().map(|v| (v - center) * (v - center)).sum();
        let error = (square / (chains * (chains - 1)) as f64).sqrt();
        let wanted = mean(power as i32 + 1);
        assert!(
            (center - wanted).abs() < 5.0 * error,
            "{center} +- {error}, wanted {wanted}"
        );
    }
}

#[test]
fn means_of_the_four_by_four_torus_match_enumeration() {
    for beta in [0.6, 1.0] {
        means(&LatticeIsing::<f32>::new(2, 4, 0.2, 0.02).unwrap(), beta, 1);
        means(&LatticePotts::<f32>::new(2, 4, 2, 0.1).unwrap(), beta, 2);
        means(&LatticePotts::<f64>::new(2, 3, 3, 0.2).unwrap(), beta, 3);
    }
}
