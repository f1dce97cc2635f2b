//! The sum over all states of the hidden layer of a machine with categorical sites.

use super::layer::{Stop, in_threads};
use super::{ExactError, MAX_UNITS, RbmExact};
use crate::CategoricalRbm;
use crate::exact::stream::Stream;
use gwg_core::math;
use gwg_linalg::{Scalar, axpy};

/// Maximum number of parts of the sum, each computed independently.
const PARTS: u64 = 64;
/// Number of states after which the logits are recomputed, to limit the accumulation of rounding errors.
const REFRESH: u64 = 1024;

/// Computes `log Z` and the frequencies of the states of all sites, shape (sites, states), of a machine with categorical sites by summing over all states of its
/// hidden layer: `Z = sum_h exp(c.h) prod_i sum_a exp(b[i, a] + (W h)[i, a])`. `stop` is called at most 64 times; the sum ends where it returns true.
///
/// States follow a Gray code, in f64. The sum is split into parts that are the same for any number of threads.
///
/// # Cost
/// `2^hidden sites states` exponentials, over the machine's cores.
///
/// # Errors
/// [`ExactError::TooLarge`] if there are more than [`MAX_UNITS`] hidden units; [`ExactError::Stopped`].
pub fn categorical_rbm_exact_unless<R: Scalar>(
    model: &CategoricalRbm<R>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<RbmExact, ExactError> {
    let hidden = model.hidden();
    if hidden > MAX_UNITS {
        return Err(ExactError::TooLarge {
            what: "hidden units",
            found: hidden,
            allowed: MAX_UNITS,
        });
    }
    sum(&Layer::of(model), stop).ok_or(ExactError::Stopped)
}

/// The parameters in f64.
struct Layer {
    states: usize,
    /// One row per hidden unit.
    rows: Vec<Vec<f64>>,
    visible: Vec<f64>,
    hidden: Vec<f64>,
}

impl Layer {
    fn of<R: Scalar>(model: &CategoricalRbm<R>) -> Self {
        let wide = |numbers: &[R]| numbers.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
        let (weights, hidden) = (wide(model.weights()), model.hidden());
        let row = |j: usize| weights.iter().skip(j).step_by(hidden).copied().collect();
        Self {
            states: model.states(),
            rows: (0..hidden).map(row).collect(),
            visible: wide(model.visible_bias()),
            hidden: wide(model.hidden_bias()),
        }
    }

    /// The hidden term and the logits of a state.
    fn set(&self, gray: u64, logits: &mut [f64]) -> f64 {
        logits.copy_from_slice(&self.visible);
        let mut own = 0.0;
        for (unit, (row, bias)) in self.rows.iter().zip(&self.hidden).enumerate() {
            if gray >> unit & 1 == 1 {
                axpy(1.0, row, logits);
                own += bias;
            }
        }
        own
    }

    /// Sums over the states with numbers `first..first + size` of the Gray code.
    fn part(&self, first: u64, size: u64) -> (Stream, Vec<f64>) {
        let mut stream = Stream::new();
        let mut frequencies = vec![0.0; self.visible.len()];
        let (mut logits, mut weights) = (self.visible.clone(), self.visible.clone());
        let mut own = 0.0;
        for k in first..first + size {
            let gray = k ^ k >> 1;
            if (k - first).is_multiple_of(REFRESH) {
                own = self.set(gray, &mut logits);
            } else {
                let unit = k.trailing_zeros() as usize;
                let sign = if gray >> unit & 1 == 1 { 1.0 } else { -1.0 };
                axpy(sign, &self.rows[unit], &mut logits);
                own += sign * self.hidden[unit];
            }
            let f = own + softmax(&logits, self.states, &mut weights);
            let (rescale, weight) = stream.push(f, f);
            if let Some(scale) = rescale {
                frequencies.iter_mut().for_each(|sum| *sum *= scale);
            }
            axpy(weight, &weights, &mut frequencies);
        }
        (stream, frequencies)
    }
}

/// Writes the probabilities of the states of each site; returns the sum of the logarithms of their normalizers.
fn softmax(logits: &[f64], states: usize, probabilities: &mut [f64]) -> f64 {
    let mut total = 0.0;
    let sites = logits.chunks_exact(states);
    for (logits, p) in sites.zip(probabilities.chunks_exact_mut(states)) {
        let largest = math::max(logits);
        for (p, l) in p.iter_mut().zip(logits) {
            *p = l - largest;
        }
        math::exp_in_place(p);
        let sum = math::sum(p);
        p.iter_mut().for_each(|p| *p /= sum);
        total += largest + sum.ln();
    }
    total
}

/// `None` if `stop` returns true between two parts.
fn sum(layer: &Layer, stop: &Stop<'_>) -> Option<RbmExact> {
    let states = 1u64 << layer.hidden.len();
    let parts = PARTS.min(states);
    let size = states / parts;
    let part = |k: u64| (!stop()).then(|| layer.part(k * size, size));
    let mut stream = Stream::new();
    let mut means = vec![0.0; layer.visible.len()];
    for part in in_threads(parts, &part) {
        let (other, frequencies) = part?;
        let (mine, theirs) = stream.merge(&other);
        means.iter_mut().for_each(|mean| *mean *= mine);
        axpy(theirs, &frequencies, &mut means);
    }
    let total = stream.total();
    means.iter_mut().for_each(|mean| *mean /= total);
    Some(RbmExact {
        log_z: stream.log_sum(),
        means,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::exact::enumerate;
    use gwg_core::{Space, Target};

    #[test]
    fn the_sum_over_hidden_units_is_that_over_the_sites() {
        for (sites, states, hidden) in [(3, 3, 2), (2, 5, 12), (5, 2, 1)] {
            let random = CategoricalRbm::<f64>::random(sites, states, hidden, 4).unwrap();
            let weights = random.weights().iter().map(|w| 20.0 * w).collect();
            let biases = (
                random.visible_bias().to_vec(),
                random.hidden_bias().to_vec(),
            );
            let model = CategoricalRbm::new(states, weights, biases.0, biases.1).unwrap();
            let found = categorical_rbm_exact_unless(&model, &|| false).unwrap();
            let log_z = enumerate(&model, 1.0).unwrap().log_z;
            assert!(
                (found.log_z - log_z).abs() < 1e-11,
                "{} {log_z}",
                found.log_z
            );
            let mut wanted = vec![0.0; sites * states];
            for mut k in 0..states.pow(sites as u32) {
                let mut x = vec![0; sites];
                for s in &mut x {
                    *s = (k % model.space().states()) as u8;
                    k /= states;
                }
                let p = (model.log_prob(&x) - log_z).exp();
                for (i, &s) in x.iter().enumerate() {
                    wanted[i * states + usize::from(s)] += p;
                }
            }
            for (found, wanted) in found.means.iter().zip(&wanted) {
                assert!((found - wanted).abs() < 1e-11);
            }
        }
        let model = CategoricalRbm::<f64>::random(2, 3, 3, 1).unwrap();
        let stopped = categorical_rbm_exact_unless(&model, &|| true);
        assert_eq!(stopped, Err(ExactError::Stopped));
        let large = CategoricalRbm::<f64>::random(2, 3, 26, 1).unwrap();
        assert!(categorical_rbm_exact_unless(&large, &|| false).is_err());
    }
}
