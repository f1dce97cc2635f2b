use super::super::CHUNK;
use super::CategoricalRbm;
use crate::number::at;
use gwg_core::target::{Batch, Row};
use gwg_core::{Gradient, math};
use gwg_linalg::{Scalar, padded_rows};

impl<R: Scalar> CategoricalRbm<R> {
    /// The pre-activations of a state: those from before its changes with the difference of two rows added per change, or, if there are many
    /// changes, recomputed.
    #[inline(always)]
    fn activations(&self, row: &mut Row<'_, R, u8>) {
        match row.before {
            Some(before) if row.changes.len() <= self.sites() / 4 => {
                row.cache.copy_from_slice(before.cache);
                for &mv in row.changes {
                    self.exchange(mv, row.cache);
                }
            }
            _ => self.units.activate(self.on(row.x), row.cache),
        }
    }

    /// Writes `d_ia = g_ia - g_i,x_i` from the slopes `W sigmoid(a)`.
    #[inline(always)]
    fn differences(&self, x: &[u8], slopes: &[R], differences: &mut [R]) {
        let q = self.states();
        let biases = self.units.visible_bias().chunks_exact(q);
        let rows = slopes.chunks_exact(q).zip(biases);
        for ((&symbol, row), (slopes, biases)) in
            x.iter().zip(differences.chunks_exact_mut(q)).zip(rows)
        {
            let symbol = usize::from(symbol);
            let own = at(biases, symbol) + at(slopes, symbol);
            for (d, (&b, &s)) in row.iter_mut().zip(biases.iter().zip(slopes)) {
                *d = (b + s) - own;
            }
        }
    }
}

impl<R: Scalar> Gradient for CategoricalRbm<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        let mut f = self.bias_sum(x);
        for (g, &b) in gradient.iter_mut().zip(self.units.visible_bias()) {
            *g = b;
        }
        self.units.chunks(self.on(x), |first, a| {
            let mut buffer = [0.0; CHUNK];
            f += math::sigmoid_softplus(a, &mut buffer);
            for (i, g) in gradient.iter_mut().enumerate() {
                let row = self.units.row(i).iter().skip(first).zip(&buffer);
                let slope: f64 = row.take(a.len()).map(|(w, s)| w.to_f64() * s).sum();
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
        self.units.gradient_scratch_len(walkers)
    }

    /// With too little scratch, every value is NaN, so that no proposal is accepted.
    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, scratch: &mut [R]) {
        let (hidden, rows) = (self.hidden(), batch.rows());
        let (sigmoids, slopes) = scratch
            .split_at_mut_checked(padded_rows(rows) * hidden)
            .unwrap_or((&mut [], &mut []));
        for (k, sigmoids) in (0..rows).zip(sigmoids.chunks_exact_mut(hidden)) {
            let mut row = batch.row(k);
            self.activations(&mut row);
            let softplus = math::sigmoid_softplus(row.cache, sigmoids);
            row.set_log_prob(self.bias_sum(row.x) + softplus);
        }
        if self.units.slopes(rows, sigmoids, slopes).is_err() {
            for k in 0..rows {
                batch.row(k).set_log_prob(f64::NAN);
            }
            return;
        }
        for (k, slopes) in (0..rows).zip(slopes.chunks_exact(self.units.visible())) {
            let row = batch.row(k);
            self.differences(row.x, slopes, row.differences);
        }
    }
}
