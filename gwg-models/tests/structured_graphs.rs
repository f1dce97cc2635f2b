//! Sweeps of graphs, ordinal lattices and independent sites: their matrices enumerated from their own probabilities, and
//! what the sampling code draws against these.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{
    Lent, TransitionMatrix, chi_square, configurations, long_run, random_configuration,
};
use gwg_core::target::Sweep;
use gwg_core::{Kernel, Real, Space, SplitMix64, Structured, Tally, Target};
use gwg_models::{Factorised, FactorisedCategorical, LatticeOrdinal, SparseIsing};

const EXACT: f64 = 1e-12;

/// Of two triangles that share a site, one of them with a tail: three colours.
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

/// All joined with all, each in a class of its own; and a site alone.
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

fn bits<R: Real>() -> Factorised<R> {
    Factorised::bernoulli(vec![0.5, -1.0, 2.0, 0.0, -0.3]).unwrap()
}

fn symbols<R: Real>() -> FactorisedCategorical<R> {
    let logits = vec![
        0.1, -1.0, 0.7, 0.0, 1.5, -0.5, 0.3, 0.3, 0.3, -2.0, 0.0, 1.0,
    ];
    FactorisedCategorical::new(4, 3, logits).unwrap()
}

fn exact<T: Sweep<Real = f64>>(model: &T, reversible: bool) {
    for beta in [1.0, 0.3, 2.5] {
        TransitionMatrix::new(model, &Structured, beta).assert_exact(reversible, EXACT);
    }
}

#[test]
fn graph_sweeps_leave_the_law_invariant() {
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
fn ordinal_sweeps_leave_the_law_invariant() {
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
        bits::<f64>().sweep_law(x, 0.7, &mut |y, p| found.push((y.to_vec(), p)));
        found
    };
    assert_eq!(law(&[0; 5]), law(&[1; 5]));
}

#[test]
fn a_fixed_order_of_classes_is_not_reversible() {
    let found = TransitionMatrix::new(&triangles(), &Structured, 1.0).measure();
    assert!(found.reversibility > 1e-4, "{found:?}");
    let ordinal = LatticeOrdinal::<f64>::new(1, 4, 3, 0.3, 0.1).unwrap();
    let found = TransitionMatrix::new(&ordinal, &Structured, 1.0).measure();
    assert!(found.reversibility > 1e-4, "{found:?}");
}

/// Draws ten sweeps apart; the quantile 4.5 has probability 3.4e-6.
fn visits<T: Sweep>(model: &T, beta: f64, seed: u64) {
    let beta = T::Real::from_f64(beta);
    let found = long_run(model, &Structured, beta, 100, 1_000, 10, seed);
    assert!(found.z.abs() < 4.5, "{found:?}");
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
fn states_are_visited_as_often_as_enumeration_says() {
    all_visit::<f32>(100, &[1.0]);
    all_visit::<f64>(200, &[0.5, 1.7]);
}

/// One sweep out of `x`, many times, against the enumerated row: what is proved is what is sampled.
fn one_sweep<T: Sweep>(model: &T, beta: f64, x: usize, seed: u64) {
    let (space, beta) = (model.space(), T::Real::from_f64(beta));
    let all = configurations(space);
    let digits = |x: &[u8]| {
        let states = space.states();
        x.iter().rev().fold(0, |k, &s| k * states + usize::from(s))
    };
    let mut law = vec![0.0; all.len()];
    model.sweep_law(&all[x], beta, &mut |y, p| law[digits(y)] += p);
    let chains = 500;
    let mut counts = vec![0; all.len()];
    let mut lent = Lent::new(model, &Structured, chains);
    let start = vec![all[x].clone(); chains];
    let (mut walkers, scratch) = lent.walkers(model, &Structured, &start, beta);
    let mut bits: Vec<SplitMix64> = (0..chains as u64)
        .map(|k| SplitMix64::new(SplitMix64::mix(seed * 1_000 + k)))
        .collect();
    let mut tally = vec![Tally::default(); chains];
    for _ in 0..400 {
        for w in &mut walkers {
            w.x.copy_from_slice(&all[x]);
        }
        Structured.init(model, &mut walkers, scratch);
        Structured.step(model, &mut walkers, scratch, &mut bits, &mut tally);
        for w in &walkers {
            counts[digits(w.x)] += 1;
        }
    }
    let found = chi_square(&counts, &law);
    assert!(found.z.abs() < 4.5, "{found:?}");
}

#[test]
fn one_sweep_is_the_row_of_the_matrix() {
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

/// After many sweeps `f` is what it is, hops are what changed, and a walker alone goes where it goes in a block.
fn keeps_its_books<T: Sweep>(model: &T, seed: u64) {
    let beta = T::Real::from_f64(0.8);
    let mut from = SplitMix64::new(seed);
    let start: Vec<Vec<u8>> = (0..3)
        .map(|_| random_configuration(model.space(), &mut from))
        .collect();
    let run = |start: &[Vec<u8>], first: u64| {
        let mut lent = Lent::new(model, &Structured, start.len());
        let (mut walkers, scratch) = lent.walkers(model, &Structured, start, beta);
        let mut bits: Vec<SplitMix64> = (first..)
            .take(start.len())
            .map(|k| SplitMix64::new(SplitMix64::mix(k)))
            .collect();
        let mut tally = vec![Tally::default(); start.len()];
        Structured.init(model, &mut walkers, scratch);
        for sweeps in 1..=200 {
            let before: Vec<Vec<u8>> = walkers.iter().map(|w| w.x.to_vec()).collect();
            let hops: Vec<u64> = tally.iter().map(|t| t.hops).collect();
            Structured.step(model, &mut walkers, scratch, &mut bits, &mut tally);
            for (((w, tally), before), hops) in walkers.iter().zip(&tally).zip(before).zip(hops) {
                let changed = w.x.iter().zip(&before).filter(|(a, b)| a != b).count() as u64;
                assert_eq!(tally.hops, hops + changed);
                assert_eq!((tally.steps, tally.accepted), (sweeps, sweeps));
                let fresh = model.log_prob(w.x);
                assert!((w.log_prob() - fresh).abs() <= 1e-12 * (1.0 + fresh.abs()));
            }
        }
        walkers
            .iter()
            .map(|w| (w.x.to_vec(), w.log_prob().to_bits()))
            .collect::<Vec<_>>()
    };
    let block = run(&start, 5);
    for (k, one) in start.iter().enumerate() {
        assert_eq!(block[k..=k], run(std::slice::from_ref(one), 5 + k as u64));
    }
}

fn all_keep_their_books<R: Real>() {
    for (seed, degree) in (0..).zip([1.0, 4.0, 20.0, 99.0]) {
        keeps_its_books(
            &SparseIsing::<R>::erdos_renyi(100, degree, seed).unwrap(),
            seed,
        );
    }
    for (dims, side) in [(1, 21), (2, 9), (2, 10), (3, 5), (4, 4)] {
        let model = LatticeOrdinal::<R>::new(dims, side, 7, 0.2, 0.05).unwrap();
        keeps_its_books(&model, 9);
    }
    keeps_its_books(&Factorised::<R>::random_bernoulli(77, 3).unwrap(), 10);
    keeps_its_books(&FactorisedCategorical::<R>::random(33, 9, 4).unwrap(), 11);
}

#[test]
fn log_prob_hops_and_paths_are_a_walkers_own() {
    all_keep_their_books::<f32>();
    all_keep_their_books::<f64>();
}

#[test]
fn extreme_couplings_have_a_law() {
    for coupling in [1e300, -1e300] {
        let ordinal = LatticeOrdinal::<f64>::new(2, 4, 256, coupling, 0.0).unwrap();
        let sparse = SparseIsing::<f64>::new(2, &[(0, 1, coupling)], None).unwrap();
        for seed in 0..20 {
            let mut bits = [SplitMix64::new(seed)];
            let mut tally = [Tally::default()];
            let x = random_configuration(ordinal.space(), &mut bits[0]);
            let mut lent = Lent::new(&ordinal, &Structured, 1);
            let (mut walkers, scratch) = lent.walkers(&ordinal, &Structured, &[x], 1.0);
            Structured.step(&ordinal, &mut walkers, scratch, &mut bits, &mut tally);
            // The colour drawn last is level with the mean of its neighbours, or as far away as can be.
            let mean: u32 = ordinal
                .neighbours(1)
                .iter()
                .map(|&j| u32::from(walkers[0].x[j]))
                .sum();
            let (here, mean) = (f64::from(walkers[0].x[1]), f64::from(mean) / 4.0);
            if coupling > 0.0 {
                assert!((here - mean).abs() <= 0.5, "{here} {mean}");
            } else {
                assert_eq!((here - mean).abs(), mean.max(255.0 - mean), "{here}");
            }
            let mut lent = Lent::new(&sparse, &Structured, 1);
            let (mut walkers, scratch) = lent.walkers(&sparse, &Structured, &[vec![0, 1]], 1.0);
            Structured.step(&sparse, &mut walkers, scratch, &mut bits, &mut tally);
            assert_eq!(walkers[0].x[0] == walkers[0].x[1], coupling > 0.0);
        }
    }
}
