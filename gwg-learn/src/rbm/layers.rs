//! The parameters of a restricted Boltzmann machine while it is learned.

use crate::{Data, one_hot};
use gwg_core::{Bits, Real, math};
use gwg_linalg::{Matrix, axpy, product, product_transposed};
use gwg_models::{CategoricalRbm, ModelError, Rbm};

/// Rows that are evaluated together.
const ROWS: usize = 128;

/// Weights `W` of shape (visible, hidden), row-major, and the biases `b` of the visible and `c` of the hidden units, in single precision:
/// `f(v) = b.v + sum_j softplus(c_j + (v W)_j)`.
///
/// A binary site is one visible unit. A site of more states has one visible unit per state, exactly one of which is on: then `W` has the shape
/// (sites, states, hidden) and `b` (sites, states).
#[derive(Clone, Debug, PartialEq)]
pub struct RbmLayers {
    /// The visible units of a site: 1 of a binary one, as many as its states of a categorical one.
    pub units: usize,
    /// `W`.
    pub weights: Vec<f32>,
    /// `b`.
    pub visible_bias: Vec<f32>,
    /// `c`.
    pub hidden_bias: Vec<f32>,
}

impl RbmLayers {
    /// Where learning begins: the distribution of independent sites with the frequencies of the data, smoothed by one row that has all states in equal
    /// parts, as biases of the visible units, and weights from `N(0, scale^2)`.
    ///
    /// Biases are log-odds of binary sites, else logarithms of frequencies; parameters of categorical sites are in the
    /// [zero-sum gauge](Self::to_zero_sum).
    #[must_use]
    pub fn start(data: &Data, hidden: usize, scale: f64, bits: &mut impl Bits) -> Self {
        let (keep, states) = (1.0 / (data.effective_rows() + 1.0), data.states());
        let smooth = |p: f64| (1.0 - keep) * p + keep / states as f64;
        let units = if states == 2 { 1 } else { states };
        let frequencies = data.frequencies().into_iter().map(smooth);
        let visible_bias: Vec<f32> = match units {
            1 => {
                let ones = frequencies.skip(1).step_by(2);
                ones.map(|p| (p / (1.0 - p)).ln() as f32).collect()
            }
            _ => frequencies.map(|p| p.ln() as f32).collect(),
        };
        // Box and Muller 1958.
        let mut normal = || {
            let (u, v) = (1.0 - bits.unit::<f64>(), bits.unit::<f64>());
            (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
        };
        let weights = (0..data.sites() * units * hidden).map(|_| (scale * normal()) as f32);
        let mut layers = Self {
            units,
            weights: weights.collect(),
            visible_bias,
            hidden_bias: vec![0.0; hidden],
        };
        layers.subtract_means();
        layers
    }

    /// Moves categorical sites to the zero-sum gauge, in which the weights of a site to a hidden unit, and the biases of a site, have the sum 0. The
    /// means of the weights are added to the biases of the hidden units, so that `f` changes by a constant. Binary sites have no such freedom.
    ///
    /// # Cost
    /// A pass over the parameters.
    pub fn to_zero_sum(&mut self) {
        let means = self.subtract_means();
        axpy(1.0, &means, &mut self.hidden_bias);
    }

    /// Subtracts from the weights, and from the biases, of each categorical site their means over its states, which is a projection on the zero-sum gauge;
    /// returns the sum of the means of the weights to each hidden unit.
    pub(super) fn subtract_means(&mut self) -> Vec<f32> {
        let (q, hidden) = (self.units, self.hidden());
        if q == 1 || hidden == 0 {
            return vec![0.0; hidden];
        }
        let sums = subtract_site_means(&mut self.weights, q, hidden);
        for biases in self.visible_bias.chunks_exact_mut(q) {
            let mean = biases.iter().sum::<f32>() / q as f32;
            biases.iter_mut().for_each(|b| *b -= mean);
        }
        sums
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.visible() / self.units.max(1)
    }

    /// The number of states of a site.
    #[must_use]
    pub fn states(&self) -> usize {
        self.units.max(2)
    }

    /// The probabilities of the symbols of all sites without weights, shape (sites, states).
    pub(super) fn independent(&self) -> Vec<f64> {
        let biases = self.visible_bias.iter().map(|&b| f64::from(b));
        if self.units == 1 {
            let ones = biases.map(Real::sigmoid);
            return ones.flat_map(|p| [1.0 - p, p]).collect();
        }
        let biases: Vec<f64> = biases.collect();
        let sites = biases.chunks_exact(self.units);
        let softmax = |biases: &[f64]| {
            let total = math::logsumexp(biases);
            let all = biases.iter().map(|b| Real::exp(b - total));
            all.collect::<Vec<f64>>()
        };
        sites.flat_map(softmax).collect()
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

    /// The model of binary sites, to be sampled, evaluated and saved.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`] if learning diverged; [`ModelError::Parameter`] of categorical sites.
    pub fn to_model(&self) -> Result<Rbm<f32>, ModelError> {
        self.has_units(
            self.units == 1,
            "1 unit per site: of others, use to_categorical",
        )?;
        let biases = (self.visible_bias.clone(), self.hidden_bias.clone());
        Rbm::new(self.weights.clone(), biases.0, biases.1)
    }

    /// The model of categorical sites, to be sampled, evaluated and saved.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`] if learning diverged; [`ModelError::Parameter`] of binary sites.
    pub fn to_categorical(&self) -> Result<CategoricalRbm<f32>, ModelError> {
        let allowed = "as many units per site as states: of binary sites, use to_model";
        self.has_units(self.units > 1, allowed)?;
        let biases = (self.visible_bias.clone(), self.hidden_bias.clone());
        CategoricalRbm::new(self.units, self.weights.clone(), biases.0, biases.1)
    }

    fn has_units(&self, fits: bool, allowed: &'static str) -> Result<(), ModelError> {
        if fits {
            return Ok(());
        }
        Err(ModelError::Parameter {
            name: "units",
            found: self.units.to_string(),
            allowed,
        })
    }

    /// Writes `c + v W` of `rows` rows of visible units; both slices have at least two rows.
    pub(super) fn up(&self, rows: usize, v: &mut [f32], a: &mut [f32]) {
        if self.units > 1 {
            return self.up_one_hot(rows, v, a);
        }
        // The shapes are those of the layers.
        if let Ok(weights) = Matrix::new(&self.weights, self.visible(), self.hidden()) {
            let _ = product(rows, v, weights, a);
        }
        add_bias(rows, a, &self.hidden_bias);
    }

    /// The same of one-hot units: a sum of one row of the weights per site.
    fn up_one_hot(&self, rows: usize, v: &[f32], a: &mut [f32]) {
        let (visible, hidden) = (self.visible(), self.hidden());
        let layers = v.chunks_exact(visible).zip(a.chunks_exact_mut(hidden));
        for (v, a) in layers.take(rows) {
            one_hot::sum_rows(&self.weights, self.units, v, a);
            axpy(1.0, &self.hidden_bias, a);
        }
    }

    /// Writes `b + h W'` of `rows` rows of hidden units; both slices have at least two rows.
    pub(super) fn down(&self, rows: usize, h: &mut [f32], a: &mut [f32]) {
        if let Ok(weights) = Matrix::new(&self.weights, self.visible(), self.hidden()) {
            let _ = product_transposed(rows, h, weights, a);
        }
        add_bias(rows, a, &self.visible_bias);
    }

    /// `f` of rows of symbols, row-major.
    ///
    /// # Cost
    /// A matrix product on the calling thread, of 128 rows at a time; of categorical sites, a sum of one row of the weights per site.
    #[must_use]
    pub fn log_prob_of(&self, rows: &[u8]) -> Vec<f64> {
        let (visible, hidden) = (self.visible(), self.hidden());
        let mut v = vec![0.0; ROWS * visible];
        let mut a = vec![0.0; ROWS * hidden];
        let sites = self.sites().max(1);
        let mut all = Vec::with_capacity(rows.len() / sites);
        for rows in rows.chunks(ROWS * sites) {
            one_hot::encode(rows, self.units, &mut v);
            let count = rows.len() / sites;
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
            units: 1,
            weights: model.weights().to_vec(),
            visible_bias: model.visible_bias().to_vec(),
            hidden_bias: model.hidden_bias().to_vec(),
        }
    }
}

impl From<&CategoricalRbm<f32>> for RbmLayers {
    fn from(model: &CategoricalRbm<f32>) -> Self {
        Self {
            units: model.states(),
            ..Self::from(model.one_hot())
        }
    }
}

/// Subtracts from each row, of `units` rows of a site each, the mean of the rows of its site; returns the sum of these means.
pub(super) fn subtract_site_means(rows: &mut [f32], units: usize, hidden: usize) -> Vec<f32> {
    let (mut sums, mut means) = (vec![0.0; hidden], vec![0.0; hidden]);
    for site in rows.chunks_exact_mut(units * hidden) {
        means.fill(0.0);
        for row in site.chunks_exact(hidden) {
            axpy(1.0 / units as f32, row, &mut means);
        }
        for row in site.chunks_exact_mut(hidden) {
            axpy(-1.0, &means, row);
        }
        axpy(1.0, &means, &mut sums);
    }
    sums
}

fn add_bias(rows: usize, a: &mut [f32], bias: &[f32]) {
    for row in a.chunks_exact_mut(bias.len()).take(rows) {
        for (a, b) in row.iter_mut().zip(bias) {
            *a += b;
        }
    }
}
