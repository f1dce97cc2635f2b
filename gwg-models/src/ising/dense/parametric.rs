//! The couplings and the field as parameters.

use super::DenseIsing;
use crate::number::spin;
use crate::parametric::{read, rows, too_short, write};
use gwg_core::Parametric;
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_linalg::{Matrix, Scalar, add_transposed_left_product, axpy};

/// `J` of shape (n, n), symmetric with zero diagonal, and `h` (n): `df/dJ_ij = s_i s_j` for `i != j` and 0 on the
/// diagonal, `df/dh_i = s_i`.
///
/// A batch costs one matrix product of `2 rows n^2` operations, and scratch of `n^2 + 2 rows n` numbers.
impl<R: Scalar> Parametric for DenseIsing<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let n = self.field.len();
        [Tensor::pairs("J", [n, n]), Tensor::new("h", [n])]
            .get(k)
            .copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        read(values, &[&self.coupling, &self.field])
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        write(values, &mut [&mut self.coupling, &mut self.field]);
        Ok(())
    }

    fn parameter_gradient_scratch_len(&self, rows: usize) -> usize {
        let spins = rows.saturating_mul(2 * self.field.len());
        spins.saturating_add(self.coupling.len())
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        let (n, count) = (self.field.len(), weights.len());
        let (products, scratch) = front(scratch, n * n);
        let (spins, scratch) = front(scratch, count * n);
        let (weighted, _) = front(scratch, count * n);
        let (of_couplings, of_field) = front(gradient, n * n);
        let pairs = spins.chunks_exact_mut(n).zip(weighted.chunks_exact_mut(n));
        for ((row, weight), (spins, weighted)) in rows(x, n, weights).zip(pairs) {
            for ((s, ws), &symbol) in spins.iter_mut().zip(weighted).zip(row) {
                *s = spin(symbol);
                *ws = weight * *s;
            }
            axpy(weight, spins, of_field);
        }
        products.fill(R::ZERO);
        let spins = Matrix::new(spins, count, n).map_err(too_short)?;
        let weighted = Matrix::new(weighted, count, n).map_err(too_short)?;
        add_transposed_left_product(spins, weighted, products).map_err(too_short)?;
        add_mirrored(products, n, of_couplings);
        Ok(())
    }
}

fn front<R>(slice: &mut [R], len: usize) -> (&mut [R], &mut [R]) {
    slice.split_at_mut_checked(len).unwrap_or_default()
}

/// Adds the entries above the diagonal to `out` and to its mirror image.
///
/// The two triangles of a product are equal in theory, but not always to the last bit.
fn add_mirrored<R: Scalar>(products: &[R], n: usize, out: &mut [R]) {
    for (i, row) in products.chunks_exact(n).enumerate() {
        for (j, &product) in row.iter().enumerate().skip(i + 1) {
            for place in [i * n + j, j * n + i] {
                if let Some(g) = out.get_mut(place) {
                    *g += product;
                }
            }
        }
    }
}
