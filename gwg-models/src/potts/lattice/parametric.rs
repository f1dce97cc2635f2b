//! The coupling as a parameter.

use super::LatticePotts;
use crate::bonds::unequal_bonds;
use crate::parametric::{add_sums, read, write};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real};
use std::slice::{from_mut, from_ref};

/// One scalar, `theta`: `df/dtheta` is the number of ordered pairs of neighbors in equal states, minus that of those
/// in different ones.
impl<R: Real> Parametric for LatticePotts<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        [Tensor::new("theta", [])].get(k).copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        read(values, &[from_ref(&self.theta)])
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        write(values, &mut [from_mut(&mut self.theta)]);
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
        let (sites, dims) = (self.torus.sites(), self.torus.dims());
        add_sums(x, sites, weights, gradient, |row| {
            let unequal = unequal_bonds(row, &self.torus) as f64;
            [2.0 * ((dims * sites) as f64 - 2.0 * unequal)]
        });
        Ok(())
    }
}
