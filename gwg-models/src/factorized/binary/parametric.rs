//! The logits as parameters.

use super::Factorized;
use crate::parametric::{read, rows, write};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real};

/// One tensor, `logits` of shape (sites): `df/dlogit_i = x_i`.
impl<R: Real> Parametric for Factorized<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        [Tensor::new("logits", [self.logits.len()])].get(k).copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        read(values, &[&self.logits])
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        write(values, &mut [&mut self.logits]);
        Ok(())
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        for (row, weight) in rows(x, self.logits.len(), weights) {
            for (g, &symbol) in gradient.iter_mut().zip(row) {
                *g += if symbol == 0 { R::ZERO } else { weight };
            }
        }
        Ok(())
    }
}
