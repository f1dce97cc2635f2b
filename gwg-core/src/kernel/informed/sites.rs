//! Laws in which every site decides for itself: DMALA, DULA, DLMC.
//!
//! A survey holds the *odds* of each move, `o_m = P(m) / P(its site stays)`, and
//! `log_total = sum_i log(1 + O_i)`, `O_i` the sum over a site's moves: `1 / (1 + O_i)` is the probability to stay.

use super::proposal::{Drawn, LogProduct, Setting, site_sum};
use crate::neighbourhood::Survey;
use crate::{Bits, Real, Space, math, pick};

/// Sets the survey's `log_total` from its odds, none of which exceeds `exp(80)`.
#[inline(always)]
pub(super) fn add_up<S: Space, R: Real>(at: &Setting<'_, S, R>, survey: &mut Survey<'_, R>) {
    survey.log_total = if at.one_move_a_site() {
        math::log1p_sum(survey.weight)
    } else {
        let mut product = LogProduct::ONE;
        for site in 0..at.space.sites() {
            product.times(1.0 + site_sum(survey.weight, at.moves_of(site)).to_f64());
        }
        product.ln()
    };
}

/// Lets every site decide; returns how many move.
#[inline(always)]
pub(super) fn draw<S: Space, R: Real, B: Bits + ?Sized>(
    at: &Setting<'_, S, R>,
    survey: &Survey<'_, R>,
    path: &mut [u32],
    bits: &mut B,
) -> usize {
    let mut length = 0;
    let mut push = |m: usize| {
        if let Some(slot) = path.get_mut(length) {
            *slot = m as u32;
            length += 1;
        }
    };
    if at.one_move_a_site() {
        for (m, &odds) in survey.weight.iter().enumerate() {
            if bits.unit::<R>() * (R::ONE + odds) < odds {
                push(m);
            }
        }
        return length;
    }
    for site in 0..at.space.sites() {
        let moves = at.moves_of(site);
        let odds = site_sum(survey.weight, moves.clone());
        let threshold = bits.unit::<R>() * (R::ONE + odds);
        if threshold < odds {
            let own = survey.weight.get(moves.clone()).unwrap_or(&[]);
            if let Some(k) = pick::of_slice(own, threshold) {
                push(moves.start + k);
            }
        }
    }
    length
}

/// `sum log o_m` over the moves made, less `log_total`.
#[inline(always)]
pub(super) fn log_prob<R: Real>(survey: &Survey<'_, R>, drawn: Drawn<'_>) -> f64 {
    let mut odds = LogProduct::ONE;
    let mut possible = true;
    for &m in drawn.path {
        let o = survey.weight.get(m as usize).map_or(0.0, |o| o.to_f64());
        possible &= o > 0.0;
        odds.times(o);
    }
    if possible {
        odds.ln() - survey.log_total
    } else {
        f64::NEG_INFINITY
    }
}
