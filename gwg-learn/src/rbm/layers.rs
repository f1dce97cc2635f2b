//! The parameters of a restricted Boltzmann machine while it is learned.

use crate::Data;
use gwg_core::{Bits, math};
use gwg_linalg::{Matrix, product, product_transposed};
use gwg_models::{ModelError, Rbm};

/// Rows that are evaluated together.
const ROWS: usize = 128;

/// Weights `W` of shape (visible, hidden), row-major, and the biases `b` of the visible and `c` of the hidden units, in single precision:
/// `f(v) = b.v + sum_j softplus(c_j + (v W)_j)`.
#[derive(Clone, Debug, PartialEq)]
pub struct RbmLayers {
    /// `W`.
    pub weights: Vec<f32>,
    /// `b`.
    pub visible_bias: Vec<f32>,
    /// `c`.
    pub hidden_bias: Vec<f32>,
}

impl RbmLayers {
    /// Where learning begins: the log-odds of the data, smoothed by half a row of ones and half a row of zeros, as biases of the visible units, and weights
    /// from `N(0, scale^2)`.
    #[must_use]
    pub fn start(data: &Data, hidden: usize, scale: f64, bits: &mut impl Bits) -> Self {
        let keep = 1.0 / (data.effective_rows() + 1.0);
        let ones = data
            .frequencies()
            .into_iter()
            .skip(1)
            .step_by(data.states());
        let ones = ones.map(|p| (1.0 - keep) * p + keep * 0.5);
        // Box and Muller 1958.
        let mut normal = || {
            let (u, v) = (1.0 - bits.unit::<f64>(), bits.unit::<f64>());
            (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
        };
        let weights = (0..data.sites() * hidden).map(|_| (scale * normal()) as f32);
        Self {
            weights: weights.collect(),
            visible_bias: ones.map(|p| (p / (1.0 - p)).ln() as f32).collect(),
            hidden_bias: vec![0.0; hidden],
        }
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

    /// The model, to be sampled, evaluated and saved.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`] if learning diverged.
    pub fn to_model(&self) -> Result<Rbm<f32>, ModelError> {
        let biases = (self.visible_bias.clone(), self.hidden_bias.clone());
        Rbm::new(self.weights.clone(), biases.0, biases.1)
    }

    /// Writes `c + v W` of `rows` rows of visible units; both slices have at least two rows.
    pub(super) fn up(&self, rows: usize, v: &mut [f32], a: &mut [f32]) {
        // The shapes are those of the layers.
        if let Ok(weights) = Matrix::new(&self.weights, self.visible(), self.hidden()) {
            let _ = product(rows, v, weights, a);
        }
        add_bias(rows, a, &self.hidden_bias);
    }

    /// Writes `b + h W'` of `rows` rows of hidden units; both slices have at least two rows.
    pub(super) fn down(&self, rows: usize, h: &mut [f32], a: &mut [f32]) {
        if let Ok(weights) = Matrix::new(&self.weights, self.visible(), self.hidden()) {
            let _ = product_transposed(rows, h, weights, a);
        }
        add_bias(rows, a, &self.visible_bias);
    }

    /// `f` of rows of visible units, row-major.
    ///
    /// # Cost
    /// A matrix product on the calling thread, of 128 rows at a time.
    #[must_use]
    pub fn log_prob_of(&self, rows: &[u8]) -> Vec<f64> {
        let (visible, hidden) = (self.visible(), self.hidden());
        let mut v = vec![0.0; ROWS * visible];
        let mut a = vec![0.0; ROWS * hidden];
        let mut all = Vec::with_capacity(rows.len() / visible.max(1));
        for rows in rows.chunks(ROWS * visible) {
            for (v, &symbol) in v.iter_mut().zip(rows) {
                *v = f32::from(u8::from(symbol != 0));
            }
            let count = rows.len() / visible;
            self.up(count, &mut v, &mut a);
            let layers = v.chunks_exact(visible).zip(a.chunks_exact(hidden));
            all.extend(layers.take(count).map(|(v, a)| self.log_prob(v, a)));
        }
        all
    }

    /// `f` of one row of visible units, from its `c + v W`.
    pub(super) fn log_prob(&self, v: &[f32], a: &[f32]) -> f64 {
        let own = v.iter().zip(&self.visible_bias);
        let own: f64 = own.map(|(&v, &b)| f64::from(v) * f64::from(b)).sum();
        own + math::softplus_sum(a)
    }
}

impl From<&Rbm<f32>> for RbmLayers {
    fn from(model: &Rbm<f32>) -> Self {
        Self {
            weights: model.weights().to_vec(),
            visible_bias: model.visible_bias().to_vec(),
            hidden_bias: model.hidden_bias().to_vec(),
        }
    }
}

fn add_bias(rows: usize, a: &mut [f32], bias: &[f32]) {
    for row in a.chunks_exact_mut(bias.len()).take(rows) {
        for (a, b) in row.iter_mut().zip(bias) {
            *a += b;
        }
    }
}
