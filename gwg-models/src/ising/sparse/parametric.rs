//! The weights of the edges and the field as parameters.

use super::SparseIsing;
use crate::number::spin;
use crate::parametric::{has_length, rows};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Real, math};
use std::sync::OnceLock;

impl<R: Real> SparseIsing<R> {
    /// The index at which site `i` stores its weight for the neighbor `j`.
    fn place(&self, i: usize, j: usize) -> Option<usize> {
        let found = self.row(i).binary_search_by_key(&j, |&(k, _)| k as usize);
        Some(self.starts.get(i)? + found.ok()?)
    }

    /// The weight of the edge between two sites; 0 if there is none.
    pub(super) fn weight(&self, i: usize, j: usize) -> R {
        let entry = self.place(i, j).and_then(|place| self.entries.get(place));
        entry.map_or(R::ZERO, |&(_, weight)| weight)
    }

    /// True if these weights are 0 for the same edges as those of the model.
    fn has_same_zeros(&self, weights: &[R]) -> bool {
        let mut both = self.edges().zip(weights);
        both.all(|((_, _, old), &new)| (old == R::ZERO) == (new == R::ZERO))
    }

    /// Writes the weights of the edges, in the order of [`edges`](Self::edges), at both of their ends.
    fn write_weights(&mut self, weights: &[R]) {
        let mut weights = weights.iter();
        for i in 0..self.field.len() {
            for k in 0..self.row(i).len() {
                let Some(&(j, _)) = self.row(i).get(k) else {
                    return;
                };
                let j = j as usize;
                if j <= i {
                    continue;
                }
                let Some(&weight) = weights.next() else {
                    return;
                };
                for place in [self.place(i, j), self.place(j, i)] {
                    let entry = place.and_then(|place| self.entries.get_mut(place));
                    if let Some((_, stored)) = entry {
                        *stored = weight;
                    }
                }
            }
        }
    }
}

/// `J` of shape (edges), in the order of [`edges`](SparseIsing::edges), and `h` (sites): `df/dJ_e = 2 s_i s_j`, because an
/// edge counts twice, and `df/dh_i = s_i`. The graph itself is fixed.
///
/// A batch costs an inner product over its rows per edge, and scratch of `2 rows sites` numbers.
///
/// Each edge is one number here, so all of them are independent. Writing keeps the classes of a sweep, without
/// allocation, unless a weight becomes 0 or was 0: then the next sweep recomputes them.
impl<R: Real> Parametric for SparseIsing<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let (edges, sites) = (self.edge_count(), self.field.len());
        [Tensor::new("J", [edges]), Tensor::new("h", [sites])]
            .get(k)
            .copied()
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        has_length(values, self.edge_count() + self.field.len())?;
        let weights = self.edges().map(|(_, _, weight)| weight);
        let stored = weights.chain(self.field.iter().copied());
        for (value, stored) in values.iter_mut().zip(stored) {
            *value = stored;
        }
        Ok(())
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        let (weights, field) = values
            .split_at_checked(self.edge_count())
            .unwrap_or_default();
        let same_edges = self.has_same_zeros(weights);
        self.write_weights(weights);
        for (stored, &value) in self.field.iter_mut().zip(field) {
            *stored = value;
        }
        if let (Some(mut schedule), true) = (self.schedule.take(), same_edges) {
            schedule.update_weights(self);
            self.schedule = OnceLock::from(schedule);
        }
        Ok(())
    }

    fn parameter_gradient_scratch_len(&self, rows: usize) -> usize {
        rows.saturating_mul(2 * self.field.len())
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        let (of_edges, of_field) = gradient
            .split_at_mut_checked(self.edge_count())
            .unwrap_or_default();
        let (sites, count) = (self.field.len(), weights.len());
        let (spins, weighted) = scratch
            .split_at_mut_checked(sites * count)
            .unwrap_or_default();
        for (b, (row, weight)) in rows(x, sites, weights).enumerate() {
            for (i, &symbol) in row.iter().enumerate() {
                let (s, place) = (spin(symbol), i * count + b);
                set(spins, place, s);
                set(weighted, place, weight * s);
            }
        }
        let (spins, weighted) = (&*spins, &*weighted);
        for (g, (i, j, _)) in of_edges.iter_mut().zip(self.edges()) {
            *g += R::TWO * math::dot(of_site(weighted, i, count), of_site(spins, j, count));
        }
        for (i, g) in of_field.iter_mut().enumerate() {
            *g += math::sum(of_site(weighted, i, count));
        }
        Ok(())
    }
}

/// The numbers of site `i`, one per row of the batch.
fn of_site<R>(numbers: &[R], i: usize, rows: usize) -> &[R] {
    numbers.get(i * rows..(i + 1) * rows).unwrap_or(&[])
}

fn set<R>(numbers: &mut [R], place: usize, value: R) {
    if let Some(number) = numbers.get_mut(place) {
        *number = value;
    }
}
