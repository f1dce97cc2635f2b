//! Proposals in which all sites move independently: DMALA, DULA, DLMC.
//!
//! An evaluation contains the *odds* of each move, `o_m = P(m) / P(its site stays)`, and
//! `log_total = sum_i log(1 + O_i)` with `O_i` the sum over a site's moves: `1 / (1 + O_i)` is the probability of
//! staying.

use super::proposal::{Drawn, LogProduct, ProposalContext, site_sum};
use crate::math::{self, LANES};
use crate::neighborhood::Evaluation;
use crate::{Bits, Real, Space, pick};

/// Sets the evaluation's `log_total` from its odds, none of which exceeds `exp(40)`.
#[inline(always)]
pub(super) fn add_up<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &mut Evaluation<'_, R>,
) {
    evaluation.log_total = if at.one_move_a_site() {
        math::log1p_sum(evaluation.weight)
    } else {
        let mut product = LogProduct::ONE;
        for site in 0..at.space.sites() {
            product.times(1.0 + site_sum(evaluation.weight, at.moves_of(site)).to_f64());
        }
        product.ln()
    };
}

/// The number of sites per 64-bit random word.
const SHARES: usize = 8;
/// The number of sites per batch of random bits: enough to keep the bits in memory, from which they are loaded and
/// widened as vectors.
const CHUNK: usize = 16 * LANES;

/// Draws for each site whether it moves, and where to; returns the number of moves.
///
/// A site compares its probability with 8 random bits, and draws more only if they equal the first 8 bits of the
/// probability: the same distribution as a comparison with all bits of a uniform number, for an eighth of the words.
#[inline(always)]
pub(super) fn draw<S: Space, R: Real, B: Bits + ?Sized>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &Evaluation<'_, R>,
    path: &mut [u32],
    bits: &mut B,
) -> usize {
    let sites = at.space.sites();
    let mut length = 0;
    for chunk in (0..sites).step_by(CHUNK) {
        let mut shares = [0; CHUNK];
        let words = Ord::min(sites - chunk, CHUNK).div_ceil(SHARES);
        for eight in shares.as_chunks_mut::<SHARES>().0.iter_mut().take(words) {
            *eight = bits.next_u64().to_le_bytes();
        }
        let rows = (chunk..sites).step_by(LANES);
        for (first, shares) in rows.zip(shares.as_chunks().0) {
            let odds = odds(at, evaluation, first);
            let mut moving = decide(&odds, shares, bits);
            while moving != 0 {
                let site = first + moving.trailing_zeros() as usize;
                moving &= moving - 1;
                let made = which(at, evaluation, site, bits).zip(path.get_mut(length));
                if let Some((m, slot)) = made {
                    *slot = m as u32;
                    length += 1;
                }
            }
        }
    }
    length
}

/// The odds of moving of the sites from `first` on; 0 past the last.
#[inline(always)]
fn odds<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &Evaluation<'_, R>,
    first: usize,
) -> [R; LANES] {
    if !at.one_move_a_site() {
        let mut odds = [R::ZERO; LANES];
        for (to, site) in odds.iter_mut().zip(first..at.space.sites()) {
            *to = site_sum(evaluation.weight, at.moves_of(site));
        }
        return odds;
    }
    let rest = evaluation.weight.get(first..).unwrap_or(&[]);
    match rest.first_chunk() {
        Some(row) => *row,
        None => math::pad(rest, R::ZERO),
    }
}

/// Draws which of the sites move, each with probability `o / (1 + o)`, as a bit mask.
#[inline(always)]
fn decide<R: Real, B: Bits + ?Sized>(odds: &[R; LANES], shares: &[u8; LANES], bits: &mut B) -> u32 {
    let scale = R::from_f64(256.0);
    // o / (1 + o) in units of 2^-8, less the share, times 1 + o.
    let mut ahead = [R::ZERO; LANES];
    let mut mask = [0u32; LANES];
    for (k, (a, (&o, &share))) in ahead.iter_mut().zip(odds.iter().zip(shares)).enumerate() {
        *a = scale * o - (R::ONE + o) * R::from_byte(share);
        mask[k] = if *a > R::ZERO { 1 << k } else { 0 };
    }
    let moving = math::fold(mask, |a, b| a | b);
    if moving == 0 {
        return 0;
    }
    refine(odds, &ahead, moving, bits)
}

/// Decides the undecided sites with more bits.
#[inline(always)]
fn refine<R: Real, B: Bits + ?Sized>(
    odds: &[R; LANES],
    ahead: &[R; LANES],
    mut moving: u32,
    bits: &mut B,
) -> u32 {
    let mut close = moving;
    while close != 0 {
        let k = close.trailing_zeros() as usize % LANES;
        close &= close - 1;
        let (a, unit) = (ahead[k], R::ONE + odds[k]);
        // 53 bits, also in f32, because a small probability needs high resolution.
        if a < unit && bits.unit::<f64>() * unit.to_f64() >= a.to_f64() {
            moving &= !(1 << k);
        }
    }
    moving
}

/// Draws the move of a site that moves.
#[inline(always)]
fn which<S: Space, R: Real, B: Bits + ?Sized>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &Evaluation<'_, R>,
    site: usize,
    bits: &mut B,
) -> Option<usize> {
    if at.one_move_a_site() {
        return Some(site);
    }
    let moves = at.moves_of(site);
    let threshold = bits.unit::<R>() * site_sum(evaluation.weight, moves.clone());
    let own = evaluation.weight.get(moves.clone())?;
    pick::of_slice(own, threshold).map(|k| moves.start + k)
}

/// `sum log o_m` over the moves made, less `log_total`.
#[inline(always)]
pub(super) fn log_prob<R: Real>(evaluation: &Evaluation<'_, R>, drawn: Drawn<'_>) -> f64 {
    let mut odds = LogProduct::ONE;
    let mut possible = true;
    for &m in drawn.path {
        let o = evaluation
            .weight
            .get(m as usize)
            .map_or(0.0, |o| o.to_f64());
        possible &= o > 0.0;
        odds.times(o);
    }
    if possible {
        odds.ln() - evaluation.log_total
    } else {
        f64::NEG_INFINITY
    }
}
