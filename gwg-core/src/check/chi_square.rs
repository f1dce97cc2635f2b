use super::{OwnedMemory, TransitionMatrix, Transitions, configurations, index};
use crate::{Real, SplitMix64, StepCounts, Target, math};
use std::{vec, vec::Vec};

/// Pearson's chi-square statistic of counts against probabilities.
#[derive(Clone, Copy, Debug)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom, after merging cells with an expected count below 5.
    pub dof: f64,
    /// The corresponding standard normal quantile (Wilson and Hilferty 1931).
    pub z: f64,
}

/// Computes Pearson's chi-square of `counts` against `probability`; cells with an expected count below 5 are merged.
#[must_use]
pub fn chi_square(counts: &[u64], probability: &[f64]) -> ChiSquare {
    let total: u64 = counts.iter().sum();
    let (mut statistic, mut cells) = (0.0, 0.0);
    let (mut rest_count, mut rest_expected) = (0.0, 0.0);
    for (&c, &p) in counts.iter().zip(probability) {
        let expected = p * total as f64;
        if expected < 5.0 {
            rest_count += c as f64;
            rest_expected += expected;
        } else {
            statistic += (c as f64 - expected) * (c as f64 - expected) / expected;
            cells += 1.0;
        }
    }
    if rest_expected > 0.0 {
        statistic += (rest_count - rest_expected) * (rest_count - rest_expected) / rest_expected;
        cells += 1.0;
    }
    let dof = f64::max(cells - 1.0, 1.0);
    let cube_root = Real::exp(Real::ln(f64::max(statistic, 1e-300) / dof) / 3.0);
    let spread = 2.0 / (9.0 * dof);
    let sd = Real::exp(Real::ln(spread) * 0.5);
    ChiSquare {
        statistic,
        dof,
        z: (cube_root - (1.0 - spread)) / sd,
    }
}

/// Draws `draws` states from each of `chains` chains, `thin` steps apart, and compares their frequencies with
/// `exp(beta f) / Z`. `thin` must be large enough that draws are practically independent.
pub fn long_run<T: Target, K: Transitions<T>>(
    target: &T,
    kernel: &K,
    beta: T::Real,
    chains: usize,
    draws: usize,
    thin: u64,
    seed: u64,
) -> ChiSquare {
    let all = configurations(target.space());
    let start: Vec<Vec<_>> = (0..chains).map(|k| all[k % all.len()].clone()).collect();
    let mut owned = OwnedMemory::new(target, kernel, chains);
    let (mut block, scratch) = owned.walkers(target, kernel, &start, beta);
    let mut bits: Vec<_> = (0..chains as u64)
        .map(|k| SplitMix64::new(SplitMix64::mix(seed.wrapping_add(k))))
        .collect();
    let mut counts = vec![StepCounts::default(); chains];
    kernel.init(target, &mut block, scratch);
    let mut seen = vec![0u64; all.len()];
    for draw in 0..=draws {
        // The first interval is twice as long, because the start is not a draw from the target.
        let steps = if draw == 0 { 2 * thin } else { thin };
        kernel.advance(target, &mut block, scratch, &mut bits, &mut counts, steps);
        if draw > 0 {
            for w in &block {
                seen[index(target.space(), w.x)] += 1;
            }
        }
    }
    let f: Vec<f64> = all
        .iter()
        .map(|x| beta.to_f64() * target.log_prob(x))
        .collect();
    let log_z = math::logsumexp(&f);
    let p: Vec<f64> = f.iter().map(|f| Real::exp(f - log_z)).collect();
    chi_square(&seen, &p)
}

impl TransitionMatrix {
    /// The stationary probabilities by symbol: `E[x_i]` for binary spaces.
    #[must_use]
    pub fn mean<S: crate::Symbol>(&self, configurations: &[Vec<S>]) -> Vec<f64> {
        let sites = configurations.first().map_or(0, Vec::len);
        (0..sites)
            .map(|i| {
                configurations
                    .iter()
                    .zip(&self.stationary)
                    .map(|(x, p)| crate::Symbol::index(x[i]) as f64 * p)
                    .sum()
            })
            .collect()
    }
}
