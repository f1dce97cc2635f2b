//! The equations of MBAR: their solution, and the covariance of its errors.

use crate::log_z::bar::bar;
use crate::log_z::error::{LogZError, all_finite, at_least, has_length};
use gwg_core::{Real, math};
use gwg_linalg::symmetric_eigen;

/// Iterations after which the equations count as not convergent.
const MOST: usize = 10_000;
/// The relative change below which an iteration has converged: the rounding of sums over many draws.
const ROUNDING: f64 = 1e-13;
/// The relative size of an eigenvalue below which it is rounding.
const RANK: f64 = 1e-10;

pub(super) struct Problem<'f> {
    f: &'f [f64],
    levels: usize,
    draws: usize,
    /// `log N_k`.
    log_sizes: Vec<f64>,
    /// The log-weight of each draw: 0 for independent draws.
    log_counts: Vec<f64>,
}

impl<'f> Problem<'f> {
    pub(super) fn new(
        f: &'f [f64],
        counts: &[usize],
        effective: Option<&[f64]>,
    ) -> Result<Self, LogZError> {
        let (levels, draws) = (counts.len(), counts.iter().sum::<usize>());
        at_least("levels", levels, 2)?;
        let fewest = counts.iter().copied().min().unwrap_or(0);
        at_least("draws of a level", fewest, 1)?;
        has_length("f (levels, draws)", f.len(), levels * draws)?;
        all_finite("f", f)?;
        let sizes: Vec<f64> = match effective {
            Some(sizes) => sizes.to_vec(),
            None => counts.iter().map(|&n| n as f64).collect(),
        };
        has_length("effective sample sizes", sizes.len(), levels)?;
        if let Some(&found) = sizes.iter().find(|n| !(n.is_finite() && **n > 0.0)) {
            return Err(LogZError::EffectiveSize { found });
        }
        let of_level = |(&count, &size): (&usize, &f64)| {
            std::iter::repeat_n(Real::ln(size / count as f64), count)
        };
        Ok(Self {
            f,
            levels,
            draws,
            log_counts: counts.iter().zip(&sizes).flat_map(of_level).collect(),
            log_sizes: sizes.iter().map(|&n| Real::ln(n)).collect(),
        })
    }

    fn rows(&self) -> impl Iterator<Item = &'f [f64]> {
        self.f.chunks_exact(self.draws)
    }

    /// `log sum_j N_j exp(f_j(x_n) - log Z_j)` of each draw.
    fn mixture(&self, log_z: &[f64]) -> Vec<f64> {
        let mut column = vec![0.0; self.levels];
        (0..self.draws)
            .map(|n| {
                let terms = self.rows().zip(log_z).zip(&self.log_sizes);
                for (to, ((f, log_z), log_size)) in column.iter_mut().zip(terms) {
                    *to = f.get(n).copied().unwrap_or(f64::NAN) - log_z + log_size;
                }
                math::logsumexp(&column)
            })
            .collect()
    }

    /// The right-hand sides of the equations.
    pub(super) fn iterate(&self, log_z: &[f64]) -> Vec<f64> {
        let mixture = self.mixture(log_z);
        let mut logs = vec![0.0; self.draws];
        let next = self.rows().map(|f| {
            let terms = f.iter().zip(&self.log_counts).zip(&mixture);
            for (to, ((f, count), mixture)) in logs.iter_mut().zip(terms) {
                *to = f + count - mixture;
            }
            math::logsumexp(&logs)
        });
        pinned(next.collect())
    }

    /// Each pair of neighboring levels by itself.
    fn first_guess(&self, counts: &[usize]) -> Result<Vec<f64>, LogZError> {
        let (mut log_z, mut sum, mut start) = (vec![0.0], 0.0, 0);
        let rows: Vec<&[f64]> = self.rows().collect();
        for (rows, counts) in rows.windows(2).zip(counts.windows(2)) {
            let (&[low, high], &[below, above]) = (rows, counts) else {
                continue;
            };
            let ratios: Vec<f64> = high.iter().zip(low).map(|(h, l)| h - l).collect();
            let own = ratios.get(start..start + below + above).unwrap_or(&[]);
            let (forward, reverse) = own.split_at_checked(below).unwrap_or((own, &[]));
            sum += bar(forward, reverse, None)?.value;
            log_z.push(sum);
            start += below;
        }
        Ok(log_z)
    }

    /// Newton's method, with an iteration of the equations where it does not come closer.
    pub(super) fn solve(&self, counts: &[usize]) -> Result<Vec<f64>, LogZError> {
        let mut log_z = self.first_guess(counts)?;
        let mut now = self.slope(&log_z);
        let mut change = f64::INFINITY;
        for _ in 0..MOST {
            let newton = self
                .newton(&log_z, &now)
                .map(|next| (self.slope(&next), next));
            let closer = newton.filter(|(slope, _)| slope.excess < now.excess);
            let (slope, next) = closer.unwrap_or_else(|| {
                let next = self.iterate(&log_z);
                (self.slope(&next), next)
            });
            let changes = next.iter().zip(&log_z).map(|(a, b)| (a - b).abs());
            change = changes.fold(0.0, f64::max);
            let scale = next.iter().fold(1.0, |s: f64, z| s.max(z.abs()));
            (log_z, now) = (next, slope);
            if change <= ROUNDING * scale {
                return Ok(log_z);
            }
        }
        Err(LogZError::NotConverged {
            what: "MBAR",
            iterations: MOST,
            change,
        })
    }

    /// How far a guess is from solving the equations.
    fn slope(&self, log_z: &[f64]) -> Slope {
        let mixture = self.mixture(log_z);
        let mut shares = Vec::with_capacity(self.f.len());
        let mut residual = Vec::with_capacity(self.levels);
        let mut excess = 0.0f64;
        for ((f, log_z), log_size) in self.rows().zip(log_z).zip(&self.log_sizes) {
            let terms = f.iter().zip(&self.log_counts).zip(&mixture);
            let start = shares.len();
            shares.extend(terms.map(|((f, c), m)| Real::exp(f - log_z - m + log_size + 0.5 * c)));
            let own = shares.get(start..).unwrap_or(&[]);
            let halves = own.iter().zip(&self.log_counts);
            let total: f64 = halves.map(|(s, c)| s * Real::exp(0.5 * c)).sum();
            let size = Real::exp(*log_size);
            excess = excess.max(((total - size) / size).abs());
            residual.push(total - size);
        }
        let rows: Vec<&[f64]> = shares.chunks_exact(self.draws).collect();
        let products = rows
            .iter()
            .flat_map(|a| rows.iter().map(move |b| math::dot(a, b)));
        Slope {
            products: symmetrized(products.collect(), self.levels),
            residual,
            excess: if excess.is_nan() {
                f64::INFINITY
            } else {
                excess
            },
        }
    }

    /// A step of Newton's method, with level 0 fixed; `None` where its matrix is singular.
    fn newton(&self, log_z: &[f64], slope: &Slope) -> Option<Vec<f64>> {
        let (levels, free) = (self.levels, self.levels - 1);
        let mut matrix = Vec::with_capacity(free * free);
        for (i, row) in slope.products.chunks_exact(levels).enumerate().skip(1) {
            let own = slope.residual.get(i)? + Real::exp(*self.log_sizes.get(i)?);
            let entries = row.iter().enumerate().skip(1);
            matrix.extend(entries.map(|(j, p)| if i == j { own - p } else { -p }));
        }
        let mut step: Vec<f64> = slope.residual.iter().skip(1).copied().collect();
        gwg_linalg::solve(&matrix, free, &mut step).ok()?;
        let steps = std::iter::once(0.0).chain(step);
        Some(log_z.iter().zip(steps).map(|(z, step)| z + step).collect())
    }

    /// `V S (1 - S V' N V S)^+ S V'`, where `W' W = V S^2 V'` and `W[n][k] = exp(f_k(x_n) - log Z_k) / sum_j N_j exp(f_j(x_n) - log Z_j)`.
    pub(super) fn covariance(&self, log_z: &[f64]) -> Result<Vec<f64>, LogZError> {
        let levels = self.levels;
        let sizes: Vec<f64> = self.log_sizes.iter().map(|n| Real::exp(*n)).collect();
        let mut gram = self.slope(log_z).products;
        for (row, a) in gram.chunks_exact_mut(levels).zip(&sizes) {
            row.iter_mut().zip(&sizes).for_each(|(g, b)| *g /= a * b);
        }
        let eigen = symmetric_eigen(&symmetrized(gram, levels), levels)?;
        // The rows of `half` are those of `S V'`.
        let scaled = |(k, value): (usize, &f64)| {
            let scale = value.max(0.0).sqrt();
            eigen.vector(k).iter().map(|v| v * scale).collect()
        };
        let half: Vec<Vec<f64>> = eigen.values.iter().enumerate().map(scaled).collect();
        let mut inner = Vec::with_capacity(levels * levels);
        for (i, a) in half.iter().enumerate() {
            for (j, b) in half.iter().enumerate() {
                let sum: f64 = a
                    .iter()
                    .zip(b)
                    .zip(&sizes)
                    .map(|((a, b), n)| a * b * n)
                    .sum();
                inner.push(if i == j { 1.0 } else { 0.0 } - sum);
            }
        }
        let inner = symmetric_eigen(&symmetrized(inner, levels), levels)?;
        let mut covariance = vec![0.0; levels * levels];
        for (k, &value) in inner.values.iter().enumerate().filter(|(_, v)| **v > RANK) {
            let mut direction = vec![0.0; levels];
            for (&c, row) in inner.vector(k).iter().zip(&half) {
                gwg_linalg::axpy(c, row, &mut direction);
            }
            for (row, &a) in covariance.chunks_exact_mut(levels).zip(&direction) {
                gwg_linalg::axpy(a / value, &direction, row);
            }
        }
        Ok(covariance)
    }
}

/// The derivatives of the function that the solution minimizes.
struct Slope {
    /// `sum_n p_i(x_n) p_j(x_n)`, where `p_k(x) = N_k exp(f_k(x) - log Z_k) / sum_j ..`; shape (levels, levels).
    products: Vec<f64>,
    /// `sum_n p_k(x_n) - N_k`.
    residual: Vec<f64>,
    /// The largest of these relative to `N_k`.
    excess: f64,
}

/// Relative to the first.
fn pinned(mut log_z: Vec<f64>) -> Vec<f64> {
    let first = log_z.first().copied().unwrap_or(0.0);
    log_z.iter_mut().for_each(|z| *z -= first);
    log_z
}

/// The upper triangle in both: sums in another order differ in the last bits.
fn symmetrized(mut matrix: Vec<f64>, n: usize) -> Vec<f64> {
    for i in 0..n {
        for j in 0..i {
            let upper = matrix.get(j * n + i).copied().unwrap_or(f64::NAN);
            if let Some(lower) = matrix.get_mut(i * n + j) {
                *lower = upper;
            }
        }
    }
    matrix
}
