use super::{CHUNK, Rbm, ones};
use gwg_core::target::{Batch, Row};
use gwg_core::{Gradient, math};
use gwg_linalg::{Matrix, Scalar, axpy, padded_rows, product_transposed};

impl<R: Scalar> Rbm<R> {
    /// The pre-activations of a state: those from before its changes with a row added or subtracted per change, or,
    /// if there are many changes, recomputed.
    #[inline(always)]
    fn activations(&self, row: &mut Row<'_, R, u8>) {
        match row.before {
            Some(before) if row.changes.len() <= self.visible() / 4 => {
                row.cache.copy_from_slice(before.cache);
                for mv in row.changes {
                    let sign = R::from_f64(f64::from(mv.to) - f64::from(mv.from));
                    axpy(sign, self.row(mv.site), row.cache);
                }
            }
            _ => self.activate(ones(row.x), row.cache),
        }
    }

    /// `W sigmoid(a)` of each walker: one matrix product, or sums of rows if the machine is small.
    #[inline(always)]
    pub(super) fn slopes(
        &self,
        walkers: usize,
        sigmoids: &mut [R],
        slopes: &mut [R],
    ) -> Result<(), gwg_linalg::Error> {
        let (visible, hidden) = (self.visible(), self.hidden());
        if self.transposed.is_empty() {
            let weights = Matrix::new(&self.weights, visible, hidden)?;
            return product_transposed(walkers, sigmoids, weights, slopes);
        }
        let (found, needed) = (slopes.len(), padded_rows(walkers) * visible);
        if found < needed || sigmoids.len() < padded_rows(walkers) * hidden {
            let name = "scratch";
            return Err(gwg_linalg::Error::Length {
                name,
                found,
                needed,
            });
        }
        let rows = sigmoids
            .chunks_exact(hidden)
            .zip(slopes.chunks_exact_mut(visible));
        for (sigmoids, slopes) in rows.take(walkers) {
            slopes.fill(R::ZERO);
            for (&sigmoid, row) in sigmoids.iter().zip(self.transposed.chunks_exact(visible)) {
                axpy(sigmoid, row, slopes);
            }
        }
        Ok(())
    }

    /// Computes values and differences of all states.
    ///
    /// With too little scratch, every value is NaN, so that no proposal is accepted.
    #[inline(always)]
    fn evaluate_rows(&self, batch: &mut dyn Batch<R, u8>, scratch: &mut [R]) {
        let (visible, hidden, rows) = (self.visible(), self.hidden(), batch.rows());
        let split = padded_rows(rows) * hidden;
        let (sigmoids, slopes) = scratch
            .split_at_mut_checked(split)
            .unwrap_or((&mut [], &mut []));
        for (k, sigmoids) in (0..rows).zip(sigmoids.chunks_exact_mut(hidden)) {
            let mut row = batch.row(k);
            self.activations(&mut row);
            let softplus = math::sigmoid_softplus(row.cache, sigmoids);
            row.set_log_prob(self.bias_sum(row.x) + softplus);
        }
        if self.slopes(rows, sigmoids, slopes).is_err() {
            for k in 0..rows {
                batch.row(k).set_log_prob(f64::NAN);
            }
            return;
        }
        for (k, slopes) in (0..rows).zip(slopes.chunks_exact(visible)) {
            let row = batch.row(k);
            let from = row.x.iter().zip(&self.visible_bias).zip(slopes);
            for (d, ((&symbol, &bias), &slope)) in row.differences.iter_mut().zip(from) {
                let g = bias + slope;
                *d = if symbol == 0 { g } else { -g };
            }
        }
    }
}

impl<R: Scalar> Gradient for Rbm<R> {
    fn value_and_gradient(&self, v: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        let mut f = self.bias_sum(v);
        for (g, &b) in gradient.iter_mut().zip(&self.visible_bias) {
            *g = b;
        }
        self.chunks(ones(v), |first, a| {
            let mut buffer = [0.0; CHUNK];
            f += math::sigmoid_softplus(a, &mut buffer);
            for (i, g) in gradient.iter_mut().enumerate() {
                let row = self.row(i).iter().skip(first);
                let slope: f64 = row
                    .zip(&buffer[..a.len()])
                    .map(|(w, s)| w.to_f64() * s)
                    .sum();
                *g += R::from_f64(slope);
            }
        });
        f
    }

    #[inline]
    fn gradient_cache_len(&self) -> usize {
        self.hidden()
    }

    #[inline]
    fn gradient_scratch_len(&self, walkers: usize) -> usize {
        padded_rows(walkers) * (self.hidden() + self.visible())
    }

    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, scratch: &mut [R]) {
        self.evaluate_rows(batch, scratch);
    }
}
