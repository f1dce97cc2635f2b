//! The logits as parameters.

use super::FactorizedCategorical;
use crate::parametric::{read, rows, write};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real, Space, Symbol};

/// One tensor, `logits` of shape (sites, states): `df/dlogit_ia` is 1 if `x_i = a`, otherwise 0.
impl<R: Real, S: Symbol> Parametric for FactorizedCategorical<R, S> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let shape = [self.space.sites(), self.space.states()];
        [Tensor::new("logits", shape)].get(k).copied()
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
        x: &[S],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        for (row, weight) in rows(x, self.space.sites(), weights) {
            let sites = gradient.chunks_exact_mut(self.space.states());
            for (states, &symbol) in sites.zip(row) {
                if let Some(g) = states.get_mut(symbol.index()) {
                    *g += weight;
                }
            }
        }
        Ok(())
    }
}
