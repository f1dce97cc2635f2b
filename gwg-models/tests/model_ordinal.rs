//! The ordinal lattice: by definition, by the conformance checks, by enumeration, and compared with another model.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{self, TransitionMatrix, configurations, random_configuration};
use gwg_core::{
    Barker, Clamp, Delta, Exact, Gibbs, Gradient, LocallyBalanced, Real, Scan, Space, SplitMix64,
    Sqrt, Target, Taylor, math,
};
use gwg_models::{LatticeIsing, LatticeOrdinal};

const EXACT: f64 = 1e-12;

/// `f` of real heights by definition; bonds from the model's list of neighbors.
fn by_definition(model: &LatticeOrdinal<f64>, x: &[f64]) -> f64 {
    let center = (model.space().states() - 1) as f64 / 2.0;
    let mut f = 0.0;
    for (i, &here) in x.iter().enumerate() {
        for j in model.neighbors(i).into_iter().filter(|&j| j > i) {
            f -= model.coupling() * (here - x[j]).powi(2);
        }
        f -= model.field() * (here - center).powi(2);
    }
    f
}

#[test]
fn value_and_gradient_are_those_of_the_definition() {
    for (dims, side, levels, coupling, field) in [
        (1, 5, 2, 0.4, 0.1),
        (2, 4, 7, 0.2, -0.3),
        (3, 3, 256, -0.01, 0.002),
    ] {
        let model = LatticeOrdinal::<f64>::new(dims, side, levels, coupling, field).unwrap();
        assert_eq!((model.dims(), model.side()), (dims, side));
        let mut bits = SplitMix64::new(7);
        for _ in 0..5 {
            let x = random_configuration(model.space(), &mut bits);
            let heights: Vec<f64> = x.iter().map(|&s| f64::from(s)).collect();
            let mut gradient = vec![f64::NAN; model.space().gradient_len()];
            let value = model.value_and_gradient(&x, &mut gradient, &mut []);
            let wanted = by_definition(&model, &heights);
            assert!((value - wanted).abs() < 1e-12 * (1.0 + wanted.abs()));
            assert_eq!(value, model.log_prob(&x));
            for (i, &g) in gradient.iter().enumerate() {
                // Central differences of a quadratic are exact but for rounding.
                let shifted = |h: f64| {
                    let mut y = heights.clone();
                    y[i] += h;
                    by_definition(&model, &y)
                };
                let slope = (shifted(1.0) - shifted(-1.0)) / 2.0;
                assert!(
                    (g - slope).abs() < 1e-11 * (1.0 + wanted.abs()),
                    "{g}, {slope}"
                );
            }
        }
    }
}

#[test]
fn values_worked_out_by_hand() {
    // Four sites on a ring, heights 0 to 2, middle 1: steps 2, 1, 1, 0 and distances 1, 1, 0, 1.
    let model = LatticeOrdinal::<f64>::new(1, 4, 3, 0.5, 0.25).unwrap();
    let x = [0, 2, 1, 0];
    assert_eq!(model.log_prob(&x), -0.5 * 6.0 - 0.25 * 3.0);
    let mut gradient = [0.0; 4];
    model.value_and_gradient(&x, &mut gradient, &mut []);
    // -2 coupling sum_j (x_i - x_j) - 2 field (x_i - 1)
    assert_eq!(gradient, [2.0 + 0.5, -3.0 - 0.5, 0.0, 1.0 + 0.5]);
    let mut differences = [gradient.as_slice(), &[0.0; 8]].concat();
    model.space().differences(&x, &mut differences);
    let mut memory = [0.0; 4];
    model.init_cache(&x, &mut memory);
    assert_eq!(memory, [2.0, 1.0, 2.0, 1.0]);
    for (m, d) in differences.into_iter().enumerate() {
        let mv = model.space().decode(&x, m);
        let exact = model.delta(&x, &memory, mv);
        let step = f64::from(mv.to) - f64::from(mv.from);
        // The term missing in a first-order difference.
        assert_eq!(d - (2.0 * 0.5 + 0.25) * step * step, exact);
    }
}

fn conforms<R: Real>() {
    let tolerance = 64.0 * R::EPSILON.to_f64();
    for (dims, side, levels, coupling, field) in [
        (1, 6, 3, 0.4, 0.1),
        (2, 5, 8, 0.2, 0.05),
        (3, 3, 4, -0.1, 0.3),
        (2, 3, 256, 0.001, 0.0),
    ] {
        let model = LatticeOrdinal::<R>::new(dims, side, levels, coupling, field).unwrap();
        check::delta(&model, 1000, 1, tolerance);
        check::local(&model, 200, 3, tolerance);
        check::gradient(&model, 5, 100, 2, tolerance);
    }
}

#[test]
fn conformance_passes_in_f32() {
    conforms::<f32>();
}

#[test]
fn conformance_passes_in_f64() {
    conforms::<f64>();
}

#[test]
fn two_levels_are_the_ising_model() {
    let (coupling, field) = (0.6, 0.7);
    let model = LatticeOrdinal::<f64>::new(2, 3, 2, coupling, field).unwrap();
    let ising = LatticeIsing::<f64>::new(2, 3, coupling / 4.0, 0.0).unwrap();
    // (x_i - x_j)^2 = (1 - s_i s_j) / 2 on 18 bonds; every site is 1/2 away from the middle.
    let constant = -coupling * 9.0 - field * 9.0 / 4.0;
    for x in configurations(model.space()) {
        let wanted = ising.log_prob(&x) + constant;
        assert!((model.log_prob(&x) - wanted).abs() < EXACT);
    }
}

#[test]
fn without_coupling_sites_are_independent() {
    let (levels, field) = (5, 0.3);
    let model = LatticeOrdinal::<f64>::new(1, 4, levels, 0.0, field).unwrap();
    let f: Vec<f64> = configurations(model.space())
        .iter()
        .map(|x| model.log_prob(x))
        .collect();
    let one: f64 = (-2..=2).map(|h| (-field * f64::from(h * h)).exp()).sum();
    assert!((math::logsumexp(&f) - 4.0 * one.ln()).abs() < EXACT);
}

/// Every kind of kernel leaves the same distribution invariant.
fn kernels<T: gwg_core::Local<Real = f64> + Gradient>(model: &T) {
    let gwg = TransitionMatrix::new(&Taylor(model), &LocallyBalanced::gwg(), 0.8);
    gwg.assert_exact(true, EXACT);
    let evaluation = TransitionMatrix::new(&Exact(model), &LocallyBalanced::evaluated(Sqrt), 0.8);
    evaluation.assert_exact(true, EXACT);
    let tree = TransitionMatrix::new(&Exact(model), &LocallyBalanced::local(Sqrt), 0.8);
    tree.assert_exact(true, EXACT);
    for (a, b) in tree.p.iter().zip(&evaluation.p) {
        assert!((a - b).abs() < EXACT);
    }
    assert!(gwg.p.iter().zip(&tree.p).any(|(a, b)| (a - b).abs() > 1e-3));
    let barker = TransitionMatrix::new(&Exact(model), &LocallyBalanced::local(Barker), 1.3);
    barker.assert_exact(true, EXACT);
    let gibbs = TransitionMatrix::new(model, &Gibbs { scan: Scan::Random }, 0.8);
    gibbs.assert_exact(true, EXACT);
    TransitionMatrix::sweep(model, 0.8).assert_exact(false, EXACT);
}

#[test]
fn kernels_are_exact_with_observed_sites_and_without() {
    let model = LatticeOrdinal::<f64>::new(1, 4, 4, 0.3, 0.2).unwrap();
    kernels(&model);
    let observed = [None, Some(3), None, None];
    let mut free = [0; 3];
    kernels(&Clamp::new(&model, &observed, &mut free).unwrap());
    let square = LatticeOrdinal::<f64>::new(2, 3, 3, 0.3, 0.2).unwrap();
    let observed = [
        None,
        Some(2),
        None,
        Some(0),
        Some(1),
        None,
        None,
        Some(2),
        Some(2),
    ];
    let mut free = [0; 4];
    kernels(&Clamp::new(&square, &observed, &mut free).unwrap());
}

#[test]
fn invalid_parameters_are_rejected() {
    let message = |levels, coupling, field| {
        let made = LatticeOrdinal::<f32>::new(2, 4, levels, coupling, field);
        made.unwrap_err().to_string()
    };
    assert_eq!(
        message(1, 0.1, 0.1),
        "states per site: found 1, allowed are 2 to 256 (65536 with symbols of 16 bits)"
    );
    assert!(message(3, f64::NAN, 0.1).starts_with("`coupling`: found NaN"));
    assert!(message(3, 0.1, 1e300).starts_with("`field`: found 1e300"));
    let small = LatticeOrdinal::<f32>::new(2, 2, 3, 0.1, 0.1).unwrap_err();
    assert!(small.to_string().starts_with("`side`: found 2"));
}
