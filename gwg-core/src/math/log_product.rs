//! Sums of logarithms as logarithms of products.

use super::lanes::{Block, LANES, fold, pad};
use crate::real::Real;

/// The sum of ln(1 + w), with one logarithm per up to 256 elements, for 0 <= w <= e^40; 0 for an empty slice.
///
/// Uses 16 lanes of running products in `f64`; a w so small that 1 + w rounds to 1 is lost, an absolute error below 2^-53.
#[inline(always)]
pub(crate) fn log1p_sum<R: Real>(w: &[R]) -> f64 {
    // Loops of a fixed length over whole rows keep the lanes in registers.
    let (rows, tail) = w.as_chunks::<LANES>();
    let mut logs = 0.0;
    for rows in rows.chunks(ROWS) {
        let mut lanes = [1.0; LANES];
        for row in rows {
            times(&mut lanes, row);
        }
        logs += ln(lanes);
    }
    if !tail.is_empty() {
        let mut lanes = [1.0; LANES];
        times(&mut lanes, &pad(tail, R::ZERO));
        logs += ln(lanes);
    }
    logs
}

/// A product of this many factors below 2 e^40 stays below 2^1024.
const ROWS: usize = 16;

#[inline(always)]
fn times<R: Real>(lanes: &mut [f64; LANES], w: &Block<R>) {
    for (lane, w) in lanes.iter_mut().zip(w) {
        *lane *= 1.0 + w.to_f64();
    }
}

#[inline(always)]
fn ln(lanes: [f64; LANES]) -> f64 {
    let product = fold(lanes, |a, b| a * b);
    if product < f64::INFINITY {
        Real::ln(product)
    } else {
        one_by_one(&lanes)
    }
}

#[cold]
#[inline(never)]
fn one_by_one(lanes: &[f64; LANES]) -> f64 {
    lanes.iter().map(|&lane| Real::ln(lane)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn log1p_sums_of_all_sizes_are_accurate() {
        for n in [0, 1, 15, 16, 17, 128, 129, 1000] {
            let w: Vec<f64> = (0..n)
                .map(|k| Real::exp(f64::from(k * 37 % 81) - 40.0))
                .collect();
            let slow: f64 = w.iter().map(|w| w.ln_1p()).sum();
            assert!((log1p_sum(&w) - slow).abs() <= 1e-13 * (1.0 + slow), "{n}");
        }
        let largest = [Real::exp(40.0f64); 300];
        assert!((log1p_sum(&largest) - 12_000.0).abs() < 1e-9);
    }
}
