//! Restricted Boltzmann machines.

mod categorical;
mod delta;
mod gradient;
mod law;
mod layers;
mod parametric;
mod sweep;

use crate::ModelError;
use crate::number;
use crate::random::Draws;
pub use categorical::CategoricalRbm;
use gwg_core::{Binary, Target, math};
use gwg_linalg::{Scalar, axpy};
pub use layers::{draw as draw_units, draw_symbol};

/// The number of hidden units processed together on the stack.
const CHUNK: usize = 64;
/// The number of parallel accumulators.
const LANES: usize = 16;
/// The number of weights up to which sums of rows are faster than a matrix product, which first has to pack its operands.
const SMALL: usize = 4096;

/// A restricted Boltzmann machine with its binary hidden units summed out.
///
/// `f(v) = b.v + sum_j softplus(a_j)`, `a = c + v W`, `v` in `{0, 1}^visible` (Grathwohl et al. 2021, section 5;
/// Smolensky 1986). Not multilinear: first-order differences are not exact.
///
/// # Memory and cost
/// One number per hidden unit, the pre-activations `a`. A move adds one row of `W` to them; the gradient
/// `b + W sigmoid(a)` of a block of walkers is then one matrix product, with `2 visible hidden` operations per
/// walker. An exact difference costs one exponential per hidden unit.
///
/// The results for a walker have the same bits in a block of any size.
#[derive(Clone, Debug)]
pub struct Rbm<R> {
    space: Binary,
    /// Shape (visible, hidden).
    weights: Vec<R>,
    /// Shape (hidden, visible) for small machines, otherwise empty.
    transposed: Vec<R>,
    visible_bias: Vec<R>,
    hidden_bias: Vec<R>,
}

impl<R: Scalar> Rbm<R> {
    /// Creates the machine with weights `W` of shape (visible, hidden), row-major, and the biases `b` (visible) and
    /// `c` (hidden).
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless both layers have at least one unit; [`ModelError::Length`] unless `W` has
    /// `visible * hidden` numbers; [`ModelError::NotFinite`] with the first such entry.
    pub fn new(
        weights: Vec<R>,
        visible_bias: Vec<R>,
        hidden_bias: Vec<R>,
    ) -> Result<Self, ModelError> {
        let visible = number::sites("visible (the length of b)", visible_bias.len())?;
        let hidden = number::sites("hidden (the length of c)", hidden_bias.len())?;
        number::has_shape("W", weights.len(), &[visible, hidden])?;
        number::all_finite("W", &weights, &[visible, hidden])?;
        number::all_finite("b", &visible_bias, &[visible])?;
        number::all_finite("c", &hidden_bias, &[hidden])?;
        let mut transposed = Vec::new();
        if weights.len() <= SMALL {
            let column = |j: usize| weights.iter().skip(j).step_by(hidden).copied();
            transposed = (0..hidden).flat_map(column).collect();
        }
        Ok(Self {
            space: Binary::new(visible),
            weights,
            transposed,
            visible_bias,
            hidden_bias,
        })
    }

    /// Creates a random machine as in the paper: weights from `N(0, 0.05^2)`, both biases from `N(0, 1)`.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless both layers have at least one unit and the weights fit into memory.
    pub fn random(visible: usize, hidden: usize, seed: u64) -> Result<Self, ModelError> {
        number::sites("visible", visible)?;
        number::sites("hidden", hidden)?;
        let mut draws = Draws::new("rbm", seed);
        let mut weights = number::zeros("visible * hidden", &[visible, hidden])?;
        for weight in &mut weights {
            *weight = R::from_f64(0.05 * draws.normal());
        }
        let visible_bias = draws.normals(visible, 1.0);
        Self::new(weights, visible_bias, draws.normals(hidden, 1.0))
    }

    /// The number of visible units.
    #[must_use]
    pub fn visible(&self) -> usize {
        self.visible_bias.len()
    }

    /// The number of hidden units.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.hidden_bias.len()
    }

    /// The weights, shape (visible, hidden), row-major.
    #[must_use]
    pub fn weights(&self) -> &[R] {
        &self.weights
    }

    /// The biases of the visible units.
    #[must_use]
    pub fn visible_bias(&self) -> &[R] {
        &self.visible_bias
    }

    /// The biases of the hidden units.
    #[must_use]
    pub fn hidden_bias(&self) -> &[R] {
        &self.hidden_bias
    }

    /// The weights of visible unit `i`; empty if there is no such unit.
    #[inline(always)]
    fn row(&self, i: usize) -> &[R] {
        let hidden = self.hidden();
        let start = i.saturating_mul(hidden);
        self.weights
            .get(start..start.saturating_add(hidden))
            .unwrap_or(&[])
    }

    /// Writes the pre-activations `c + v W` of a state whose units `on` are 1, their rows added in this order.
    #[inline(always)]
    fn activate(&self, on: impl Iterator<Item = usize>, out: &mut [R]) {
        for (a, &c) in out.iter_mut().zip(&self.hidden_bias) {
            *a = c;
        }
        for i in on {
            axpy(R::ONE, self.row(i), out);
        }
    }

    /// `b.v`, in f64.
    #[inline(always)]
    fn bias_sum(&self, v: &[u8]) -> f64 {
        let mut lanes = [0.0; LANES];
        let (v, tail) = v.as_chunks::<LANES>();
        let (b, b_tail) = self.visible_bias.as_chunks::<LANES>();
        for (v, b) in v.iter().zip(b) {
            for ((lane, &v), &b) in lanes.iter_mut().zip(v).zip(b) {
                *lane += f64::from(v) * b.to_f64();
            }
        }
        for ((lane, &v), &b) in lanes.iter_mut().zip(tail).zip(b_tail) {
            *lane += f64::from(v) * b.to_f64();
        }
        math::sum(&lanes)
    }

    /// Calls `each` with the pre-activations of [`CHUNK`] hidden units at a time, in f64, and the index of the first one; the units `on` are 1.
    fn chunks(
        &self,
        on: impl Iterator<Item = usize> + Clone,
        mut each: impl FnMut(usize, &mut [f64]),
    ) {
        for (k, biases) in self.hidden_bias.chunks(CHUNK).enumerate() {
            let first = k * CHUNK;
            let mut buffer = [0.0; CHUNK];
            let Some(a) = buffer.get_mut(..biases.len()) else {
                return;
            };
            for (a, c) in a.iter_mut().zip(biases) {
                *a = c.to_f64();
            }
            for i in on.clone() {
                let row = self.row(i).get(first..).unwrap_or(&[]);
                for (a, w) in a.iter_mut().zip(row) {
                    *a += w.to_f64();
                }
            }
            each(first, a);
        }
    }
}

/// The units that are 1.
#[inline(always)]
fn ones(v: &[u8]) -> impl Iterator<Item = usize> + Clone {
    let on = v.iter().enumerate().filter(|&(_, &symbol)| symbol != 0);
    on.map(|(i, _)| i)
}

impl<R: Scalar> Target for Rbm<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, v: &[u8]) -> f64 {
        let mut f = self.bias_sum(v);
        self.chunks(ones(v), |_, a| f += math::softplus_sum(a));
        f
    }
}
