//! The coupling and the field as parameters.

use super::LatticeOrdinal;
use crate::parametric::{add_sums, read, write};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real, Target};
use std::slice::{from_mut, from_ref};

/// Two scalars, `coupling` and `field`: `df/dcoupling = -sum_<ij> (x_i - x_j)^2`, each bond counted once, and
/// `df/dfield = -sum_i (x_i - c)^2`.
impl<R: Real> Parametric for LatticeOrdinal<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        [Tensor::new("coupling", []), Tensor::new("field", [])]
            .get(k)
            .copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        read(values, &[from_ref(&self.coupling), from_ref(&self.field)])
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        write(
            values,
            &mut [from_mut(&mut self.coupling), from_mut(&mut self.field)],
        );
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
        // f is linear in both: each derivative is f of the model in which one parameter is 1 and the other 0.
        let unit = |coupling, field| Self {
            coupling,
            field,
            ..self.clone()
        };
        let (coupling, field) = (unit(R::ONE, R::ZERO), unit(R::ZERO, R::ONE));
        let sites = self.torus.sites();
        add_sums(x, sites, weights, gradient, |row| {
            [coupling.log_prob(row), field.log_prob(row)]
        });
        Ok(())
    }
}
