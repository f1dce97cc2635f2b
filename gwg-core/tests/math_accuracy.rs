//! The accuracy of `math` in units in the last place, and the bits of its slice functions.
//!
//! The module `bounds` repeats the values in the documentation of `gwg_core::math`; no bound here is looser.

use gwg_core::Real;

#[path = "math_accuracy/slices.rs"]
mod slices;
#[path = "math_accuracy/table.rs"]
#[expect(
    clippy::approx_constant,
    reason = "arguments near constants are the point"
)]
mod table;

/// The bounds of the documentation, in units in the last place, for both number types.
mod bounds {
    pub(super) const EXP: f64 = 1.0;
    pub(super) const LN: f64 = 0.9;
    pub(super) const LOG1P: f64 = 1.0;
    pub(super) const SIGMOID: f64 = 2.5;
    pub(super) const SOFTPLUS: f64 = 1.7;
}

/// The functions in `f64`, from libm alone.
mod reference {
    pub(super) fn sigmoid(x: f64) -> f64 {
        if x < 0.0 {
            let e = libm::exp(x);
            e / (1.0 + e)
        } else {
            1.0 / (1.0 + libm::exp(-x))
        }
    }

    pub(super) fn softplus(x: f64) -> f64 {
        libm::fmax(x, 0.0) + libm::log1p(libm::exp(-x.abs()))
    }
}

/// The distance of consecutive numbers at `x`, in a format of `digits` bits and least exponent.
fn unit_in_last_place(x: f64, digits: i32, least: i32) -> f64 {
    let (_, exponent) = libm::frexp(x);
    libm::ldexp(1.0, (exponent - digits).max(least))
}

/// The error of `found` in units of `f32`; infinite for a wrong infinity or NaN.
fn error_f32(found: f32, expected: f64) -> f64 {
    let nearest = expected as f32;
    if nearest.is_finite() && found.is_finite() {
        (f64::from(found) - expected).abs() / unit_in_last_place(expected, 24, -149)
    } else if found == nearest || (found.is_nan() && nearest.is_nan()) {
        0.0
    } else {
        f64::INFINITY
    }
}

/// The error of `found` in units of `f64` against `expected + rest`.
fn error_f64(found: f64, expected: f64, rest: f64) -> f64 {
    if expected.is_finite() && found.is_finite() {
        let unit = unit_in_last_place(expected, 53, -1074);
        ((found - expected) / unit - rest / unit).abs()
    } else if found == expected || (found.is_nan() && expected.is_nan()) {
        0.0
    } else {
        f64::INFINITY
    }
}

/// Checks `f` on every 97th `f32`, and on 200 neighbors of each point where its formula changes and of `worst_known`,
/// where an exhaustive search found the largest error.
fn check_f32(f: fn(f32) -> f32, reference: fn(f64) -> f64, bound: f64, worst_known: f32) {
    let special = [
        worst_known,
        0.0,
        f32::MIN_POSITIVE,
        1e-30,
        6e-8,
        0.25,
        0.333,
        1.0 / 3.0,
        0.346_573_6,
        0.414_213_57,
        0.5,
        core::f32::consts::LN_2,
        core::f32::consts::FRAC_1_SQRT_2,
        1.0,
        core::f32::consts::SQRT_2,
        2.0,
        16.635_532,
        17.3,
        87.336_55,
        88.722_84,
        89.0,
        103.278_93,
        103.972_08,
        104.0,
        f32::MAX,
        f32::INFINITY,
    ];
    let near = special.iter().flat_map(|x: &f32| {
        (0..200_u32).map(move |i| x.to_bits().wrapping_add(i).wrapping_sub(100))
    });
    let both_signs = near.flat_map(|bits| [bits, bits ^ 0x8000_0000]);
    let sweep = (0..=u32::MAX).step_by(97);

    let mut worst = (0.0, 0.0);
    for x in sweep.chain(both_signs).map(f32::from_bits) {
        let error = error_f32(f(x), reference(f64::from(x)));
        if error > worst.0 {
            worst = (error, x);
        }
    }
    println!("worst error {} at {:e}", worst.0, worst.1);
    assert!(worst.0 <= bound, "error {} at {:e}", worst.0, worst.1);
}

#[test]
fn exp_f32_is_within_its_bound() {
    check_f32(Real::exp, libm::exp, bounds::EXP, -5.853_371);
}

#[test]
fn ln_f32_is_within_its_bound() {
    check_f32(Real::ln, libm::log, bounds::LN, 1.405_459_5);
}

#[test]
fn log1p_f32_is_within_its_bound() {
    check_f32(Real::log1p, libm::log1p, bounds::LOG1P, 0.474_357_25);
}

#[test]
fn sigmoid_f32_is_within_its_bound() {
    check_f32(
        Real::sigmoid,
        reference::sigmoid,
        bounds::SIGMOID,
        -4.157_294,
    );
}

#[test]
fn softplus_f32_is_within_its_bound() {
    check_f32(
        Real::softplus,
        reference::softplus,
        bounds::SOFTPLUS,
        -1.263_688_2,
    );
}

/// Checks `f` against values known to 106 bits.
fn check_f64(f: fn(f64) -> f64, points: &[table::Point], bound: f64) {
    for &(x, expected, rest) in points {
        let found = f(x);
        let error = error_f64(found, expected, rest);
        assert!(error <= bound, "f({x:e}) = {found:e}: error {error}");
    }
}

#[test]
fn f64_functions_are_within_their_bounds_at_tabulated_points() {
    check_f64(Real::exp, table::EXP, bounds::EXP);
    check_f64(Real::ln, table::LN, bounds::LN);
    check_f64(Real::log1p, table::LOG1P, bounds::LOG1P);
    check_f64(Real::sigmoid, table::SIGMOID, bounds::SIGMOID);
    check_f64(Real::softplus, table::SOFTPLUS, bounds::SOFTPLUS);
}

/// Checks `f` against a reference whose own error is up to `reference_error` units.
fn sweep_f64(f: fn(f64) -> f64, reference: fn(f64) -> f64, bound: f64, reference_error: f64) {
    // A golden-ratio walk over all bit patterns, and one over [-40, 40].
    let patterns = (0..300_000_u64).map(|i| f64::from_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let ordinary = (0..300_000_u64)
        .map(|i| 80.0 * <f64 as Real>::unit(i.wrapping_mul(0x9e37_79b9_7f4a_7c15)) - 40.0);
    for x in patterns.chain(ordinary) {
        let (found, expected) = (f(x), reference(x));
        let error = error_f64(found, expected, 0.0);
        assert!(
            error <= bound + reference_error,
            "f({x:e}) = {found:e}, libm {expected:e}"
        );
    }
}

#[test]
fn f64_functions_agree_with_libm() {
    // libm states an error below 1 for each; the references for the other two compose three steps.
    sweep_f64(Real::exp, libm::exp, bounds::EXP, 1.0);
    sweep_f64(Real::ln, libm::log, bounds::LN, 1.0);
    sweep_f64(Real::log1p, libm::log1p, bounds::LOG1P, 1.0);
    sweep_f64(
        Real::sigmoid,
        reference::sigmoid,
        bounds::SIGMOID,
        bounds::SIGMOID,
    );
    sweep_f64(
        Real::softplus,
        reference::softplus,
        bounds::SOFTPLUS,
        bounds::SOFTPLUS,
    );
}

#[test]
fn limits_are_exact() {
    fn check<R: Real>() {
        let inf = R::INFINITY;
        assert_eq!(inf.exp(), inf);
        assert_eq!((-inf).exp(), R::ZERO);
        assert_eq!(R::ZERO.exp(), R::ONE);
        assert_eq!(R::MAX.exp(), inf);
        assert_eq!((-R::MAX).exp(), R::ZERO);
        assert_eq!(R::ZERO.ln(), -inf);
        assert_eq!((-R::ZERO).ln(), -inf);
        assert_eq!(R::ONE.ln(), R::ZERO);
        assert_eq!(inf.ln(), inf);
        assert!((-R::MIN_POSITIVE).ln().is_nan());
        assert!((-inf).ln().is_nan());
        assert_eq!((-R::ONE).log1p(), -inf);
        assert_eq!(inf.log1p(), inf);
        assert!((-R::ONE - R::EPSILON).log1p().is_nan());
        assert!((-inf).log1p().is_nan());
        assert!(
            (R::ONE / (-R::ZERO).log1p()) < R::ZERO,
            "the sign of zero is kept"
        );
        assert_eq!(inf.sigmoid(), R::ONE);
        assert_eq!((-inf).sigmoid(), R::ZERO);
        assert_eq!(R::ZERO.sigmoid(), R::HALF);
        assert_eq!(inf.softplus(), inf);
        assert_eq!((-inf).softplus(), R::ZERO);
        let nan = R::from_f64(f64::NAN);
        for f in [R::exp, R::ln, R::log1p, R::sigmoid, R::softplus] {
            assert!(f(nan).is_nan());
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn exp_underflows_gradually() {
    for n in -149..-126 {
        let x = (f64::from(n) * core::f64::consts::LN_2) as f32;
        let y = Real::exp(x);
        assert!(y > 0.0 && y < f32::MIN_POSITIVE, "e^{x} = {y:e}");
        assert!(
            error_f32(y, libm::exp(f64::from(x))) <= bounds::EXP,
            "e^{x} = {y:e}"
        );
    }
    assert_eq!(Real::exp(-103.98_f32), 0.0);
    assert_eq!(Real::exp(-745.2_f64), 0.0);
}

#[test]
fn units_are_the_top_bits() {
    assert_eq!(<f32 as Real>::unit(0), 0.0);
    assert_eq!(<f64 as Real>::unit(0), 0.0);
    assert_eq!(<f32 as Real>::unit(u64::MAX), 1.0 - f32::EPSILON / 2.0);
    assert_eq!(<f64 as Real>::unit(u64::MAX), 1.0 - f64::EPSILON / 2.0);
    assert_eq!(<f32 as Real>::unit(1 << 63), 0.5);
    assert_eq!(<f64 as Real>::unit(1 << 63), 0.5);
    assert_eq!(<f32 as Real>::unit((1 << 40) - 1), 0.0);
    assert_eq!(<f64 as Real>::unit((1 << 11) - 1), 0.0);
}

#[test]
fn comparisons_select() {
    assert_eq!(Real::max(1.0_f32, 2.0), 2.0);
    assert_eq!(Real::min(1.0_f32, 2.0), 1.0);
    assert_eq!(Real::max(f64::NAN, 2.0), 2.0);
    assert!(Real::is_nan(Real::max(2.0, f64::NAN)));
    assert!(Real::is_nan(Real::min(2.0, f64::NAN)));
}
