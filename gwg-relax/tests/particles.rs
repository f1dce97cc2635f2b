//! Particles on the relaxation of three spins.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use gwg_core::{Bits, SplitMix64};
use gwg_models::{DenseIsing, LatticeIsing};
use gwg_relax::{BinaryRelaxation, DiscreteSvgd, Extended, Quadratic, Relaxed, Svgd, logistic};

fn particles(n: usize, dimension: usize, seed: u64) -> Svgd<f64> {
    let mut bits = SplitMix64::new(seed);
    let start = (0..n * dimension).map(|_| logistic(&mut bits)).collect();
    Svgd::new(start, dimension, 0.05).unwrap()
}

/// The shares of the rounded states.
fn shares<'a>(particles: impl Iterator<Item = &'a [f64]>) -> [f64; 8] {
    let (mut shares, mut n) = ([0.0; 8], 0.0);
    for u in particles {
        let x: Vec<u8> = u.iter().map(|&u| u8::from(u > 0.0)).collect();
        shares[common::number(&x)] += 1.0;
        n += 1.0;
    }
    shares.map(|share| share / n)
}

#[test]
fn relaxed_particles_are_near_the_relaxation_and_keep_its_bias() {
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    let density = BinaryRelaxation::new(model, 1.0).unwrap();
    let mut svgd = particles(200, 3, 1);
    for _ in 0..600 {
        svgd.update(&density).unwrap();
    }
    let found = shares(svgd.particles());
    let relaxed = common::total_variation(&found, &common::integrate(1.0, 1.0, 0.0).q);
    let target = common::total_variation(&found, &common::exact(1.0).0);
    println!("TV to the relaxation {relaxed:.4}, to the target {target:.4}");
    // 200 independent draws have a TV of about .07; the relaxation is .159 from the target.
    assert!(relaxed < 0.09, "{relaxed}");
    assert!(target > 0.1, "{target}");
}

#[test]
fn discrete_particles_are_near_the_target() {
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    let density = BinaryRelaxation::new(model, 1.0).unwrap();
    let mut svgd = DiscreteSvgd::new(particles(200, 3, 1));
    assert_eq!(svgd.effective(), 0.0);
    for _ in 0..600 {
        svgd.update(&density).unwrap();
    }
    let target = common::total_variation(&shares(svgd.particles()), &common::exact(1.0).0);
    println!(
        "TV to the target {target:.4}, effective {:.1}",
        svgd.effective()
    );
    assert!(target < 0.12, "{target}");
    // A rare state has few particles and large weights.
    assert!(svgd.effective() > 20.0 && svgd.effective() < 190.0);
    assert_eq!(svgd.evaluations(), 2 * 200 * 600);
}

/// With `f` independent of the state, the surrogate is the target: all weights are equal, and the update is that of SVGD.
#[test]
fn equal_weights_give_the_update_of_svgd() {
    let flat = DenseIsing::new(vec![0.0; 16], vec![0.0; 4]).unwrap();
    let density = BinaryRelaxation::new(Quadratic::of(&flat).unwrap(), 0.5).unwrap();
    let (mut relaxed, mut discrete) = (particles(16, 4, 3), DiscreteSvgd::new(particles(16, 4, 3)));
    for _ in 0..20 {
        relaxed.update(&density).unwrap();
        discrete.update(&density).unwrap();
    }
    assert!(relaxed.particles().eq(discrete.particles()));
}

#[test]
fn weights_are_those_of_the_definition() {
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    let density = BinaryRelaxation::new(Extended::new(model, 3.0).unwrap(), 0.7).unwrap();
    let start = particles(30, 3, 8);
    let weights: Vec<f64> = start
        .particles()
        .map(|u| {
            let at =
                |value: &dyn Fn(f64) -> f64| common::f(1.0, 3.0, [u[0], u[1], u[2]].map(value));
            (at(&|u| common::sigmoid(u / 0.7)) - at(&|u| f64::from(u8::from(u > 0.0)))).exp()
        })
        .collect();
    let total: f64 = weights.iter().sum();
    let wanted = total * total / weights.iter().map(|w| w * w).sum::<f64>();
    let mut svgd = DiscreteSvgd::new(start);
    svgd.update(&density).unwrap();
    assert!((svgd.effective() - wanted).abs() < 1e-10);
}

/// Independent points of the base density, lattices of 9, 36 and 144 sites.
#[test]
fn weights_degenerate_with_the_number_of_sites() {
    let mut shares = Vec::new();
    for side in [3, 6, 12] {
        let model = Quadratic::of(&LatticeIsing::<f64>::new(2, side, 0.2, 0.2).unwrap()).unwrap();
        let n = model.weights();
        let density = BinaryRelaxation::new(Extended::new(model, 0.0).unwrap(), 0.5).unwrap();
        let mut svgd = DiscreteSvgd::new(particles(64, n, 5));
        svgd.update(&density).unwrap();
        shares.push(svgd.effective() / 64.0);
    }
    println!("{shares:?}");
    assert!(
        shares[0] > 1.5 * shares[1] && shares[1] > 3.0 * shares[2],
        "{shares:?}"
    );
    let mut bits = SplitMix64::new(1);
    let other = Svgd::new(vec![bits.unit::<f64>(); 6], 3, 0.1).unwrap();
    let model = Quadratic::of(&LatticeIsing::<f64>::new(2, 3, 0.2, 0.2).unwrap()).unwrap();
    let density = BinaryRelaxation::new(model, 0.5).unwrap();
    assert!(DiscreteSvgd::new(other).update(&density).is_err());
}
