//! The weights and biases as parameters.

use super::CategoricalRbm;
use crate::parametric::{read, write};
use gwg_core::Parametric;
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_linalg::Scalar;

/// `W` of shape (sites, states, hidden), `b` (sites, states), `c` (hidden): `df/dW[i, a, j]` is `sigmoid(a_j)` if `x_i = a`, otherwise 0;
/// `df/db[i, a]` is 1 if `x_i = a`, otherwise 0; `df/dc_j = sigmoid(a_j)`.
///
/// A batch costs two matrix products of one-hot rows, one for the pre-activations and one for `df/dW`: `4 rows sites states hidden` operations.
impl<R: Scalar> Parametric for CategoricalRbm<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let (sites, states, hidden) = (self.sites(), self.states(), self.hidden());
        let tensors = [
            Tensor::new("W", [sites, states, hidden]),
            Tensor::new("b", [sites, states]),
            Tensor::new("c", [hidden]),
        ];
        tensors.get(k).copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        let tensors = [self.weights(), self.visible_bias(), self.hidden_bias()];
        read(values, &tensors)
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        let units = &mut self.units;
        let (weights, visible) = (&mut units.weights[..], &mut units.visible_bias[..]);
        write(values, &mut [weights, visible, &mut units.hidden_bias]);
        units.update_transposed();
        Ok(())
    }

    fn parameter_gradient_scratch_len(&self, rows: usize) -> usize {
        self.units.parameter_gradient_scratch_len(rows)
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        let one_hot = scratch.chunks_exact_mut(self.states());
        for (unit, &symbol) in one_hot.zip(x) {
            unit.fill(R::ZERO);
            if let Some(unit) = unit.get_mut(usize::from(symbol)) {
                *unit = R::ONE;
            }
        }
        self.units.add_gradient(weights, gradient, scratch)
    }
}
