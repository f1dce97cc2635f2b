//! Sweeps with observed sites: these do not change, and the others are drawn given them. Transition matrices are
//! enumerated from the models' own probabilities, and compared with draws.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "sweeps/shared.rs"]
#[allow(dead_code, reason = "shared with other tests of sweeps")]
mod shared;

use gwg_core::check::{OwnedMemory, TransitionMatrix, configurations};
use gwg_core::target::Sweep;
use gwg_core::{BlockSweep, Clamp, Error, Kernel, Memory, Space, SplitMix64, StepCounts, Target};
use gwg_models::fhmm::{Fhmm, Law, QuadraticFhmm};
use gwg_models::{
    CategoricalRbm, Factorized, FactorizedCategorical, LatticeIsing, LatticeOrdinal, LatticePotts,
    Rbm, SparseIsing,
};
use gwg_models::{Coupling, DenseIsing, DensePotts, FactorGraph, PairFactor};
use shared::{keeps_its_books, one_sweep, visits};

const EXACT: f64 = 1e-12;

/// Observes no site, one, every second one, all but one, and all.
fn patterns(space: &impl Space) -> Vec<Vec<Option<u8>>> {
    let sites = space.sites();
    let held = |choose: &dyn Fn(usize) -> bool| {
        let symbol = |i: usize| ((i / 2 + 1) % space.states_at(i)) as u8;
        (0..sites).map(|i| choose(i).then(|| symbol(i))).collect()
    };
    vec![
        held(&|_| false),
        held(&|i| i == 1),
        held(&|i| i % 2 == 0),
        held(&|i| i != sites / 2),
        held(&|_| true),
    ]
}

/// Checks that the conditional distribution is invariant, that single sweeps match the enumerated row and many sweeps
/// the enumerated distribution, and that observed sites do not change.
fn conditions<T: Sweep<Real = f64>>(model: &T, what: &str)
where
    T::Space: Space<Symbol = u8>,
{
    assert!(model.holds_sites(), "{what}");
    for (k, observed) in patterns(model.space()).iter().enumerate() {
        let mut free = vec![0; model.space().sites()];
        let clamped = Clamp::new(model, observed, &mut free).unwrap();
        for beta in [1.0, 0.3, 2.5] {
            let found = TransitionMatrix::new(&clamped, &BlockSweep, beta).measure();
            assert!(
                found.stochastic < EXACT && found.invariance < EXACT,
                "{what}, pattern {k}, beta {beta}: {found:?}"
            );
        }
        let states = configurations(clamped.space()).len();
        if k == 1 || k == 2 {
            one_sweep(&clamped, 0.7, states / 2, k as u64);
            visits(&clamped, 1.0, k as u64);
        }
        stays(&clamped, what);
    }
}

/// Checks that observed sites keep their symbols, and that the counts match the changes.
fn stays<T: Sweep<Real = f64>>(clamped: &T, what: &str)
where
    T::Space: Space<Symbol = u8>,
{
    let start = configurations(clamped.space()).swap_remove(0);
    let mut owned = OwnedMemory::new(clamped, &BlockSweep, 1);
    let (mut walkers, scratch) = owned.walkers(clamped, &BlockSweep, &[start], 0.8);
    let (mut bits, mut counts) = ([SplitMix64::new(7)], [StepCounts::default()]);
    BlockSweep.init(clamped, &mut walkers, scratch);
    for _ in 0..100 {
        let (before, counted) = (walkers[0].x.to_vec(), counts[0].sites_changed);
        BlockSweep.step(clamped, &mut walkers, scratch, &mut bits, &mut counts);
        let changed = walkers[0]
            .x
            .iter()
            .zip(&before)
            .filter(|(a, b)| a != b)
            .count();
        assert_eq!(counts[0].sites_changed - counted, changed as u64, "{what}");
        assert!(clamped.space().contains(walkers[0].x), "{what}");
        let fresh = clamped.log_prob(walkers[0].x);
        assert!((walkers[0].log_prob() - fresh).abs() < 1e-9, "{what}");
    }
}

#[test]
fn lattice_sweeps_condition_on_what_is_observed() {
    for side in [3, 5, 8] {
        let ising = LatticeIsing::new(1, side, 0.3, -0.2).unwrap();
        conditions(&ising, "ising in one dimension");
    }
    conditions(&LatticeIsing::new(2, 3, 0.2, 0.1).unwrap(), "ising");
    conditions(&LatticePotts::new(1, 5, 3, 0.25).unwrap(), "potts");
    conditions(
        &LatticePotts::new(2, 3, 2, 0.15).unwrap(),
        "potts in two dimensions",
    );
    let ordinal = LatticeOrdinal::new(1, 4, 3, 0.2, 0.1).unwrap();
    conditions(&ordinal, "ordinal");
}

#[test]
fn colors_of_a_graph_condition_on_what_is_observed() {
    let model = SparseIsing::erdos_renyi(8, 2.5, 3).unwrap();
    conditions(&model, "sparse ising");
}

#[test]
fn colors_of_a_factor_graph_condition_on_what_is_observed() {
    let factor = |(sites, entries): ((usize, usize), u8)| PairFactor {
        sites,
        coupling: Coupling::Table((0..entries).map(|k| (f64::from(k) * 1.7).sin()).collect()),
    };
    let factors = [((0, 1), 6), ((1, 2), 12), ((2, 3), 8), ((0, 3), 4)].map(factor);
    let model = FactorGraph::new(&[2, 3, 4, 2], &factors, None).unwrap();
    conditions(&model, "factor graph");
}

#[test]
fn independent_sites_condition_on_what_is_observed() {
    let logits: Vec<f64> = (0..8).map(|k| 0.3 * f64::from(k) - 1.0).collect();
    conditions(&Factorized::bernoulli(logits.clone()).unwrap(), "bernoulli");
    conditions(
        &FactorizedCategorical::new(4, 2, logits).unwrap(),
        "categorical",
    );
}

#[test]
fn the_visible_layer_of_a_machine_conditions_on_what_is_observed() {
    let model = Rbm::random(7, 4, 3).unwrap();
    conditions(&model, "rbm");
    let model = CategoricalRbm::random(4, 3, 3, 3).unwrap();
    conditions(&model, "categorical rbm");
}

#[test]
fn hidden_paths_condition_on_what_is_observed() {
    let lively = Law {
        sigma: 0.7,
        keep: 0.75,
        start: 0.3,
    };
    for (length, factors) in [(4, 2), (8, 1), (2, 4)] {
        conditions(&Fhmm::random(length, factors, lively, 5).unwrap(), "fhmm");
    }
    let stiff = Law {
        keep: 1.0 - 1e-9,
        ..lively
    };
    let model = Fhmm::<f64>::random(4, 2, stiff, 5).unwrap();
    let observed = [None, Some(1), None, None, Some(1), None, None, Some(0)];
    let mut free = [0; 8];
    let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
    let found = TransitionMatrix::new(&clamped, &BlockSweep, 12.0).measure();
    assert!(
        found.stochastic < EXACT && found.invariance < EXACT,
        "{found:?}"
    );
    let quadratic = QuadraticFhmm(Fhmm::random(3, 2, lively, 5).unwrap());
    conditions(&quadratic, "quadratic fhmm");
}

#[test]
fn a_clamp_on_a_clamp_has_no_sweeps() {
    let model = LatticeIsing::<f64>::new(1, 4, 0.3, 0.0).unwrap();
    let (first, second) = ([Some(1), None, None, None], [None, Some(0), None, None]);
    let (mut one, mut two) = ([0; 4], [0; 4]);
    let inner = Clamp::new(&model, &first, &mut one).unwrap();
    let outer = Clamp::new(&inner, &second, &mut two).unwrap();
    assert!(BlockSweep.state(&inner, Memory::default()).is_ok());
    let refused = BlockSweep.state(&outer, Memory::default()).unwrap_err();
    assert_eq!(refused, Error::HeldSites);
}

/// Sweeps of the sites in turn.
#[test]
fn dense_models_hold_their_sites() {
    conditions(&DensePotts::random(3, 3, 0.7, 1).unwrap(), "Potts");
    conditions(&DenseIsing::random(4, 0.5, 2).unwrap(), "Ising");
}

#[test]
fn dense_models_have_the_f_of_their_states() {
    keeps_its_books(&DensePotts::<f32>::random(7, 4, 0.4, 3).unwrap(), 1, 1e-5);
    keeps_its_books(&DensePotts::<f64>::random(7, 4, 0.4, 3).unwrap(), 2, 1e-12);
    keeps_its_books(&DenseIsing::<f32>::random(9, 0.3, 3).unwrap(), 3, 1e-5);
    keeps_its_books(&DenseIsing::<f64>::random(9, 0.3, 3).unwrap(), 4, 1e-12);
}
