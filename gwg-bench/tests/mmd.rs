//! The maximum mean discrepancy, compared with its definition by enumeration.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_bench::discrepancy::{AverageHamming, Reference, hamming_ess, hamming_series};
use gwg_core::{Bits, SplitMix64};

/// Rows of a space of `sites` sites, first site fastest.
fn all(sites: usize, states: usize) -> Vec<Vec<u8>> {
    let row = |k: usize| (0..sites).map(move |i| (k / states.pow(i as u32) % states) as u8);
    (0..states.pow(sites as u32))
        .map(|k| row(k).collect())
        .collect()
}

fn random_law(states: usize, seed: u64) -> Vec<f64> {
    let mut bits = SplitMix64::new(seed);
    let weights: Vec<f64> = (0..states).map(|_| bits.unit::<f64>() + 0.02).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

/// `E k(X, Y)`.
fn expected(kernel: AverageHamming, all: &[Vec<u8>], p: &[f64], q: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (x, p) in all.iter().zip(p) {
        for (y, q) in all.iter().zip(q) {
            let h = x.iter().zip(y).filter(|(a, b)| a != b).count();
            sum += p * q * (-kernel.scale() * h as f64 / x.len() as f64).exp();
        }
    }
    sum
}

/// Every sample of `rows` rows, with its probability.
fn samples(all: &[Vec<u8>], p: &[f64], rows: usize) -> Vec<(Vec<u8>, f64)> {
    let mut found = vec![(Vec::new(), 1.0)];
    for _ in 0..rows {
        found = found
            .iter()
            .flat_map(|(row, weight)| {
                all.iter()
                    .zip(p)
                    .map(move |(x, p)| ([row.as_slice(), x].concat(), weight * p))
            })
            .collect();
    }
    found
}

#[test]
fn expectations_agree_with_the_two_distributions() {
    // Sites, states, rows of the reference, rows of the samples, scale.
    for (sites, states, n, m, scale) in [
        (2, 2, 3, 3, 1.0),
        (3, 2, 2, 2, 4.0),
        (1, 5, 3, 2, 0.5),
        (2, 3, 2, 2, 1.0),
    ] {
        let kernel = AverageHamming::new(scale).unwrap();
        let all = all(sites, states);
        let (p, q) = (random_law(all.len(), 1), random_law(all.len(), 2));
        let (mut v, mut u) = (0.0, 0.0);
        for (reference, weight) in samples(&all, &p, n) {
            let reference = Reference::new(&reference, sites, states, kernel).unwrap();
            for (rows, other) in samples(&all, &q, m) {
                let found = reference.mmd2(&rows).unwrap();
                v += weight * other * found.v;
                u += weight * other * found.u.unwrap();
            }
        }
        let (pp, qq) = (
            expected(kernel, &all, &p, &p),
            expected(kernel, &all, &q, &q),
        );
        let exact = pp + qq - 2.0 * expected(kernel, &all, &p, &q);
        assert!(exact > 1e-4 && (u - exact).abs() < 1e-13, "{u} {exact}");
        let bias = (1.0 - pp) / n as f64 + (1.0 - qq) / m as f64;
        assert!((v - exact - bias).abs() < 1e-13, "{v} {exact} {bias}");
    }
}

fn draw(all: &[Vec<u8>], p: &[f64], rows: usize, bits: &mut SplitMix64) -> Vec<u8> {
    let one = |_| {
        let mut u = bits.unit::<f64>();
        let k = p.iter().position(|p| {
            u -= p;
            u < 0.0
        });
        all[k.unwrap_or(0)].clone()
    };
    (0..rows).flat_map(one).collect()
}

/// Mean and standard deviation over replicates of `v` and `u`, and the root mean square of the reported standard errors.
fn replicates(p: &[f64], q: &[f64], n: usize, m: usize) -> ([f64; 4], f64) {
    let (all, mut bits) = (all(6, 2), SplitMix64::new(7));
    let (mut v, mut u, mut stated) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..1500 {
        let reference = draw(&all, p, n, &mut bits);
        let reference = Reference::new(&reference, 6, 2, AverageHamming::paper()).unwrap();
        let found = reference.mmd2(&draw(&all, q, m, &mut bits)).unwrap();
        v.push(found.v);
        u.push(found.u.unwrap());
        stated += found.standard_error.unwrap().powi(2) / 1500.0;
    }
    let moments = |x: &[f64]| {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let squares: f64 = x.iter().map(|x| (x - mean) * (x - mean)).sum();
        (mean, (squares / (x.len() - 1) as f64).sqrt())
    };
    let ((a, b), (c, d)) = (moments(&v), moments(&u));
    ([a, b, c, d], stated.sqrt())
}

/// A distribution, reweighted by `exp(slope)` for each one.
fn tilted(p: &[f64], slope: f64) -> Vec<f64> {
    let weights: Vec<f64> = p
        .iter()
        .enumerate()
        .map(|(k, p)| p * (slope * f64::from(k.count_ones())).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

#[test]
fn standard_errors_agree_with_the_spread_of_replicates() {
    let p = random_law(64, 3);
    let (near, far) = (tilted(&p, 0.05), tilted(&p, 1.2));
    // The spread of 1500 replicates is accurate to 2 % (5 % for skewed distributions). For distributions that cannot be distinguished
    // with so few rows, the estimate is biased upward, because noise counts as a difference of their witness functions.
    for (n, m, q, most) in [
        (40, 25, &p, 1.3),
        (40, 25, &near, 1.3),
        (60, 60, &far, 1.1),
        (30, 200, &far, 1.1),
    ] {
        let ([_, _, _, sd], stated) = replicates(&p, q, n, m);
        let ratio = stated / sd;
        assert!(
            (0.9..most).contains(&ratio),
            "{n} {m}: {stated} {sd}, {ratio}"
        );
    }
}

#[test]
fn the_floor_is_the_discrepancy_of_equal_distributions() {
    let p = random_law(64, 3);
    let (n, m) = (80, 50);
    let ([v, _, _, sd], _) = replicates(&p, &p, n, m);
    let rows = draw(&all(6, 2), &p, 4000, &mut SplitMix64::new(9));
    // A large reference approximates the distribution; the floor of a small one is then computed from its moments.
    let large = Reference::new(&rows, 6, 2, AverageHamming::paper()).unwrap();
    let bias =
        large.floor(m).v / (1.0 / 4000.0 + 1.0 / m as f64) * (1.0 / n as f64 + 1.0 / m as f64);
    assert!((v / bias - 1.0).abs() < 0.02, "{v} {bias}");
    let small = Reference::new(&rows[..n * 6], 6, 2, AverageHamming::paper()).unwrap();
    let floor = small.floor(m);
    assert!((floor.v / v - 1.0).abs() < 0.1, "{} {v}", floor.v);
    assert!((floor.sd.unwrap() / sd - 1.0).abs() < 0.2, "{floor:?} {sd}");
}

#[test]
fn equal_rows_are_accepted_and_invalid_arguments_rejected() {
    let rows = draw(&all(6, 2), &random_law(64, 5), 10, &mut SplitMix64::new(1));
    let kernel = AverageHamming::default();
    let reference = Reference::new(&rows, 6, 2, kernel).unwrap();
    assert!(reference.mmd2(&rows).unwrap().v.abs() < 1e-15);
    let single = reference.mmd2(&rows[..6]).unwrap();
    assert!(single.u.is_none() && single.standard_error.is_none() && single.v > 0.0);
    assert!(reference.mmd2(&[]).is_err() && reference.mmd2(&rows[..7]).is_err());
    assert!(reference.mmd2(&[0, 1, 2, 0, 0, 0]).is_err());
    assert!(Reference::new(&rows[..6], 6, 2, kernel).is_err());
    assert!(Reference::new(&rows, 0, 2, kernel).is_err());
    assert!(
        [0.0, -1.0, f64::NAN, f64::INFINITY]
            .map(AverageHamming::new)
            .iter()
            .all(Result::is_err)
    );
    // If all rows are equal, there is no spread, and no division by it.
    let constant = Reference::new(&[1; 60], 6, 2, kernel).unwrap();
    let found = constant.mmd2(&[1; 30]).unwrap();
    assert!(found.v == 0.0 && found.z().is_none(), "{found:?}");
}

/// A chain that keeps its state with probability 1 - a has correlations (1 - a)^t, and an ESS of a / (2 - a) per draw.
#[test]
fn hamming_ess_of_a_lazy_chain() {
    let (sites, chains, draws, a) = (8, 4, 20_000, 0.25);
    let mut bits = SplitMix64::new(3);
    let mut rows = Vec::new();
    for _ in 0..chains {
        let mut x = vec![0u8; sites];
        for _ in 0..draws {
            if bits.unit::<f64>() < a {
                x.fill_with(|| bits.below(2) as u8);
            }
            rows.extend_from_slice(&x);
        }
    }
    let references = [[0; 8], [1; 8]].concat();
    let found = hamming_ess(&rows, chains, sites, &references).unwrap();
    let exact = (chains * draws) as f64 * a / (2.0 - a);
    assert_eq!(found.len(), 2);
    for ess in found {
        assert!((ess.unwrap() / exact - 1.0).abs() < 0.1, "{ess:?} {exact}");
    }
    assert_eq!(hamming_ess(&[0; 80], 1, 8, &[0; 8]).unwrap(), [None]);
    assert!(hamming_ess(&rows, 3, sites, &references).is_err());
    assert!(hamming_ess(&rows, 0, sites, &references).is_err());
    assert_eq!(hamming_series(&[0, 1, 1, 1], &[1, 1]).unwrap(), [1.0, 0.0]);
}

/// Prints the time for 1000 rows of 784 sites compared with 1000 others.
#[test]
#[ignore = "a measurement"]
fn time_of_a_thousand_rows() {
    let mut bits = SplitMix64::new(1);
    for states in [2usize, 4, 21] {
        let mut rows = || -> Vec<u8> { (0..784_000).map(|_| bits.below(states) as u8).collect() };
        let (a, b) = (rows(), rows());
        let start = std::time::Instant::now();
        let reference = Reference::new(&a, 784, states, AverageHamming::paper()).unwrap();
        let of_reference = start.elapsed();
        let start = std::time::Instant::now();
        let found = reference.mmd2(&b).unwrap();
        println!(
            "{states} states: reference {of_reference:?}, mmd2 {:?}: {found:?}",
            start.elapsed()
        );
    }
}
