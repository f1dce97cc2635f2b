//! Computes all slopes by one matrix product.

use super::LogBilinear;
use crate::number::at;
use gwg_core::target::{Batch, Row};
use gwg_core::{Gradient, Space, Target};
use gwg_linalg::{Matrix, Scalar, padded_rows, product_transposed};
use std::ops::Range;

impl<R: Scalar> LogBilinear<R> {
    /// Writes the slopes of all words at the sites of `range`, shape (range, words), from `x` alone.
    ///
    /// A range has at least two sites: a product with one row rounds differently.
    fn slopes(&self, x: &[u16], range: Range<usize>, out: &mut [R], contexts: &mut [R]) {
        let words = self.words();
        for (t, h) in range.clone().zip(contexts.chunks_exact_mut(self.dim)) {
            self.context(x, t, h);
        }
        let multiplied = Matrix::new(&self.embedding, words, self.dim)
            .and_then(|embedding| product_transposed(range.len(), contexts, embedding, out));
        if multiplied.is_err() {
            // With too little scratch, no proposal is accepted.
            return out.fill(R::from_f64(f64::NAN));
        }
        for row in out.chunks_exact_mut(words) {
            for (g, &b) in row.iter_mut().zip(&self.bias) {
                *g += b;
            }
        }
    }

    /// Computes the differences at the sites of `range`.
    fn fill(&self, row: &mut Row<'_, R, u16>, range: Range<usize>, contexts: &mut [R]) {
        let words = self.words();
        let cells = range.start * words..range.end * words;
        let Some(out) = row.differences.get_mut(cells) else {
            return;
        };
        self.slopes(row.x, range.clone(), out, contexts);
        let sites = row.x.iter().skip(range.start);
        for (differences, &word) in out.chunks_exact_mut(words).zip(sites) {
            let own = at(differences, word.into());
            for d in differences {
                *d -= own;
            }
        }
    }

    /// The first range of sites from `start` on whose differences the changes affect.
    fn affected(&self, row: &Row<'_, R, u16>, start: usize) -> Option<Range<usize>> {
        let sites = self.space.sites();
        let near = |t: &usize| {
            row.changes
                .iter()
                .any(|mv| self.around(mv.site).contains(t))
        };
        let first = (start..sites).find(near)?;
        let end = (first..sites).find(|t| !near(t)).unwrap_or(sites);
        Some(first..end)
    }
}

/// No cache: unchanged differences are copied from the previous evaluation.
impl<R: Scalar> Gradient for LogBilinear<R> {
    fn gradient_scratch_len(&self, _: usize) -> usize {
        padded_rows(self.space.sites()) * self.dim
    }

    fn value_and_gradient(&self, x: &[u16], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        self.slopes(x, 0..self.space.sites(), gradient, scratch);
        self.log_prob(x)
    }

    fn evaluate(&self, batch: &mut dyn Batch<R, u16>, scratch: &mut [R]) {
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            let f = self.log_prob(row.x);
            row.set_log_prob(f);
            let Some(before) = row.before else {
                self.fill(&mut row, 0..self.space.sites(), scratch);
                continue;
            };
            row.differences.copy_from_slice(before.differences);
            let mut start = 0;
            while let Some(range) = self.affected(&row, start) {
                start = range.end;
                self.fill(&mut row, range, scratch);
            }
        }
    }
}
