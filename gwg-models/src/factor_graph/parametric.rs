//! The factors and the field as parameters.

use super::FactorGraph;
use crate::number::{add, symbol};
use crate::parametric::{read, rows, write};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real, Space};

/// `t`, the numbers of all factors in the order of [`edges`](FactorGraph::edges), and `h`, one number per site and
/// state: `df/dt` of a number is 1 if its edge has the corresponding symbols, otherwise 0, and `df/dh[i, a]` is 1 if
/// `x_i = a`, otherwise 0. The graph itself is fixed.
///
/// A batch costs one addition per row and edge and one per row and site, without scratch.
impl<R: Real> Parametric for FactorGraph<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let (numbers, cells) = (self.tables.len(), self.field.len());
        [Tensor::new("t", [numbers]), Tensor::new("h", [cells])]
            .get(k)
            .copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        read(values, &[&self.tables, &self.field])
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        write(values, &mut [&mut self.tables, &mut self.field]);
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
        let (of_tables, of_field) = gradient
            .split_at_mut_checked(self.tables.len())
            .unwrap_or_default();
        for (row, weight) in rows(x, self.space.sites(), weights) {
            for edge in &self.edges {
                let (i, j) = edge.sites;
                let place = edge.place(symbol(row, i as usize), symbol(row, j as usize));
                if let Some(place) = place {
                    add(of_tables, place, weight);
                }
            }
            for i in 0..self.space.sites() {
                add(of_field, self.index(i, symbol(row, i)), weight);
            }
        }
        Ok(())
    }
}
