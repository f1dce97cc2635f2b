use super::proposal::{Drawn, Proposal, ProposalContext, cut};
use super::{adapt, sites};
use crate::neighborhood::Evaluation;
use crate::neighborhood::Temperature;
use crate::{Balance, Bits, Error, Real, Space, Sqrt, math};

/// DMALA, the discrete Langevin proposal: all sites move independently (Zhang, Liu and Liu 2022, eq. 4).
///
/// # Proposal
/// Site `i` makes its move `m` with probability `o_m / (1 + sum o)`, with the sum over the moves of the site, and
/// stays with the remaining probability: `o_m = g(exp(2 beta d_m / tau)) exp(-|y_i - x_i|^2 / (2 alpha))`. With
/// `g = sqrt` this is the softmax of `beta d / 2 - |y_i - x_i|^2 / (2 alpha)`; the squared length is 1 for a flip and
/// 2 between one-hot vectors ([`Space::squared_length`]).
///
/// # Tuning
/// The step size `alpha`.
///
/// # Cost
/// In addition to the evaluation: one exponential per move, a byte of random bits per site, one logarithm per 256 sites.
#[derive(Clone, Copy, Debug)]
pub struct DiscreteLangevin<G> {
    balance: G,
    temperature: Temperature,
    step: f64,
}

impl DiscreteLangevin<Sqrt> {
    /// Creates the proposal with `g = sqrt` and the step size `alpha`; the paper uses 0.2 with Metropolis-Hastings.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `alpha` is positive and finite.
    pub fn dmala(alpha: f64) -> Result<Self, Error> {
        Self::new(Sqrt, alpha)
    }
}

impl<G: Balance> DiscreteLangevin<G> {
    /// Creates the proposal with the balancing function `balance` and the step size `alpha`.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `alpha` is positive and finite.
    pub fn new(balance: G, alpha: f64) -> Result<Self, Error> {
        Ok(Self {
            balance,
            temperature: Temperature::TWO,
            step: adapt::positive(alpha, "alpha")?,
        })
    }

    /// Sets the proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.temperature = Temperature::new(temperature)?;
        Ok(self)
    }
}

/// Computes the odds `g(exp(scale d)) exp(-|y_i - x_i|^2 / (2 alpha))` of every move, and their `log_total`.
#[inline(always)]
pub(super) fn weigh<S: Space, R: Real, G: Balance>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &mut Evaluation<'_, R>,
    balance: &G,
    scale: R,
    alpha: f64,
) {
    balance.log_weights(scale, evaluation.differences, evaluation.weight);
    let curvature = R::from_f64(0.5 / alpha);
    if let Some(length) = at.space.squared_length() {
        let penalty = curvature * R::from_f64(length);
        for w in evaluation.weight.iter_mut() {
            *w = cut(*w - penalty);
        }
    } else {
        for (m, w) in evaluation.weight.iter_mut().enumerate() {
            let mv = at.space.decode(at.x, m);
            let step = R::from_f64(f64::from(mv.to) - f64::from(mv.from));
            *w = cut(*w - curvature * step * step);
        }
    }
    math::exp_in_place(evaluation.weight);
    at.space.mask(at.x, evaluation.weight);
    sites::add_up(at, evaluation);
}

impl<G: Balance> Proposal for DiscreteLangevin<G> {
    const WEIGHS_BY_TUNING: bool = true;

    fn start(&self) -> Option<f64> {
        Some(self.step)
    }

    fn range<S: Space>(&self, _: &S) -> (f64, f64) {
        (0.01, 1e6)
    }

    #[inline(always)]
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
    ) {
        let scale = self.temperature.scale(at.beta);
        weigh(at, evaluation, &self.balance, scale, at.tuning);
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
