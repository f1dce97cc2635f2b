//! Gradients of `E f`: their means by quadrature, by draws, and in the docs.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{panels, sigmoid, state};
use gwg_core::{Real, SplitMix64};
use gwg_relax::{BinaryConcrete, Quadratic, Relaxed, Schedule};

const THETA: [f64; 3] = [0.3, -0.4, 0.2];

/// `df / dx_i` of the three spins, from the definition.
fn slope(x: [f64; 3], i: usize) -> f64 {
    let at = |value: f64| {
        let mut x = x;
        x[i] = value;
        common::f(1.0, 0.0, x)
    };
    at(1.0) - at(0.0)
}

/// The exact gradient of `E f`, by enumeration.
fn exact() -> [f64; 3] {
    let p = THETA.map(sigmoid);
    let mut out = [0.0; 3];
    for x in (0..8).map(state) {
        let weight: f64 = (0..3)
            .map(|i| if x[i] > 0.5 { p[i] } else { 1.0 - p[i] })
            .product();
        for i in 0..3 {
            out[i] += weight * (x[i] - p[i]) * common::f(1.0, 0.0, x);
        }
    }
    out
}

/// The means of the relaxed and of the straight-through relaxed gradient. As slopes do not depend on their own site and are
/// multilinear, they are slopes at the mean weights of the others, times the mean of `y (1 - y) / T`.
fn quadrature(t: f64) -> ([f64; 3], [f64; 3]) {
    let mean = |theta: f64, value: &dyn Fn(f64) -> f64| -> f64 {
        let nodes = panels(t, -theta).into_iter();
        nodes
            .map(|(l, w)| w * common::logistic_density(l) * value((theta + l) / t))
            .sum()
    };
    let soft = THETA.map(|theta| mean(theta, &sigmoid));
    let factor = THETA.map(|theta| mean(theta, &|u| sigmoid(u) * sigmoid(-u) / t));
    let hard = THETA.map(sigmoid);
    let of = |x: [f64; 3]| std::array::from_fn(|i| factor[i] * slope(x, i));
    (of(soft), of(hard))
}

/// The three estimates of one draw.
fn estimates(
    concrete: &mut BinaryConcrete<f64>,
    model: &Quadratic<f64>,
    bits: &mut SplitMix64,
) -> [f64; 9] {
    let mut all = [0.0; 9];
    let (a, rest) = all.split_at_mut(3);
    let (b, c) = rest.split_at_mut(3);
    concrete.draw(&THETA, bits);
    concrete.relaxed(model, a).unwrap();
    concrete.straight_through_relaxed(model, b).unwrap();
    concrete.straight_through(model, &THETA, c).unwrap();
    all
}

#[test]
fn means_of_concrete_gradients_are_those_of_the_docs() {
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    let exact = exact();
    assert!(
        exact
            .iter()
            .zip([-0.0038, -0.0582, -0.0460])
            .all(|(a, b)| (a - b).abs() < 5e-5)
    );
    // The docs' numbers, from 400,000 draws: relaxed, its standard deviations, straight-through relaxed.
    let docs = [
        (
            0.1,
            [-0.0044, -0.0602, -0.0483],
            [1.131, 1.197, 0.947],
            [-0.0054, -0.0596, -0.0491],
        ),
        (
            0.5,
            [0.0080, -0.0606, -0.0290],
            [0.389, 0.414, 0.325],
            [-0.0042, -0.0501, -0.0407],
        ),
        (
            1.0,
            [0.0196, -0.0587, -0.0102],
            [0.196, 0.209, 0.163],
            [-0.0032, -0.0392, -0.0315],
        ),
        (
            2.0,
            [0.0234, -0.0473, 0.0034],
            [0.077, 0.082, 0.064],
            [-0.0019, -0.0255, -0.0203],
        ),
    ];
    for (t, relaxed, sd, through) in docs {
        let (wanted, wanted_through) = quadrature(t);
        println!("T = {t}: relaxed {wanted:.4?}, straight-through relaxed {wanted_through:.4?}");
        let mut concrete = BinaryConcrete::new(t).unwrap();
        let (mut bits, n) = (SplitMix64::new(11), 200_000);
        let (mut sum, mut squares) = ([0.0; 9], [0.0; 9]);
        for _ in 0..n {
            for (k, e) in estimates(&mut concrete, &model, &mut bits)
                .into_iter()
                .enumerate()
            {
                sum[k] += e / f64::from(n);
                squares[k] += e * e / f64::from(n);
            }
        }
        let means = wanted.into_iter().chain(wanted_through).chain(exact);
        for (k, wanted) in means.enumerate() {
            let deviation = (squares[k] - sum[k] * sum[k]).sqrt();
            let error = deviation / f64::from(n).sqrt();
            assert!(
                (sum[k] - wanted).abs() < 4.5 * error,
                "T = {t}, {k}: {} {wanted}",
                sum[k]
            );
            if k < 6 {
                let doc = relaxed.iter().chain(&through).nth(k).unwrap();
                let error = deviation / 400_000f64.sqrt();
                assert!(
                    (doc - wanted).abs() < 4.5 * error + 5e-5,
                    "T = {t}, {k}: {doc} {wanted}"
                );
            }
            if k < 3 {
                assert!(
                    (deviation - sd[k]).abs() < 0.03 * sd[k],
                    "T = {t}, {k}: {deviation}"
                );
            }
        }
    }
    // Wrong signs at T = 2.
    let (hot, _) = quadrature(2.0);
    assert!(hot[0] * exact[0] < 0.0 && hot[2] * exact[2] < 0.0);
}

#[test]
fn straight_through_is_exact_for_ising_models() {
    // Its mean over all rounded states, by enumeration.
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    let p = THETA.map(sigmoid);
    let mut mean = [0.0; 3];
    for x in (0..8).map(state) {
        let weight: f64 = (0..3)
            .map(|i| if x[i] > 0.5 { p[i] } else { 1.0 - p[i] })
            .product();
        let mut gradient = [0.0; 3];
        model.value_and_gradient(&x, &mut gradient, &mut []);
        for i in 0..3 {
            mean[i] += weight * gradient[i] * p[i] * (1.0 - p[i]);
        }
    }
    let wanted = exact();
    assert!(
        mean.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-14),
        "{mean:?} {wanted:?}"
    );
}

#[test]
fn hard_draws_have_their_probabilities_at_every_temperature() {
    for t in [0.05, 5.0] {
        let mut concrete = BinaryConcrete::new(t).unwrap();
        let (mut bits, mut sums, n) = (SplitMix64::new(2), [0.0; 3], 100_000);
        for _ in 0..n {
            concrete.draw(&THETA, &mut bits);
            for (sum, x) in sums.iter_mut().zip(concrete.hard()) {
                *sum += x;
            }
            let pairs = concrete.hard().iter().zip(concrete.soft());
            assert!(pairs.into_iter().all(|(&x, &y)| (x > 0.5) == (y > 0.5)));
        }
        for (sum, p) in sums.iter().zip(THETA.map(sigmoid)) {
            let error = (p * (1.0 - p) / f64::from(n)).sqrt();
            assert!((sum / f64::from(n) - p).abs() < 4.5 * error);
        }
    }
}

#[test]
fn annealed_variables_become_discrete() {
    let schedule = Schedule::Geometric {
        from: 1.0,
        to: 0.01,
    }
    .checked()
    .unwrap();
    let mut concrete = BinaryConcrete::<f64>::new(1.0).unwrap();
    let mut largest_inside = [0.0; 2];
    for (k, step) in [0, 99].into_iter().enumerate() {
        concrete.anneal(&schedule, step, 100);
        let mut bits = SplitMix64::new(1);
        for _ in 0..1000 {
            concrete.draw(&THETA, &mut bits);
            largest_inside[k] += concrete.soft().iter().map(|y| y * (1.0 - y)).sum::<f64>();
        }
    }
    assert!(
        largest_inside[1] < 0.05 * largest_inside[0],
        "{largest_inside:?}"
    );
    assert!(Real::abs(schedule.at(99, 100) - 0.01) < 1e-15);
}

#[test]
fn wrong_lengths_are_refused() {
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    let mut concrete = BinaryConcrete::<f64>::new(1.0).unwrap();
    let error = concrete.relaxed(&model, &mut [0.0; 3]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`the last draw`: found 0 numbers, needed 3"
    );
    concrete.draw(&THETA, &mut SplitMix64::new(1));
    assert!(concrete.relaxed(&model, &mut [0.0; 2]).is_err());
    assert!(BinaryConcrete::<f64>::new(0.0).is_err());
}
