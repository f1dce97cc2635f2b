//! Sums of logarithms as logarithms of products.

use super::lanes::{Block, LANES, Map, fold, visit_blocks};
use crate::real::Real;

/// The sum of ln(1 + w), one logarithm for up to 256 elements, for 0 <= w <= e^40; 0 when empty.
///
/// Lanes of 16 running products in `f64`; where 1 + w rounds to 1, the small w is lost, an absolute error below 2^-53.
#[inline(always)]
pub(crate) fn log1p_sum<R: Real>(w: &[R]) -> f64 {
    let mut product = Product {
        lanes: [1.0; LANES],
        rows: 0,
        logs: 0.0,
    };
    visit_blocks(w, R::ZERO, &mut product);
    product.take_logarithms();
    product.logs
}

struct Product {
    lanes: [f64; LANES],
    rows: u32,
    logs: f64,
}

impl Product {
    /// So many factors below 2 e^40 stay below 2^1024.
    const ROWS: u32 = 16;

    #[inline(always)]
    fn take_logarithms(&mut self) {
        let product = fold(self.lanes, |a, b| a * b);
        if product < f64::INFINITY {
            self.logs += Real::ln(product);
        } else {
            self.logs += self.lanes.iter().map(|&lane| Real::ln(lane)).sum::<f64>();
        }
        self.lanes = [1.0; LANES];
        self.rows = 0;
    }
}

impl<R: Real> Map<R> for Product {
    #[inline(always)]
    fn map(&mut self, w: &Block<R>) -> Block<R> {
        for (lane, w) in self.lanes.iter_mut().zip(w) {
            *lane *= 1.0 + w.to_f64();
        }
        self.rows += 1;
        if self.rows == Self::ROWS {
            self.take_logarithms();
        }
        *w
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn many_elements_of_all_sizes() {
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
