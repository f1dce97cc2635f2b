use crate::density::Schedule;
use crate::error::positive;
use crate::noise::logistic;
use crate::{RelaxError, Relaxed};
use gwg_core::{Bits, Real};

/// Binary concrete variables: `y = sigma((theta + L) / T)` with logistic noise `L`, rounded to `x = 1[theta + L > 0]`
/// (Maddison, Mnih, Teh 2017; Jang, Gu, Poole 2017).
///
/// `x` is distributed as `Bernoulli(sigma(theta))` exactly, for every `T`. Three estimates of `d E f(x) / d theta` come from a
/// draw; of three spins (see [`BinaryRelaxation`](crate::BinaryRelaxation)) at `theta` = (.3, -.4, .2), where the exact gradient is
/// (-.0038, -.0582, -.0460), their means are, by quadrature:
///
/// | | T = .1 | T = .5 | T = 1 | T = 2 |
/// |---|---|---|---|---|
/// | [`relaxed`](Self::relaxed) | -.003, -.058, -.045 | .009, -.061, -.028 | .020, -.059, -.010 | .024, -.048, .004 |
/// | its standard deviation | 1.1 | .4 | .2 | .08 |
/// | [`straight_through_relaxed`](Self::straight_through_relaxed) | -.004, -.058, -.046 | -.003, -.051, -.040 | -.003, -.040, -.031 | -.002, -.026, -.020 |
/// | [`straight_through`](Self::straight_through) | exact | exact | exact | exact |
///
/// The relaxed gradient trades bias for variance, and at `T = 2` has the wrong sign in two coordinates. The straight-through
/// gradient with the factor `p (1 - p)` is unbiased for multilinear `f` and biased for others.
#[derive(Clone, Debug)]
pub struct BinaryConcrete<R> {
    temperature: R,
    soft: Vec<R>,
    hard: Vec<R>,
    gradient: Vec<R>,
    scratch: Vec<R>,
}

impl<R: Real> BinaryConcrete<R> {
    /// Creates the variables at a temperature.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless it is positive and finite.
    pub fn new(temperature: f64) -> Result<Self, RelaxError> {
        Ok(Self {
            temperature: R::from_f64(positive("temperature", temperature)?),
            soft: Vec::new(),
            hard: Vec::new(),
            gradient: Vec::new(),
            scratch: Vec::new(),
        })
    }

    /// Sets the temperature to that of step `step` of `steps`.
    pub fn anneal(&mut self, schedule: &Schedule, step: u64, steps: u64) {
        self.temperature = R::from_f64(schedule.at(step, steps));
    }

    /// Draws the variables of all sites.
    pub fn draw<B: Bits + ?Sized>(&mut self, theta: &[R], bits: &mut B) {
        self.soft.clear();
        self.hard.clear();
        for &theta in theta {
            let u = theta + logistic(bits);
            self.soft.push((u / self.temperature).sigmoid());
            self.hard.push(if u > R::ZERO { R::ONE } else { R::ZERO });
        }
    }

    /// The relaxed variables `y` of the last draw.
    #[must_use]
    pub fn soft(&self) -> &[R] {
        &self.soft
    }

    /// The rounded variables of the last draw.
    #[must_use]
    pub fn hard(&self) -> &[R] {
        &self.hard
    }

    /// Writes `grad f(y) y (1 - y) / T`, the gradient of `E f(y)`, and returns `f(y)`. Biased: by the relaxation.
    ///
    /// # Errors
    /// [`RelaxError::Length`] unless the model, the last draw and `out` have the same number of sites.
    pub fn relaxed<M>(&mut self, model: &M, out: &mut [R]) -> Result<f64, RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        let f = self.evaluate(model, true, out.len())?;
        for ((out, &g), &y) in out.iter_mut().zip(&self.gradient).zip(&self.soft) {
            *out = g * y * (R::ONE - y) / self.temperature;
        }
        Ok(f)
    }

    /// Writes `grad f(x) y (1 - y) / T`, which shrinks the gradient of multilinear `f` by the mean of `y (1 - y) / T` over
    /// `p (1 - p)`, and returns `f(x)`. Biased.
    ///
    /// # Errors
    /// Those of [`relaxed`](Self::relaxed).
    pub fn straight_through_relaxed<M>(
        &mut self,
        model: &M,
        out: &mut [R],
    ) -> Result<f64, RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        let f = self.evaluate(model, false, out.len())?;
        for ((out, &g), &y) in out.iter_mut().zip(&self.gradient).zip(&self.soft) {
            *out = g * y * (R::ONE - y) / self.temperature;
        }
        Ok(f)
    }

    /// Writes `grad f(x) p (1 - p)` with `p = sigma(theta)` and returns `f(x)`. Unbiased for multilinear `f`, because
    /// `df / dx_i` then is the difference of `f` between the two values of `x_i`, and independent of `x_i`.
    ///
    /// # Errors
    /// Those of [`relaxed`](Self::relaxed).
    pub fn straight_through<M>(
        &mut self,
        model: &M,
        theta: &[R],
        out: &mut [R],
    ) -> Result<f64, RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        crate::error::has_length("theta", theta.len(), out.len())?;
        let f = self.evaluate(model, false, out.len())?;
        for ((out, &g), &theta) in out.iter_mut().zip(&self.gradient).zip(theta) {
            *out = g * theta.sigmoid() * (-theta).sigmoid();
        }
        Ok(f)
    }

    fn evaluate<M>(&mut self, model: &M, soft: bool, out: usize) -> Result<f64, RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        let n = model.weights();
        crate::error::has_length("the last draw", self.soft.len(), n)?;
        crate::error::has_length("out", out, n)?;
        self.gradient.resize(n, R::ZERO);
        self.scratch.resize(model.scratch_len(), R::ZERO);
        let x = if soft { &self.soft } else { &self.hard };
        Ok(model.value_and_gradient(x, &mut self.gradient, &mut self.scratch))
    }
}
