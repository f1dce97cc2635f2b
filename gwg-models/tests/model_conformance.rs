//! The conformance checks, one line per model; then every kernel, enumerated on tiny models.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{self, TransitionMatrix};
use gwg_core::{
    Barker, Delta, Exact, Gibbs, Gradient, Leveled, Local, LocallyBalanced, Multilinear, Real,
    Scan, Space, Sqrt, Target, Taylor,
};
use gwg_models::fhmm::Law;
use gwg_models::{
    CategoricalRbm, DenseIsing, DensePotts, Factorized, FactorizedCategorical, Fhmm, LatticeIsing,
    LatticePotts, QuadraticFhmm, Rbm, SparseIsing,
};

/// The rounding error of a thousand updates in the precision of the model, in units in the last place.
fn tolerance<R: Real>(units: f64) -> f64 {
    units * R::EPSILON.to_f64()
}

fn every<T: Delta + Gradient>(model: &T, units: f64) {
    let tolerance = tolerance::<T::Real>(units);
    check::delta(model, 1000, 1, tolerance);
    check::gradient(model, 5, 200, 2, tolerance);
}

fn local_exact<T: Local + Gradient>(model: &T, units: f64) {
    every(model, units);
    check::local(model, 300, 3, tolerance::<T::Real>(units));
}

fn local<T: Local + Gradient + Multilinear>(model: &T, units: f64) {
    local_exact(model, units);
    multilinear(model, units);
}

fn leveled<T: Leveled + Local + Gradient + Multilinear>(model: &T, units: f64) {
    local(model, units);
    check::leveled(model, 100, 5, tolerance::<T::Real>(units));
}

fn multilinear<T: Delta + Gradient + Multilinear>(model: &T, units: f64) {
    check::multilinear(model, 20, 4, tolerance::<T::Real>(units));
}

macro_rules! conform {
    ($($name:ident: $check:ident($units:literal), $model:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn f32() {
                type R = f32;
                $check(&$model.unwrap(), $units);
            }

            #[test]
            fn f64() {
                type R = f64;
                $check(&$model.unwrap(), $units);
            }
        }
    )*};
}

conform! {
    ising_chain: leveled(64.0), LatticeIsing::<R>::new(1, 5, 0.3, -0.2);
    ising_square: leveled(64.0), LatticeIsing::<R>::new(2, 7, 0.25, 0.1);
    ising_smallest: leveled(64.0), LatticeIsing::<R>::new(2, 3, -0.25, 0.0);
    ising_cube: leveled(64.0), LatticeIsing::<R>::new(3, 4, 0.1, 0.3);
    ising_tesseract: leveled(64.0), LatticeIsing::<R>::new(4, 3, 0.07, 0.0);
    ising_graph: local(256.0), SparseIsing::<R>::erdos_renyi(60, 4.0, 1);
    ising_full_graph: local(256.0), SparseIsing::<R>::erdos_renyi(12, 12.0, 2);
    ising_lone_site: local(64.0), SparseIsing::<R>::new(1, &[], Some(&[0.7]));
    ising_dense: every(512.0), DenseIsing::<R>::random(50, 0.2, 1);
    ising_dense_multilinear: multilinear(512.0), DenseIsing::<R>::random(33, 0.2, 2);
    potts_chain: local(64.0), LatticePotts::<R>::new(1, 4, 2, 0.3);
    potts_square: local(64.0), LatticePotts::<R>::new(2, 5, 3, 0.25);
    potts_cube: local(64.0), LatticePotts::<R>::new(3, 3, 5, -0.1);
    potts_dense: every(512.0), DensePotts::<R>::random(12, 5, 0.2, 1);
    potts_dense_binary: every(512.0), DensePotts::<R>::random(20, 2, 0.2, 2);
    potts_dense_multilinear: multilinear(512.0), DensePotts::<R>::random(9, 21, 0.2, 3);
    rbm: every(512.0), Rbm::<R>::random(70, 45, 1);
    rbm_one_hidden: every(512.0), Rbm::<R>::random(9, 1, 2);
    rbm_categorical: every(512.0), CategoricalRbm::<R>::random(23, 5, 45, 1);
    rbm_categorical_binary: every(512.0), CategoricalRbm::<R>::random(9, 2, 3, 2);
    rbm_categorical_many: every(512.0), CategoricalRbm::<R>::random(4, 256, 70, 3);
    rbm_wide: every(512.0), Rbm::<R>::random(11, 300, 3);
    bernoulli: local(16.0), Factorized::<R>::random_bernoulli(40, 1);
    categorical: local(16.0), FactorizedCategorical::<R>::random(20, 4, 1);
    categorical_many: local(16.0), FactorizedCategorical::<R>::random(3, 256, 2);
    fhmm: local(256.0), Fhmm::<R>::random(30, 5, Law::default(), 1);
    fhmm_one_time: local(256.0), Fhmm::<R>::random(1, 7, Law::default(), 2);
    fhmm_two_times: local(256.0), Fhmm::<R>::random(2, 3, Law::default(), 3);
    fhmm_one_chain: local(256.0), Fhmm::<R>::random(40, 1, Law::default(), 4);
    fhmm_sharp: local(256.0), Fhmm::<R>::random(9, 30, Law { sigma: 0.1, keep: 0.999, start: 0.5 }, 5);
    fhmm_quadratic: local_exact(256.0), Fhmm::<R>::random(30, 5, Law::default(), 1).map(QuadraticFhmm);
    fhmm_quadratic_one_chain: local_exact(256.0), Fhmm::<R>::random(12, 1, Law::default(), 2).map(QuadraticFhmm);
}

const EXACT: f64 = 1e-12;
/// The rounding of weights to integers in trees and classes: in units of 2^-42 for up to 16 moves, a relative error
/// of up to this much if all weights are as small as 1/4.
const CUT: f64 = 1e-11;

/// Gibbs-With-Gradients and Gibbs, and the locally informed kernel on evaluations.
fn kernels<T: Delta<Real = f64> + Gradient>(model: &T) {
    let gwg = TransitionMatrix::new(&Taylor(model), &LocallyBalanced::gwg(), 0.8);
    gwg.assert_exact(true, EXACT);
    let informed = LocallyBalanced::evaluated(Sqrt);
    TransitionMatrix::new(&Exact(model), &informed, 0.8).assert_exact(true, EXACT);
    let gibbs = Gibbs { scan: Scan::Random };
    TransitionMatrix::new(model, &gibbs, 0.8).assert_exact(true, EXACT);
}

/// The same, and that the tree of a local model has the matrix of the evaluation.
fn local_kernels<T: Local<Real = f64> + Gradient + Multilinear>(model: &T) {
    kernels(model);
    let tree = TransitionMatrix::new(&Taylor(model), &LocallyBalanced::local(Sqrt), 0.8);
    tree.assert_exact(true, EXACT);
    let evaluation = TransitionMatrix::new(&Taylor(model), &LocallyBalanced::gwg(), 0.8);
    for (a, b) in tree.p.iter().zip(&evaluation.p) {
        assert!((a - b).abs() < CUT);
    }
}

/// The same, and that classes of equal weight have the matrix of the evaluation as well, at any proposal temperature.
fn leveled_kernels<T: Leveled<Real = f64> + Local + Gradient + Multilinear>(model: &T) {
    local_kernels(model);
    for temperature in [0.9, 2.0, 5.0] {
        let kernel = LocallyBalanced::n_fold(Barker)
            .with_temperature(temperature)
            .unwrap();
        TransitionMatrix::new(&Exact(model), &kernel, 1.7).assert_exact(true, EXACT);
    }
    let classes = TransitionMatrix::new(&Exact(model), &LocallyBalanced::n_fold(Sqrt), 0.8);
    let evaluation = TransitionMatrix::new(&Exact(model), &LocallyBalanced::evaluated(Sqrt), 0.8);
    for (a, b) in classes.p.iter().zip(&evaluation.p) {
        assert!((a - b).abs() < CUT);
    }
}

#[test]
fn classes_are_exact_where_weights_are_cut() {
    // Differences of up to 64: weights reach their limits.
    for bias in [0.0, 3.0] {
        let cold = LatticeIsing::<f64>::new(2, 3, 2.0, bias).unwrap();
        let kernel = LocallyBalanced::n_fold(Sqrt);
        let m = TransitionMatrix::new(&Taylor(&cold), &kernel, 1.0).measure();
        assert!(
            m.stochastic < EXACT && m.invariance < EXACT && m.reversibility < EXACT,
            "{m:?}"
        );
    }
}

#[test]
fn a_long_run_on_classes_matches_enumeration() {
    let model = LatticeIsing::<f32>::new(2, 3, 0.15, 0.05).unwrap();
    let kernel = LocallyBalanced::n_fold(Sqrt);
    let found = check::long_run(&Exact(&model), &kernel, 0.8, 5, 2_000, 40, 1);
    // The quantile 4.5 has probability 3.4e-6.
    assert!(found.z.abs() < 4.5, "{found:?}");
}

#[test]
fn kernels_are_exact_on_every_model() {
    leveled_kernels(&LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap());
    leveled_kernels(&LatticeIsing::<f64>::new(2, 3, 0.3, 0.0).unwrap());
    leveled_kernels(&LatticeIsing::<f64>::new(1, 5, -0.4, 0.3).unwrap());
    local_kernels(&SparseIsing::<f64>::erdos_renyi(7, 3.0, 3).unwrap());
    local_kernels(&LatticePotts::<f64>::new(1, 4, 3, 0.2).unwrap());
    local_kernels(&Factorized::<f64>::random_bernoulli(6, 3).unwrap());
    local_kernels(&FactorizedCategorical::<f64>::random(4, 3, 3).unwrap());
    for (length, factors) in [(4, 2), (2, 3), (1, 5), (6, 1)] {
        let law = Law {
            sigma: 0.8,
            keep: 0.8,
            start: 0.3,
        };
        let hidden = Fhmm::<f64>::random(length, factors, law, 3).unwrap();
        local_kernels(&hidden);
        kernels(&QuadraticFhmm(hidden));
    }
    kernels(&DenseIsing::<f64>::random(7, 0.3, 3).unwrap());
    kernels(&DensePotts::<f64>::random(4, 3, 0.4, 3).unwrap());
    kernels(&Rbm::<f64>::random(6, 4, 3).unwrap());
    kernels(&CategoricalRbm::<f64>::random(3, 3, 2, 3).unwrap());
}

#[test]
fn factorized_models_are_solved_exactly() {
    let bits = Factorized::<f64>::random_bernoulli(9, 5).unwrap();
    let enumerated = TransitionMatrix::new(&bits, &Gibbs { scan: Scan::Random }, 1.0);
    assert!((enumerated.log_z - bits.log_z()).abs() < EXACT);
    let all = check::configurations(bits.space());
    for (found, wanted) in enumerated.mean(&all).iter().zip(bits.means()) {
        assert!((found - wanted).abs() < EXACT);
    }

    let symbols = FactorizedCategorical::<f64>::random(4, 4, 5).unwrap();
    let enumerated = TransitionMatrix::new(&symbols, &Gibbs { scan: Scan::Random }, 1.0);
    assert!((enumerated.log_z - symbols.log_z()).abs() < EXACT);
    let mut marginals = [0.0; 16];
    for (x, p) in check::configurations(symbols.space())
        .iter()
        .zip(&enumerated.stationary)
    {
        for (i, &a) in x.iter().enumerate() {
            marginals[symbols.space().first_move(i) + usize::from(a)] += p;
        }
    }
    for (found, wanted) in marginals.iter().zip(symbols.marginals()) {
        assert!((found - wanted).abs() < EXACT);
    }
}
