use super::Relaxed;
use crate::RelaxError;
use crate::error::{all_finite, has_length};
use gwg_core::Real;

/// A restricted Boltzmann machine with its hidden units summed out, evaluated at visible units in `[0, 1]`.
///
/// `f(v) = b.v + sum_j softplus(a_j)`, `a = c + v W`: the formula of the model itself, which is not multilinear.
///
/// # Cost
/// `4 visible hidden` operations per evaluation.
#[derive(Clone, Debug)]
pub struct RelaxedRbm<R> {
    weights: Vec<R>,
    visible_bias: Vec<R>,
    hidden_bias: Vec<R>,
}

impl<R: Real> RelaxedRbm<R> {
    /// Creates the machine with weights `W` of shape (visible, hidden), row-major, and the biases `b` and `c`.
    ///
    /// # Errors
    /// [`RelaxError::Length`] unless `W` has `visible * hidden` numbers, [`RelaxError::NotFinite`] with the first such
    /// number.
    pub fn new(weights: &[R], visible_bias: &[R], hidden_bias: &[R]) -> Result<Self, RelaxError> {
        has_length("W", weights.len(), visible_bias.len() * hidden_bias.len())?;
        all_finite("W", weights)?;
        all_finite("b", visible_bias)?;
        all_finite("c", hidden_bias)?;
        Ok(Self {
            weights: weights.to_vec(),
            visible_bias: visible_bias.to_vec(),
            hidden_bias: hidden_bias.to_vec(),
        })
    }

    fn rows(&self) -> impl Iterator<Item = &[R]> {
        self.weights.chunks_exact(self.hidden_bias.len().max(1))
    }
}

impl<R: Real> Relaxed for RelaxedRbm<R> {
    type Real = R;

    fn weights(&self) -> usize {
        self.visible_bias.len()
    }

    fn scratch_len(&self) -> usize {
        self.hidden_bias.len()
    }

    fn value_and_gradient(&self, x: &[R], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        for (a, &c) in scratch.iter_mut().zip(&self.hidden_bias) {
            *a = c;
        }
        for (&x, row) in x.iter().zip(self.rows()) {
            for (a, &w) in scratch.iter_mut().zip(row) {
                *a += x * w;
            }
        }
        let mut f = 0.0;
        for a in scratch.iter_mut().take(self.hidden_bias.len()) {
            f += a.softplus().to_f64();
            *a = a.sigmoid();
        }
        for (&x, &b) in x.iter().zip(&self.visible_bias) {
            f += x.to_f64() * b.to_f64();
        }
        for ((g, &b), row) in gradient.iter_mut().zip(&self.visible_bias).zip(self.rows()) {
            *g = row
                .iter()
                .zip(&*scratch)
                .fold(b, |sum, (&w, &p)| sum + w * p);
        }
        f
    }
}
