use super::proposal::{Drawn, LogProduct, Proposal, ProposalContext, site_sum};
use super::remaining::{Remaining, added_up, of_site};
use super::{adapt, gumbel};
use crate::neighborhood::Evaluation;
use crate::neighborhood::Temperature;
use crate::{Balance, Bits, Error, Real, Space, Sqrt, math, pick};

/// PAS, also PAFS: a path of `R` sites drawn *without* replacement with probabilities proportional to their weights
/// at `x`, each with a value from the site's conditional distribution, all changed at once (H. Sun, H. Dai, W. Xia,
/// A. Ramamurthy, "Path Auxiliary Proposal for MCMC in Discrete Space", ICLR 2022; H. Sun, H. Dai, D. Schuurmans,
/// "Optimal Scaling for Locally Balanced Proposals in Discrete Spaces", NeurIPS 2022).
///
/// # Proposal
/// With `w_m = g(exp(2 beta d_m / tau))`, `W_i` the sum over the moves of site `i`, and `U` the sum over all sites
/// not on the path: `q(path|x) = prod_r w_{m_r} / (U + sum_{s >= r} W_{i_s})`. `U` is the total minus the path's
/// weights, or, if that is less than a quarter of the total, recomputed as a sum, so that no precision is lost by
/// cancellation. The other sums are accumulated from the end of the path.
///
/// # Reverse path
/// The old values in reverse order, with the weights at `y`.
///
/// # Length
/// Uniform on `1 ..= 2 R - 1` for an integer `R`, limited to the number of sites; for other `R`, the last length has
/// the probability of the fractional part. It does not depend on `x`. A *fixed even* length would be reducible on
/// `{0, 1}^n`, because parity would never change.
///
/// # Tuning
/// `R`, the mean length, in `1 ..= sites`.
///
/// # Cost
/// In addition to the evaluation: one exponential per move; `O(log(moves / 32) + 32)` per site of the path, with few
/// branches; one logarithm for many sites.
///
/// # How sites are drawn
/// One by one by inverse CDF, with two uniform numbers per draw, repeated if a draw hits a site of the path; or [with
/// Gumbel noise](Self::with_gumbel), with one noise per site, of which the `R` largest perturbed log-weights are
/// taken in order. The distribution is the same. Measured in `f32` with AVX2, a whole step except the evaluation, in
/// microseconds:
///
/// | sites | states | `R` | inverse CDF | Gumbel |
/// |---|---|---|---|---|
/// | 784 | 2 | 10 | 0.8 | 3.8 |
/// | 784 | 2 | 40 | 1.8 | 8.8 |
/// | 784 | 2 | 100 | 4.1 | 23 |
/// | 100 | 8 | 10 | 1.0 | 2.1 |
/// | 100 | 8 | 40 | 3.1 | 4.5 |
#[derive(Clone, Copy, Debug)]
pub struct PathAuxiliary<G> {
    balance: G,
    temperature: Temperature,
    length: f64,
    gumbel: bool,
}

impl PathAuxiliary<Sqrt> {
    /// Creates the proposal with `g = sqrt` and the mean length `length`.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `length` is positive and finite.
    pub fn pas(length: f64) -> Result<Self, Error> {
        Self::new(Sqrt, length)
    }
}

impl<G: Balance> PathAuxiliary<G> {
    /// Creates the proposal with the balancing function `balance` and the mean length `length`; values below 1 are
    /// raised to 1.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `length` is positive and finite.
    pub fn new(balance: G, length: f64) -> Result<Self, Error> {
        Ok(Self {
            balance,
            temperature: Temperature::TWO,
            length: adapt::positive(length, "length")?,
            gumbel: false,
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

    /// Draws sites with Gumbel noise instead of by inverse CDF: the same distribution, slower.
    #[must_use]
    pub const fn with_gumbel(mut self) -> Self {
        self.gumbel = true;
        self
    }
}

/// If at least this fraction of the total remains, the path's weights are subtracted from the total without loss of
/// precision.
const SUBTRACTED: f64 = 0.25;

/// Draws a length with mean `mean`: see [`PathAuxiliary`].
#[inline(always)]
fn random_length<B: Bits + ?Sized>(mean: f64, sites: usize, bits: &mut B) -> usize {
    let length = 1 + (bits.unit::<f64>() * (2.0 * mean - 1.0)) as usize;
    Ord::min(length, sites)
}

/// The probability of each length from 1 on: see [`PathAuxiliary`].
#[cfg(feature = "check")]
pub(crate) fn length_probability(mean: f64, sites: usize, length: usize) -> f64 {
    let spread = 2.0 * mean - 1.0;
    let upto = |l: usize| {
        if l < sites {
            (l as f64 / spread).min(1.0)
        } else {
            1.0
        }
    };
    upto(length) - upto(length - 1)
}

impl<G: Balance> PathAuxiliary<G> {
    #[inline(always)]
    fn draw_one_by_one<S: Space, R: Real, B: Bits + ?Sized>(
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> usize {
        let mut remaining = Remaining::new(evaluation, scratch);
        let mut length = 0;
        for slot in path.iter_mut() {
            let Some(m) = remaining.draw(bits) else {
                break;
            };
            *slot = m as u32;
            remaining.take(at, m);
            length += 1;
        }
        remaining.give_all(at, path.get(..length).unwrap_or(&[]));
        length
    }

    #[inline(always)]
    fn draw_at_once<S: Space, R: Real, B: Bits + ?Sized>(
        at: &ProposalContext<'_, S, R>,
        evaluation: &Evaluation<'_, R>,
        scratch: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> usize {
        let length = gumbel::top(at, evaluation.weight, scratch, path, bits);
        for slot in path.iter_mut().take(length) {
            let moves = at.moves_of(*slot as usize);
            let sum = site_sum(evaluation.weight, moves.clone());
            let own = evaluation.weight.get(moves.clone()).unwrap_or(&[]);
            let threshold = if own.len() > 1 {
                bits.unit::<R>() * sum
            } else {
                R::ZERO
            };
            *slot = (moves.start + pick::of_slice(own, threshold).unwrap_or(0)) as u32;
        }
        length
    }
}

impl<G: Balance> Proposal for PathAuxiliary<G> {
    fn start(&self) -> Option<f64> {
        Some(self.length)
    }

    fn range<S: Space>(&self, space: &S) -> (f64, f64) {
        (1.0, space.sites() as f64)
    }

    #[inline(always)]
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
    ) {
        let scale = self.temperature.scale(at.beta);
        evaluation.weigh(at.space, at.x, &self.balance, scale);
    }

    #[inline(always)]
    fn draw<S: Space, R: Real, B: Bits + ?Sized>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> (usize, usize) {
        let intended = random_length(at.tuning, at.space.sites(), bits);
        let path = path.get_mut(..intended).unwrap_or(&mut []);
        let length = if self.gumbel {
            Self::draw_at_once(at, evaluation, scratch, path, bits)
        } else {
            Self::draw_one_by_one(at, evaluation, scratch, path, bits)
        };
        (length, intended)
    }

    #[inline(always)]
    fn log_prob<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        let scale = self.temperature.scale(at.beta);
        let total = math::sum_wide(evaluation.sums);
        let (mut weights, mut taken) = (0.0, 0.0);
        for &m in drawn.path {
            let m = m as usize;
            weights += evaluation.log_shifted(&self.balance, scale, m).to_f64();
            taken += of_site(at, evaluation.weight, m).to_f64();
        }
        let left = total - taken;
        let mut rest = if left >= SUBTRACTED * total {
            left
        } else {
            added_up(at, evaluation, scratch, drawn.path)
        };
        // A path is shorter than intended only if no weight was left.
        let mut possible = drawn.path.len() == drawn.intended || rest <= 0.0;
        let mut totals = LogProduct::ONE;
        for &m in drawn.path.iter().rev() {
            rest += of_site(at, evaluation.weight, m as usize).to_f64();
            possible &= rest > 0.0;
            totals.times(rest);
        }
        if possible {
            weights - totals.ln()
        } else {
            f64::NEG_INFINITY
        }
    }
}
