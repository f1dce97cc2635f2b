//! Sigmoid belief networks.

mod parametric;
mod target;

use super::{LatentError, Observations};
use crate::Data;
use gwg_chains::generator;
use gwg_core::target::check_parameters;
use gwg_core::{Binary, Bits, Real};
use gwg_linalg::Scalar;
use gwg_relax::Normal;
use std::ops::Range;

/// A sigmoid belief network (Neal 1992): layers of binary units, of which the top ones are independent and each other one is drawn given the layer above.
///
/// `f(x) = sum_l sum_i [x_li a_li - softplus(a_li)]`, with `a_l = b_l + x_(l+1) W_l` and `a = b` in the top layer: the log-probability of all units, so that
/// `log Z` is 0. The sites are the visible units (layer 0), then the hidden ones layer by layer, the top last. Not multilinear: first-order differences are not
/// exact.
///
/// # Memory and cost
/// The weights `W_l` have shape (units above, units), and `b_l` one number for each unit. An exact difference of a unit costs a `softplus` for each unit of the layer below, the
/// gradient one pass over all weights. The cache of exact differences has two numbers per unit.
///
/// ```
/// use gwg_learn::latent::{SigmoidBelief, exact_log_likelihood};
///
/// // Two visible units below one hidden unit, which is 1 with probability 1/2; given 1, both are likely to be 1.
/// let model = SigmoidBelief::<f64>::new(&[2, 1], vec![4.0, 4.0, -2.0, -2.0, 0.0])?;
/// let log_likelihood = exact_log_likelihood(&model, &[Some(1), Some(1), None])?;
/// let p = |a: f64| 1.0 / (1.0 + (-a).exp());
/// let expected = 0.5 * (p(2.0) * p(2.0) + p(-2.0) * p(-2.0));
/// assert!((log_likelihood - expected.ln()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SigmoidBelief<R> {
    space: Binary,
    layers: Vec<Layer>,
    /// Of each layer the weights from above, then the biases.
    parameters: Vec<R>,
}

/// Where the units and the parameters of a layer are.
#[derive(Clone, Debug)]
struct Layer {
    sites: Range<usize>,
    /// The units of the layer above; 0 of the top.
    above: usize,
    weights: Range<usize>,
    biases: Range<usize>,
}

impl<R: Scalar> SigmoidBelief<R> {
    /// The network with `units[l]` units in layer `l`, the visible one first, and these parameters: of each layer `W` (units above, units), row-major, and `b`
    /// (units); of the top layer `b` alone.
    ///
    /// # Errors
    /// [`LatentError::Layers`]; [`LatentError::Parameters`] for another number of parameters, or one that is not finite.
    pub fn new(units: &[usize], parameters: Vec<R>) -> Result<Self, LatentError> {
        let layers = layers(units)?;
        let space = Binary::new(units.iter().sum());
        let model = Self {
            space,
            layers,
            parameters: Vec::new(),
        };
        check_parameters(&model, &parameters)?;
        Ok(Self {
            parameters,
            ..model
        })
    }

    /// With weights from `N(0, scale^2)` and biases of 0.
    ///
    /// # Errors
    /// [`LatentError::Layers`]; [`LatentError::Parameters`] if `scale` is not finite.
    pub fn random(units: &[usize], scale: f64, seed: u64) -> Result<Self, LatentError> {
        let layers = layers(units)?;
        let count = layers.last().map_or(0, |top| top.biases.end);
        let mut parameters = Vec::new();
        if parameters.try_reserve_exact(count).is_err() {
            let found = units.to_vec();
            return Err(LatentError::Layers { found });
        }
        parameters.resize(count, R::ZERO);
        let (mut normal, mut bits) = (Normal::default(), generator(seed, u64::MAX));
        for layer in &layers {
            for weight in &mut parameters[layer.weights.clone()] {
                *weight = R::from_f64(scale * normal.draw(&mut bits));
            }
        }
        Self::new(units, parameters)
    }

    /// The units of each layer, the visible one first.
    #[must_use]
    pub fn units(&self) -> Vec<usize> {
        self.layers.iter().map(|layer| layer.sites.len()).collect()
    }

    /// The number of visible units.
    #[must_use]
    pub fn visible(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.sites.len())
    }

    /// The number of hidden units of all layers.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.layers.iter().skip(1).map(|l| l.sites.len()).sum()
    }

    /// The weights of a layer by the units above, (units above, units), row-major; empty for the top layer.
    #[must_use]
    pub fn weights(&self, layer: usize) -> &[R] {
        let layer = self.layers.get(layer);
        layer.map_or(&[], |layer| &self.parameters[layer.weights.clone()])
    }

    /// The biases of a layer; empty if there is no such layer.
    #[must_use]
    pub fn biases(&self, layer: usize) -> &[R] {
        let layer = self.layers.get(layer);
        layer.map_or(&[], |layer| &self.parameters[layer.biases.clone()])
    }

    /// Independent draws of all units, row-major, from the top layer down; row `k` depends on the seed and `k` only.
    ///
    /// # Cost
    /// One pass over the weights per row.
    #[must_use]
    pub fn draw(&self, rows: usize, seed: u64) -> Vec<u8> {
        let sites = self.layers.iter().map(|layer| layer.sites.len()).sum();
        let mut all = vec![0; rows * sites];
        let mut a = vec![R::ZERO; sites];
        for (k, x) in all.chunks_exact_mut(sites).enumerate() {
            let mut bits = generator(seed, k as u64);
            for (l, layer) in self.layers.iter().enumerate().rev() {
                let a = &mut a[layer.sites.clone()];
                self.activate_layer(l, x, |w| w, a);
                for (x, a) in x[layer.sites.clone()].iter_mut().zip(a) {
                    *x = u8::from(bits.unit::<f64>() < a.to_f64().sigmoid());
                }
            }
        }
        all
    }

    /// The visible units observed, in every row of `data`, with its weights.
    ///
    /// # Errors
    /// [`LatentError::Data`] unless the rows have as many sites, of two states.
    pub fn observe(&self, data: &Data) -> Result<Observations, LatentError> {
        let (visible, hidden) = (self.visible(), self.hidden());
        let found = (data.sites(), data.states());
        if found != (visible, 2) {
            return Err(LatentError::Data { found, visible });
        }
        let observed = [vec![true; visible], vec![false; hidden]].concat();
        let rows = data.symbols().chunks_exact(visible);
        let rows = rows.flat_map(|row| row.iter().copied().chain(vec![0; hidden]));
        Observations::new(observed, rows.collect())?.with_weights(data.weights().to_vec())
    }

    /// The weights from unit `j` of the layer above to all units of a layer.
    #[inline(always)]
    fn row(&self, layer: &Layer, j: usize) -> &[R] {
        let units = layer.sites.len();
        let start = layer.weights.start + j * units;
        self.parameters.get(start..start + units).unwrap_or(&[])
    }

    /// Writes `b_l + x_(l+1) W_l`, in another precision where wanted.
    #[inline(always)]
    fn activate_layer<W: Real>(&self, l: usize, x: &[u8], widen: impl Fn(R) -> W, out: &mut [W]) {
        let Some(layer) = self.layers.get(l) else {
            return;
        };
        for (a, &b) in out.iter_mut().zip(&self.parameters[layer.biases.clone()]) {
            *a = widen(b);
        }
        let above = x.iter().skip(layer.sites.end).take(layer.above);
        for (j, _) in above.enumerate().filter(|&(_, &on)| on != 0) {
            for (a, &w) in out.iter_mut().zip(self.row(layer, j)) {
                *a += widen(w);
            }
        }
    }

    /// Writes the pre-activations of all units.
    fn activate<W: Real>(&self, x: &[u8], widen: impl Fn(R) -> W + Copy, out: &mut [W]) {
        for (l, layer) in self.layers.iter().enumerate() {
            if let Some(out) = out.get_mut(layer.sites.clone()) {
                self.activate_layer(l, x, widen, out);
            }
        }
    }
}

fn layers(units: &[usize]) -> Result<Vec<Layer>, LatentError> {
    let refused = || LatentError::Layers {
        found: units.to_vec(),
    };
    if units.len() < 2 || units.contains(&0) {
        return Err(refused());
    }
    let (mut layers, mut site, mut parameter) = (Vec::new(), 0_usize, 0_usize);
    for (l, &own) in units.iter().enumerate() {
        let above = units.get(l + 1).copied().unwrap_or(0);
        let end = site.checked_add(own).filter(|&n| u32::try_from(n).is_ok());
        let end = end.ok_or_else(refused)?;
        let weights = above
            .checked_mul(own)
            .and_then(|n| n.checked_add(parameter));
        let weights = weights.ok_or_else(refused)?;
        let biases = weights.checked_add(own).ok_or_else(refused)?;
        layers.push(Layer {
            sites: site..end,
            above,
            weights: parameter..weights,
            biases: weights..biases,
        });
        (site, parameter) = (end, biases);
    }
    Ok(layers)
}
