use crate::RelaxError;
use crate::error::positive;
use gwg_core::Real;

/// The temperature of a relaxation over the steps of a run.
///
/// A chain at a changing temperature samples no single density. Anneal during warm-up, or in the training of a model that
/// minimizes a loss; draw at a constant temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// The same at all steps.
    Constant(f64),
    /// In equal steps.
    Linear {
        /// The temperature of the first step.
        from: f64,
        /// The temperature of the last step and later.
        to: f64,
    },
    /// In equal ratios.
    Geometric {
        /// The temperature of the first step.
        from: f64,
        /// The temperature of the last step and later.
        to: f64,
    },
    /// `max(floor, from exp(-rate t))`, changed once in `every` steps (Jang, Gu, Poole 2017: floor 0.5, every 500 to 1000).
    Decay {
        /// The temperature of the first step.
        from: f64,
        /// The rate per step.
        rate: f64,
        /// The lowest temperature.
        floor: f64,
        /// The number of steps between changes.
        every: u64,
    },
}

impl Schedule {
    /// Checks the numbers of the schedule.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless all temperatures are positive and finite, `rate` is not negative and `every` is at
    /// least 1.
    pub fn checked(self) -> Result<Self, RelaxError> {
        match self {
            Self::Constant(t) => {
                positive("temperature", t)?;
            }
            Self::Linear { from, to } | Self::Geometric { from, to } => {
                positive("from", from)?;
                positive("to", to)?;
            }
            Self::Decay {
                from,
                rate,
                floor,
                every,
            } => {
                positive("from", from)?;
                positive("floor", floor)?;
                positive("every", every as f64)?;
                if rate != 0.0 {
                    positive("rate", rate)?;
                }
            }
        }
        Ok(self)
    }

    /// The temperature at step `step`, counted from 0, of `steps`.
    #[must_use]
    pub fn at(&self, step: u64, steps: u64) -> f64 {
        let last = steps.saturating_sub(1);
        let done = step.min(last) as f64 / last.max(1) as f64;
        match *self {
            Self::Constant(t) => t,
            Self::Linear { to, .. } | Self::Geometric { to, .. } if step >= last => to,
            Self::Linear { from, to } => from + (to - from) * done,
            Self::Geometric { from, to } => from * Real::exp(Real::ln(to / from) * done),
            Self::Decay {
                from,
                rate,
                floor,
                every,
            } => {
                let t = (step - step % every.max(1)) as f64;
                Real::max(from * Real::exp(-rate * t), floor)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_take_their_values() {
        let linear = Schedule::Linear { from: 2.0, to: 1.0 };
        let geometric = Schedule::Geometric {
            from: 4.0,
            to: 0.25,
        };
        for (step, (a, b)) in [
            (2.0, 4.0),
            (1.75, 2.0),
            (1.5, 1.0),
            (1.25, 0.5),
            (1.0, 0.25),
        ]
        .into_iter()
        .enumerate()
        {
            assert!((linear.at(step as u64, 5) - a).abs() < 1e-14);
            assert!((geometric.at(step as u64, 5) - b).abs() < 1e-14);
        }
        let decay = Schedule::Decay {
            from: 1.0,
            rate: 0.1,
            floor: 0.5,
            every: 3,
        };
        assert_eq!(decay.at(2, 9), 1.0);
        assert!((decay.at(5, 9) - (-0.3f64).exp()).abs() < 1e-14);
        assert_eq!(decay.at(100, 9), 0.5);
        assert_eq!(Schedule::Constant(0.3).at(7, 9), 0.3);
    }

    #[test]
    fn invalid_numbers_are_refused() {
        assert!(Schedule::Constant(0.0).checked().is_err());
        let wrong = Schedule::Geometric {
            from: 1.0,
            to: f64::NAN,
        };
        assert!(wrong.checked().is_err());
        let every = Schedule::Decay {
            from: 1.0,
            rate: 0.0,
            floor: 0.5,
            every: 0,
        };
        let message = every.checked().unwrap_err().to_string();
        assert!(message.contains("`every`: found 0"), "{message}");
    }
}
