use super::Density;
use crate::error::positive;
use crate::{RelaxError, Relaxed};
use gwg_core::Real;

/// The relaxed density of a binary model: `q(u)` proportional to `prod_i logistic(u_i) exp(f(sigma(u / T)))`, rounded to
/// `x = 1[u > 0]`.
///
/// `logistic(u) = sigma(u) (1 - sigma(u))` is the density under which `sigma(u)` is uniform; at `T = 1` this is the density
/// `exp(f(x))` on the cube in logits (the change of variables). Equivalently: binary concrete variables with uniform base.
///
/// # Bias
/// **The rounded states are not distributed as `exp(f)`**, whatever the sampler, because mass between the states counts. For
/// three spins (couplings .8, -.5, .6, fields .2, -.3, .1) the total variation is
///
/// | T | .01 | .05 | .1 | .25 | .5 | 1 | 2 |
/// |---|---|---|---|---|---|---|---|
/// | as given | .002 | .010 | .020 | .049 | .093 | .160 | .221 |
/// | `f` times 3 | | .011 | .022 | | .108 | .200 | |
///
/// by quadrature; the log partition function at `T = .5` is 2.27 (exact: 2.51). The bias vanishes as `T` does, but
/// gradients grow as `1 / T` while the density tends to a step function, so that samplers that rely on gradients reject or go
/// wrong. It depends on the extension of `f`: see [`Relaxed`].
///
/// # Correction
/// Weights `exp(f(1[u > 0]) - f(sigma(u / T)))` make means of draws of `q` exact ([`log_weight`](Self::log_weight)); draws of an
/// unadjusted sampler keep its bias. The effective share of the draws is .94 (T = .1), .85 (.5), .81 (1) for the three spins,
/// and decreases exponentially with the number of sites: on square Ising lattices (`theta` = `bias` = .1, T = .1) it is .28
/// of 100 sites, .10 of 225, .036 of 400, .009 of 900 (`examples/relaxations`).
#[derive(Clone, Debug)]
pub struct BinaryRelaxation<M: Relaxed> {
    model: M,
    temperature: M::Real,
}

impl<M: Relaxed> BinaryRelaxation<M> {
    /// Relaxes a model whose weights are all of binary sites.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `temperature` is positive and finite, in the precision of the model;
    /// [`RelaxError::NotBinary`] if the model has one-hot weights.
    pub fn new(model: M, temperature: f64) -> Result<Self, RelaxError> {
        if !model.is_binary() {
            return Err(RelaxError::NotBinary);
        }
        Ok(Self {
            model,
            temperature: rounded(temperature)?,
        })
    }

    /// Sets the temperature: the chains on it then need [`Chain::reevaluate`](crate::Chain::reevaluate).
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless it is positive and finite.
    pub fn set_temperature(&mut self, temperature: f64) -> Result<(), RelaxError> {
        self.temperature = rounded(temperature)?;
        Ok(())
    }

    /// The temperature.
    #[must_use]
    pub fn temperature(&self) -> M::Real {
        self.temperature
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &M {
        &self.model
    }

    /// Writes the state `1[u > 0]`.
    pub fn round(&self, u: &[M::Real], x: &mut [u8]) {
        for (x, &u) in x.iter_mut().zip(u) {
            *x = u8::from(u > M::Real::ZERO);
        }
    }

    /// The log-weight `f(1[u > 0]) - f(sigma(u / T))` of a draw with this log-density, as returned by [`Density::evaluate`] or
    /// [`Chain::log_density`](crate::Chain::log_density). Cost: one evaluation of the model.
    ///
    /// `scratch` has [`weight_scratch_len`](Self::weight_scratch_len) numbers.
    pub fn log_weight(&self, u: &[M::Real], log_density: f64, scratch: &mut [M::Real]) -> f64 {
        let n = self.model.weights();
        let (x, rest) = scratch.split_at_mut(n.min(scratch.len()));
        let (gradient, rest) = rest.split_at_mut(n.min(rest.len()));
        for (x, &u) in x.iter_mut().zip(u) {
            *x = M::Real::from_byte(u8::from(u > M::Real::ZERO));
        }
        let soft = log_density - log_base(u);
        self.model.value_and_gradient(x, gradient, rest) - soft
    }

    /// The length of the scratch slice of [`log_weight`](Self::log_weight).
    #[must_use]
    pub fn weight_scratch_len(&self) -> usize {
        2 * self.model.weights() + self.model.scratch_len()
    }

    /// Writes `sigma(u / T)`.
    fn soften(&self, u: &[M::Real], x: &mut [M::Real]) {
        for (x, &u) in x.iter_mut().zip(u) {
            *x = (u / self.temperature).sigmoid();
        }
    }
}

fn rounded<R: Real>(temperature: f64) -> Result<R, RelaxError> {
    let rounded = R::from_f64(positive("temperature", temperature)?);
    positive("temperature", rounded.to_f64())?;
    Ok(rounded)
}

/// The sum of `ln logistic(u_i)`.
fn log_base<R: Real>(u: &[R]) -> f64 {
    let terms = u.iter().map(|&u| u.abs() + R::TWO * (-u.abs()).softplus());
    -terms.map(Real::to_f64).sum::<f64>()
}

impl<M: Relaxed> Density for BinaryRelaxation<M> {
    type Real = M::Real;

    fn dimension(&self) -> usize {
        self.model.weights()
    }

    fn scratch_len(&self) -> usize {
        self.model.weights() + self.model.scratch_len()
    }

    fn evaluate(&self, u: &[M::Real], gradient: &mut [M::Real], scratch: &mut [M::Real]) -> f64 {
        let (x, rest) = scratch.split_at_mut(self.model.weights().min(scratch.len()));
        self.soften(u, x);
        let f = self.model.value_and_gradient(x, gradient, rest);
        let (one, two) = (M::Real::ONE, M::Real::TWO);
        for ((g, &x), &u) in gradient.iter_mut().zip(&*x).zip(u) {
            *g = *g * x * (one - x) / self.temperature + one - two * u.sigmoid();
        }
        f + log_base(u)
    }
}
