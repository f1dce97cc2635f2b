//! Slice functions against the scalar ones, and reductions against their definition.

use gwg_core::{Real, math};
use proptest::prelude::*;

use super::reference;

/// Bits of `n` numbers: magnitudes from subnormal to overflow of e^x, and the special ones.
fn assorted<R: Real>(n: usize) -> Vec<R> {
    let special = [
        R::ZERO,
        -R::ZERO,
        R::INFINITY,
        R::NEG_INFINITY,
        R::from_f64(f64::NAN),
        R::MAX,
        -R::MAX,
        R::MIN_POSITIVE,
        R::MIN_POSITIVE * R::EPSILON,
        -R::ONE,
        R::from_f64(-87.5),
        R::from_f64(-103.0),
        R::from_f64(-740.0),
        R::from_f64(709.5),
    ];
    let walk = |i: usize| R::from_f64(((i * 37) % 101) as f64 * 0.31 - 15.0);
    (0..n)
        .map(|i| match i % 3 {
            0 => special[i / 3 % special.len()],
            _ => walk(i),
        })
        .collect()
}

/// True for equal bits; `to_f64` is exact, and all NaNs count as equal.
fn same<R: Real>(a: R, b: R) -> bool {
    let (a, b) = (a.to_f64(), b.to_f64());
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn assert_same<R: Real>(found: &[R], expected: &[R]) {
    assert_eq!(found.len(), expected.len());
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!(
            same(*a, *b),
            "element {i} of {}: {a:?} and {b:?}",
            found.len()
        );
    }
}

fn slices_have_the_bits_of_scalars<R: Real>() {
    type Pair<R> = (fn(&[R], &mut [R]), fn(R) -> R);
    let pairs: [Pair<R>; 5] = [
        (math::exp_slice, R::exp),
        (math::ln_slice, R::ln),
        (math::log1p_slice, R::log1p),
        (math::sigmoid_slice, R::sigmoid),
        (math::softplus_slice, R::softplus),
    ];
    for n in 0..=70 {
        let x = assorted::<R>(n);
        for (slice, scalar) in pairs {
            let expected: Vec<R> = x.iter().map(|x| scalar(*x)).collect();
            let mut out = vec![R::TWO; n];
            slice(&x, &mut out);
            assert_same(&out, &expected);
        }
        let mut in_place = x.clone();
        math::exp_in_place(&mut in_place);
        let expected: Vec<R> = x.iter().map(|x| x.exp()).collect();
        assert_same(&in_place, &expected);
    }
}

#[test]
fn slices_have_the_bits_of_scalars_at_every_length() {
    slices_have_the_bits_of_scalars::<f32>();
    slices_have_the_bits_of_scalars::<f64>();
}

#[test]
fn slice_functions_use_the_shorter_length() {
    let x = assorted::<f32>(50);
    for n in [0, 1, 15, 16, 17, 40, 60] {
        let mut out = vec![7.5; n];
        math::exp_slice(&x, &mut out);
        let expected: Vec<f32> = x.iter().map(|x| Real::exp(*x)).take(n).collect();
        assert_same(&out[..expected.len()], &expected);
        assert!(out[expected.len()..].iter().all(|x| *x == 7.5));
    }
    assert_eq!(math::dot(&[1.0, 2.0], &[3.0, 4.0, 5.0]), 11.0);
}

/// The lanes as documented: element i to lane i mod 16, then halves.
fn by_definition<R: Copy>(x: &[R], start: R, op: impl Fn(R, R) -> R) -> R {
    let mut lanes = vec![start; 16];
    for (i, x) in x.iter().enumerate() {
        lanes[i % 16] = op(lanes[i % 16], *x);
    }
    while lanes.len() > 1 {
        let (low, high) = lanes.split_at(lanes.len() / 2);
        lanes = low.iter().zip(high).map(|(a, b)| op(*a, *b)).collect();
    }
    lanes[0]
}

fn reductions_follow_their_definition<R: Real>() {
    for n in 0..=70 {
        let x: Vec<R> = (0..n)
            .map(|i| R::from_f64(libm::sin(i as f64) * 3.0))
            .collect();
        let y: Vec<R> = (0..n)
            .map(|i| R::from_f64(libm::cos(i as f64 * 0.7)))
            .collect();
        let wide: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
        let products: Vec<R> = x.iter().zip(&y).map(|(x, y)| *x * *y).collect();
        let add = |a, b| a + b;
        assert!(same(math::sum(&x), by_definition(&x, R::ZERO, add)));
        assert!(same(
            math::dot(&x, &y),
            by_definition(&products, R::ZERO, add)
        ));
        assert!(same(
            math::sum_wide(&x),
            by_definition(&wide, 0.0, |a, b| a + b)
        ));
        assert!(same(
            math::max(&x),
            by_definition(&x, R::NEG_INFINITY, R::max)
        ));
    }
}

#[test]
fn reductions_follow_their_definition_to_the_bit() {
    reductions_follow_their_definition::<f32>();
    reductions_follow_their_definition::<f64>();
}

#[test]
fn max_ignores_nan() {
    let x = [f32::NAN, 1.0, f32::NAN, 3.0, 2.0];
    assert_eq!(math::max(&x), 3.0);
    assert_eq!(math::max(&[f32::NAN; 20]), f32::NEG_INFINITY);
    assert_eq!(math::max::<f64>(&[]), f64::NEG_INFINITY);
}

fn logsumexp_limits<R: Real>() {
    let inf = R::INFINITY;
    let nan = R::from_f64(f64::NAN);
    assert_eq!(math::logsumexp::<R>(&[]), -inf);
    for n in [1, 5, 16, 40] {
        let last = |x: R| {
            let mut all = vec![-inf; n];
            all[n - 1] = x;
            all
        };
        assert_eq!(math::logsumexp(&last(-inf)), -inf);
        assert_eq!(math::logsumexp(&last(inf)), inf);
        assert_eq!(math::logsumexp(&last(R::ONE)), R::ONE);
        assert_eq!(math::logsumexp(&last(-R::MAX)), -R::MAX);
        assert!(math::logsumexp(&last(nan)).is_nan());
        let mut mixed = vec![nan; n];
        mixed.extend([inf, R::ZERO]);
        assert!(math::logsumexp(&mixed).is_nan());
    }
    assert_eq!(math::logsumexp(&[R::MAX, -R::MAX]), R::MAX);
    assert_eq!(math::logsumexp(&[R::ZERO; 1024]), R::from_usize(1024).ln());
}

#[test]
fn logsumexp_has_exact_limits() {
    logsumexp_limits::<f32>();
    logsumexp_limits::<f64>();
}

/// max(x, 0) + ln(1 + e^-|x|), summed with compensation.
fn softplus_sum_reference<R: Real>(x: &[R]) -> f64 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for term in x.iter().map(|x| reference::softplus(x.to_f64())) {
        let next: f64 = sum + term;
        lost += if sum > term {
            (sum - next) + term
        } else {
            (term - next) + sum
        };
        sum = next;
    }
    sum + lost
}

fn check_softplus_sum<R: Real>(x: &[R], relative: f64) {
    let expected = softplus_sum_reference(x);
    let found = math::softplus_sum(x);
    let error = (found - expected).abs();
    assert!(
        error <= relative * expected,
        "n = {}: {found:e}, {expected:e}",
        x.len()
    );

    let mut logistic = vec![R::TWO; x.len()];
    let mut expected = logistic.clone();
    let fused = math::sigmoid_softplus(x, &mut logistic);
    math::sigmoid_slice(x, &mut expected);
    assert_eq!(fused.to_bits(), found.to_bits());
    assert_same(&logistic, &expected);
}

fn softplus_sums<R: Real>(relative: f64) {
    for n in (0..=70).chain([1007, 1008, 1009, 1024, 2016, 5000]) {
        for (scale, shift) in [
            (6.0, 0.0),
            (1.0, -50.0),
            (0.0, 0.0),
            (0.0, -1.0),
            (30.0, 20.0),
        ] {
            let x = |i| R::from_f64(scale * libm::sin(i as f64 * 1.3) + shift);
            check_softplus_sum::<R>(&(0..n).map(x).collect::<Vec<R>>(), relative);
        }
    }
}

#[test]
fn softplus_sums_keep_their_relative_accuracy() {
    softplus_sums::<f32>(1.2e-7);
    softplus_sums::<f64>(4e-15);
}

#[test]
fn softplus_sums_have_exact_limits() {
    let inf = f32::INFINITY;
    assert_eq!(math::softplus_sum::<f64>(&[]), 0.0);
    assert_eq!(math::softplus_sum(&[-inf; 20]), 0.0);
    assert_eq!(math::softplus_sum(&[0.0, inf, -3.0]), f64::INFINITY);
    assert!(math::softplus_sum(&[0.0, f32::NAN, -3.0]).is_nan());
    assert!(math::softplus_sum(&[inf, f32::NAN]).is_nan());
}

proptest! {
    #[test]
    fn logsumexp_is_close_in_f32(x in prop::collection::vec(-80.0_f32..80.0, 1..200)) {
        let total: f64 = x.iter().map(|x| libm::exp(f64::from(*x))).sum();
        let (found, expected) = (f64::from(math::logsumexp(&x)), libm::log(total));
        // One rounding of the result, and a relative error of a few units in the sum.
        let allowed = 2.0_f64.powi(-24) * expected.abs() + 2.0_f64.powi(-20);
        prop_assert!((found - expected).abs() <= allowed, "{} and {}", found, expected);
    }

    #[test]
    fn logsumexp_is_close_in_f64(x in prop::collection::vec(-300.0..300.0, 1..200)) {
        let total: f64 = x.iter().map(|x| libm::exp(*x)).sum();
        let (found, expected) = (math::logsumexp(&x), libm::log(total));
        let allowed = 2.0_f64.powi(-52) * expected.abs() + 2.0_f64.powi(-49);
        prop_assert!((found - expected).abs() <= allowed, "{} and {}", found, expected);
    }

    #[test]
    fn sigmoids_of_x_and_minus_x_sum_to_one(x in -80.0_f64..80.0) {
        let total: f64 = <f64 as Real>::sigmoid(x) + <f64 as Real>::sigmoid(-x);
        prop_assert!((total - 1.0).abs() <= f64::EPSILON);
    }

    #[test]
    fn ln_inverts_exp(x in -700.0_f64..700.0) {
        let back: f64 = Real::ln(Real::exp(x));
        prop_assert!((back - x).abs() <= 2.0 * f64::EPSILON * libm::fmax(x.abs(), 1.0));
    }

    #[test]
    fn sums_are_close_to_wide_sums(x in prop::collection::vec(-10.0_f32..10.0, 0..400)) {
        let size: f64 = x.iter().map(|x| f64::from(x.abs())).sum();
        // 25 additions per lane and 4 to combine, half a unit each.
        let allowed = 29.0 * 2.0_f64.powi(-24) * size;
        let exact: f64 = x.iter().map(|x| f64::from(*x)).sum();
        prop_assert!((f64::from(math::sum(&x)) - exact).abs() <= allowed);
        prop_assert!((math::sum_wide(&x) - exact).abs() <= 1e-14 * size);
    }
}

/// Prints nanoseconds per element; run with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed_over_784_elements() {
    fn time(name: &str, mut f: impl FnMut()) {
        let round = |f: &mut dyn FnMut()| {
            let start = std::time::Instant::now();
            (0..500).for_each(|_| f());
            start.elapsed().as_secs_f64() * 1e9 / (500.0 * 784.0)
        };
        let best = (0..40).map(|_| round(&mut f)).fold(f64::INFINITY, f64::min);
        println!("{name:20} {best:.3} ns");
    }
    fn run<R: Real>(kind: &str) {
        use std::hint::black_box;
        let x: Vec<R> = (0..784)
            .map(|i| R::from_f64(f64::from(i % 97) / 6.0 - 8.0))
            .collect();
        let mut out = vec![R::ZERO; 784];
        time(&format!("{kind} exp"), || {
            math::exp_slice(black_box(&x), black_box(&mut out));
        });
        time(&format!("{kind} softplus"), || {
            math::softplus_slice(black_box(&x), black_box(&mut out));
        });
        time(&format!("{kind} sigmoid_softplus"), || {
            black_box(math::sigmoid_softplus(black_box(&x), black_box(&mut out)));
        });
        time(&format!("{kind} logsumexp"), || {
            black_box(math::logsumexp(black_box(&x)));
        });
    }
    run::<f32>("f32");
    run::<f64>("f64");
}
