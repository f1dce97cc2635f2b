//! Weights and biases as parameters.

use super::SigmoidBelief;
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Space, Target};
use gwg_linalg::Scalar;

/// Of each layer `W` (units above, units) and `b` (units), the visible layer first; `b` alone of the top layer.
impl<R: Scalar> Parametric for SigmoidBelief<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let layer = self.layers.get(k / 2)?;
        let units = layer.sites.len();
        match (k.is_multiple_of(2), layer.above) {
            (true, 0) => Some(Tensor::new("b", [units])),
            (true, above) => Some(Tensor::new("W", [above, units])),
            (false, 0) => None,
            (false, _) => Some(Tensor::new("b", [units])),
        }
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        let (found, needed) = (values.len(), self.parameters.len());
        if found != needed {
            let slice = "values";
            return Err(ParameterError::Length {
                slice,
                found,
                needed,
            });
        }
        values.copy_from_slice(&self.parameters);
        Ok(())
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        self.parameters.copy_from_slice(values);
        Ok(())
    }

    fn parameter_gradient_scratch_len(&self, _: usize) -> usize {
        self.space().sites()
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        let sites = self.space().sites();
        let rest = &mut scratch[..sites];
        for (x, &weight) in x.chunks_exact(sites).zip(weights) {
            self.activate(x, |w| w, rest);
            for (rest, &x) in rest.iter_mut().zip(x) {
                *rest = weight * (R::from_byte(x) - rest.sigmoid());
            }
            for layer in &self.layers {
                let rest = &rest[layer.sites.clone()];
                let biases = gradient[layer.biases.clone()].iter_mut();
                biases.zip(rest).for_each(|(g, &r)| *g += r);
                let rows = gradient[layer.weights.clone()].chunks_exact_mut(rest.len());
                let above = x.iter().skip(layer.sites.end);
                for (row, _) in rows.zip(above).filter(|&(_, &on)| on != 0) {
                    row.iter_mut().zip(rest).for_each(|(g, &r)| *g += r);
                }
            }
        }
        Ok(())
    }
}
