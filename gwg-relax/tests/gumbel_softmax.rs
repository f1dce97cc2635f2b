//! Gradients of `E f` of Potts models through Gumbel-softmax variables.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use gwg_core::SplitMix64;
use gwg_models::DensePotts;
use gwg_relax::{GumbelSoftmax, Quadratic, RelaxError};

/// `E f` of a Potts model at logits, by enumeration.
fn potts_mean(model: &DensePotts<f64>, theta: &[f64]) -> f64 {
    let p: Vec<f64> = theta
        .chunks(3)
        .flat_map(|t| {
            let z: f64 = t.iter().map(|t| t.exp()).sum();
            t.iter().map(move |t| t.exp() / z)
        })
        .collect();
    let mut mean = 0.0;
    for k in 0..27usize {
        let x = [k / 9, k / 3 % 3, k % 3];
        let weight: f64 = x.iter().enumerate().map(|(i, &x)| p[3 * i + x]).product();
        let x = x.map(|x| x as u8);
        mean += weight * gwg_core::Target::log_prob(model, &x);
    }
    mean
}

#[test]
fn straight_through_is_exact_for_potts_models() {
    let potts = DensePotts::<f64>::random(3, 3, 0.6, 5).unwrap();
    let model = Quadratic::of(&potts).unwrap();
    let theta = [0.2, -0.5, 0.4, 0.0, 0.7, -0.3, 1.0, 0.1, -0.6];
    let mut variables = GumbelSoftmax::new(3, 0.4).unwrap();
    let (mut bits, n) = (SplitMix64::new(21), 100_000);
    let (mut sum, mut squares, mut counts) = ([0.0; 9], [0.0; 9], [0.0; 9]);
    let mut out = [0.0; 9];
    for _ in 0..n {
        variables.draw(&theta, &mut bits).unwrap();
        variables
            .straight_through(&model, &theta, &mut out)
            .unwrap();
        for k in 0..9 {
            sum[k] += out[k] / f64::from(n);
            squares[k] += out[k] * out[k] / f64::from(n);
            counts[k] += variables.hard()[k] / f64::from(n);
        }
    }
    for k in 0..9 {
        let at = |by: f64| {
            let mut theta = theta;
            theta[k] += by;
            potts_mean(&potts, &theta)
        };
        let wanted = (at(1e-5) - at(-1e-5)) / 2e-5;
        let error = ((squares[k] - sum[k] * sum[k]) / f64::from(n)).sqrt();
        assert!(
            (sum[k] - wanted).abs() < 4.5 * error,
            "{k}: {} +- {error}, {wanted}",
            sum[k]
        );
        let site = &theta[k / 3 * 3..k / 3 * 3 + 3];
        let p = theta[k].exp() / site.iter().map(|t| t.exp()).sum::<f64>();
        assert!((counts[k] - p).abs() < 4.5 * (p * (1.0 - p) / f64::from(n)).sqrt());
    }
}

/// The relaxed gradient is the derivative of `f(y)` for fixed noise.
#[test]
fn relaxed_gradients_are_derivatives_of_the_draw() {
    let model = Quadratic::of(&DensePotts::<f64>::random(3, 3, 0.6, 5).unwrap()).unwrap();
    let theta = [0.2, -0.5, 0.4, 0.0, 0.7, -0.3, 1.0, 0.1, -0.6];
    let mut variables = GumbelSoftmax::new(3, 0.7).unwrap();
    let mut draw = |theta: &[f64]| {
        let mut out = [0.0; 9];
        variables.draw(theta, &mut SplitMix64::new(4)).unwrap();
        assert!(
            variables
                .soft()
                .chunks(3)
                .all(|y| (y.iter().sum::<f64>() - 1.0).abs() < 1e-14)
        );
        (variables.relaxed(&model, &mut out).unwrap(), out)
    };
    let (_, gradient) = draw(&theta);
    for k in 0..9 {
        let mut at = |by: f64| {
            let mut theta = theta;
            theta[k] += by;
            draw(&theta).0
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!(
            (slope - gradient[k]).abs() < 1e-7,
            "{k}: {slope} {}",
            gradient[k]
        );
    }
}

#[test]
fn wrong_lengths_are_refused() {
    let mut variables = GumbelSoftmax::<f64>::new(2, 1.0).unwrap();
    let error = variables
        .draw(&[0.0; 3], &mut SplitMix64::new(1))
        .unwrap_err();
    assert!(matches!(error, RelaxError::Length { .. }));
    assert!(GumbelSoftmax::<f64>::new(0, 1.0).is_err());
}
