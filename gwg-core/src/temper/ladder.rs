use crate::{Error, Real};

/// Inverse temperatures, the coldest first: `betas[0] > betas[1] > ..`, at least two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ladder<'a> {
    betas: &'a [f64],
}

impl<'a> Ladder<'a> {
    /// Creates a ladder after checking it.
    ///
    /// # Errors
    /// [`Error::Ladder`] if there are fewer than two levels, or one is negative, not finite, or not below the previous one.
    pub fn new(betas: &'a [f64]) -> Result<Self, Error> {
        if betas.len() < 2 {
            return Err(Error::Ladder { level: betas.len() });
        }
        let mut above = f64::INFINITY;
        for (level, &beta) in betas.iter().enumerate() {
            // The comparison is false for NaN.
            let fits = beta >= 0.0 && beta < above;
            if !fits {
                return Err(Error::Ladder { level });
            }
            above = beta;
        }
        Ok(Self { betas })
    }

    /// The inverse temperatures.
    #[must_use]
    pub const fn betas(&self) -> &'a [f64] {
        self.betas
    }

    /// The number of levels.
    #[must_use]
    pub const fn levels(&self) -> usize {
        self.betas.len()
    }
}

/// Fills `betas` with a geometric ladder (a constant ratio of neighbors) from `coldest` down to `hottest`: suitable
/// for targets whose heat capacity does not depend on the temperature.
///
/// # Errors
/// [`Error::Ladder`] if the result is not a ladder, or `hottest` is 0.
pub fn geometric(coldest: f64, hottest: f64, betas: &mut [f64]) -> Result<Ladder<'_>, Error> {
    let last = betas.len().saturating_sub(1);
    if hottest == 0.0 {
        return Err(Error::Ladder { level: last });
    }
    let ratio = Real::ln(hottest / coldest);
    for (level, beta) in betas.iter_mut().enumerate() {
        *beta = coldest * Real::exp(ratio * level as f64 / last as f64);
    }
    ends(coldest, hottest, betas)
}

/// Fills `betas` with a ladder of equal differences from `coldest` down to `hottest`, which may be 0.
///
/// # Errors
/// [`Error::Ladder`] if the result is not a ladder.
pub fn linear(coldest: f64, hottest: f64, betas: &mut [f64]) -> Result<Ladder<'_>, Error> {
    let last = betas.len().saturating_sub(1);
    for (level, beta) in betas.iter_mut().enumerate() {
        *beta = coldest + (hottest - coldest) * (level as f64 / last as f64);
    }
    ends(coldest, hottest, betas)
}

/// Sets the ends to the given values, free of rounding errors.
fn ends(coldest: f64, hottest: f64, betas: &mut [f64]) -> Result<Ladder<'_>, Error> {
    if let [first, .., last] = betas {
        (*first, *last) = (coldest, hottest);
    }
    Ladder::new(betas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_ladders_are_rejected_with_their_level() {
        assert_eq!(Ladder::new(&[]), Err(Error::Ladder { level: 0 }));
        assert_eq!(Ladder::new(&[1.0]), Err(Error::Ladder { level: 1 }));
        for (betas, level) in [
            ([1.0, 1.0, 0.5], 1),
            ([1.0, 0.5, 0.7], 2),
            ([f64::INFINITY, 0.5, 0.2], 0),
            ([1.0, f64::NAN, 0.2], 1),
            ([1.0, 0.5, -0.1], 2),
        ] {
            assert_eq!(
                Ladder::new(&betas),
                Err(Error::Ladder { level }),
                "{betas:?}"
            );
        }
        assert!(Ladder::new(&[1.0, 0.0]).is_ok());
    }

    #[test]
    fn geometric_and_linear_ladders_match_their_definition() {
        let mut betas = [0.0; 5];
        geometric(1.6, 0.1, &mut betas).unwrap();
        for (beta, want) in betas.iter().zip([1.6, 0.8, 0.4, 0.2, 0.1]) {
            assert!((beta - want).abs() < 1e-15);
        }
        assert_eq!((betas[0], betas[4]), (1.6, 0.1));
        linear(1.0, 0.0, &mut betas).unwrap();
        assert_eq!(betas, [1.0, 0.75, 0.5, 0.25, 0.0]);
        assert!(geometric(1.0, 0.0, &mut betas).is_err());
        assert!(linear(0.5, 0.5, &mut betas).is_err());
        assert!(linear(0.5, 1.0, &mut betas).is_err());
        assert!(geometric(-1.0, 0.5, &mut betas).is_err());
        assert!(linear(1.0, 0.5, &mut betas[..1]).is_err());
    }
}
