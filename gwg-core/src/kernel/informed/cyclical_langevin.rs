use super::proposal::{Drawn, Proposal, ProposalContext};
use super::{adapt, discrete_langevin, sites};
use crate::neighborhood::Evaluation;
use crate::{Bits, Error, Real, Space, Sqrt};
use core::f64::consts::PI;

/// One phase of a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// The step size `alpha`.
    pub step: f64,
    /// The balancing parameter, a factor of the differences; 1/2 is DMALA.
    pub balance: f64,
}

impl Phase {
    /// Phase `k` of a cycle of `period` phases whose step sizes fall as a cosine from `largest`, but not below `smallest`:
    /// `largest (cos(pi k / period) + 1) / 2`, with the balancing parameter 1/2 (Pynadath et al. 2024, whose `alpha_max` is half
    /// of `largest`).
    ///
    /// The same bits on every machine.
    #[must_use]
    pub fn cosine(largest: f64, smallest: f64, k: usize, period: usize) -> Self {
        // (cos(2 a) + 1) / 2 = cos(a)^2
        let root = quarter_cos(0.5 * PI * k as f64 / period as f64);
        Self {
            step: (largest * root * root).max(smallest),
            balance: 0.5,
        }
    }
}

/// The cosine of an angle from 0 to a right one, by its series: the system's differs from machine to machine, and runs must not.
fn quarter_cos(angle: f64) -> f64 {
    let square = angle * angle;
    (1..=12).rev().fold(1.0, |sum, k| {
        let k = f64::from(2 * k);
        1.0 - sum * square / (k * (k - 1.0))
    })
}

/// ACS, a cycle of discrete Langevin proposals: large steps that discover modes, small ones that explore them
/// (Pynadath, Bhattacharya, Hariharan and Zhang 2024).
///
/// # Proposal
/// In phase `k`, all sites independently: the softmax of `b_k beta d - |y_i - x_i|^2 / (2 alpha_k)`, which is 0 for
/// the current symbol. Each step is accepted or rejected by Metropolis-Hastings with the same phase in both
/// directions, so each phase leaves the target invariant, and so does the cycle; the cycle as a whole is not
/// reversible. Each walker has its own phase, 0 after `init`.
///
/// # Tuning
/// None by default: the caller provides the schedule. [`tuned`](Self::tuned) adds a factor of all step sizes,
/// initially 1, that is adapted to a mean acceptance over a cycle of [`TARGET_ACCEPTANCE`](super::TARGET_ACCEPTANCE).
/// (The paper tunes the two ends of its schedule one after the other; a common factor preserves the ratios that the
/// caller chose.)
///
/// # Cost
/// That of [`DiscreteLangevin`](super::DiscreteLangevin), and one more pass over the moves, because the phase changes.
#[derive(Clone, Copy, Debug)]
pub struct CyclicalLangevin<S> {
    schedule: S,
    tuned: bool,
}

impl<S: AsRef<[Phase]>> CyclicalLangevin<S> {
    /// Creates the proposal with this schedule: a slice, or a type that owns one.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless there is at least one phase, and every step size and balancing parameter is
    /// positive and finite.
    pub fn new(schedule: S) -> Result<Self, Error> {
        adapt::positive(schedule.as_ref().len() as f64, "number of phases")?;
        for phase in schedule.as_ref() {
            adapt::positive(phase.step, "alpha")?;
            adapt::positive(phase.balance, "balance")?;
        }
        Ok(Self {
            schedule,
            tuned: false,
        })
    }

    /// Adds a factor of all step sizes that is adapted during warm-up.
    #[must_use]
    pub fn tuned(mut self) -> Self {
        self.tuned = true;
        self
    }
}

impl<P: AsRef<[Phase]>> Proposal for CyclicalLangevin<P> {
    const WEIGHS_BY_TUNING: bool = true;

    fn start(&self) -> Option<f64> {
        self.tuned.then_some(1.0)
    }

    fn range<S: Space>(&self, _: &S) -> (f64, f64) {
        if self.tuned { (1e-3, 1e3) } else { (1.0, 1.0) }
    }

    fn phases(&self) -> usize {
        self.schedule.as_ref().len()
    }

    #[inline(always)]
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
    ) {
        let Some(phase) = self.schedule.as_ref().get(at.phase) else {
            return;
        };
        // sqrt(exp(2 b t)) = exp(b t)
        let scale = at.beta * R::from_f64(2.0 * phase.balance);
        discrete_langevin::weigh(at, evaluation, &Sqrt, scale, phase.step * at.tuning);
    }

    #[inline(always)]
    fn draw<S: Space, R: Real, B: Bits + ?Sized>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> (usize, usize) {
        (sites::draw(at, evaluation, path, bits), 0)
    }

    #[inline(always)]
    fn log_prob<S: Space, R: Real>(
        &self,
        _: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        sites::log_prob(evaluation, drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn steps_fall_from_the_largest_to_the_smallest() {
        let steps: Vec<f64> = (0..8)
            .map(|k| Phase::cosine(2.0, 0.25, k, 8).step)
            .collect();
        assert_eq!((steps[0], steps[7]), (2.0, 0.25));
        assert!((steps[4] - 1.0).abs() < 1e-15);
        assert!(steps.is_sorted_by(|a, b| a >= b), "{steps:?}");
    }

    #[test]
    fn the_series_is_the_cosine() {
        for k in 0..=100 {
            let angle = 0.005 * PI * f64::from(k);
            assert!((quarter_cos(angle) - angle.cos()).abs() < 1e-15, "{angle}");
        }
    }
}
