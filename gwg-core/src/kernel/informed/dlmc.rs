use super::proposal::{Drawn, Proposal, ProposalContext, cut, site_sum};
use super::{adapt, sites};
use crate::kernel::joint::possible_moves;
use crate::neighborhood::Evaluation;
use crate::{Balance, Bits, Error, Real, Space, math};

/// DLMC and DLMCf: each site follows, independently and for a short time, the jump process with the locally balanced
/// rates of `x` (Sun, Dai, Dai, Zhou and Schuurmans 2023).
///
/// # Proposal
/// Let `w_m = g(exp(beta d_m))` be the rates, and `nu_m` the conditional distribution of the site estimated from the
/// differences: proportional to `exp(beta d_m)`, and to 1 for the current symbol. Site `i` makes its move `m` with
/// probability
/// - `nu_m (1 - exp(-tau w_m / nu_m))` ([`interpolated`](Self::interpolated), DLMC: for two states and `g = sqrt`,
///   the exact distribution of the process with frozen rates), or
/// - `min(tau w_m, nu_m)` ([`forward`](Self::forward), DLMCf: a truncated Euler step),
///
/// and stays with the remaining probability, which is summed from positive terms. Then Metropolis-Hastings.
///
/// With Barker's function `w_m = nu_m` of two states, so that DLMC draws a site anew from `nu` with probability `1 - exp(-tau)`: the Glauber form. Without
/// acceptance it has a 2 to 10 times smaller bias than forms whose rates do not saturate, if differences are exact; with first-order differences only `sqrt` has an
/// error of third order. With acceptance all forms are alike.
///
/// # Time
/// `tau(x) = n / sum_m w_m(x)`: that of `x` for the forward probability, that of `y` for the reverse one, separately
/// for each walker.
///
/// # Tuning
/// `n`, the expected number of moves at these rates within time `tau`: at most 8 per possible move.
///
/// At that limit the proposal has practically converged to its limit for large `n`, in which every site is drawn from
/// `nu` independently. At equilibrium, the mean of `sum w` is at most the number of moves for `g = sqrt` and `min`,
/// half of it for Barker's function and twice for `max`; `w_m / nu_m` is at least 1, and 2 for `sqrt` and `max`. At
/// such rates the probabilities of DLMC differ from the limit by a relative `exp(-8)` or less (`exp(-16)` for
/// `sqrt`), those of DLMCf not at all. If warm-up ends at the limit, even this largest step has a higher acceptance
/// rate than the target.
///
/// # Cost
/// In addition to the evaluation: two or three exponentials per move, a byte of random bits per site, one logarithm
/// per 256 sites.
#[derive(Clone, Copy, Debug)]
pub struct Dlmc<G> {
    balance: G,
    moves: f64,
    interpolated: bool,
}

impl<G: Balance> Dlmc<G> {
    /// Creates DLMC with the mean number of moves `n`; the paper starts at 3.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `n` is positive and finite.
    pub fn interpolated(balance: G, n: f64) -> Result<Self, Error> {
        Ok(Self {
            balance,
            moves: adapt::positive(n, "n")?,
            interpolated: true,
        })
    }

    /// Creates DLMCf with the mean number of moves `n`; the paper starts at 3.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `n` is positive and finite.
    pub fn forward(balance: G, n: f64) -> Result<Self, Error> {
        Ok(Self {
            interpolated: false,
            ..Self::interpolated(balance, n)?
        })
    }
}

/// The largest `n` per possible move.
const LIMIT: f64 = 8.0;

/// `1 - exp(-z)` and `exp(-z)` for `z >= 0`: the first without cancellation.
#[inline(always)]
fn decay<R: Real>(z: R) -> (R, R) {
    let kept = (-z).exp();
    let mut series = R::ONE;
    for k in [0.2, 0.25, 1.0 / 3.0, 0.5] {
        series = R::ONE - R::from_f64(k) * z * series;
    }
    let gone = if z < R::from_f64(1.0 / 64.0) {
        z * series
    } else {
        R::ONE - kept
    };
    (gone, kept)
}

/// `min(z, 1)` and its complement.
#[inline(always)]
fn linear<R: Real>(z: R) -> (R, R) {
    let gone = z.min(R::ONE);
    (gone, R::ONE - gone)
}

/// Converts `e = exp(beta d)` in `weight` to odds. `rest` contains `w / e`, and `next_jump(z)` returns the fractions
/// of `nu_m` that have moved and that have not, at `z = tau w_m / nu_m`.
#[inline(always)]
fn odds<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    weight: &mut [R],
    rest: &mut [R],
    time: R,
    leave: impl Fn(R) -> (R, R),
) {
    if at.one_move_a_site() {
        for (e, r) in weight.iter_mut().zip(rest.iter()) {
            let (gone, kept) = leave(time * *r * (R::ONE + *e));
            *e = *e * gone / (R::ONE + *e * kept);
        }
        return;
    }
    // Three loops, over sites, over all moves, over sites: only the middle one contains exponentials.
    for site in 0..at.space.sites() {
        let moves = at.moves_of(site);
        let factor = time * (R::ONE + site_sum(weight, moves.clone()));
        for r in rest.get_mut(moves).unwrap_or(&mut []) {
            *r = factor * *r;
        }
    }
    for (e, z) in weight.iter_mut().zip(rest.iter_mut()) {
        let (gone, kept) = leave(*z);
        (*e, *z) = (*e * gone, *e * kept);
    }
    for site in 0..at.space.sites() {
        let moves = at.moves_of(site);
        let inverse = R::ONE / (R::ONE + site_sum(rest, moves.clone()));
        for e in weight.get_mut(moves).unwrap_or(&mut []) {
            *e *= inverse;
        }
    }
}

impl<G: Balance> Proposal for Dlmc<G> {
    const WEIGHS_BY_TUNING: bool = true;

    fn start(&self) -> Option<f64> {
        Some(self.moves)
    }

    fn range<S: Space>(&self, space: &S) -> (f64, f64) {
        (0.01, LIMIT * possible_moves(space) as f64)
    }

    #[inline(always)]
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
    ) {
        for (e, &d) in evaluation
            .weight
            .iter_mut()
            .zip(evaluation.differences.iter())
        {
            *e = cut(at.beta * d);
        }
        let rest = scratch
            .get_mut(..evaluation.weight.len())
            .unwrap_or(&mut []);
        // w / e = g(e) / e = g(1 / e)
        self.balance
            .weigh(-R::ONE, R::ZERO, evaluation.weight, rest);
        math::exp_in_place(evaluation.weight);
        at.space.mask(at.x, evaluation.weight);
        let rate = math::dot(evaluation.weight, rest);
        let time = R::from_f64(at.tuning) / rate.max(R::MIN_POSITIVE);
        if self.interpolated {
            odds(at, evaluation.weight, rest, time, decay);
        } else {
            odds(at, evaluation.weight, rest, time, linear);
        }
        sites::add_up(at, evaluation);
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
