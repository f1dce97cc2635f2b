//! Restricted Boltzmann machines whose sums over all states are made here.

use gwg_core::{Bits, SplitMix64};
use gwg_learn::{RbmLayers, write_ladder};
use gwg_models::io::{Parameters, write_model};
use std::path::Path;

/// `W` of shape (visible, hidden), `b` and `c`.
pub(crate) struct Machine {
    pub(crate) weights: Vec<f64>,
    pub(crate) visible_bias: Vec<f64>,
    pub(crate) hidden_bias: Vec<f64>,
}

impl Machine {
    /// Parameters of a uniform distribution of this standard deviation, numbers of f32.
    pub(crate) fn random(visible: usize, hidden: usize, scale: f64) -> Self {
        let mut bits = SplitMix64::new(7);
        let mut draws = |count: usize| -> Vec<f64> {
            let draw = |_| f64::from((12f64.sqrt() * scale * (bits.unit::<f64>() - 0.5)) as f32);
            (0..count).map(draw).collect()
        };
        Self {
            weights: draws(visible * hidden),
            visible_bias: draws(visible),
            hidden_bias: draws(hidden),
        }
    }

    pub(crate) fn write(&self, path: &Path) {
        let parameters = Parameters::Rbm {
            weights: (&self.weights[..]).into(),
            visible_bias: (&self.visible_bias[..]).into(),
            hidden_bias: (&self.hidden_bias[..]).into(),
        };
        write_model(path, &parameters).unwrap();
    }

    /// Writes the machines with so many equally spaced fractions of the weights, from 0 to 1.
    pub(crate) fn write_ladder(&self, path: &Path, models: usize) {
        let narrow = |numbers: &[f64], t: f64| numbers.iter().map(|x| (t * x) as f32).collect();
        let model = |k: usize| RbmLayers {
            units: 1,
            weights: narrow(&self.weights, k as f64 / (models - 1) as f64),
            visible_bias: narrow(&self.visible_bias, 1.0),
            hidden_bias: narrow(&self.hidden_bias, 1.0),
        };
        write_ladder(path, &(0..models).map(model).collect::<Vec<_>>()).unwrap();
    }

    /// `b.v + sum_j log(1 + exp(c_j + (vW)_j))`.
    pub(crate) fn log_prob(&self, v: &[u8]) -> f64 {
        let hidden = self.hidden_bias.len();
        let ones = || (0..v.len()).filter(|&i| v[i] == 1);
        let own: f64 = ones().map(|i| self.visible_bias[i]).sum();
        let activation = |j: usize| {
            let weights = ones().map(|i| self.weights[i * hidden + j]);
            self.hidden_bias[j] + weights.sum::<f64>()
        };
        own + (0..hidden)
            .map(|j| activation(j).exp().ln_1p())
            .sum::<f64>()
    }

    /// The sum over all states of the visible units.
    pub(crate) fn log_z(&self) -> f64 {
        let visible = self.visible_bias.len();
        let state = |k: usize| (0..visible).map(|i| (k >> i & 1) as u8).collect::<Vec<_>>();
        let values = (0..1 << visible).map(|k| self.log_prob(&state(k)).exp());
        values.sum::<f64>().ln()
    }
}
