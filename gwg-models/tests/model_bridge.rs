//! Bridges of real models: caches, incremental evaluations and batched products agree with those of each model alone.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check;
use gwg_core::{Bridge, Delta, Gradient, Local, Real, Target};
use gwg_models::{
    CategoricalRbm, DenseIsing, DensePotts, Factorized, FactorizedCategorical, LatticeIsing,
    LatticePotts, Rbm, SparseIsing,
};

const WEIGHTS: [[f64; 2]; 4] = [[0.7, 0.3], [1.0, -0.5], [1.0, 0.0], [0.0, 1.0]];

/// Rounding of a thousand updates in the precision of the model, in units of the last place.
fn tolerance<R: Real>() -> f64 {
    1024.0 * R::EPSILON.to_f64()
}

fn every<A, B>(first: &A, second: &B)
where
    A: Delta + Gradient,
    B: Delta + Gradient + Target<Real = A::Real, Space = A::Space>,
{
    for weights in WEIGHTS {
        let bridge = Bridge::weighted(first, second, weights).unwrap();
        check::delta(&bridge, 1000, 1, tolerance::<A::Real>());
        check::gradient(&bridge, 5, 200, 2, tolerance::<A::Real>());
    }
}

fn local<A, B>(first: &A, second: &B)
where
    A: Local + Gradient,
    B: Local + Gradient + Target<Real = A::Real, Space = A::Space>,
{
    every(first, second);
    for weights in WEIGHTS {
        let bridge = Bridge::weighted(first, second, weights).unwrap();
        check::local(&bridge, 300, 3, tolerance::<A::Real>());
    }
}

fn binary<R: gwg_models::Scalar>() {
    let logits = (0..49).map(|k| 0.1 * f64::from(k % 7) - 0.3).collect();
    let fields = Factorized::<R>::bernoulli(logits).unwrap();
    let lattice = LatticeIsing::<R>::new(2, 7, 0.25, 0.1).unwrap();
    let graph = SparseIsing::<R>::erdos_renyi(49, 4.0, 1).unwrap();
    let rbm = Rbm::<R>::random(49, 11, 2).unwrap();
    let dense = DenseIsing::<R>::random(49, 0.2, 3).unwrap();
    local(&fields, &lattice);
    local(&lattice, &graph);
    every(&rbm, &dense);
    every(&dense, &lattice);
    every(&Bridge::sum(&fields, &rbm).unwrap(), &dense);
}

fn categorical<R: gwg_models::Scalar>() {
    let logits = (0..75).map(|k| 0.2 * f64::from(k % 5)).collect();
    let fields = FactorizedCategorical::<R>::new(25, 3, logits).unwrap();
    let lattice = LatticePotts::<R>::new(2, 5, 3, 0.25).unwrap();
    let dense = DensePotts::<R>::random(25, 3, 0.2, 1).unwrap();
    let machine = CategoricalRbm::<R>::random(25, 3, 11, 2).unwrap();
    every(&machine, &dense);
    every(&Bridge::sum(&fields, &machine).unwrap(), &dense);
    local(&fields, &lattice);
    every(&lattice, &dense);
}

#[test]
fn bridges_of_binary_models_pass_conformance_in_f32() {
    binary::<f32>();
}

#[test]
fn bridges_of_binary_models_pass_conformance_in_f64() {
    binary::<f64>();
}

#[test]
fn bridges_of_categorical_models_pass_conformance() {
    categorical::<f32>();
    categorical::<f64>();
}
