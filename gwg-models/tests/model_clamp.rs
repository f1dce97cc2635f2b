//! Observed sites on every model: the fast paths are used and leave the conditional distribution invariant.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{self, TransitionMatrix};
use gwg_core::{
    Clamp, Delta, Exact, Gibbs, Gradient, Kernel, Local, LocallyBalanced, Multilinear, Real, Scan,
    Space, SplitMix64, Sqrt, Target, Taylor,
};
use gwg_models::fhmm::{Fhmm, Law};
#[cfg(feature = "dense")]
use gwg_models::{CategoricalRbm, DenseIsing, DensePotts, Rbm};
use gwg_models::{FactorizedCategorical, LatticeIsing, LatticePotts, SparseIsing};

const EXACT: f64 = 1e-12;

/// Every second site, and the last but one, is held at a random symbol.
fn observations<S: Space>(space: &S) -> Vec<Option<S::Symbol>> {
    let x = check::random_configuration(space, &mut SplitMix64::new(9));
    let hold = |i: usize| i.is_multiple_of(2) || i + 2 == space.sites();
    let sites = x.into_iter().enumerate();
    sites.map(|(i, s)| hold(i).then_some(s)).collect()
}

fn every<T: Delta + Gradient>(model: &T, units: f64) {
    let tolerance = units * T::Real::EPSILON.to_f64();
    check::delta(model, 500, 1, tolerance);
    check::gradient(model, 5, 100, 2, tolerance);
}

fn local<T: Local + Gradient + Multilinear>(model: &T, units: f64) {
    every(model, units);
    let tolerance = units * T::Real::EPSILON.to_f64();
    check::local(model, 200, 3, tolerance);
    check::multilinear(model, 20, 4, tolerance);
}

/// A clamped model has the same cache length per walker as the model itself.
fn keeps_as_much<T: Gradient + Delta>(model: &T, clamped: &Clamp<'_, &T>) {
    let kernel = LocallyBalanced::gwg();
    assert_eq!(
        kernel.layout(&Taylor(model)),
        kernel.layout(&Taylor(clamped))
    );
    let scratch = |walkers| kernel.scratch_len(&Taylor(model), walkers);
    assert_eq!(scratch(7), kernel.scratch_len(&Taylor(clamped), 7));
}

macro_rules! clamped {
    ($($check:ident($units:literal), $model:expr;)*) => {$({
        let model = $model.unwrap();
        let observed = observations(model.space());
        let mut free = vec![0; observed.len()];
        let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
        $check(&clamped, $units);
        keeps_as_much(&model, &clamped);
    })*};
}

fn conform<R: Real>() {
    clamped! {
        local(64.0), LatticeIsing::<R>::new(2, 7, 0.25, 0.1);
        local(64.0), LatticePotts::<R>::new(2, 5, 3, 0.25);
        local(256.0), SparseIsing::<R>::erdos_renyi(60, 4.0, 1);
        local(16.0), FactorizedCategorical::<R>::random(20, 4, 1);
        local(256.0), Fhmm::<R>::random(15, 4, Law::default(), 1);
    }
}

#[test]
fn local_models_in_f32() {
    conform::<f32>();
}

#[test]
fn local_models_in_f64() {
    conform::<f64>();
}

#[cfg(feature = "dense")]
fn conform_dense<R: gwg_models::Scalar>() {
    clamped! {
        every(512.0), DenseIsing::<R>::random(50, 0.2, 1);
        every(512.0), DensePotts::<R>::random(12, 5, 0.2, 1);
        every(512.0), Rbm::<R>::random(70, 45, 1);
        every(512.0), Rbm::<R>::random(11, 300, 3);
        every(512.0), CategoricalRbm::<R>::random(12, 5, 45, 3);
    }
}

#[cfg(feature = "dense")]
#[test]
fn dense_models_in_f32() {
    conform_dense::<f32>();
}

#[cfg(feature = "dense")]
#[test]
fn dense_models_in_f64() {
    conform_dense::<f64>();
}

fn kernels<T: Delta<Real = f64> + Gradient>(model: &T) {
    let gwg = TransitionMatrix::new(&Taylor(model), &LocallyBalanced::gwg(), 0.8);
    gwg.assert_exact(true, EXACT);
    let informed = LocallyBalanced::evaluated(Sqrt);
    TransitionMatrix::new(&Exact(model), &informed, 0.8).assert_exact(true, EXACT);
    let gibbs = Gibbs { scan: Scan::Random };
    TransitionMatrix::new(model, &gibbs, 0.8).assert_exact(true, EXACT);
}

#[cfg(feature = "dense")]
fn dense_kernels(model: &(impl Delta<Real = f64> + Gradient), _: f64) {
    kernels(model);
}

fn local_kernels(model: &(impl Local<Real = f64> + Gradient + Multilinear), _: f64) {
    kernels(model);
    let tree = TransitionMatrix::new(&Taylor(model), &LocallyBalanced::local(Sqrt), 0.8);
    tree.assert_exact(true, EXACT);
}

#[test]
fn kernels_leave_the_conditional_distribution_invariant() {
    clamped! {
        local_kernels(0.0), LatticeIsing::<f64>::new(2, 3, 0.2, 0.1);
        local_kernels(0.0), SparseIsing::<f64>::erdos_renyi(10, 4.0, 3);
        local_kernels(0.0), LatticePotts::<f64>::new(1, 7, 3, 0.2);
    }
    #[cfg(feature = "dense")]
    clamped! {
        dense_kernels(0.0), DenseIsing::<f64>::random(10, 0.3, 3);
        dense_kernels(0.0), DensePotts::<f64>::random(6, 3, 0.4, 3);
        dense_kernels(0.0), Rbm::<f64>::random(9, 4, 3);
        dense_kernels(0.0), CategoricalRbm::<f64>::random(5, 3, 2, 3);
    }
}
