//! Exact draws by enumeration: of models with few configurations, and of Boltzmann machines with a small layer.

mod layer;

pub use layer::ExactRbm;

use super::error::{LogZError, all_finite};
use super::estimate::Estimate;
use gwg_chains::generator;
use gwg_core::{Bits, Real, Space, Target, math};

/// The most states whose log weights are kept.
const MOST: usize = 1 << 20;

/// A distribution over few states, by the cumulative sums of its probabilities.
#[derive(Clone, Debug)]
struct Cumulative {
    log_z: f64,
    sums: Vec<f64>,
}

impl Cumulative {
    /// From log weights; a weight of 0 has the logarithm `-inf`.
    fn new(log_weights: &[f64]) -> Result<Self, LogZError> {
        let log_z = math::logsumexp(log_weights);
        all_finite("log Z", &[log_z])?;
        let mut sum = 0.0;
        let sums = log_weights.iter().map(|l| {
            sum += Real::exp(l - log_z);
            sum
        });
        Ok(Self {
            sums: sums.collect(),
            log_z,
        })
    }

    fn draw(&self, bits: &mut impl Bits) -> usize {
        let total = self.sums.last().copied().unwrap_or(0.0);
        let u = bits.unit::<f64>() * total;
        let state = self.sums.partition_point(|&sum| sum <= u);
        state.min(self.sums.len().saturating_sub(1))
    }
}

/// A model of at most `2^20` configurations, enumerated: its log-partition function and exact draws.
#[derive(Clone, Debug)]
pub struct ExactTable {
    states: Vec<usize>,
    cumulative: Cumulative,
}

impl ExactTable {
    /// Enumerates a model.
    ///
    /// # Cost
    /// One evaluation and 8 bytes per configuration.
    ///
    /// # Errors
    /// [`LogZError::TooLarge`] for more configurations; [`LogZError::NotFinite`] if `f` is NaN or `inf` somewhere, or `-inf` everywhere.
    pub fn new<T>(model: &T) -> Result<Self, LogZError>
    where
        T: Target<Space: Space<Symbol = u8>>,
    {
        let space = model.space();
        let sites = 0..space.sites();
        let states: Vec<usize> = sites.map(|site| space.states_at(site)).collect();
        let found = states.iter().fold(1usize, |n, &q| n.saturating_mul(q));
        if found > MOST {
            return Err(LogZError::TooLarge {
                what: "configurations",
                found,
                allowed: MOST,
            });
        }
        let mut x = vec![0; states.len()];
        let mut log_weights = Vec::with_capacity(found);
        for k in 0..found {
            configuration(&states, k, &mut x);
            log_weights.push(model.log_prob(&x));
        }
        let cumulative = Cumulative::new(&log_weights)?;
        Ok(Self { states, cumulative })
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

    /// Independent draws, row-major; row `k` depends on the seed and `k` only.
    #[must_use]
    pub fn draw(&self, rows: usize, seed: u64) -> Vec<u8> {
        let mut all = vec![0; rows * self.states.len()];
        for (k, x) in all.chunks_exact_mut(self.states.len()).enumerate() {
            let state = self.cumulative.draw(&mut generator(seed, k as u64));
            configuration(&self.states, state, x);
        }
        all
    }
}

/// Writes configuration `k`, the first site changing fastest.
fn configuration(states: &[usize], mut k: usize, x: &mut [u8]) {
    for (x, &q) in x.iter_mut().zip(states) {
        *x = (k % q) as u8;
        k /= q;
    }
}

/// The exact log-partition function of a Boltzmann machine, if one of its layers has at most
/// [`MAX_UNITS`](gwg_models::exact::MAX_UNITS) units.
///
/// # Cost
/// That of [`rbm_log_z`](gwg_models::exact::rbm_log_z).
///
/// # Errors
/// [`LogZError::Exact`] for larger layers.
pub fn exact_rbm<R: gwg_linalg::Scalar>(model: &gwg_models::Rbm<R>) -> Result<Estimate, LogZError> {
    Ok(Estimate::exact(gwg_models::exact::rbm_log_z(model)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_models::{LatticePotts, exact::enumerate};

    #[test]
    fn draws_have_the_frequencies_of_the_model() {
        let model = LatticePotts::<f64>::new(2, 3, 3, 0.3).unwrap();
        let table = ExactTable::new(&model).unwrap();
        let exact = enumerate(&model, 1.0).unwrap();
        assert!((table.log_z() - exact.log_z).abs() < 1e-12);
        let rows = 20_000;
        let draws = table.draw(rows, 4);
        let mean = draws.chunks(9).map(|x| model.log_prob(x)).sum::<f64>() / rows as f64;
        let error = (exact.variance_log_prob / rows as f64).sqrt();
        assert!((mean - exact.mean_log_prob).abs() < 4.0 * error);
        assert_eq!(draws[..900], table.draw(100, 4));
        let large = LatticePotts::<f64>::new(2, 4, 3, 0.3).unwrap();
        assert!(matches!(
            ExactTable::new(&large),
            Err(LogZError::TooLarge { .. })
        ));
    }
}
