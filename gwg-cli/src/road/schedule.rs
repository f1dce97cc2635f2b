//! Step sizes in a cycle.

use gwg_core::kernel::informed::Phase;
use std::f64::consts::PI;

/// The balancing parameter of `sqrt`.
const SQRT: f64 = 0.5;

/// A cosine from `largest` down, never below `smallest` (Pynadath et al. 2024, whose `alpha_max` is half of `largest`).
pub(super) fn cosine(largest: f64, smallest: f64, period: usize) -> Vec<Phase> {
    (0..period)
        .map(|k| {
            // (cos(2 a) + 1) / 2 = cos(a)^2
            let root = quarter_cos(0.5 * PI * k as f64 / period as f64);
            Phase {
                step: (largest * root * root).max(smallest),
                balance: SQRT,
            }
        })
        .collect()
}

/// The cosine of an angle from 0 to a right one, by its series: the system's differs from machine to machine, and runs must not.
fn quarter_cos(angle: f64) -> f64 {
    let square = angle * angle;
    (1..=12).rev().fold(1.0, |sum, k| {
        let k = f64::from(2 * k);
        1.0 - sum * square / (k * (k - 1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fall_from_the_largest_to_the_smallest() {
        let steps: Vec<f64> = cosine(2.0, 0.25, 8).iter().map(|p| p.step).collect();
        assert_eq!((steps[0], steps[7]), (2.0, 0.25));
        assert!((steps[4] - 1.0).abs() < 1e-15);
        assert!(steps.is_sorted_by(|a, b| a >= b), "{steps:?}");
        assert_eq!(cosine(2.0, 0.25, 1).len(), 1);
    }

    #[test]
    fn the_series_is_the_cosine() {
        for k in 0..=100 {
            let angle = 0.005 * PI * f64::from(k);
            assert!((quarter_cos(angle) - angle.cos()).abs() < 1e-15, "{angle}");
        }
    }
}
