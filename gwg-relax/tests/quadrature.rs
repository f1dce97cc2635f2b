//! What the relaxed density is, by quadrature: total variations, partition functions, effective shares, extensions.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{exact, integrate, total_variation};
use gwg_relax::{BinaryRelaxation, Density, Extended, Quadratic};

/// The first figures were found on a grid of 161^3 midpoints of `sigma(u)`, whose error is .0045; the last by panels here.
const GRID: f64 = 0.0045;

#[test]
fn the_target_is_that_of_the_docs() {
    let (p, log_z) = exact(1.0);
    let wanted = [
        0.199_956, 0.199_956, 0.006_673, 0.073_56, 0.163_71, 0.022_156, 0.134_034, 0.199_956,
    ];
    assert!(
        p.iter().zip(wanted).all(|(p, w)| (p - w).abs() < 1e-6),
        "{p:?}"
    );
    assert!((log_z - 2.509_659_221_7).abs() < 1e-10);
}

#[test]
fn total_variation_grows_with_the_temperature() {
    let (p, _) = exact(1.0);
    let grid = [
        (0.01, 0.0041, 2.5037, 0.001_961),
        (0.05, 0.0096, 2.4802, 0.009_839),
        (0.1, 0.0194, 2.4512, 0.019_701),
        (0.25, 0.0481, 2.3701, 0.048_530),
        (0.5, 0.0918, 2.2659, 0.092_546),
        (1.0, 0.1594, 2.1581, 0.160_222),
        (2.0, 0.2202, 2.0999, 0.221_081),
    ];
    let mut last = 0.0;
    for (t, tv, log_z, exact) in grid {
        let found = integrate(t, 1.0, 0.0);
        let distance = total_variation(&p, &found.q);
        println!(
            "T = {t}: TV {distance:.6}, ln Z {:.6}, ESS {:.5}",
            found.log_z, found.effective
        );
        assert!((distance - tv).abs() < GRID, "T = {t}: {distance} {tv}");
        assert!(
            (found.log_z - log_z).abs() < GRID,
            "T = {t}: {} {log_z}",
            found.log_z
        );
        assert!(
            (distance - exact).abs() < 1e-6,
            "T = {t}: {distance} {exact}"
        );
        assert!(distance > last);
        last = distance;
    }
}

#[test]
fn stronger_couplings_are_relaxed_worse() {
    let (p, _) = exact(3.0);
    for (t, tv, exact) in [
        (0.05, 0.0135, 0.010_962),
        (0.1, 0.0240, 0.021_621),
        (0.5, 0.1071, 0.107_501),
        (1.0, 0.1996, 0.200_230),
    ] {
        let distance = total_variation(&p, &integrate(t, 3.0, 0.0).q);
        println!("T = {t}: TV {distance:.6}");
        assert!(
            (distance - exact).abs() < 1e-6,
            "T = {t}: {distance} {exact}"
        );
        assert!((distance - tv).abs() < GRID, "T = {t}: {distance} {tv}");
    }
}

#[test]
fn the_extension_changes_the_relaxation_and_not_the_target() {
    let (p, _) = exact(1.0);
    for (bump, tv) in [(-4.0, 0.0618), (0.0, 0.0918), (4.0, 0.1296)] {
        let found = integrate(0.5, 1.0, bump);
        let distance = total_variation(&p, &found.q);
        println!("c = {bump}: TV {distance:.6}");
        assert!((distance - tv).abs() < GRID, "{bump}: {distance} {tv}");
        assert!(total_variation(&p, &found.weighted) < 1e-8);
    }
}

#[test]
fn weights_are_exact_and_their_effective_share_is_that_of_the_docs() {
    let (p, _) = exact(1.0);
    for (t, share) in [(0.1, 0.9348), (0.5, 0.8468), (1.0, 0.8143)] {
        let found = integrate(t, 1.0, 0.0);
        assert!(total_variation(&p, &found.weighted) < 1e-8);
        assert!(
            (found.effective - share).abs() < GRID,
            "{t}: {}",
            found.effective
        );
    }
}

/// The code's density, gradient and weights against the definition.
#[test]
fn densities_and_weights_are_those_of_the_definition() {
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    for (t, bump) in [(0.1, 0.0), (0.7, -4.0), (2.0, 3.0)] {
        let density = BinaryRelaxation::new(Extended::new(&model, bump).unwrap(), t).unwrap();
        let wanted = |u: [f64; 3]| {
            let base: f64 = u.iter().map(|&u| common::logistic_density(u).ln()).sum();
            base + common::f(1.0, bump, u.map(|u| common::sigmoid(u / t)))
        };
        for u in [[0.3, -0.2, 0.05], [-2.0, 1.5, 0.4], [0.01, 0.02, -30.0]] {
            let (mut gradient, mut scratch) = ([0.0; 3], vec![0.0; density.weight_scratch_len()]);
            let found = density.evaluate(&u, &mut gradient, &mut scratch);
            assert!((found - wanted(u)).abs() < 1e-12);
            for i in 0..3 {
                let moved = |by: f64| {
                    let mut v = u;
                    v[i] += by;
                    wanted(v)
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((gradient[i] - slope).abs() < 1e-6, "{t} {u:?} {i}");
            }
            let mut x = [0; 3];
            density.round(&u, &mut x);
            let hard = common::f(1.0, bump, x.map(f64::from));
            let soft = common::f(1.0, bump, u.map(|u| common::sigmoid(u / t)));
            let weight = density.log_weight(&u, found, &mut scratch);
            assert!((weight - (hard - soft)).abs() < 1e-12);
        }
    }
}
