//! Distributions of independent sites, from which paths begin.

use crate::{Data, draw};
use gwg_chains::Generator;
use gwg_core::{Bits, Real, Space, Target};
use gwg_models::{Factorized, FactorizedCategorical, ModelError};

/// A distribution of which exact draws and the log-partition function are known.
pub trait Base: Sync {
    /// The number of sites.
    fn sites(&self) -> usize;

    /// The number of states of a site.
    fn states_at(&self, site: usize) -> usize;

    /// The log-probability up to a constant.
    fn log_prob(&self, x: &[u8]) -> f64;

    /// The log-partition function: the logarithm of that constant.
    fn log_z(&self) -> f64;

    /// Writes an exact draw to `x`.
    fn draw(&self, x: &mut [u8], bits: &mut Generator);
}

impl<R: Real> Base for Factorized<R> {
    fn sites(&self) -> usize {
        self.space().sites()
    }

    fn states_at(&self, _: usize) -> usize {
        2
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        Target::log_prob(self, x)
    }

    fn log_z(&self) -> f64 {
        Self::log_z(self)
    }

    fn draw(&self, x: &mut [u8], bits: &mut Generator) {
        for (x, logit) in x.iter_mut().zip(self.logits()) {
            *x = u8::from(bits.unit::<f64>() < Real::sigmoid(logit.to_f64()));
        }
    }
}

impl<R: Real> Base for FactorizedCategorical<R> {
    fn sites(&self) -> usize {
        self.space().sites()
    }

    fn states_at(&self, _: usize) -> usize {
        self.space().states()
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        Target::log_prob(self, x)
    }

    fn log_z(&self) -> f64 {
        Self::log_z(self)
    }

    fn draw(&self, x: &mut [u8], bits: &mut Generator) {
        let states = self.space().states();
        for (x, logits) in x.iter_mut().zip(self.logits().chunks_exact(states)) {
            let largest = logits
                .iter()
                .fold(f64::NEG_INFINITY, |m, l| m.max(l.to_f64()));
            let weight = |a: usize| Real::exp(logits[a].to_f64() - largest);
            *x = draw::symbol(states, weight, bits);
        }
    }
}

/// The smoothed frequencies of data of two states: probability `(n_i + pseudo_count) / (n + 2 pseudo_count)` of symbol 1 at site `i`,
/// where `n_i` and `n` are sums of the weights of the rows.
///
/// # Errors
/// [`ModelError`]: without a positive `pseudo_count`, frequencies of 0 and 1 have infinite log-odds.
pub fn bernoulli_base<R: Real>(
    data: &Data,
    pseudo_count: f64,
) -> Result<Factorized<R>, ModelError> {
    let logits = smoothed(data, pseudo_count);
    let rows = logits.chunks_exact(data.states());
    let odds = rows.map(|row| match row {
        [zero, one, ..] => one - zero,
        _ => f64::NAN,
    });
    Factorized::bernoulli(odds.collect())
}

/// The smoothed frequencies of data: probability `(n_ia + pseudo_count) / (n + states pseudo_count)` of symbol `a` at site `i`.
///
/// # Errors
/// [`ModelError`]: without a positive `pseudo_count`, frequencies of 0 have infinite logits.
pub fn categorical_base<R: Real>(
    data: &Data,
    pseudo_count: f64,
) -> Result<FactorizedCategorical<R>, ModelError> {
    FactorizedCategorical::new(data.sites(), data.states(), smoothed(data, pseudo_count))
}

/// The logarithms of the smoothed frequencies.
fn smoothed(data: &Data, pseudo_count: f64) -> Vec<f64> {
    let (n, states) = (data.effective_rows(), data.states() as f64);
    let total = n + states * pseudo_count;
    let smooth = |f: f64| Real::ln((n * f + pseudo_count) / total);
    data.frequencies().into_iter().map(smooth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_chains::generator;

    fn frequencies(base: &impl Base, states: usize) -> Vec<f64> {
        let mut counts = vec![0.0; base.sites() * states];
        let mut x = vec![0; base.sites()];
        let mut bits = generator(3, 0);
        for _ in 0..40_000 {
            base.draw(&mut x, &mut bits);
            for (site, &s) in x.iter().enumerate() {
                counts[site * states + usize::from(s)] += 1.0 / 40e3;
            }
        }
        counts
    }

    #[test]
    fn draws_have_the_smoothed_frequencies_of_the_data() {
        let data = Data::new(vec![0, 1, 0, 1, 0, 0, 0, 1], 2, 2).unwrap();
        let base = bernoulli_base::<f64>(&data, 1.0).unwrap();
        let means = base.means();
        assert!((means[0] - 1.0 / 6.0).abs() < 1e-12 && (means[1] - 4.0 / 6.0).abs() < 1e-12);
        for (found, p) in frequencies(&base, 2).iter().skip(1).step_by(2).zip(means) {
            assert!((found - p).abs() < 5.0 * (p * (1.0 - p) / 40e3).sqrt());
        }
        let data = Data::new(vec![0, 1, 0, 2, 0, 2], 2, 3).unwrap();
        let base = categorical_base::<f64>(&data, 0.5).unwrap();
        let wanted = base.marginals();
        assert!((wanted[0] - 3.5 / 4.5).abs() < 1e-12 && (base.log_z()).abs() < 1e-12);
        for (found, p) in frequencies(&base, 3).iter().zip(wanted) {
            assert!((found - p).abs() < 5.0 * (p * (1.0 - p) / 40e3).sqrt());
        }
        assert!(bernoulli_base::<f64>(&data, 0.0).is_err());
    }
}
