//! Probabilities of hidden units, with the sums of their softplus.

use gwg_core::math;

/// Units whose probabilities are on the stack together.
const UNITS: usize = 512;
/// Running sums and products: two vector registers of 256 bits.
const LANES: usize = 16;

/// Replaces the logits of each row by probabilities, and writes the sum of their softplus.
pub(super) struct Means<'m> {
    /// Shape (rows, units).
    pub(super) logits: &'m mut [f32],
    pub(super) units: usize,
    /// One number for each row.
    pub(super) softplus: &'m mut [f64],
}

impl pulp::WithSimd for Means<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let mut p = [0.0; UNITS];
        let rows = self.logits.chunks_exact_mut(self.units);
        for (row, sum) in rows.zip(self.softplus) {
            *sum = 0.0;
            for units in row.chunks_mut(UNITS) {
                math::sigmoid_slice(units, &mut p);
                let p = &p[..units.len()];
                *sum += softplus_sum(units, p);
                units.copy_from_slice(p);
            }
        }
    }
}

/// The sum of `ln(1 + e^x)` of at most [`UNITS`] numbers, from their `p = 1 / (1 + e^-x)`: `max(x, 0) - ln max(p, 1 - p)`.
///
/// One logarithm, of a product of factors of 1/2 to 1, 32 in each lane. It is off by the rounding of `p` and of the products, at most about
/// 2e-7 per number: enough for a figure, at a tenth of the cost of [`math::softplus_sum`].
#[inline(always)]
fn softplus_sum(x: &[f32], p: &[f32]) -> f64 {
    let (mut positive, mut product) = ([0.0_f32; LANES], [1.0_f32; LANES]);
    let (blocks, of_p) = (x.chunks_exact(LANES), p.chunks_exact(LANES));
    let rest = (blocks.remainder(), of_p.remainder());
    for (x, p) in blocks.zip(of_p) {
        add(x, p, &mut positive, &mut product);
    }
    add(rest.0, rest.1, &mut positive, &mut product);
    let positive: f64 = positive.iter().map(|&x| f64::from(x)).sum();
    let product: f64 = product.iter().map(|&x| f64::from(x)).product();
    positive - product.ln()
}

/// Adds a number to each lane, at most.
#[inline(always)]
fn add(x: &[f32], p: &[f32], positive: &mut [f32; LANES], product: &mut [f32; LANES]) {
    let lanes = positive.iter_mut().zip(product);
    for ((sum, factor), (&x, &p)) in lanes.zip(x.iter().zip(p)) {
        let other = 1.0 - p;
        *sum += if x > 0.0 { x } else { 0.0 };
        *factor *= if p > other { p } else { other };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_softplus_of_any_number_of_units_is_summed() {
        for units in [1, 15, 17, 100, 512, 1300] {
            for scale in [0.01_f32, 1.0, 30.0] {
                let logits = (0..2 * units).map(|k| scale * (k as f32).sin());
                let mut logits: Vec<f32> = logits.collect();
                let before = logits.clone();
                let mut softplus = [f64::NAN; 2];
                pulp::Arch::new().dispatch(Means {
                    logits: &mut logits,
                    units,
                    softplus: &mut softplus,
                });
                for (row, found) in before.chunks(units).zip(softplus) {
                    let exact = math::softplus_sum(row);
                    let most = 3e-7 * units as f64 + 1e-6 * exact;
                    assert!(
                        (found - exact).abs() < most,
                        "{units}, {scale}: {found}, {exact}"
                    );
                }
                for (p, x) in logits.iter().zip(&before) {
                    let exact = 1.0 / (1.0 + f64::from(-x).exp());
                    assert!((f64::from(*p) - exact).abs() < 1e-6);
                }
            }
        }
    }
}
