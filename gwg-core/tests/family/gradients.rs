//! Models whose value or gradient is wrong.

use super::*;
use gwg_core::check::{first_order, gradient};

/// A model whose `value_and_gradient` multiplies both by a factor.
struct Off<T> {
    model: T,
    value: f64,
    slope: f64,
}

impl<T: Target> Target for Off<T> {
    type Real = T::Real;
    type Space = T::Space;

    fn space(&self) -> &T::Space {
        self.model.space()
    }

    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        self.model.log_prob(x)
    }
}

impl<T: Gradient> Gradient for Off<T> {
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<T>],
        gradient: &mut [T::Real],
        scratch: &mut [T::Real],
    ) -> f64 {
        let value = self.model.value_and_gradient(x, gradient, scratch);
        for g in gradient {
            *g *= T::Real::from_f64(self.slope);
        }
        self.value * value
    }
}

fn off(value: f64, slope: f64) -> Off<Ring<AnySpace<'static>>> {
    Off {
        model: Ring::new(binary(), 1.5, 12),
        value,
        slope,
    }
}

#[test]
fn value_and_gradient_must_return_log_prob() {
    gradient(&off(1.0, 1.0), 3, 50, 1, 1e-10);
}

#[test]
#[should_panic(expected = "the value returned with the gradient")]
fn a_wrong_value_is_detected() {
    gradient(&off(0.9, 1.0), 3, 50, 1, 1e-10);
}

#[test]
fn a_wrong_sign_gives_a_negative_slope() {
    let right = first_order(&off(1.0, 1.0), 20, 3);
    assert!((right.slope - 1.0).abs() < 1e-9 && right.correlation > 0.999_999);
    let wrong = first_order(&off(1.0, -2.0), 20, 3);
    assert!((wrong.slope + 0.5).abs() < 1e-9 && wrong.correlation < -0.999_999);
    let soft = first_order(&Soft::new(binary(), 1.5, 11), 20, 3);
    assert!(soft.slope > 0.3 && soft.correlation > 0.5, "{soft:?}");
}
