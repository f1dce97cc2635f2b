use super::proposal::{Drawn, Proposal, ProposalContext, cut, site_sum};
use crate::neighborhood::Evaluation;
use crate::neighborhood::Temperature;
use crate::{Balance, Bits, Error, Real, Space, Sqrt, math, pick};
use core::ops::Range;

/// GWG with window 2: draws one element of the Hamming ball of radius 2, that is a move of one site or of two
/// (Grathwohl et al. 2021, with a corrected reverse probability).
///
/// # Proposal
/// `q(m) = w_m / Z` and `q({m, n}) = w_m w_n / Z` for moves of different sites, where
/// `w_m = g(exp(2 beta d_m / tau))` and `Z` is the sum over the ball. For `g = sqrt` the weight is `g` of the
/// estimated ratio, `exp(beta (d_m + d_n) / 2)`; for others it is the product of two balancing functions, which is
/// balanced too.
///
/// # Reverse path
/// The same element with the old values.
///
/// # Cost
/// In addition to the evaluation: one exponential per move and one pass over the sites. The `O(sites^2)` pairs are
/// summed as products of sums, `sum_i W_i (W_1 + .. + W_(i-1))`, with positive terms only.
#[derive(Clone, Copy, Debug)]
pub struct HammingWindow2<G> {
    balance: G,
    temperature: Temperature,
}

impl HammingWindow2<Sqrt> {
    /// Creates the proposal with `g = sqrt`.
    #[must_use]
    pub const fn gwg() -> Self {
        Self::new(Sqrt)
    }
}

impl<G: Balance> HammingWindow2<G> {
    /// Creates the proposal with the balancing function `balance`.
    #[must_use]
    pub const fn new(balance: G) -> Self {
        Self {
            balance,
            temperature: Temperature::TWO,
        }
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

/// Sums of single weights and of products of two, accumulated site by site.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    singles: f64,
    pairs: f64,
}

impl Sums {
    #[inline(always)]
    fn add(&mut self, weight: f64) {
        self.pairs += weight * self.singles;
        self.singles += weight;
    }

    #[inline(always)]
    fn total(self) -> f64 {
        self.singles + self.pairs
    }

    #[inline(always)]
    fn of<S: Space, R: Real>(at: &ProposalContext<'_, S, R>, weight: &[R]) -> Self {
        if at.one_move_a_site() {
            let (singles, pairs) = math::pair_sums(weight);
            return Self { singles, pairs };
        }
        let mut sums = Self::default();
        for site in 0..at.space.sites() {
            sums.add(site_sum(weight, at.moves_of(site)).to_f64());
        }
        sums
    }
}

/// Draws the second site of a pair: `j` with probability proportional to `W_j (W_1 + .. + W_(j-1))`.
#[inline(always)]
fn second_site<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    weight: &[R],
    threshold: f64,
) -> Option<(usize, f64)> {
    let (mut sums, mut last) = (Sums::default(), None);
    for site in 0..at.space.sites() {
        let (before, pairs) = (sums.singles, sums.pairs);
        sums.add(site_sum(weight, at.moves_of(site)).to_f64());
        if sums.pairs > pairs {
            last = Some((site, before));
            if sums.pairs > threshold {
                break;
            }
        }
    }
    last
}

/// Draws a move in `range` with probability proportional to its weight; the weights sum to `sum`.
#[inline(always)]
fn among<R: Real, B: Bits + ?Sized>(
    weight: &[R],
    range: Range<usize>,
    sum: f64,
    bits: &mut B,
) -> Option<u32> {
    let threshold = bits.unit::<R>() * R::from_f64(sum);
    let within = pick::of_slice(weight.get(range.clone())?, threshold)?;
    Some((range.start + within) as u32)
}

/// Makes two independent draws and returns them if their sites differ: a pair with probability proportional to its
/// product of weights.
#[inline(always)]
fn two_sites<S: Space, R: Real, B: Bits + ?Sized>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &Evaluation<'_, R>,
    bits: &mut B,
) -> Option<[u32; 2]> {
    let (m, n) = (evaluation.pick(bits)?, evaluation.pick(bits)?);
    let (i, j) = (at.site_of(m), at.site_of(n));
    if i == j {
        return None;
    }
    let (first, second) = if i < j { (m, n) } else { (n, m) };
    Some([first as u32, second as u32])
}

/// The number of failed attempts (two draws of the same site) after which pairs are drawn by enumeration instead,
/// from the same distribution.
const TRIES: usize = 8;

#[inline(always)]
fn draw_pair<S: Space, R: Real, B: Bits + ?Sized>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &Evaluation<'_, R>,
    pairs: f64,
    bits: &mut B,
) -> Option<[u32; 2]> {
    for _ in 0..TRIES {
        let pair = two_sites(at, evaluation, bits);
        if pair.is_some() {
            return pair;
        }
    }
    pair_in_order(at, evaluation.weight, pairs, bits)
}

#[cold]
#[inline(never)]
fn pair_in_order<S: Space, R: Real, B: Bits + ?Sized>(
    at: &ProposalContext<'_, S, R>,
    weight: &[R],
    pairs: f64,
    bits: &mut B,
) -> Option<[u32; 2]> {
    let (site, before) = second_site(at, weight, bits.unit::<f64>() * pairs)?;
    let moves = at.moves_of(site);
    let first = among(weight, 0..moves.start, before, bits)?;
    let own = site_sum(weight, moves.clone()).to_f64();
    Some([first, among(weight, moves, own, bits)?])
}

impl<G: Balance> Proposal for HammingWindow2<G> {
    fn start(&self) -> Option<f64> {
        None
    }

    fn range<S: Space>(&self, _: &S) -> (f64, f64) {
        (1.0, 1.0)
    }

    #[inline(always)]
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
    ) {
        let scale = self.temperature.scale(at.beta);
        self.balance
            .log_weights(scale, evaluation.differences, evaluation.weight);
        for w in evaluation.weight.iter_mut() {
            *w = cut(*w);
        }
        math::exp_in_place(evaluation.weight);
        at.space.mask(at.x, evaluation.weight);
        evaluation.add_up();
        evaluation.log_total = Real::ln(Sums::of(at, evaluation.weight).total());
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
        let sums = Sums::of(at, evaluation.weight);
        if bits.unit::<f64>() * sums.total() < sums.pairs {
            if let (Some(pair), Some(slots)) = (
                draw_pair(at, evaluation, sums.pairs, bits),
                path.get_mut(..2),
            ) {
                slots.copy_from_slice(&pair);
                return (2, 0);
            }
        } else if let (Some(m), Some(slot)) = (evaluation.pick(bits), path.first_mut()) {
            *slot = m as u32;
            return (1, 0);
        }
        (0, 0)
    }

    #[inline(always)]
    fn log_prob<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        if drawn.path.is_empty() {
            return 0.0;
        }
        let scale = self.temperature.scale(at.beta);
        let weight = |&m: &u32| {
            let d = evaluation.differences.get(m as usize).copied();
            cut(self.balance.log_weight(scale * d.unwrap_or(R::ZERO))).to_f64()
        };
        drawn.path.iter().map(weight).sum::<f64>() - evaluation.log_total
    }
}
