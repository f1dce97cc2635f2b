//! The bound of the log-likelihood.

use super::Vae;
use super::pass::Pass;
use crate::draw;
use gwg_chains::{Threads, generator};
use gwg_core::{Bits, Real, math};
use gwg_linalg::Scalar;
use gwg_nets::NetError;
use gwg_relax::Normal;

/// Bounds of the log-likelihood of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct VaeBound {
    /// For each row the logarithm of the mean of its importance weights: a lower bound of its log-likelihood in the mean over draws of `z`.
    pub rows: Vec<f64>,
    /// The effective number of weights of each row.
    pub effective: Vec<f64>,
}

impl VaeBound {
    /// The mean over rows.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.rows.iter().sum::<f64>() / self.rows.len() as f64
    }

    /// Its standard error, over rows.
    #[must_use]
    pub fn error(&self) -> f64 {
        let (n, mean) = (self.rows.len() as f64, self.mean());
        let squares: f64 = self.rows.iter().map(|r| (r - mean).powi(2)).sum();
        (squares / (n - 1.0) / n).sqrt()
    }
}

impl<R: Scalar> Vae<R> {
    /// The importance-weighted bound (Burda et al. 2016) of rows, row-major, with `draws` of `z` for each: at most the log-likelihood, and nearer to it the more
    /// draws there are.
    ///
    /// # Cost
    /// A pass through the decoder for each row and draw. The same bits for any number of threads.
    ///
    /// # Errors
    /// [`NetError`], never for a [`Vae`] of this library.
    pub fn bound(
        &self,
        x: &[u8],
        draws: usize,
        seed: u64,
        threads: &Threads,
    ) -> Result<VaeBound, NetError> {
        let mut rows: Vec<_> = x
            .chunks_exact(self.sites)
            .enumerate()
            .map(|(k, x)| (k, x, Ok((0.0, 0.0))))
            .collect();
        threads.each(&mut rows, |(k, x, found)| {
            *found = self.bound_of(x, draws, generator(seed, *k as u64));
        });
        let (mut bounds, mut effective) = (Vec::new(), Vec::new());
        for (_, _, found) in rows {
            let (bound, size) = found?;
            bounds.push(bound);
            effective.push(size);
        }
        Ok(VaeBound {
            rows: bounds,
            effective,
        })
    }

    /// Independent states, row-major.
    ///
    /// # Errors
    /// [`NetError`], never for a [`Vae`] of this library.
    pub fn sample(&self, rows: usize, seed: u64) -> Result<Vec<u8>, NetError> {
        let mut bits = generator(seed, u64::MAX);
        let mut z = vec![R::ZERO; rows * self.latent];
        Normal::default().fill(&mut z, &mut bits);
        let outputs = self.decode(&z)?;
        let sites = outputs.chunks_exact(self.of_site());
        let drawn = sites.map(|numbers| match numbers {
            [logit] => u8::from(bits.unit::<f64>() < logit.to_f64().sigmoid()),
            all => {
                let sum = math::logsumexp(all);
                let weight = |k: usize| (all[k] - sum).exp().to_f64();
                draw::symbol(all.len(), weight, &mut bits)
            }
        });
        Ok(drawn.collect())
    }

    fn bound_of(
        &self,
        x: &[u8],
        draws: usize,
        mut bits: gwg_chains::Generator,
    ) -> Result<(f64, f64), NetError> {
        /// Draws that go through the decoder together.
        const TOGETHER: usize = 50;
        let mut pass = Pass::new(self);
        let mut weights = Vec::with_capacity(draws);
        let mut done = 0;
        while done < draws {
            let count = TOGETHER.min(draws - done);
            let copies = x.repeat(count);
            pass.encode(self, &copies)?;
            pass.decode(self, &mut bits)?;
            weights.extend(pass.terms(self, &copies).map(|t| t.likelihood + t.ratio));
            done += count;
        }
        let sum = math::logsumexp(&weights);
        let twice: Vec<f64> = weights.iter().map(|w| 2.0 * w).collect();
        let size = (2.0 * sum - math::logsumexp(&twice)).exp();
        Ok((sum - (draws as f64).ln(), size))
    }
}
