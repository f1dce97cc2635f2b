use super::Relaxed;
use crate::RelaxError;
use gwg_core::Real;

/// Another model with `c sum_i x_i (1 - x_i)` added: the same discrete distribution, another extension.
///
/// Negative `c` pushes weights toward 0 and 1 (a concrete barrier at 1/2), positive `c` toward 1/2. It is used to show
/// how much a relaxation depends on the extension, and to reduce its bias.
#[derive(Clone, Debug)]
pub struct Extended<M: Relaxed> {
    model: M,
    strength: M::Real,
}

impl<M: Relaxed> Extended<M> {
    /// Adds `strength * sum x (1 - x)` to the model.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `strength` is finite.
    pub fn new(model: M, strength: f64) -> Result<Self, RelaxError> {
        if !strength.is_finite() {
            return Err(RelaxError::Parameter {
                name: "strength",
                found: strength,
                allowed: "a finite number",
            });
        }
        let strength = Real::from_f64(strength);
        Ok(Self { model, strength })
    }

    /// The model inside.
    #[must_use]
    pub fn model(&self) -> &M {
        &self.model
    }
}

impl<M: Relaxed> Relaxed for Extended<M> {
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
        x: &[Self::Real],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64 {
        let f = self.model.value_and_gradient(x, gradient, scratch);
        let one = <Self::Real as Real>::ONE;
        let mut added = 0.0;
        for (g, &x) in gradient.iter_mut().zip(x) {
            added += (x * (one - x)).to_f64();
            *g += self.strength * (one - x - x);
        }
        f + self.strength.to_f64() * added
    }
}
