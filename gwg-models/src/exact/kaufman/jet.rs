//! Forward differentiation to second order.

use gwg_core::Real;

/// A function of `K` at a point: its value and its first two derivatives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jet {
    pub(super) value: f64,
    pub(super) first: f64,
    pub(super) second: f64,
}

impl Jet {
    pub(super) const fn constant(value: f64) -> Self {
        Self {
            value,
            first: 0.0,
            second: 0.0,
        }
    }

    /// The function `slope * K`, with the given value.
    pub(super) const fn linear(value: f64, slope: f64) -> Self {
        Self {
            value,
            first: slope,
            second: 0.0,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            first: self.first + other.first,
            second: self.second + other.second,
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.plus(other.times_constant(-1.0))
    }

    pub(super) fn plus_constant(self, constant: f64) -> Self {
        Self {
            value: self.value + constant,
            ..self
        }
    }

    pub(super) fn times_constant(self, constant: f64) -> Self {
        Self {
            value: self.value * constant,
            first: self.first * constant,
            second: self.second * constant,
        }
    }

    pub(super) fn times(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            first: self.first * other.value + self.value * other.first,
            second: self.second * other.value
                + 2.0 * self.first * other.first
                + self.value * other.second,
        }
    }

    /// Composes a function with this one, given its value and derivatives here.
    fn through(self, value: f64, slope: f64, curvature: f64) -> Self {
        Self {
            value,
            first: slope * self.first,
            second: curvature * self.first * self.first + slope * self.second,
        }
    }

    pub(super) fn exp(self) -> Self {
        let e = Real::exp(self.value);
        self.through(e, e, e)
    }

    pub(super) fn ln(self) -> Self {
        let inverse = 1.0 / self.value;
        self.through(Real::ln(self.value), inverse, -inverse * inverse)
    }

    pub(super) fn sinh(self) -> Self {
        let (sinh, cosh) = (self.value.sinh(), self.value.cosh());
        self.through(sinh, cosh, sinh)
    }

    pub(super) fn reciprocal(self) -> Self {
        let inverse = 1.0 / self.value;
        let square = inverse * inverse;
        self.through(inverse, -square, 2.0 * square * inverse)
    }

    pub(super) fn tanh(self) -> Self {
        let t = self.value.tanh();
        let slope = sech2(self.value);
        self.through(t, slope, -2.0 * t * slope)
    }

    /// `ln(2 cosh)`.
    pub(super) fn ln_2cosh(self) -> Self {
        let size = self.value.abs();
        let value = size + Real::log1p(Real::exp(-2.0 * size));
        self.through(value, self.value.tanh(), sech2(self.value))
    }

    /// `ln(2 sinh)` for a positive number.
    pub(super) fn ln_2sinh(self) -> Self {
        let x = self.value;
        let value = x + Real::ln(-(-2.0 * x).exp_m1());
        let sinh = x.sinh();
        self.through(value, 1.0 / x.tanh(), -1.0 / (sinh * sinh))
    }

    /// `ln tanh` for a positive number.
    pub(super) fn ln_tanh(self) -> Self {
        let x = self.value;
        // tanh x = 1 - 2 / (exp 2x + 1)
        let value = if x < 0.5 {
            Real::ln(x.tanh())
        } else {
            Real::log1p(-2.0 / (Real::exp(2.0 * x) + 1.0))
        };
        let (sinh, cosh) = ((2.0 * x).sinh(), (2.0 * x).cosh());
        self.through(value, 2.0 / sinh, -4.0 * (cosh / sinh) / sinh)
    }

    /// The `x` with `cosh x = 1 + u`, for a positive `u`.
    pub(super) fn acosh1p(self) -> Self {
        let u = self.value;
        let sinh = (u * (u + 2.0)).sqrt();
        self.through(
            Real::log1p(u + sinh),
            1.0 / sinh,
            -(1.0 + u) / (sinh * sinh * sinh),
        )
    }
}

/// `1 / cosh^2`, without overflow.
fn sech2(x: f64) -> f64 {
    let e = Real::exp(-2.0 * x.abs());
    4.0 * e / ((1.0 + e) * (1.0 + e))
}
