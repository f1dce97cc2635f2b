//! Sweeps of graphs, ordinal lattices and independent sites: transition matrices enumerated from their own
//! probabilities, and compared with draws.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "sweeps/shared.rs"]
#[allow(dead_code, reason = "shared with other tests of sweeps")]
mod shared;

use gwg_core::check::{OwnedMemory, TransitionMatrix, random_configuration};
use gwg_core::target::{Held, Sweep};
use gwg_core::{BlockSweep, Kernel, Real, SplitMix64, StepCounts, Target};
use gwg_models::{Factorized, FactorizedCategorical, LatticeOrdinal, SparseIsing};
use shared::{keeps_its_books, one_sweep, visits};

const EXACT: f64 = 1e-12;

/// Two triangles that share a site, one of them with a tail: three colors.
fn triangles<R: Real>() -> SparseIsing<R> {
    let edges = [
        (0, 1, 0.3),
        (1, 2, -0.2),
        (2, 0, 0.25),
        (2, 3, 0.15),
        (3, 4, -0.35),
        (4, 2, 0.1),
        (5, 4, 0.4),
    ];
    SparseIsing::new(6, &edges, Some(&[0.1, -0.2, 0.05, 0.0, 0.3, -0.1])).unwrap()
}

/// A complete graph, each site in a class of its own; and an isolated site.
fn clique<R: Real>() -> SparseIsing<R> {
    let pairs = (0..5).flat_map(|i| (0..i).map(move |j| (i, j)));
    let edges: Vec<_> = pairs
        .map(|(i, j)| (i, j, 0.05 * (i as f64 - 2.0 * j as f64)))
        .collect();
    SparseIsing::new(6, &edges, Some(&[0.0, 0.0, 0.1, 0.0, 0.0, 0.4])).unwrap()
}

fn star<R: Real>() -> SparseIsing<R> {
    let edges: Vec<_> = (1..8).map(|i| (0, i, 0.1 * i as f64 - 0.35)).collect();
    SparseIsing::new(8, &edges, None).unwrap()
}

fn bits<R: Real>() -> Factorized<R> {
    Factorized::bernoulli(vec![0.5, -1.0, 2.0, 0.0, -0.3]).unwrap()
}

fn symbols<R: Real>() -> FactorizedCategorical<R> {
    let logits = vec![
        0.1, -1.0, 0.7, 0.0, 1.5, -0.5, 0.3, 0.3, 0.3, -2.0, 0.0, 1.0,
    ];
    FactorizedCategorical::new(4, 3, logits).unwrap()
}

fn exact<T: Sweep<Real = f64>>(model: &T, reversible: bool) {
    for beta in [1.0, 0.3, 2.5] {
        TransitionMatrix::new(model, &BlockSweep, beta).assert_exact(reversible, EXACT);
    }
}

#[test]
fn graph_sweeps_leave_the_target_invariant() {
    exact(&triangles(), false);
    exact(&clique(), false);
    exact(&star(), false);
    exact(&SparseIsing::new(1, &[], Some(&[0.4])).unwrap(), true);
    exact(&SparseIsing::new(4, &[], None).unwrap(), true);
    for seed in 0..10 {
        exact(&SparseIsing::erdos_renyi(7, 3.0, seed).unwrap(), false);
    }
}

#[test]
fn ordinal_sweeps_leave_the_target_invariant() {
    for side in [3, 4, 5] {
        exact(&LatticeOrdinal::new(1, side, 3, 0.3, 0.1).unwrap(), false);
        exact(&LatticeOrdinal::new(1, side, 4, -0.1, 0.2).unwrap(), false);
    }
    exact(&LatticeOrdinal::new(1, 3, 9, 0.05, 0.02).unwrap(), false);
    exact(&LatticeOrdinal::new(2, 3, 2, 0.4, 0.0).unwrap(), false);
}

#[test]
fn independent_sites_are_drawn_from_the_target() {
    exact(&bits(), true);
    exact(&symbols(), true);
    let law = |x: &[u8]| {
        let mut found = Vec::new();
        bits::<f64>().sweep_probabilities(x, 0.7, Held::default(), &mut |y, p| {
            found.push((y.to_vec(), p));
        });
        found
    };
    assert_eq!(law(&[0; 5]), law(&[1; 5]));
}

#[test]
fn a_fixed_order_of_classes_is_not_reversible() {
    let found = TransitionMatrix::new(&triangles(), &BlockSweep, 1.0).measure();
    assert!(found.reversibility > 1e-4, "{found:?}");
    let ordinal = LatticeOrdinal::<f64>::new(1, 4, 3, 0.3, 0.1).unwrap();
    let found = TransitionMatrix::new(&ordinal, &BlockSweep, 1.0).measure();
    assert!(found.reversibility > 1e-4, "{found:?}");
}

fn all_visit<R: Real>(first: u64, betas: &[f64]) {
    for (seed, &beta) in (first..).step_by(10).zip(betas) {
        visits(&triangles::<R>(), beta, seed);
        visits(&clique::<R>(), beta, seed + 1);
        visits(&star::<R>(), beta, seed + 2);
        let ordinal = LatticeOrdinal::<R>::new(1, 4, 4, 0.15, 0.1).unwrap();
        visits(&ordinal, beta, seed + 3);
        let ordinal = LatticeOrdinal::<R>::new(1, 5, 3, 0.2, -0.05).unwrap();
        visits(&ordinal, beta, seed + 4);
        let ordinal = LatticeOrdinal::<R>::new(2, 3, 2, 0.2, 0.1).unwrap();
        visits(&ordinal, beta, seed + 5);
        visits(&bits::<R>(), beta, seed + 6);
        visits(&symbols::<R>(), beta, seed + 7);
    }
}

#[test]
fn visit_frequencies_match_enumeration() {
    all_visit::<f32>(100, &[1.0]);
    all_visit::<f64>(200, &[0.5, 1.7]);
}

#[test]
fn sampled_sweeps_match_the_matrix() {
    one_sweep(&triangles::<f32>(), 1.0, 33, 1);
    one_sweep(&triangles::<f64>(), 0.7, 12, 2);
    one_sweep(&clique::<f32>(), 1.0, 5, 3);
    one_sweep(&star::<f64>(), 1.3, 200, 4);
    let ordinal = LatticeOrdinal::<f32>::new(1, 4, 4, 0.2, 0.1).unwrap();
    one_sweep(&ordinal, 1.0, 123, 5);
    let ordinal = LatticeOrdinal::<f64>::new(2, 3, 2, 0.3, 0.0).unwrap();
    one_sweep(&ordinal, 0.8, 77, 6);
    one_sweep(&bits::<f32>(), 1.0, 7, 7);
    one_sweep(&symbols::<f64>(), 1.0, 70, 8);
}

fn all_keep_their_books<R: Real>() {
    for (seed, degree) in (0..).zip([1.0, 4.0, 20.0, 99.0]) {
        keeps_its_books(
            &SparseIsing::<R>::erdos_renyi(100, degree, seed).unwrap(),
            seed,
            1e-12,
        );
    }
    for (dims, side) in [(1, 21), (2, 9), (2, 10), (3, 5), (4, 4)] {
        let model = LatticeOrdinal::<R>::new(dims, side, 7, 0.2, 0.05).unwrap();
        keeps_its_books(&model, 9, 1e-12);
    }
    keeps_its_books(
        &Factorized::<R>::random_bernoulli(77, 3).unwrap(),
        10,
        1e-12,
    );
    keeps_its_books(
        &FactorizedCategorical::<R>::random(33, 9, 4).unwrap(),
        11,
        1e-12,
    );
}

#[test]
fn log_prob_counts_and_paths_do_not_depend_on_the_block() {
    all_keep_their_books::<f32>();
    all_keep_their_books::<f64>();
}

#[test]
fn extreme_couplings_give_valid_draws() {
    for coupling in [1e300, -1e300] {
        let ordinal = LatticeOrdinal::<f64>::new(2, 4, 256, coupling, 0.0).unwrap();
        let sparse = SparseIsing::<f64>::new(2, &[(0, 1, coupling)], None).unwrap();
        for seed in 0..20 {
            let mut bits = [SplitMix64::new(seed)];
            let mut counts = [StepCounts::default()];
            let x = random_configuration(ordinal.space(), &mut bits[0]);
            let mut owned = OwnedMemory::new(&ordinal, &BlockSweep, 1);
            let (mut walkers, scratch) = owned.walkers(&ordinal, &BlockSweep, &[x], 1.0);
            BlockSweep.step(&ordinal, &mut walkers, scratch, &mut bits, &mut counts);
            // The color drawn last is equal to the mean of its neighbors, or as far away as possible.
            let mean: u32 = ordinal
                .neighbors(1)
                .iter()
                .map(|&j| u32::from(walkers[0].x[j]))
                .sum();
            let (here, mean) = (f64::from(walkers[0].x[1]), f64::from(mean) / 4.0);
            if coupling > 0.0 {
                assert!((here - mean).abs() <= 0.5, "{here} {mean}");
            } else {
                assert_eq!((here - mean).abs(), mean.max(255.0 - mean), "{here}");
            }
            let mut owned = OwnedMemory::new(&sparse, &BlockSweep, 1);
            let (mut walkers, scratch) = owned.walkers(&sparse, &BlockSweep, &[vec![0, 1]], 1.0);
            BlockSweep.step(&sparse, &mut walkers, scratch, &mut bits, &mut counts);
            assert_eq!(walkers[0].x[0] == walkers[0].x[1], coupling > 0.0);
        }
    }
}
