use crate::ModelError;
use gwg_core::Real;

/// The three constants of a factorial hidden Markov model. The defaults are those of the paper: 0.5, 0.95, 0.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// The standard deviation of an observation.
    pub sigma: f64,
    /// The probability that a chain stays in its state from one time to the next.
    pub keep: f64,
    /// The probability that a chain starts with 1.
    pub start: f64,
}

impl Default for Law {
    fn default() -> Self {
        Self {
            sigma: 0.5,
            keep: 0.95,
            start: 0.1,
        }
    }
}

impl Law {
    /// # Errors
    /// [`ModelError::Parameter`] unless `0 < sigma < infinity`, `0 < keep < 1` and `0 < start < 1`.
    pub(super) fn check(&self) -> Result<(), ModelError> {
        let refuse = |name, found: f64, allowed| ModelError::Parameter {
            name,
            found: format!("{found:?}"),
            allowed,
        };
        if !(self.sigma > 0.0 && self.sigma.is_finite()) {
            return Err(refuse("sigma", self.sigma, "a finite number above 0"));
        }
        for (name, p) in [("keep", self.keep), ("start", self.start)] {
            if !(p > 0.0 && p < 1.0) {
                return Err(refuse(name, p, "more than 0, less than 1"));
            }
        }
        Ok(())
    }

    /// Draws a configuration, site `t * factors + k`, from the prior distribution of the hidden chains.
    pub(super) fn draw(&self, factors: usize, x: &mut [u8], mut uniform: impl FnMut() -> f64) {
        let (mut before, mut rest) = x.split_at_mut(factors.min(x.len()));
        for symbol in before.iter_mut() {
            *symbol = u8::from(uniform() < self.start);
        }
        while !rest.is_empty() {
            let (row, after) = rest.split_at_mut(factors.min(rest.len()));
            for (symbol, &last) in row.iter_mut().zip(before.iter()) {
                *symbol = last ^ u8::from(uniform() >= self.keep);
            }
            (before, rest) = (row, after);
        }
    }
}

/// The logarithms of a [`Law`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Logs {
    pub(super) keep: f64,
    pub(super) change: f64,
    pub(super) one: f64,
    pub(super) zero: f64,
    /// The log of the normal density at its mean.
    pub(super) peak: f64,
}

impl Logs {
    pub(super) fn new(law: &Law) -> Self {
        /// `ln(2 pi) / 2`.
        const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
        Self {
            keep: Real::ln(law.keep),
            change: Real::log1p(-law.keep),
            one: Real::ln(law.start),
            zero: Real::log1p(-law.start),
            peak: -Real::ln(law.sigma) - HALF_LN_TAU,
        }
    }
}
