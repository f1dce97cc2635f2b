use super::above_zero;
use crate::{Error, Real};

/// The proposal temperature `tau` of weights `g(exp(2 beta d / tau))`, in both precisions, so that an `f32` program
/// needs no `f64` division or comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Temperature {
    /// `2 / tau`.
    wide: f64,
    narrow: f32,
    /// True if `tau` is 2.
    is_two: bool,
}

impl Temperature {
    /// The temperature at which the balancing function cancels against the target if differences are exact.
    pub(crate) const TWO: Self = Self {
        wide: 1.0,
        narrow: 1.0,
        is_two: true,
    };

    pub(crate) fn new(temperature: f64) -> Result<Self, Error> {
        if temperature > 0.0 && temperature.is_finite() {
            let wide = 2.0 / temperature;
            Ok(Self {
                wide,
                narrow: wide as f32,
                is_two: temperature == 2.0,
            })
        } else {
            Err(Error::Temperature)
        }
    }

    #[inline(always)]
    pub(crate) const fn is_two(self) -> bool {
        self.is_two
    }

    /// `2 beta / tau`.
    #[inline(always)]
    pub(crate) fn times<R: Real>(self, beta: R) -> R {
        beta * R::from_either(self.narrow, self.wide)
    }

    /// The same, but never 0.
    #[inline(always)]
    pub(crate) fn scale<R: Real>(self, beta: R) -> R {
        above_zero(self.times(beta))
    }
}
