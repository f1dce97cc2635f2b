//! Sums over many moves in `f32`, and draws based on them, compared with `f64` within the documented bounds.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::math::{dot, logsumexp, sum, sum_wide};
use gwg_core::pick::of_weights;
use gwg_core::{Bits, SplitMix64};

/// Half a unit in the last place of 1.
const U: f64 = 1.0 / (1 << 24) as f64;

/// Positive numbers whose sums in one accumulator lose digits.
fn spreads(n: usize) -> Vec<(&'static str, Vec<f32>)> {
    let mut bits = SplitMix64::new(n as u64);
    let mut of = |f: &mut dyn FnMut(usize, f32) -> f32| {
        (0..n)
            .map(|k| f(k, bits.unit::<f32>()))
            .collect::<Vec<f32>>()
    };
    let last = n - 1;
    vec![
        ("all equal", of(&mut |_, _| 0.1)),
        (
            "one huge, first",
            of(&mut |k, _| if k == 0 { 1e6 } else { 0.013 }),
        ),
        (
            "one huge, last",
            of(&mut |k, _| if k == last { 1e6 } else { 0.013 }),
        ),
        (
            "alternating",
            of(&mut |k, _| if k % 2 == 0 { 1e3 } else { 1.1e-3 }),
        ),
        (
            "growing",
            of(&mut |k, _| (k as f32 / n as f32).powi(8) + 1e-6),
        ),
        ("falling", of(&mut |k, _| 1.0 / (k + 1) as f32)),
        ("uniform", of(&mut |_, u| u)),
        ("log-uniform", of(&mut |_, u| (20.0 * u - 10.0).exp())),
    ]
}

const LENGTHS: [usize; 8] = [512, 513, 1000, 8191, 100_000, 100_001, 1_000_000, 1_000_003];

#[test]
fn sums_are_within_38_roundings_for_any_length() {
    for n in LENGTHS {
        for (name, x) in spreads(n) {
            let exact = x.iter().map(|&x| f64::from(x)).sum::<f64>();
            let error = (f64::from(sum(&x)) / exact - 1.0).abs();
            assert!(error <= 38.0 * U, "sum of {n}, {name}: {error:e}");
            assert!((sum_wide(&x) / exact - 1.0).abs() < 1e-10);
            let ones = vec![1.0f32; n];
            let error = (f64::from(dot(&x, &ones)) / exact - 1.0).abs();
            assert!(error <= 39.0 * U, "inner product of {n}, {name}: {error:e}");
            // The errors of the exponentials, in two units, in addition to those of the sum and of the logarithm.
            let logs: Vec<f32> = x.iter().map(|x| x.ln()).collect();
            let exact = logs.iter().map(|&l| f64::from(l).exp()).sum::<f64>().ln();
            let error = (f64::from(logsumexp(&logs)) - exact).abs();
            let largest = logs.iter().fold(0.0f64, |m, &l| m.max(f64::from(l).abs()));
            let allowed = (42.0 + 4.0 * largest + 2.0 * exact.abs()) * U;
            assert!(
                error <= allowed,
                "logsumexp of {n}, {name}: {error:e}, {allowed:e}"
            );
        }
    }
}

/// A plain sum in one accumulator, or over 16 lanes, exceeds the bound: the test can fail.
#[test]
fn plain_sums_are_not_within_the_bound() {
    let x = vec![0.1f32; 1_000_000];
    let exact = 1e6 * f64::from(0.1f32);
    let plain: f32 = x.iter().sum();
    assert!((f64::from(plain) / exact - 1.0).abs() > 1e-3);
    let mut lanes = [0.0f32; 16];
    for row in x.chunks(16) {
        lanes.iter_mut().zip(row).for_each(|(lane, x)| *lane += x);
    }
    let lanes: f32 = lanes.iter().sum();
    assert!((f64::from(lanes) / exact - 1.0).abs() > 38.0 * U);
}

#[test]
fn what_is_not_finite_stays_so() {
    let mut x = vec![1.0f32; 5000];
    x[700] = f32::INFINITY;
    assert_eq!(sum(&x), f32::INFINITY);
    x[4000] = f32::NEG_INFINITY;
    assert!(sum(&x).is_nan());
    x[700] = 1.0;
    assert_eq!(sum(&x), f32::NEG_INFINITY);
    x[4000] = f32::NAN;
    assert!(sum(&x).is_nan() && logsumexp(&x).is_nan());
    assert_eq!(logsumexp(&[f32::NEG_INFINITY; 5000]), f32::NEG_INFINITY);
}

#[test]
fn double_precision_has_the_bits_of_one_pass_over_16_lanes() {
    let x: Vec<f64> = spreads(100_000)[7].1.iter().map(|&x| x.into()).collect();
    let mut lanes = [0.0f64; 16];
    for row in x.chunks(16) {
        lanes.iter_mut().zip(row).for_each(|(lane, x)| *lane += x);
    }
    let mut half = 8;
    while half > 0 {
        (0..half).for_each(|k| lanes[k] += lanes[k + half]);
        half /= 2;
    }
    assert_eq!(sum(&x).to_bits(), lanes[0].to_bits());
}

/// Returns the smallest and the largest value of each draw of bits in turn, which determines the entry for each share
/// of the unit interval.
struct Fixed {
    units: [f64; 5],
    next: usize,
}

impl Bits for Fixed {
    fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.next += 1;
        (self.units[self.next - 1] * 2f64.powi(64)) as u64
    }
}

/// Computes the probabilities of draws level by level: of each child, as the measured length of its interval.
#[test]
fn first_levels_of_a_draw_give_each_child_its_share() {
    for n in [100_000usize, 1_000_000] {
        let size = 32usize.pow((n as f64).log(32.0).ceil() as u32 - 1);
        for (name, x) in spreads(n) {
            let total: f64 = x.iter().map(|&x| f64::from(x)).sum();
            let child = |u: f64| {
                let mut bits = Fixed {
                    units: [u, 0.0, 0.0, 0.0, 0.0],
                    next: 0,
                };
                of_weights(&x, &mut bits).unwrap() / size
            };
            let mut end = 0.0;
            for (k, own) in x.chunks(size).enumerate() {
                end += own.iter().map(|&x| f64::from(x)).sum::<f64>() / total;
                if end > 1.0 - 1e-4 {
                    break;
                }
                // The position where one interval ends and the next one begins.
                assert!(
                    child(end - 64.0 * U) <= k,
                    "{n}, {name}: child {k} ends late"
                );
                assert!(
                    child(end + 64.0 * U) > k,
                    "{n}, {name}: child {k} ends early"
                );
            }
        }
    }
}

/// Compares draws with the weights in 50 groups of entries, by a chi-square test.
#[test]
fn draws_from_many_weights_have_their_frequencies() {
    let (mut bits, draws) = (SplitMix64::new(9), 20_000);
    for (name, x) in spreads(100_000) {
        let total: f64 = x.iter().map(|&x| f64::from(x)).sum();
        let mut found = [0u32; 50];
        for _ in 0..draws {
            found[of_weights(&x, &mut bits).unwrap() % 50] += 1;
        }
        let (mut chi, mut classes) = (0.0, 0.0);
        for (k, &found) in found.iter().enumerate() {
            let share: f64 = x
                .iter()
                .skip(k)
                .step_by(50)
                .map(|&x| f64::from(x))
                .sum::<f64>()
                / total;
            let wanted = share * f64::from(draws);
            if wanted > 5.0 {
                chi += (f64::from(found) - wanted).powi(2) / wanted;
                classes += 1.0;
            }
        }
        let z = (chi - classes) / (2.0f64 * classes).sqrt();
        assert!(z < 5.0, "{name}: chi-square {chi} of {classes} classes");
    }
}

#[test]
fn no_weight_of_0_is_drawn() {
    let mut bits = SplitMix64::new(2);
    let mut x = vec![0.0f32; 3000];
    assert_eq!(of_weights(&x, &mut bits), None);
    assert_eq!(of_weights::<f32, _>(&[], &mut bits), None);
    x[1777] = 1e-30;
    for _ in 0..100 {
        assert_eq!(of_weights(&x, &mut bits), Some(1777));
    }
}
