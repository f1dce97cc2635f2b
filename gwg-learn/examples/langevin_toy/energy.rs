//! The energy: a perceptron of two real numbers.
//!
//! Its features are bounded, so that far from the data the energy is `|x|^2 / 2` and a number: with unbounded ones negatives run away.

use gwg_nets::{Description, Layer, NetError, Network, Symbols, random};
use gwg_relax::Density;

/// The half side of the square of the grid and the picture.
pub(crate) const HALF: f64 = 3.0;
pub(crate) const CELLS: usize = 72;
/// Units of both hidden layers.
const UNITS: usize = 32;

/// `E(x) = |x|^2 / 2 - net(x)`; the first term makes `exp(-E)` a density, whatever the weights.
pub(crate) struct Energy(pub(crate) Network<f32>);

impl Energy {
    pub(crate) fn new(seed: u64) -> Result<Self, NetError> {
        // The first layer receives the numbers themselves, whatever the symbols of states would be.
        let symbols = Symbols::Binary {
            low: 0.0,
            high: 1.0,
        };
        let linear = |features| Layer::Linear {
            features,
            bias: true,
        };
        let (hidden, last) = (linear(UNITS), linear(1));
        let layers = vec![
            Layer::Flatten,
            hidden.clone(),
            Layer::Tanh,
            hidden,
            Layer::Tanh,
            last,
        ];
        let description = Description {
            shape: vec![2],
            symbols,
            layers,
        };
        Ok(Self(random(description, seed)?))
    }

    pub(crate) fn value(&self, x: [f64; 2]) -> f64 {
        let (mut f, mut scratch) = ([0.0], vec![0.0; self.0.scratch_len(1)]);
        let input = x.map(|x| x as f32);
        if self.0.evaluate(&input, &mut f, &mut scratch).is_err() {
            return f64::NAN;
        }
        0.5 * (x[0] * x[0] + x[1] * x[1]) - f64::from(f[0])
    }

    /// The centers of the cells of the grid, row by row from the lowest.
    pub(crate) fn centers() -> impl Iterator<Item = [f64; 2]> {
        let width = 2.0 * HALF / CELLS as f64;
        let center = move |k: usize| (k as f64 + 0.5) * width - HALF;
        (0..CELLS * CELLS).map(move |k| [center(k % CELLS), center(k / CELLS)])
    }

    /// `E` at the centers.
    pub(crate) fn values(&self) -> Vec<f64> {
        Self::centers().map(|x| self.value(x)).collect()
    }

    /// `ln Z`, from the grid.
    pub(crate) fn log_z(&self) -> f64 {
        let width = 2.0 * HALF / CELLS as f64;
        let sum: f64 = self.values().iter().map(|e| (-e).exp()).sum();
        (sum * width * width).ln()
    }

    /// The mean log-likelihood.
    pub(crate) fn log_likelihood(&self, data: &[[f64; 2]]) -> f64 {
        let mean = data.iter().map(|&x| self.value(x)).sum::<f64>() / data.len() as f64;
        -mean - self.log_z()
    }
}

/// `ln q = -E`, with the gradient by the two numbers from the pass back through the layers.
impl Density for Energy {
    type Real = f32;

    fn dimension(&self) -> usize {
        2
    }

    fn scratch_len(&self) -> usize {
        self.0.parameters().len() + self.0.scratch_len(1)
    }

    fn evaluate(&self, x: &[f32], gradient: &mut [f32], scratch: &mut [f32]) -> f64 {
        // That of the weights is computed in the same pass, and is not used here.
        let (by_weights, scratch) = scratch.split_at_mut(self.0.parameters().len());
        let mut f = [f32::NAN];
        gradient.fill(0.0);
        let done = self.0.evaluate(x, &mut f, scratch);
        let done = done.and_then(|()| self.0.learn(x, &[1.0], by_weights, gradient, scratch));
        if done.is_err() {
            return f64::NAN;
        }
        let mut log_density = f64::from(f[0]);
        for (g, &x) in gradient.iter_mut().zip(x) {
            *g -= x;
            log_density -= 0.5 * f64::from(x) * f64::from(x);
        }
        log_density
    }
}
