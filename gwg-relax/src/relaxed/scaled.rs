use super::Relaxed;
use crate::RelaxError;
use gwg_core::Real;

/// A model times a constant: `beta f`, the model at the inverse temperature `beta` of the target.
#[derive(Clone, Debug)]
pub struct Scaled<M: Relaxed> {
    model: M,
    beta: f64,
}

impl<M: Relaxed> Scaled<M> {
    /// Multiplies the model by `beta`.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `beta` is finite.
    pub fn new(model: M, beta: f64) -> Result<Self, RelaxError> {
        if beta.is_finite() {
            return Ok(Self { model, beta });
        }
        Err(RelaxError::Parameter {
            name: "beta",
            found: beta,
            allowed: "a finite number",
        })
    }
}

impl<M: Relaxed> Relaxed for Scaled<M> {
    type Real = M::Real;

    fn weights(&self) -> usize {
        self.model.weights()
    }

    fn is_binary(&self) -> bool {
        self.model.is_binary()
    }

    fn scratch_len(&self) -> usize {
        self.model.scratch_len()
    }

    fn value_and_gradient(
        &self,
        x: &[M::Real],
        gradient: &mut [M::Real],
        scratch: &mut [M::Real],
    ) -> f64 {
        let f = self.model.value_and_gradient(x, gradient, scratch);
        let beta = M::Real::from_f64(self.beta);
        gradient.iter_mut().for_each(|g| *g *= beta);
        self.beta * f
    }
}
