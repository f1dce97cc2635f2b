//! Normal random numbers for the parameters of targets and for random functions.

use gwg_chains::{Generator, generator};
use gwg_core::{Bits, Real, SplitMix64};

/// A stream that depends on the seed and on a label, so that adding a target changes no other stream.
#[derive(Clone, Debug)]
pub(super) struct Draws {
    bits: Generator,
    spare: Option<f64>,
}

impl Draws {
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let label = purpose
            .bytes()
            .fold(0, |hash, byte| SplitMix64::mix(hash ^ u64::from(byte)));
        Self {
            bits: generator(seed, label),
            spare: None,
        }
    }

    /// Draws a normal number with standard deviation `sd` by Marsaglia's polar method.
    pub(super) fn normal(&mut self, sd: f64) -> f64 {
        if let Some(spare) = self.spare.take() {
            return sd * spare;
        }
        loop {
            let mut uniform = || 2.0 * self.bits.unit::<f64>() - 1.0;
            let (u, v) = (uniform(), uniform());
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * Real::ln(s) / s).sqrt();
                self.spare = Some(v * factor);
                return sd * u * factor;
            }
        }
    }

    pub(super) fn normals(&mut self, len: usize, sd: f64) -> Vec<f64> {
        (0..len).map(|_| self.normal(sd)).collect()
    }

    /// Draws a symmetric (n, n) matrix with standard deviation `sd` off the diagonal and `diagonal` on it.
    pub(super) fn symmetric(&mut self, n: usize, sd: f64, diagonal: f64) -> Vec<f64> {
        let mut matrix = vec![0.0; n * n];
        for i in 0..n {
            matrix[i * n + i] = self.normal(diagonal);
            for j in i + 1..n {
                let entry = self.normal(sd);
                matrix[i * n + j] = entry;
                matrix[j * n + i] = entry;
            }
        }
        matrix
    }
}
