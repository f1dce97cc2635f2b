//! The arithmetic of tables: sums of weights, sums of weights by their logarithms, and maxima of logarithms.

use gwg_core::Real;

/// Products and sums of the entries of tables.
pub(super) trait Algebra: Copy {
    /// Changes no product.
    const ONE: f64;
    /// Changes no sum.
    const ZERO: f64;

    /// The entry of a log-factor.
    fn of_log(log: f64) -> f64;
    /// The logarithm of an entry.
    fn log(value: f64) -> f64;
    fn times(a: f64, b: f64) -> f64;
    fn plus(a: f64, b: f64) -> f64;
    fn over(a: f64, b: f64) -> f64;
    /// The weight of an entry relative to that of another.
    fn weight(value: f64, relative_to: f64) -> f64;
}

/// Weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Linear;

impl Algebra for Linear {
    const ONE: f64 = 1.0;
    const ZERO: f64 = 0.0;

    fn of_log(log: f64) -> f64 {
        Real::exp(log)
    }

    fn log(value: f64) -> f64 {
        Real::ln(value)
    }

    #[inline(always)]
    fn times(a: f64, b: f64) -> f64 {
        a * b
    }

    #[inline(always)]
    fn plus(a: f64, b: f64) -> f64 {
        a + b
    }

    fn over(a: f64, b: f64) -> f64 {
        if b > 0.0 { a / b } else { 0.0 }
    }

    fn weight(value: f64, relative_to: f64) -> f64 {
        value / relative_to
    }
}

/// Logarithms of weights: ten times as slow, for factors that span more than numbers can.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log;

impl Algebra for Log {
    const ONE: f64 = 0.0;
    const ZERO: f64 = f64::NEG_INFINITY;

    fn of_log(log: f64) -> f64 {
        log
    }

    fn log(value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn times(a: f64, b: f64) -> f64 {
        a + b
    }

    #[inline(always)]
    fn plus(a: f64, b: f64) -> f64 {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        if low == f64::NEG_INFINITY {
            return high;
        }
        high + Real::log1p(Real::exp(low - high))
    }

    fn over(a: f64, b: f64) -> f64 {
        if b > f64::NEG_INFINITY {
            a - b
        } else {
            f64::NEG_INFINITY
        }
    }

    fn weight(value: f64, relative_to: f64) -> f64 {
        Real::exp(value - relative_to)
    }
}

/// The largest logarithm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best;

impl Algebra for Best {
    const ONE: f64 = 0.0;
    const ZERO: f64 = f64::NEG_INFINITY;

    fn of_log(log: f64) -> f64 {
        log
    }

    fn log(value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn times(a: f64, b: f64) -> f64 {
        a + b
    }

    #[inline(always)]
    fn plus(a: f64, b: f64) -> f64 {
        if a < b { b } else { a }
    }

    fn over(a: f64, b: f64) -> f64 {
        a - b
    }

    fn weight(value: f64, relative_to: f64) -> f64 {
        if value < relative_to { 0.0 } else { 1.0 }
    }
}
