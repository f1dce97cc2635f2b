//! The couplings and the field as parameters.

use super::DensePotts;
use crate::number::symbol;
use crate::parametric::{has_length, rows};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real, Space};
use gwg_linalg::Scalar;

impl<R: Scalar> DensePotts<R> {
    /// Calls `each` with the position of every `q` couplings `J[i, j, a, ..]` in the flat slice, in order, and the
    /// range where they are stored.
    fn for_each_state(&self, mut each: impl FnMut(usize, std::ops::Range<usize>)) {
        let (n, q) = (self.space.sites(), self.space.states());
        for k in 0..n * n * q {
            let (i, j, a) = (k / q / n, k / q % n, k % q);
            let start = ((i * q + a) * n + j) * q;
            each(k * q, start..start + q);
        }
    }

    /// The number of couplings of one site: `J[i, .., .., ..]`.
    fn couplings_of_site(&self) -> usize {
        self.field.len() * self.space.states()
    }
}

/// `J` of shape (L, L, q, q), symmetric with zero blocks `i = j`, and `h` (L, q): `df/dJ[i, j, a, b]` is 1 if
/// `i != j`, `x_i = a` and `x_j = b`, otherwise 0; `df/dh[i, a]` is 1 if `x_i = a`, otherwise 0.
///
/// A batch costs one addition per row and ordered pair of sites, `rows L^2`, and no scratch. (A matrix product of
/// one-hot rows takes `2 q^2` times as many operations and a copy of the couplings: slower for proteins, `q = 21`,
/// faster up to about `q = 8` with wide vectors.)
impl<R: Scalar> Parametric for DensePotts<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let (n, q) = (self.space.sites(), self.space.states());
        [Tensor::pairs("J", [n, n, q, q]), Tensor::new("h", [n, q])]
            .get(k)
            .copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        has_length(values, self.rows.len() + self.field.len())?;
        self.for_each_state(|place, stored| copy(&self.rows, stored, values, place));
        copy(&self.field, 0..self.field.len(), values, self.rows.len());
        Ok(())
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        let mut stored = std::mem::take(&mut self.rows);
        self.for_each_state(|place, to| {
            copy(values, place..place + to.len(), &mut stored, to.start);
        });
        self.rows = stored;
        let from = self.rows.len()..values.len();
        copy(values, from, &mut self.field, 0);
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
        let (n, q) = (self.space.sites(), self.space.states());
        let (couplings, field) = gradient
            .split_at_mut_checked(self.rows.len())
            .unwrap_or_default();
        // Site by site, so that the couplings of one site stay in the cache for all rows.
        let sites = couplings
            .chunks_exact_mut(self.couplings_of_site())
            .zip(field.chunks_exact_mut(q));
        for (i, (couplings, field)) in sites.enumerate() {
            for (row, weight) in rows(x, n, weights) {
                let a = usize::from(symbol(row, i));
                add_pairs(i, a * q, row, weight, couplings, q * q);
                if let Some(g) = field.get_mut(a) {
                    *g += weight;
                }
            }
        }
        Ok(())
    }
}

/// Adds `weight` to the entries `J[i, j, x_i, x_j]` of site `i`, whose blocks have `block` numbers.
#[inline(always)]
fn add_pairs<R: Real>(
    i: usize,
    own: usize,
    x: &[u8],
    weight: R,
    couplings: &mut [R],
    block: usize,
) {
    let blocks = couplings.chunks_exact_mut(block).zip(x).enumerate();
    for (_, (block, &other)) in blocks.filter(|&(j, _)| j != i) {
        if let Some(g) = block.get_mut(own + usize::from(other)) {
            *g += weight;
        }
    }
}

/// Copies a range of one slice to a position in another.
fn copy<R: Real>(from: &[R], range: std::ops::Range<usize>, to: &mut [R], place: usize) {
    let from = from.get(range).unwrap_or(&[]);
    let to = to.get_mut(place..).unwrap_or(&mut []);
    for (to, &from) in to.iter_mut().zip(from) {
        *to = from;
    }
}
