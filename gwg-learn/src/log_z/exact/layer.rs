use super::{Cumulative, MOST};
use crate::log_z::error::LogZError;
use crate::log_z::estimate::Estimate;
use gwg_chains::{Threads, generator};
use gwg_core::{Bits, Real, math};
use gwg_linalg::{Scalar, axpy};
use gwg_models::rbm::draw_symbol;
use gwg_models::{CategoricalRbm, Rbm};
use pulp::{Arch, Simd, WithSimd};

/// States of the Gray code after which the sums over the other layer are computed anew, to limit the accumulation of rounding errors.
const STRETCH: usize = 1024;

/// A Boltzmann machine whose smaller layer, of at most 20 units, is enumerated: its log-partition function and exact draws. Of one with categorical sites, it is the
/// hidden layer.
///
/// The smaller layer is drawn from its exact distribution, and the other one given it.
#[derive(Clone, Debug)]
pub struct ExactRbm {
    /// Whether the hidden layer is the enumerated one.
    hidden: bool,
    layer: Layer,
    cumulative: Cumulative,
}

/// The enumerated layer, in f64.
#[derive(Clone, Debug)]
struct Layer {
    bias: Vec<f64>,
    /// Shape (own units, other units).
    weights: Vec<f64>,
    other_bias: Vec<f64>,
    /// The units of a site of the other layer: 1 of a binary one, as many as its states of a categorical one.
    units: usize,
}

impl ExactRbm {
    /// Enumerates the smaller layer of a machine.
    ///
    /// # Cost
    /// `2^smaller larger` exponentials, over the threads; 8 bytes per state of the smaller layer.
    ///
    /// # Errors
    /// [`LogZError::TooLarge`] if both layers have more than 20 units; [`LogZError::NotFinite`] if `log Z` overflows.
    pub fn new<R: Scalar>(model: &Rbm<R>, threads: &Threads) -> Result<Self, LogZError> {
        let (visible, hidden) = (model.visible(), model.hidden());
        let (found, allowed) = (visible.min(hidden), MOST.ilog2() as usize);
        if found > allowed {
            return Err(LogZError::TooLarge {
                what: "units of the smaller layer",
                found,
                allowed,
            });
        }
        let layer = Layer::new(model, hidden < visible, 1);
        Self::of(layer, hidden < visible, threads)
    }

    /// Enumerates the hidden layer of a machine with categorical sites.
    ///
    /// # Cost
    /// `2^hidden sites states` exponentials, over the threads; 8 bytes per state of the hidden layer.
    ///
    /// # Errors
    /// [`LogZError::TooLarge`] if there are more than 20 hidden units; [`LogZError::NotFinite`] if `log Z` overflows.
    pub fn categorical<R: Scalar>(
        model: &CategoricalRbm<R>,
        threads: &Threads,
    ) -> Result<Self, LogZError> {
        let (found, allowed) = (model.hidden(), MOST.ilog2() as usize);
        if found > allowed {
            return Err(LogZError::TooLarge {
                what: "hidden units",
                found,
                allowed,
            });
        }
        Self::of(
            Layer::new(model.one_hot(), true, model.states()),
            true,
            threads,
        )
    }

    fn of(layer: Layer, hidden: bool, threads: &Threads) -> Result<Self, LogZError> {
        let mut log_weights = vec![0.0; 1 << layer.bias.len()];
        let mut parts: Vec<_> = log_weights.chunks_mut(STRETCH).enumerate().collect();
        threads.each(&mut parts, |(k, logs)| {
            Arch::new().dispatch(Stretch(&layer, *k * STRETCH, logs));
        });
        Ok(Self {
            hidden,
            layer,
            cumulative: Cumulative::new(&log_weights)?,
        })
    }

    /// `log Z`.
    #[must_use]
    pub fn log_z(&self) -> f64 {
        self.cumulative.log_z
    }

    /// `log Z` as an estimate.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        Estimate::exact(self.log_z())
    }

    /// Independent draws of the visible units, row-major; row `k` depends on the seed and `k` only.
    #[must_use]
    pub fn draw(&self, rows: usize, seed: u64) -> Vec<u8> {
        let mut all = Vec::new();
        for k in 0..rows {
            let mut bits = generator(seed, k as u64);
            let state = gray(self.cumulative.draw(&mut bits));
            if self.hidden {
                let mut logits = self.layer.logits(state);
                if self.layer.units > 1 {
                    let sites = logits.chunks_exact_mut(self.layer.units);
                    all.extend(sites.map(|site| draw_symbol(site, &mut bits) as u8));
                    continue;
                }
                let draw = |l: &f64| u8::from(bits.unit::<f64>() < Real::sigmoid(*l));
                all.extend(logits.iter().map(draw));
            } else {
                all.extend((0..self.layer.bias.len()).map(|i| (state >> i & 1) as u8));
            }
        }
        all
    }
}

/// State `k` of the reflected Gray code: bit `i` is unit `i`.
fn gray(k: usize) -> usize {
    k ^ (k >> 1)
}

impl Layer {
    fn new<R: Scalar>(model: &Rbm<R>, hidden: bool, units: usize) -> Self {
        let wide = |numbers: &[R]| numbers.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
        let (weights, all) = (wide(model.weights()), model.hidden());
        let (b, c) = (wide(model.visible_bias()), wide(model.hidden_bias()));
        if !hidden {
            return Self {
                bias: b,
                weights,
                other_bias: c,
                units,
            };
        }
        let column = |j: usize| weights.iter().skip(j).step_by(all).copied();
        Self {
            bias: c,
            weights: (0..all).flat_map(column).collect(),
            other_bias: b,
            units,
        }
    }

    fn row(&self, unit: usize) -> &[f64] {
        let others = self.other_bias.len();
        let start = unit * others;
        self.weights.get(start..start + others).unwrap_or(&[])
    }

    /// The logarithm of the sum over the other layer given its logits.
    #[inline(always)]
    fn log_sum(&self, logits: &[f64]) -> f64 {
        if self.units == 1 {
            return math::softplus_sum(logits);
        }
        let mut sum = 0.0;
        for site in logits.chunks_exact(self.units) {
            sum += math::logsumexp(site);
        }
        sum
    }

    /// The logits of the units of the other layer given a state of this one.
    #[inline(always)]
    fn logits(&self, state: usize) -> Vec<f64> {
        let mut logits = self.other_bias.clone();
        for unit in (0..self.bias.len()).filter(|unit| state >> unit & 1 == 1) {
            axpy(1.0, self.row(unit), &mut logits);
        }
        logits
    }
}

/// The log weights of consecutive states of the Gray code: bias terms, and softplus of the log-odds of the other layer.
struct Stretch<'s>(&'s Layer, usize, &'s mut [f64]);

impl WithSimd for Stretch<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self(layer, first, logs) = self;
        let state = gray(first);
        let mut logits = layer.logits(state);
        let ones = layer
            .bias
            .iter()
            .enumerate()
            .filter(|(unit, _)| state >> unit & 1 == 1);
        let mut own: f64 = ones.map(|(_, b)| b).sum();
        for (k, log) in (first..).zip(logs) {
            if k > first {
                let unit = k.trailing_zeros() as usize;
                let sign = if gray(k) >> unit & 1 == 1 { 1.0 } else { -1.0 };
                axpy(sign, layer.row(unit), &mut logits);
                own += sign * layer.bias.get(unit).copied().unwrap_or(0.0);
            }
            *log = own + layer.log_sum(&logits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_models::exact::{rbm_exact, rbm_log_z};

    #[test]
    fn the_log_partition_function_is_that_of_either_layer() {
        for (visible, hidden) in [(6, 4), (4, 6), (5, 5), (30, 12), (12, 30)] {
            let model = Rbm::<f64>::random(visible, hidden, 2).unwrap();
            let exact = ExactRbm::new(&model, &Threads::one()).unwrap();
            let wanted = rbm_log_z(&model).unwrap();
            assert!((exact.log_z() - wanted).abs() < 1e-11 * wanted);
        }
        let large = Rbm::<f64>::random(21, 21, 2).unwrap();
        assert!(ExactRbm::new(&large, &Threads::one()).is_err());
    }

    #[test]
    fn draws_have_the_exact_means() {
        for (visible, hidden) in [(9, 5), (5, 9)] {
            let model = Rbm::<f64>::random(visible, hidden, 3).unwrap();
            let exact = ExactRbm::new(&model, &Threads::one()).unwrap();
            let (rows, wanted) = (20_000, rbm_exact(&model).unwrap().means);
            let draws = exact.draw(rows, 1);
            for (i, p) in wanted.iter().enumerate() {
                let ones = draws.iter().skip(i).step_by(visible).map(|&v| f64::from(v));
                let mean = ones.sum::<f64>() / rows as f64;
                assert!((mean - p).abs() < 5.0 * (p * (1.0 - p) / rows as f64).sqrt());
            }
            assert_eq!(draws[..3 * visible], exact.draw(3, 1));
        }
    }
}
