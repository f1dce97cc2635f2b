//! The coupling and the field as parameters.

use super::LatticeIsing;
use crate::bonds::{ones, unequal_bonds};
use crate::parametric::{add_sums, read, write};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real};
use std::slice::{from_mut, from_ref};

impl<R: Real> LatticeIsing<R> {
    /// `s'As` and `sum_i s_i`.
    fn statistics(&self, x: &[u8]) -> [f64; 2] {
        let (sites, dims) = (self.torus.sites() as f64, self.torus.dims() as f64);
        let unequal = unequal_bonds(x, &self.torus) as f64;
        [
            2.0 * (dims * sites - 2.0 * unequal),
            2.0 * ones(x) as f64 - sites,
        ]
    }
}

/// Two scalars, `theta` and `bias`: `df/dtheta = s'As`, each bond counted twice, and `df/dbias = sum_i s_i`.
///
/// The number of [`levels`](gwg_core::Leveled::levels) depends on whether `bias` is 0.
impl<R: Real> Parametric for LatticeIsing<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        [Tensor::new("theta", []), Tensor::new("bias", [])]
            .get(k)
            .copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        read(values, &[from_ref(&self.theta), from_ref(&self.bias)])
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        write(
            values,
            &mut [from_mut(&mut self.theta), from_mut(&mut self.bias)],
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
        let sites = self.torus.sites();
        add_sums(x, sites, weights, gradient, |row| self.statistics(row));
        Ok(())
    }
}
