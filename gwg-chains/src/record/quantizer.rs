use crate::stepper::Stepper;
use gwg_core::{Real, Symbol};

/// Moves tried for the size of a difference.
const TRIED: usize = 16;

/// The grid that recorded values of `f` are rounded to.
///
/// A running sum that returns to a state has other last digits, which depend on the path. Where `f` takes few values, equal values
/// would differ between chains, and statistics of ranks (R-hat, bulk ESS) would find chains that disagree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantizer {
    /// A power of two; 0 where nothing is rounded.
    step: f64,
}

impl Quantizer {
    /// Far below the change of `f` by a move, far above the rounding errors of a running sum before it is recomputed.
    pub(crate) fn of<R: Real, S: Symbol>(target: &dyn Stepper<R, S>) -> Self {
        let digits = if size_of::<R>() == size_of::<f32>() {
            13
        } else {
            36
        };
        let scale = largest_change(target);
        let step = if scale.is_normal() {
            power_of_two_below(scale) * 2f64.powi(-digits)
        } else {
            0.0
        };
        Self { step }
    }

    /// The nearest point of the grid; a number too large for one is returned unchanged.
    pub(crate) fn round(&self, value: f64) -> f64 {
        let steps = value / self.step;
        if steps.abs() < 4e15 {
            steps.round_ties_even() * self.step
        } else {
            value
        }
    }
}

fn power_of_two_below(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & (0x7ff << 52))
}

/// The largest change of `f` by one of a few moves from the first state.
fn largest_change<R: Real, S: Symbol>(target: &dyn Stepper<R, S>) -> f64 {
    let sites = 0..target.sites();
    let mut x: Vec<S> = sites
        .clone()
        .map(|site| target.observed(site).unwrap_or_default())
        .collect();
    let free: Vec<usize> = sites.filter(|&s| target.observed(s).is_none()).collect();
    let here = target.evaluate(&x);
    let tried = free.len().min(TRIED);
    (0..tried)
        .map(|k| {
            let site = free[k * free.len() / tried];
            let from = std::mem::replace(&mut x[site], S::from_index(1));
            let change = if target.states_at(site) > 1 {
                (target.evaluate(&x) - here).abs()
            } else {
                0.0
            };
            x[site] = from;
            change
        })
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbors_in_the_last_digits_become_equal_and_others_stay_apart() {
        let quantizer = Quantizer {
            step: power_of_two_below(0.8) * 2f64.powi(-32),
        };
        assert_eq!(quantizer.step, 2f64.powi(-33));
        assert_eq!(
            quantizer.round(-0.799_999_999_999_992_9),
            quantizer.round(-0.8)
        );
        assert!((quantizer.round(-0.8) + 0.8).abs() <= quantizer.step / 2.0);
        assert!(quantizer.round(-0.8) < quantizer.round(-0.8 + 1e-9));
        for value in [0.0, 1.5, -2f64.powi(40), f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(quantizer.round(value), value);
        }
        let none = Quantizer { step: 0.0 };
        for value in [0.1, -3.7, f64::INFINITY] {
            assert_eq!(none.round(value), value);
        }
        assert_eq!(none.round(0.0), 0.0);
    }
}
