//! Laws in which every site decides for itself: DMALA, DULA, DLMC.
//!
//! A survey holds the *odds* of each move, `o_m = P(m) / P(its site stays)`, and
//! `log_total = sum_i log(1 + O_i)`, `O_i` the sum over a site's moves: `1 / (1 + O_i)` is the probability to stay.

use super::proposal::{Drawn, LogProduct, Setting, site_sum};
use crate::neighbourhood::Survey;
use crate::{Bits, Real, Space, math, pick};

/// Sets the survey's `log_total` from its odds, none of which exceeds `exp(40)`.
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

/// How many sites one 64-bit word decides for.
const SHARES: usize = 4;
/// How many sites are decided together.
const TOGETHER: usize = 16;

/// Lets every site decide; returns how many move.
///
/// A site compares its probability with 16 random bits, and takes more only where they are equal to its own
/// first 16: the same law as a comparison with all the bits of a uniform number, for a quarter of the words.
#[inline(always)]
pub(super) fn draw<S: Space, R: Real, B: Bits + ?Sized>(
    at: &Setting<'_, S, R>,
    survey: &Survey<'_, R>,
    path: &mut [u32],
    bits: &mut B,
) -> usize {
    let (sites, single) = (at.space.sites(), at.one_move_a_site());
    let mut length = 0;
    let mut first = 0;
    while first < sites {
        let mut odds = [R::ZERO; TOGETHER];
        if single {
            let block = survey.weight.get(first..).unwrap_or(&[]);
            for (to, &w) in odds.iter_mut().zip(block) {
                *to = w;
            }
        } else {
            for (to, site) in odds.iter_mut().zip(first..sites) {
                *to = site_sum(survey.weight, at.moves_of(site));
            }
        }
        let mut moving = decide(&odds, bits);
        while moving != 0 {
            let site = first + moving.trailing_zeros() as usize;
            moving &= moving - 1;
            if let (Some(m), Some(slot)) = (which(at, survey, site, bits), path.get_mut(length)) {
                *slot = m as u32;
                length += 1;
            }
        }
        first += TOGETHER;
    }
    length
}

/// Which of these move, each with probability `o / (1 + o)`, as the bits of a number.
#[inline(always)]
fn decide<R: Real, B: Bits + ?Sized>(odds: &[R; TOGETHER], bits: &mut B) -> u32 {
    let scale = R::from_f64(65536.0);
    let mut drawn = [0u16; TOGETHER];
    for four in drawn.chunks_exact_mut(SHARES) {
        let word = bits.next_u64();
        for (k, share) in four.iter_mut().enumerate() {
            *share = (word >> (16 * k)) as u16;
        }
    }
    // o / (1 + o) in units of 2^-16, less the share, times 1 + o.
    let mut ahead = [R::ZERO; TOGETHER];
    for ((a, &o), &share) in ahead.iter_mut().zip(odds).zip(&drawn) {
        *a = scale * o - (R::ONE + o) * R::from_f64(f64::from(share));
    }
    // Mostly none: told by one comparison instead of sixteen.
    if math::max(&ahead) <= R::ZERO {
        return 0;
    }
    let mut moving = 0;
    for (k, &a) in ahead.iter().enumerate() {
        moving |= u32::from(a > R::ZERO) << k;
    }
    let mut close = moving;
    while close != 0 {
        let k = close.trailing_zeros();
        close &= close - 1;
        let both = ahead.get(k as usize).zip(odds.get(k as usize));
        let (a, unit) = both.map_or((R::ONE, R::ONE), |(&a, &o)| (a, R::ONE + o));
        if a < unit && bits.unit::<R>() * unit >= a {
            moving &= !(1 << k);
        }
    }
    moving
}

/// The move of a site that has decided to move.
#[inline(always)]
fn which<S: Space, R: Real, B: Bits + ?Sized>(
    at: &Setting<'_, S, R>,
    survey: &Survey<'_, R>,
    site: usize,
    bits: &mut B,
) -> Option<usize> {
    if at.one_move_a_site() {
        return Some(site);
    }
    let moves = at.moves_of(site);
    let threshold = bits.unit::<R>() * site_sum(survey.weight, moves.clone());
    let own = survey.weight.get(moves.clone())?;
    pick::of_slice(own, threshold).map(|k| moves.start + k)
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
