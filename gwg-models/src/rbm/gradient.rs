use super::{CHUNK, Rbm};
use gwg_core::neighborhood::{Evaluation, Evaluations};
use gwg_core::{Gradient, Walker, math};
use gwg_linalg::{Matrix, Scalar, axpy, padded_rows, product_transposed};

impl<R: Scalar> Rbm<R> {
    /// The pre-activations at the proposal: those of `current` with a row added or taken off for each
    /// change, or, where changes are many, summed anew.
    #[inline(always)]
    fn reactivate(&self, walker: &mut Walker<'_, R, Evaluations<'_, R>>) {
        let count = walker.state.changes().len();
        if count > self.visible() / 4 {
            return self.activate(walker.x, walker.state.proposed.memory);
        }
        let Evaluations {
            current, proposed, ..
        } = &mut walker.state;
        proposed.memory.copy_from_slice(current.memory);
        for k in 0..count {
            let Some(&mv) = walker.state.changes().get(k) else {
                return;
            };
            let sign = R::from_f64(f64::from(mv.to) - f64::from(mv.from));
            axpy(sign, self.row(mv.site), walker.state.proposed.memory);
        }
    }

    /// `W sigmoid(a)` of each walker: one matrix product, or sums of rows where the machine is small.
    #[inline(always)]
    fn slopes(
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

    /// Values and differences of a block whose pre-activations are up to date.
    ///
    /// With less scratch than asked for, every value is NaN: nothing is accepted.
    #[inline(always)]
    fn evaluate(
        &self,
        walkers: &mut [Walker<'_, R, Evaluations<'_, R>>],
        scratch: &mut [R],
        side: impl for<'s, 'm> Fn(&'s mut Evaluations<'m, R>) -> &'s mut Evaluation<'m, R>,
    ) {
        let (visible, hidden) = (self.visible(), self.hidden());
        let split = padded_rows(walkers.len()) * hidden;
        let (sigmoids, slopes) = scratch
            .split_at_mut_checked(split)
            .unwrap_or((&mut [], &mut []));
        for (w, sigmoids) in walkers.iter_mut().zip(sigmoids.chunks_exact_mut(hidden)) {
            let evaluation = side(&mut w.state);
            let softplus = math::sigmoid_softplus(evaluation.memory, sigmoids);
            evaluation.set_log_prob(self.bias_sum(w.x) + softplus);
        }
        if self.slopes(walkers.len(), sigmoids, slopes).is_err() {
            for w in walkers {
                side(&mut w.state).set_log_prob(f64::NAN);
            }
            return;
        }
        for (w, slopes) in walkers.iter_mut().zip(slopes.chunks_exact(visible)) {
            let from = w.x.iter().zip(&self.visible_bias).zip(slopes);
            let difference = side(&mut w.state).difference.iter_mut();
            for (d, ((&symbol, &bias), &slope)) in difference.zip(from) {
                let g = bias + slope;
                *d = if symbol == 0 { g } else { -g };
            }
        }
    }
}

impl<R: Scalar> Gradient for Rbm<R> {
    fn value_and_gradient(&self, v: &[u8], gradient: &mut [R]) -> f64 {
        let mut f = self.bias_sum(v);
        for (g, &b) in gradient.iter_mut().zip(&self.visible_bias) {
            *g = b;
        }
        self.chunks(v, |first, a| {
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
    fn evaluate_batch(&self, walkers: &mut [Walker<'_, R, Evaluations<'_, R>>], scratch: &mut [R]) {
        for w in walkers.iter_mut() {
            self.activate(w.x, w.state.current.memory);
        }
        self.evaluate(walkers, scratch, |state| &mut state.current);
    }

    #[inline(always)]
    fn reevaluate(&self, walkers: &mut [Walker<'_, R, Evaluations<'_, R>>], scratch: &mut [R]) {
        for w in walkers.iter_mut() {
            self.reactivate(w);
        }
        self.evaluate(walkers, scratch, |state| &mut state.proposed);
    }
}
