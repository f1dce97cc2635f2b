//! The graphs of couplings that cluster moves run on: those of `f`, and clusters on them leave it invariant.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::check::{TransitionMatrix, random_configuration};
use gwg_core::{Pairwise, Space, SplitMix64, SwendsenWang, Wolff};
use gwg_models::{Coupling, FactorGraph, LatticeIsing, LatticePotts, PairFactor, SparseIsing};

const EXACT: f64 = 1e-12;

fn declared<T: Pairwise<Real = f64>>(model: &T, x: &[u8]) -> f64
where
    T::Space: Space<Symbol = u8>,
{
    let mut f = 0.0;
    model.each_bond(|i, j, coupling| f += if x[i] == x[j] { coupling } else { 0.0 });
    let field = x.iter().enumerate();
    f + field.map(|(i, &a)| model.field(i, a.into())).sum::<f64>()
}

/// The bonds and fields are those of `f` up to a constant, and the neighbors those of the bonds.
fn is_declared<T: Pairwise<Real = f64>>(model: &T)
where
    T::Space: Space<Symbol = u8>,
{
    assert!(model.is_pairwise());
    let mut bits = SplitMix64::new(1);
    let offset = |x: &[u8]| model.log_prob(x) - declared(model, x);
    let start = offset(&random_configuration(model.space(), &mut bits));
    for _ in 0..50 {
        let x = random_configuration(model.space(), &mut bits);
        assert!((offset(&x) - start).abs() < 1e-10);
    }
    let (mut bonds, mut beside) = (Vec::new(), Vec::new());
    model.each_bond(|i, j, coupling| bonds.push((i.min(j), i.max(j), coupling.to_bits())));
    for i in 0..model.space().sites() {
        model.each_neighbor(i, |j, coupling| {
            assert_ne!(i, j);
            if i < j {
                beside.push((i, j, coupling.to_bits()));
            }
        });
    }
    bonds.sort_unstable();
    beside.sort_unstable();
    assert_eq!(bonds, beside);
    assert_eq!(bonds.len(), model.bonds());
    let couplings = || bonds.iter().map(|bond| f64::from_bits(bond.2));
    assert!(model.repels() || couplings().all(|coupling| coupling >= 0.0));
    if let Some(magnitude) = model.coupling_magnitude() {
        assert!(couplings().all(|coupling| coupling.abs() == magnitude));
    }
    assert!(model.has_field() || model.field(0, 0) == model.field(0, 1));
}

fn is_exact<T: Pairwise<Real = f64>>(model: &T)
where
    T::Space: Space<Symbol = u8>,
{
    is_declared(model);
    for beta in [1.0, 0.4] {
        TransitionMatrix::new(model, &SwendsenWang, beta).assert_exact(true, EXACT);
        TransitionMatrix::new(model, &Wolff, beta).assert_exact(true, EXACT);
    }
}

#[test]
fn spins_on_a_torus() {
    for (theta, bias) in [(0.3, 0.0), (0.2, 0.3), (-0.3, 0.1)] {
        is_exact(&LatticeIsing::new(1, 5, theta, bias).unwrap());
        for (dims, side) in [(2, 3), (2, 4), (3, 3), (4, 3)] {
            is_declared(&LatticeIsing::new(dims, side, theta, bias).unwrap());
        }
    }
}

#[test]
fn spins_on_a_graph() {
    let edges = [
        (0, 1, 0.3),
        (2, 1, -0.5),
        (2, 3, 0.3),
        (3, 0, 0.1),
        (1, 3, -0.2),
    ];
    let field = [0.1, -0.2, 0.0, 0.4, 0.3];
    is_exact(&SparseIsing::new(5, &edges, None).unwrap());
    is_exact(&SparseIsing::new(5, &edges, Some(&field)).unwrap());
    is_declared(&SparseIsing::<f64>::erdos_renyi(40, 3.0, 2).unwrap());
}

#[test]
fn states_on_a_torus() {
    for theta in [0.2, -0.3] {
        is_exact(&LatticePotts::new(1, 4, 3, theta).unwrap());
        is_exact(&LatticePotts::new(1, 5, 2, theta).unwrap());
        is_declared(&LatticePotts::new(3, 4, 5, theta).unwrap());
    }
}

fn factors(sign: f64) -> Vec<PairFactor> {
    let edge = |i, j, weight: f64| PairFactor {
        sites: (i, j),
        coupling: Coupling::Equal(weight),
    };
    vec![
        edge(0, 1, 0.5),
        edge(2, 1, sign * 0.8),
        edge(2, 3, 0.4),
        edge(0, 3, sign),
    ]
}

#[test]
fn states_on_a_graph() {
    let field: Vec<f64> = (0..12).map(|k| f64::from(k * k % 7) / 7.0).collect();
    for sign in [1.0, -1.0] {
        is_exact(&FactorGraph::new(&[3; 4], &factors(sign), None).unwrap());
        is_exact(&FactorGraph::new(&[3; 4], &factors(sign), Some(&field)).unwrap());
    }
}

#[test]
fn other_factors_have_no_such_graph() {
    let uneven = FactorGraph::<f64>::new(&[3, 3, 2, 3], &factors(1.0), None).unwrap();
    assert!(!uneven.is_pairwise());
    let mut tables = factors(1.0);
    tables[1].coupling = Coupling::Table(vec![0.1; 9]);
    let tables = FactorGraph::<f64>::new(&[3; 4], &tables, None).unwrap();
    assert!(!tables.is_pairwise());
}
