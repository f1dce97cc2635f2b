//! Step sizes in a cycle.

use gwg_core::kernel::informed::Phase;
use std::f64::consts::PI;

/// The balancing parameter of `sqrt`.
const SQRT: f64 = 0.5;

/// A cosine from `largest` down, never below `smallest` (Pynadath et al. 2024, whose `alpha_max` is half of `largest`).
pub(super) fn cosine(largest: f64, smallest: f64, period: usize) -> Vec<Phase> {
    (0..period)
        .map(|k| {
            let angle = PI * k as f64 / period as f64;
            Phase {
                step: (0.5 * largest * (angle.cos() + 1.0)).max(smallest),
                balance: SQRT,
            }
        })
        .collect()
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
}
