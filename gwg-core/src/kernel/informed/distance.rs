//! Tuning of two parameters for the largest mean squared distance of a step.

use super::proposal::{Proposal, ProposalContext, Slopes};
use super::{Informed, adapt, step};
use crate::neighborhood::{ByDistance, Evaluations, Next, Plan};
use crate::target::SymbolOf;
use crate::{Differences, Move, Real, Space, Target, Walker};

/// The exponent of the differences where adaptation begins: that of a temperature of 2.
pub(super) const START: f64 = 0.5;

/// Exponents above 1 propose more than the independent draw of every site from its estimated conditional distribution does.
const EXPONENTS: (f64, f64) = (0.25, 1.0);

pub(super) fn exponent(temperature: f64) -> f64 {
    adapt::within(1.0 / temperature, EXPONENTS)
}

/// Steps after which the gain has halved.
const HALF_LIFE: f64 = 50.0;
/// The first gains: of the logarithm of the tuning parameter, and of the exponent.
const GAINS: [f64; 2] = [0.2, 0.03];
/// The part of a running mean that a new value is.
const RECENT: f64 = 0.05;
/// A slope counts at most so many times its root mean square.
const LARGEST_SLOPE: f64 = 3.0;
/// The least mean acceptance: the best proposals of exactly solved models have .62 to .98.
const LEAST_ACCEPTANCE: f64 = 0.5;

/// The squared Euclidean length of a move, as the proposal penalizes it.
pub(super) fn squared_length<S: Space, R: Real>(at: &ProposalContext<'_, S, R>, m: usize) -> f64 {
    at.space
        .squared_length()
        .unwrap_or_else(|| squared_step(at.space.decode(at.x, m)))
}

/// The squared distance that a move goes: in levels where symbols are ordered, else 1.
pub(super) fn squared_distance<S: Space, R: Real>(at: &ProposalContext<'_, S, R>, m: usize) -> f64 {
    match at.space.squared_length() {
        Some(_) => 1.0,
        None => squared_step(at.space.decode(at.x, m)),
    }
}

fn squared_step(mv: Move) -> f64 {
    let step = f64::from(mv.to) - f64::from(mv.from);
    step * step
}

type On<'a, T> = Walker<'a, <T as Target>::Real, Evaluations<'a, <T as Target>::Real>, SymbolOf<T>>;

impl<P: Proposal> Informed<P> {
    /// Estimates the gradient of `E a(x, y) |y - x|^2` over proposals `y`, with `a` the probability of acceptance, from the walker's proposal, at which `x` is.
    ///
    /// `a |y - x|^2 s` is an estimate, and where `a < 1` also `a |y - x|^2 (r - s)` counts, with `s` and `r` the derivatives of `log q(y | x)` and
    /// `log q(x | y)`. As `|y - x|^2 s` has the mean `e`, the gradient of `E |y - x|^2`, which is summed over all moves, `l (e - |y - x|^2 s)` is added for lower
    /// variance, with `l` the running mean of `a`: with small steps, whose proposals are rare and accepted, the exact term is what remains.
    #[inline(never)]
    pub(super) fn note_slopes<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) {
        let moved = squared_distance_of(target, walker);
        let acceptance = walker.state.plan.acceptance;
        let back = self.slopes_at(target, walker, true).log_prob;
        self.return_from(walker);
        let forth = self.slopes_at(target, walker, false);
        for mv in walker.state.changes() {
            mv.apply(walker.x);
        }
        let mut tuning = ByDistance::load(walker.state.plan.distance);
        let mean = tuning.acceptance;
        let of_ratio = if acceptance < 1.0 {
            acceptance * moved
        } else {
            0.0
        };
        let each = forth.distance.iter().zip(forth.log_prob.iter().zip(back));
        for (slope, (rise, (s, r))) in tuning.slopes.iter_mut().zip(each) {
            *slope = mean * rise + (acceptance - mean) * moved * s + of_ratio * (r - s);
        }
        tuning.of = acceptance;
        tuning.next = Next::Adaptation;
        tuning.store(walker.state.plan.distance);
    }

    /// The slopes at the walker's state and of its path, or at the proposal and of the reverse path.
    fn slopes_at<T: Differences>(&self, target: &T, walker: &On<'_, T>, reverse: bool) -> Slopes {
        let at = step::setting(target, walker.x, walker.beta, &walker.state.plan);
        let state = &walker.state;
        let (evaluation, path) = if reverse {
            (&state.proposed, &*state.plan.back)
        } else {
            (&state.current, &*state.plan.path)
        };
        let path = path.get(..state.plan.length).unwrap_or(&[]);
        self.proposal.slopes(&at, evaluation, path)
    }

    /// One step of stochastic approximation on both parameters, along the slopes of the last step that noted them.
    ///
    /// Below an acceptance rate of one half the step size shrinks and the exponent returns to one half, whatever the estimate. The largest mean distance may be
    /// that of a chain that moves far in most states and never leaves some; and a chain that has yet to climb to typical states is accepted with
    /// `exp((1 - 2 b) (f(y) - f(x)))` or so, which is 0 for large exponents `b`.
    pub(super) fn adapt_by_distance<S: Space, R>(&self, space: &S, plan: &mut Plan<'_, R>) {
        let mut tuning = ByDistance::load(plan.distance);
        let noted = tuning.next == Next::Adaptation;
        tuning.next = Next::Step;
        if noted {
            self.follow_slopes(space, plan, &mut tuning);
        }
        tuning.store(plan.distance);
    }

    fn follow_slopes<S: Space, R>(
        &self,
        space: &S,
        plan: &mut Plan<'_, R>,
        tuning: &mut ByDistance,
    ) {
        tuning.acceptance += share(plan.adaptations) * (tuning.of - tuning.acceptance);
        let gain = HALF_LIFE / (HALF_LIFE + plan.adaptations as f64);
        let [by_tuning, by_exponent] = &mut tuning.squares;
        let [first, second] = tuning.slopes;
        let slopes = [
            normalized(by_tuning, first),
            normalized(by_exponent, second),
        ];
        let [first, second] = if tuning.acceptance < LEAST_ACCEPTANCE {
            [-1.0, if tuning.exponent > START { -1.0 } else { 1.0 }]
        } else {
            slopes
        };
        let [fast, slow] = GAINS;
        if !self.fixed {
            let next = plan.tuning * Real::exp(fast * gain * first);
            plan.tuning = adapt::within(next, self.proposal.range(space));
        }
        tuning.exponent = adapt::within(tuning.exponent + slow * gain * second, EXPONENTS);
        plan.adaptations += 1;
    }
}

/// The squared distance of the last proposal.
fn squared_distance_of<T: Target>(target: &T, walker: &On<'_, T>) -> f64 {
    let changes = walker.state.changes();
    if target.space().squared_length().is_some() {
        return changes.len() as f64;
    }
    changes.iter().map(|&mv| squared_step(mv)).sum()
}

/// The weight of a new value in a running mean, which begins as the mean of all.
fn share(adaptations: u64) -> f64 {
    RECENT.max(1.0 / (adaptations as f64 + 1.0))
}

/// A slope in units of its root mean square, of limited size; the mean square takes it in.
fn normalized(square: &mut f64, slope: f64) -> f64 {
    if !slope.is_finite() {
        return 0.0;
    }
    *square += RECENT * (slope * slope - *square);
    if *square > 0.0 {
        let size = Real::exp(0.5 * Real::ln(*square));
        adapt::within(slope / size, (-LARGEST_SLOPE, LARGEST_SLOPE))
    } else {
        0.0
    }
}
