use gwg_core::Symbol;
use super::keys::{AUTO, POSITIVE, SMALL, gradient};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use crate::stepper::Owned;
use gwg_core::Informed;
use gwg_core::kernel::informed::{CyclicalLangevin, Phase};
use gwg_models::Scalar;
use crate::grammar::{Allowed, Setting};
use std::f64::consts::PI;

/// The balancing parameter of `sqrt`.
const SQRT: f64 = 0.5;

sampler! {
    /// Discrete Langevin with step sizes in a cycle.
    Acs "acs" {
        largest: f64 = ("1", POSITIVE, "step size alpha_0; alpha_k = largest (cos(pi k / period) + 1) / 2, at least smallest"),
        smallest: f64 = ("0.2", POSITIVE, "the least step size, at most largest"),
        period: usize = ("8", SMALL, "steps of a cycle"),
        scale: Option<f64> = ("auto", AUTO, "factor on all step sizes"),
    }
        meaning "cyclical dmala: large steps that find modes, small ones that characterize them (Pynadath et al. 2024)"
        cost "that of dmala, and one more pass over the moves"
        when "several modes, far apart"
}

impl Bind for Acs {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let scale = self.scale.unwrap_or(1.0);
        let schedule = cosine(scale * self.largest, scale * self.smallest, self.period);
        let cycle = CyclicalLangevin::new(schedule)?;
        let cycle = if self.scale.is_none() {
            cycle.tuned()
        } else {
            cycle
        };
        let kernel = Informed::new(cycle);
        Ok(Owned::boxed(gradient("acs", model)?, kernel, label))
    }

    fn tuned(&self) -> Option<&'static str> {
        self.scale.is_none().then_some("scale")
    }

    fn agrees(&self) -> Result<(), (&'static str, String, Allowed)> {
        if self.smallest > self.largest {
            let (min, max) = (f64::MIN_POSITIVE, self.largest);
            return Err((
                "smallest",
                self.smallest.write(),
                Allowed::Number { min, max },
            ));
        }
        Ok(())
    }
}

/// A cosine from `largest` down, never below `smallest` (Pynadath et al. 2024, whose `alpha_max` is half of `largest`).
fn cosine(largest: f64, smallest: f64, period: usize) -> Vec<Phase> {
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
