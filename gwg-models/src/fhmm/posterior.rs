use super::{Fhmm, Law};
use crate::ModelError;
use gwg_core::{Bits, Real, math};

/// The largest number of factors; with more, there are too many joint states per time.
const MAX_FACTORS: usize = 20;
/// The log-probabilities of all factors at one time must be above minus this number, so that products of them do not
/// underflow in f64.
const FARTHEST: f64 = 600.0;

/// The exact posterior of a [`Fhmm`] at inverse temperature 1, by filtering over the `2^factors` joint states of a time.
///
/// Computed in f64 regardless of the precision of the model, with its rounded parameters. Cost:
/// `O(length factors 2^factors)`, because the chains move independently and are advanced one factor after the other.
/// Memory: `length * 2^factors` numbers.
///
/// ```
/// use gwg_core::SplitMix64;
/// use gwg_models::fhmm::{Fhmm, Law};
///
/// let model = Fhmm::<f32>::random(50, 6, Law::default(), 1)?;
/// let posterior = model.posterior()?;
/// let mut x = vec![0; 300];
/// posterior.draw(&mut x, &mut SplitMix64::new(7));
/// assert_eq!(posterior.marginals().len(), x.len());
/// # Ok::<(), gwg_models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Posterior {
    factors: usize,
    law: Law,
    /// `p(state of t | y_0 .. y_t)`, a row of `2^factors` numbers per time; bit `k` of a state is chain `k`.
    filtered: Vec<f64>,
    /// `w.x + b` of every state.
    means: Vec<f64>,
    observations: Vec<f64>,
    log_evidence: f64,
}

impl<R: Real> Fhmm<R> {
    /// Computes the exact posterior by filtering the whole sequence.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] for more than 20 factors, if `length * 2^factors` numbers do not fit into memory,
    /// and for probabilities so small that those of all factors at one time underflow in f64 (with 10 factors: below
    /// `1e-26`).
    pub fn posterior(&self) -> Result<Posterior, ModelError> {
        let (length, factors) = (self.length(), self.factors());
        check(factors, &self.law())?;
        let states = 1usize << factors;
        let mut posterior = Posterior {
            factors,
            law: self.law(),
            filtered: room(length, states)?,
            means: self.means(states),
            observations: self.observations().iter().map(|y| y.to_f64()).collect(),
            log_evidence: 0.0,
        };
        posterior.filter(self.logs.peak);
        Ok(posterior)
    }

    fn means(&self, states: usize) -> Vec<f64> {
        let mut means = vec![self.bias().to_f64(); states];
        for (k, w) in self.weights().iter().enumerate() {
            for (state, mean) in means.iter_mut().enumerate() {
                *mean += (state >> k & 1) as f64 * w.to_f64();
            }
        }
        means
    }
}

impl Posterior {
    fn filter(&mut self, peak: f64) {
        let mut now = prior(self.factors, self.law.start);
        let mut seen = vec![0.0; now.len()];
        for (time, &y) in self.observations.iter().enumerate() {
            if time > 0 {
                step(&mut now, self.law.keep);
            }
            let nearest = self.likelihoods(y, &mut seen);
            for (p, e) in now.iter_mut().zip(&seen) {
                *p *= e;
            }
            self.log_evidence += Real::ln(normalize(&mut now)) + nearest + peak;
            self.filtered.extend_from_slice(&now);
        }
    }

    /// Writes `p(y | state)` relative to that of the most likely state; returns the logarithm of the latter without
    /// the constant of the density.
    fn likelihoods(&self, y: f64, seen: &mut [f64]) -> f64 {
        for (e, mean) in seen.iter_mut().zip(&self.means) {
            let z = (y - mean) / self.law.sigma;
            *e = -0.5 * z * z;
        }
        let nearest = math::max(seen);
        for e in seen.iter_mut() {
            *e -= nearest;
        }
        math::exp_in_place(seen);
        nearest
    }

    /// `log p(y)`, with the hidden chains summed out: `log Z` of the model.
    #[must_use]
    pub const fn log_evidence(&self) -> f64 {
        self.log_evidence
    }

    /// `p(x_i = 1 | y)` of every site, by a backward pass over the sequence: `O(length factors 2^factors)`.
    #[must_use]
    pub fn marginals(&self) -> Vec<f64> {
        let states = 1usize << self.factors;
        let times = self.filtered.len() / states;
        let mut marginals = vec![0.0; times * self.factors];
        // p(y_(t+1) .. | state of t), up to a factor.
        let mut ahead = vec![1.0; states];
        let mut seen = ahead.clone();
        let rows = self.filtered.chunks_exact(states).zip(&self.observations);
        let found = marginals.chunks_exact_mut(self.factors);
        for ((now, &y), found) in rows.zip(found).rev() {
            let mut total = 0.0;
            for (state, (p, a)) in now.iter().zip(&ahead).enumerate() {
                total += p * a;
                for (k, marginal) in found.iter_mut().enumerate() {
                    *marginal += (state >> k & 1) as f64 * p * a;
                }
            }
            for marginal in found {
                *marginal /= total;
            }
            self.likelihoods(y, &mut seen);
            for (a, e) in ahead.iter_mut().zip(&seen) {
                *a *= e;
            }
            step(&mut ahead, self.law.keep);
            normalize(&mut ahead);
        }
        marginals
    }

    /// Draws a configuration from the posterior, independently of all previous draws: backward in time,
    /// `O(length 2^factors)`, with 53 random bits per time.
    ///
    /// Nothing is written past the end of `x`.
    pub fn draw<B: Bits>(&self, x: &mut [u8], bits: &mut B) {
        let states = 1usize << self.factors;
        // There is no information after the last time.
        let (mut reach, mut next) = ([1.0; MAX_FACTORS + 1], 0);
        let steps = self.steps();
        for (time, row) in self.filtered.chunks_exact(states).enumerate().rev() {
            next = pick(row, &reach, next, bits.unit());
            reach = steps;
            let sites = time * self.factors..(time + 1) * self.factors;
            for (k, site) in sites.enumerate() {
                if let Some(symbol) = x.get_mut(site) {
                    *symbol = (next >> k & 1) as u8;
                }
            }
        }
    }

    /// The probability of a transition, by the number of chains that change in it.
    fn steps(&self) -> [f64; MAX_FACTORS + 1] {
        let power = |p: f64, n: usize| (0..n).fold(1.0, |power, _| power * p);
        let mut steps = [0.0; MAX_FACTORS + 1];
        for (changes, p) in steps.iter_mut().enumerate().take(self.factors + 1) {
            let stays = self.factors - changes;
            *p = power(self.law.keep, stays) * power(1.0 - self.law.keep, changes);
        }
        steps
    }
}

/// Draws a state with probability proportional to `row[state] * reach[changes from state to next]`.
fn pick(row: &[f64], reach: &[f64; MAX_FACTORS + 1], next: usize, unit: f64) -> usize {
    let weight = |state: usize, p: f64| p * reach[(state ^ next).count_ones() as usize];
    let mut total = 0.0;
    for (state, &p) in row.iter().enumerate() {
        total += weight(state, p);
    }
    let (threshold, mut sum, mut last) = (unit * total, 0.0, 0);
    for (state, &p) in row.iter().enumerate() {
        let w = weight(state, p);
        sum += w;
        if w > 0.0 {
            last = state;
            if sum > threshold {
                break;
            }
        }
    }
    last
}

/// Rejects parameters for which the recursion would underflow.
///
/// The probabilities of a transition, and hence the predicted ones, have ratios of at most `e^FARTHEST`; a likelihood
/// that underflows in f64 is below `e^-700` of the largest, so its state has less than `e^-100` of the total
/// probability.
fn check(factors: usize, law: &Law) -> Result<(), ModelError> {
    if factors > MAX_FACTORS {
        return Err(ModelError::Parameter {
            name: "factors",
            found: factors.to_string(),
            allowed: "at most 20 for the exact posterior, which enumerates all 2^factors joint states",
        });
    }
    for (name, p) in [("keep", law.keep), ("start", law.start)] {
        let farthest = Real::min(Real::ln(p), Real::log1p(-p)) * factors as f64;
        if farthest < -FARTHEST {
            return Err(ModelError::Parameter {
                name,
                found: format!("{p:?}"),
                allowed: "for the exact posterior, far enough from 0 and 1 that p^factors and (1 - p)^factors exceed 1e-260",
            });
        }
    }
    Ok(())
}

/// Allocates space for `length` rows.
fn room(length: usize, states: usize) -> Result<Vec<f64>, ModelError> {
    let mut numbers = Vec::new();
    let fits = length
        .checked_mul(states)
        .is_some_and(|len| numbers.try_reserve_exact(len).is_ok());
    if fits {
        return Ok(numbers);
    }
    Err(ModelError::Parameter {
        name: "length * 2^factors",
        found: format!("{length} * {states}"),
        allowed: "what fits into memory",
    })
}

/// The distribution of the states at the first time.
fn prior(factors: usize, start: f64) -> Vec<f64> {
    let mut p = vec![1.0];
    for _ in 0..factors {
        let ones: Vec<f64> = p.iter().map(|p| p * start).collect();
        for p in &mut p {
            *p *= 1.0 - start;
        }
        p.extend(ones);
    }
    p
}

/// Advances all chains by one time, one after the other.
fn step(p: &mut [f64], keep: f64) {
    let change = 1.0 - keep;
    let mut half = 1;
    while half < p.len() {
        for block in p.chunks_exact_mut(2 * half) {
            let (zeros, ones) = block.split_at_mut(half);
            for (zero, one) in zeros.iter_mut().zip(ones) {
                (*zero, *one) = (*zero * keep + *one * change, *zero * change + *one * keep);
            }
        }
        half *= 2;
    }
}

/// Normalizes weights to probabilities; returns their sum.
fn normalize(weights: &mut [f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    for w in weights {
        *w /= sum;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_exceed_memory_are_rejected() {
        for length in [1 << 40, usize::MAX] {
            let message = room(length, 1 << 20).unwrap_err().to_string();
            assert!(
                message.contains("2^factors") && message.contains("memory"),
                "{message}"
            );
        }
    }
}
