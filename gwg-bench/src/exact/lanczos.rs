//! Lanczos (1950) with full reorthogonalization, on the complement of `sqrt(pi)`.

use super::{AnalysisError, Symmetrized};
use gwg_core::{Bits, SplitMix64};
use gwg_linalg::{Error, symmetric_eigen};

/// Residual below which an end counts as converged; it bounds the error of the eigenvalue.
const RESIDUAL: f64 = 1e-11;
/// Maximum number of steps.
const STEPS: usize = 1000;

/// The two ends of the spectrum, without the eigenvalue 1 of `sqrt(pi)`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extremes {
    pub(super) largest: f64,
    pub(super) smallest: f64,
}

/// The Lanczos vectors so far and the tridiagonal matrix of S in them.
struct Basis<'a> {
    s: &'a Symmetrized,
    vectors: Vec<Vec<f64>>,
    diagonal: Vec<f64>,
    /// Norm of the remainder after each step.
    off_diagonal: Vec<f64>,
}

/// Computes both ends. Each step is one product with S and a pass over all previous vectors.
pub(super) fn extremes(s: &Symmetrized) -> Result<Extremes, AnalysisError> {
    let mut basis = Basis::new(s);
    let mut look = 20;
    let most = STEPS.min(s.states() - 1);
    loop {
        let exhausted = !basis.step();
        let steps = basis.diagonal.len();
        if steps >= look || exhausted || steps >= most {
            let (ends, residual) = basis.ends()?;
            if residual < RESIDUAL || exhausted {
                return Ok(ends);
            }
            if steps >= most {
                return Err(Error::NotConverged.into());
            }
            look += look / 2;
        }
    }
}

impl<'a> Basis<'a> {
    /// Starts from a fixed pseudorandom vector, which is generically not orthogonal to any eigenvector.
    fn new(s: &'a Symmetrized) -> Self {
        let mut bits = SplitMix64::new(s.states() as u64);
        let mut start: Vec<f64> = s.root().iter().map(|_| bits.unit::<f64>() - 0.5).collect();
        remove(s.root(), &mut start);
        normalize(&mut start);
        remove(s.root(), &mut start);
        normalize(&mut start);
        Self {
            s,
            vectors: vec![start],
            diagonal: Vec::new(),
            off_diagonal: Vec::new(),
        }
    }

    /// Adds a vector; false if the vectors already span the whole Krylov space.
    fn step(&mut self) -> bool {
        let Some(last) = self.vectors.last() else {
            return false;
        };
        let mut next = vec![0.0; last.len()];
        self.s.apply(last, &mut next);
        self.diagonal.push(dot(last, &next));
        // Two passes suffice (Kahan and Parlett).
        for _ in 0..2 {
            remove(self.s.root(), &mut next);
            for v in &self.vectors {
                remove(v, &mut next);
            }
        }
        let rest = normalize(&mut next);
        self.off_diagonal.push(rest);
        self.vectors.push(next);
        rest > 1e-13
    }

    /// The ends of the spectrum of the tridiagonal matrix, and the larger of their residuals.
    fn ends(&self) -> Result<(Extremes, f64), AnalysisError> {
        let m = self.diagonal.len();
        let mut small = vec![0.0; m * m];
        for (i, d) in self.diagonal.iter().enumerate() {
            small[i * m + i] = *d;
            if i + 1 < m {
                small[i * m + i + 1] = self.off_diagonal[i];
                small[(i + 1) * m + i] = self.off_diagonal[i];
            }
        }
        let found = symmetric_eigen(&small, m)?;
        let rest = self.off_diagonal.last().copied().unwrap_or(0.0);
        let residual = |k: usize| {
            found
                .vector(k)
                .last()
                .map_or(0.0, |last| (rest * last).abs())
        };
        let ends = Extremes {
            largest: found.values[m - 1],
            smallest: found.values[0],
        };
        Ok((ends, residual(0).max(residual(m - 1))))
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Subtracts from `x` its projection on the unit vector `v`.
fn remove(v: &[f64], x: &mut [f64]) {
    let part = dot(v, x);
    for (x, v) in x.iter_mut().zip(v) {
        *x -= part * v;
    }
}

/// Divides by the norm, which is returned; a zero vector is unchanged.
fn normalize(x: &mut [f64]) -> f64 {
    let norm = dot(x, x).sqrt();
    if norm > 0.0 {
        for x in x {
            *x /= norm;
        }
    }
    norm
}
