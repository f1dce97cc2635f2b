use crate::{Error, Real};

/// An annealing schedule: a sequence of inverse temperatures from one value to another.
///
/// Simulated annealing sets a walker's `beta` to its values; annealed importance sampling computes weights along it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anneal {
    /// In equal steps of `beta`.
    Linear {
        /// The value at the first step.
        from: f64,
        /// The value at the last step.
        to: f64,
    },
    /// In equal ratios of `beta`.
    Geometric {
        /// The value at the first step.
        from: f64,
        /// The value at the last step.
        to: f64,
    },
}

impl Anneal {
    /// Creates a schedule with equal increments of `beta`.
    ///
    /// # Errors
    /// [`Error::Beta`] if an end is negative or not finite.
    pub fn linear(from: f64, to: f64) -> Result<Self, Error> {
        let fits = |beta: f64| beta >= 0.0 && beta.is_finite();
        if fits(from) && fits(to) {
            Ok(Self::Linear { from, to })
        } else {
            Err(Error::Beta)
        }
    }

    /// Creates a schedule with equal ratios of `beta`.
    ///
    /// # Errors
    /// [`Error::Beta`] if an end is not positive or not finite.
    pub fn geometric(from: f64, to: f64) -> Result<Self, Error> {
        let fits = |beta: f64| beta > 0.0 && beta.is_finite();
        if fits(from) && fits(to) {
            Ok(Self::Geometric { from, to })
        } else {
            Err(Error::Beta)
        }
    }

    /// The inverse temperature at step `step`, counted from 0, of `steps`: `from` at the first, `to` at the last and later.
    #[must_use]
    pub fn beta(&self, step: u64, steps: u64) -> f64 {
        let last = steps.saturating_sub(1);
        let (Self::Linear { from, to } | Self::Geometric { from, to }) = *self;
        if step >= last {
            return to;
        }
        let done = step as f64 / last as f64;
        match self {
            Self::Linear { .. } => from + (to - from) * done,
            Self::Geometric { .. } => from * Real::exp(Real::ln(to / from) * done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_start_and_end_at_the_given_values() {
        let linear = Anneal::linear(0.0, 2.0).unwrap();
        let geometric = Anneal::geometric(0.25, 4.0).unwrap();
        for (step, (a, b)) in [(0.0, 0.25), (0.5, 0.5), (1.0, 1.0), (1.5, 2.0), (2.0, 4.0)]
            .into_iter()
            .enumerate()
        {
            assert!((linear.beta(step as u64, 5) - a).abs() < 1e-14);
            assert!((geometric.beta(step as u64, 5) - b).abs() < 1e-14);
        }
        assert_eq!(linear.beta(100, 5), 2.0);
        assert_eq!(linear.beta(0, 1), 2.0);
        assert_eq!(linear.beta(0, 0), 2.0);
    }

    #[test]
    fn invalid_ends_are_rejected() {
        assert_eq!(Anneal::geometric(0.0, 1.0), Err(Error::Beta));
        assert_eq!(Anneal::linear(-1.0, 1.0), Err(Error::Beta));
        assert_eq!(Anneal::linear(1.0, f64::NAN), Err(Error::Beta));
    }
}
