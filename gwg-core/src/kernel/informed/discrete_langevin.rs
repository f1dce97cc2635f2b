use super::distance::{START, squared_distance, squared_length};
use super::proposal::{Drawn, Proposal, ProposalContext, Slopes, cut, site_sum};
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
/// The step size `alpha`, for an acceptance rate of [`TARGET_ACCEPTANCE`](super::TARGET_ACCEPTANCE). With [`tuned_temperature`](Self::tuned_temperature)
/// also the temperature, both of them for the largest mean squared distance of a step: on restricted Boltzmann machines and other models with weak or many
/// couplings, the best proposal has a temperature near 1 and nearly no penalty of distances, and is accepted more often than that rate.
///
/// # Cost
/// In addition to the evaluation: one exponential per move, a byte of random bits per site, one logarithm per 256 sites.
#[derive(Clone, Copy, Debug)]
pub struct DiscreteLangevin<G> {
    balance: G,
    temperature: Temperature,
    tuned: bool,
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
            tuned: false,
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

    /// Adapts the proposal temperature in warm-up too, from 1 to 4: [`Kernel::tuning`](crate::Kernel::tuning) reports it after the step size.
    #[must_use]
    pub const fn tuned_temperature(mut self) -> Self {
        self.tuned = true;
        self
    }

    /// `2 beta / temperature`.
    #[inline(always)]
    fn scale<S: Space, R: Real>(&self, at: &ProposalContext<'_, S, R>) -> R {
        if self.tuned {
            at.beta * R::from_f64(2.0 * at.exponent)
        } else {
            self.temperature.scale(at.beta)
        }
    }
}

/// The derivative of `log g(exp(t))`.
fn slope<R: Real, G: Balance>(balance: &G, t: R) -> f64 {
    let h = R::from_f64(1.0 / 256.0);
    let rise = balance.log_weight(t + h) - balance.log_weight(t - h);
    rise.to_f64() * 128.0
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

fn add(sum: &mut [f64; 2], factor: f64, term: [f64; 2]) {
    for (s, t) in sum.iter_mut().zip(term) {
        *s += factor * t;
    }
}

impl<G: Balance> Proposal for DiscreteLangevin<G> {
    const WEIGHS_BY_TUNING: bool = true;

    fn start(&self) -> Option<f64> {
        Some(self.step)
    }

    fn range<S: Space>(&self, _: &S) -> (f64, f64) {
        (0.01, 1e6)
    }

    fn exponent(&self) -> Option<f64> {
        self.tuned.then_some(START)
    }

    /// The log-probability is `sum ln o_m` over the path, less `sum ln (1 + O_i)` over the sites.
    fn slopes<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &Evaluation<'_, R>,
        path: &[u32],
    ) -> Slopes {
        let scale = self.scale(at);
        let of = |m: usize| {
            let t = scale * evaluation.differences.get(m).copied().unwrap_or_default();
            let exponent = t.to_f64() * slope(&self.balance, t) / at.exponent;
            [0.5 * squared_length(at, m) / at.tuning, exponent]
        };
        let mut slopes = Slopes::default();
        for &m in path {
            add(&mut slopes.log_prob, 1.0, of(m as usize));
        }
        for site in 0..at.space.sites() {
            let moves = at.moves_of(site);
            let stays = 1.0 / (1.0 + site_sum(evaluation.weight, moves.clone()).to_f64());
            // The means over the moves of the site of the slope, of the squared distance, and of their product.
            let (mut mean, mut distance, mut product) = ([0.0; 2], 0.0, [0.0; 2]);
            for (m, w) in moves
                .clone()
                .zip(evaluation.weight.get(moves).unwrap_or(&[]))
            {
                // A weight of 0 is that of an idle move, whose difference is unspecified.
                if *w > R::ZERO {
                    let (p, own, square) = (w.to_f64() * stays, of(m), squared_distance(at, m));
                    add(&mut mean, p, own);
                    distance += p * square;
                    add(&mut product, p * square, own);
                }
            }
            add(&mut slopes.log_prob, -1.0, mean);
            add(&mut slopes.distance, 1.0, product);
            add(&mut slopes.distance, -distance, mean);
        }
        slopes
    }

    #[inline(always)]
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
    ) {
        let scale = self.scale(at);
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
