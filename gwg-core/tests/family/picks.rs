//! Two ways to draw an index: by inverting the cumulative sum, and as the largest of log-weights with Gumbel noise.

use super::*;
use gwg_core::check::{ChiSquare, chi_square};
use gwg_core::pick::{gumbel, of_slice};

/// Log-weights over six powers of e, one of them minus infinity.
fn log_weights<R: Real>() -> Vec<R> {
    (0..37)
        .map(|k| match k {
            5 => R::NEG_INFINITY,
            k => R::from_f64(f64::from(k * 7 % 13) * 0.5 - 3.0),
        })
        .collect()
}

fn probabilities<R: Real>(log: &[R]) -> Vec<f64> {
    let w: Vec<f64> = log.iter().map(|l| Real::exp(l.to_f64())).collect();
    let total: f64 = w.iter().sum();
    w.iter().map(|w| w / total).collect()
}

fn counted(draws: u32, probability: &[f64], mut draw: impl FnMut() -> usize) -> ChiSquare {
    let mut counts = vec![0; probability.len()];
    for _ in 0..draws {
        counts[draw()] += 1;
    }
    chi_square(&counts, probability)
}

fn same_law<R: Real>(seed: u64) {
    let log = log_weights::<R>();
    let p = probabilities(&log);
    let weight: Vec<R> = log.iter().map(|l| l.exp()).collect();
    let total = math::sum(&weight);
    let mut bits = SplitMix64::new(seed);
    let found = [
        counted(200_000, &p, || {
            of_slice(&weight, bits.unit::<R>() * total).unwrap()
        }),
        counted(200_000, &p, || {
            gumbel::of_log_weights(&log, &mut bits).unwrap()
        }),
    ];
    // The quantile 4.5 has probability 3.4e-6.
    assert!(found.iter().all(|c| c.z.abs() < 4.5), "{found:?}");
    // The test can fail: with the most likely entries a tenth more likely, the distribution differs.
    let largest = math::max(&log);
    let likelier = |&l: &R| {
        if l == largest {
            l + R::from_f64(0.1)
        } else {
            l
        }
    };
    let other: Vec<R> = log.iter().map(likelier).collect();
    let far = counted(200_000, &probabilities(&other), || {
        gumbel::of_log_weights(&log, &mut bits).unwrap()
    });
    assert!(far.z > 4.5, "{far:?}");
}

#[test]
fn inverse_cdf_and_gumbel_max_draw_from_the_same_distribution() {
    same_law::<f64>(1);
    same_law::<f32>(2);
}

#[test]
fn the_two_largest_gumbel_keys_are_a_draw_without_replacement() {
    let log: Vec<f32> = log_weights().into_iter().take(9).collect();
    let p = probabilities(&log);
    let n = p.len();
    let ordered: Vec<f64> = (0..n * n)
        .map(|k| {
            let (i, j) = (k / n, k % n);
            if i == j {
                0.0
            } else {
                p[i] * p[j] / (1.0 - p[i])
            }
        })
        .collect();
    let mut bits = SplitMix64::new(3);
    let found = counted(400_000, &ordered, || {
        let (mut key, mut chosen) = ([0.0; 2], [0; 2]);
        assert_eq!(gumbel::top(&log, &mut key, &mut chosen, &mut bits), 2);
        chosen[0] as usize * n + chosen[1] as usize
    });
    assert!(found.z.abs() < 4.5, "{found:?}");
}
