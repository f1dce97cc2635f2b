//! The weights and biases as parameters.

use super::Rbm;
use super::layers::UNITS;
use crate::parametric::{read, too_short, write};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, math};
use gwg_linalg::{Matrix, Scalar, add_transposed_left_product, axpy, padded_rows, product};

impl<R: Scalar> Rbm<R> {
    /// Updates the transposed copy, if there is one, from the weights.
    pub(super) fn update_transposed(&mut self) {
        let (visible, hidden) = (self.visible(), self.hidden());
        for (j, column) in self.transposed.chunks_exact_mut(visible).enumerate() {
            let weights = self.weights.iter().skip(j).step_by(hidden);
            for (to, &weight) in column.iter_mut().zip(weights) {
                *to = weight;
            }
        }
    }

    /// Adds the terms of the biases to the gradient; replaces the products `v W` by the weighted hidden probabilities
    /// `weight * sigmoid(c + v W)`.
    fn add_bias_gradient(&self, v: &[R], weight: R, activations: &mut [R], gradient: &mut [R]) {
        let (visible, hidden) = gradient
            .split_at_mut_checked(self.visible())
            .unwrap_or((&mut [], &mut []));
        axpy(weight, v, visible);
        axpy(R::ONE, &self.hidden_bias, activations);
        for (units, gradient) in activations.chunks_mut(UNITS).zip(hidden.chunks_mut(UNITS)) {
            let mut probability = [R::ZERO; UNITS];
            math::sigmoid_slice(units, &mut probability);
            for ((unit, p), g) in units.iter_mut().zip(probability).zip(gradient) {
                *unit = weight * p;
                *g += *unit;
            }
        }
    }
}

/// `W` of shape (visible, hidden), `b` (visible), `c` (hidden): `df/dW_ij = v_i sigmoid(a_j)`, `df/db_i = v_i`,
/// `df/dc_j = sigmoid(a_j)`.
///
/// A batch costs two matrix products, one for the pre-activations and one for `df/dW`: `4 rows visible hidden`
/// operations.
impl<R: Scalar> Parametric for Rbm<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let (visible, hidden) = (self.visible(), self.hidden());
        let tensors = [
            Tensor::new("W", [visible, hidden]),
            Tensor::new("b", [visible]),
            Tensor::new("c", [hidden]),
        ];
        tensors.get(k).copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        read(
            values,
            &[&self.weights, &self.visible_bias, &self.hidden_bias],
        )
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        let (weights, visible) = (&mut self.weights[..], &mut self.visible_bias[..]);
        write(values, &mut [weights, visible, &mut self.hidden_bias]);
        self.update_transposed();
        Ok(())
    }

    fn parameter_gradient_scratch_len(&self, rows: usize) -> usize {
        padded_rows(rows).saturating_mul(self.visible() + self.hidden())
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        for (v, &symbol) in scratch.iter_mut().zip(x) {
            *v = if symbol == 0 { R::ZERO } else { R::ONE };
        }
        self.add_gradient(weights, gradient, scratch)
    }
}

impl<R: Scalar> Rbm<R> {
    /// Adds the weighted gradient of the rows of visible units at the beginning of `scratch`.
    pub(super) fn add_gradient(
        &self,
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        let (count, visible, hidden) = (weights.len(), self.visible(), self.hidden());
        let (v, a) = scratch
            .split_at_mut_checked(padded_rows(count) * visible)
            .unwrap_or((&mut [], &mut []));
        let matrix = Matrix::new(&self.weights, visible, hidden).map_err(too_short)?;
        product(count, v, matrix, a).map_err(too_short)?;
        let (of_weights, of_biases) = gradient
            .split_at_mut_checked(visible * hidden)
            .unwrap_or((&mut [], &mut []));
        let layers = v.chunks_exact(visible).zip(a.chunks_exact_mut(hidden));
        for (&weight, (v, a)) in weights.iter().zip(layers) {
            self.add_bias_gradient(v, weight, a, of_biases);
        }
        let [v, a] = [(&*v, visible), (&*a, hidden)].map(|(layer, units)| {
            let layer = layer.get(..count * units).unwrap_or(&[]);
            Matrix::new(layer, count, units).map_err(too_short)
        });
        add_transposed_left_product(v?, a?, of_weights).map_err(too_short)
    }
}
