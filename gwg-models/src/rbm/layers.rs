//! One layer drawn from its probabilities, the other given.

use super::Rbm;
use gwg_core::{Bits, Real, math};
use gwg_linalg::Scalar;

/// Units that are handled together on the stack.
pub(super) const UNITS: usize = 64;
/// Distinct values of 16 bits.
const LEVELS: f64 = 65_536.0;

/// Ones with the given probabilities, else zeros.
///
/// A unit takes 16 bits `r` and compares `r + u`, `u` uniform in `[0, 1)`, with `2^16 p`. Only where `r` alone does not
/// decide, once in 65536 draws, is `u` drawn: the law is that of the probabilities to `2^-40` (f32) or `2^-69` (f64).
/// A word of 64 bits serves four units, then one word each that is undecided, in order, for each [`UNITS`] of them.
#[inline(always)]
pub(super) fn draw<R: Real, B: Bits>(probability: &[R], out: &mut [R], bits: &mut B) {
    let levels = R::from_f64(LEVELS);
    let mut random = [0; UNITS];
    for (p, out) in probability.chunks(UNITS).zip(out.chunks_mut(UNITS)) {
        for four in random
            .as_chunks_mut()
            .0
            .iter_mut()
            .take(p.len().div_ceil(4))
        {
            let word = bits.next_u64();
            *four = [0, 16, 32, 48].map(|shift| (word >> shift) as u16);
        }
        let mut undecided = 0;
        for ((out, &p), &r) in out.iter_mut().zip(p).zip(&random) {
            let (r, level) = (number::<R>(r), levels * p);
            *out = if r < level { R::ONE } else { R::ZERO };
            undecided |= u32::from(r < level) & u32::from(level < r + R::ONE);
        }
        if undecided != 0 {
            decide(p, out, &random, bits);
        }
    }
}

#[inline(always)]
fn number<R: Real>(random: u16) -> R {
    R::from_usize(usize::from(random))
}

#[cold]
#[inline(never)]
fn decide<R: Real, B: Bits>(probability: &[R], out: &mut [R], random: &[u16], bits: &mut B) {
    for ((out, &p), &r) in out.iter_mut().zip(probability).zip(random) {
        // The difference is exact.
        let rest = R::from_f64(LEVELS) * p - number(r);
        if R::ZERO < rest && rest < R::ONE {
            let one = bits.unit::<R>() < rest;
            *out = if one { R::ONE } else { R::ZERO };
        }
    }
}

impl<R: Scalar> Rbm<R> {
    /// Makes the logits `beta (b + slope)` of the visible units of their slopes.
    #[inline(always)]
    pub(super) fn visible_logits(&self, beta: R, slopes: &mut [R]) {
        for (slope, &bias) in slopes.iter_mut().zip(&self.visible_bias) {
            *slope = beta * (bias + *slope);
        }
    }

    /// Draws the visible layer over its `slopes = W h`.
    #[inline(always)]
    pub(super) fn draw_visible<B: Bits>(&self, beta: R, slopes: &mut [R], bits: &mut B) {
        self.visible_logits(beta, slopes);
        let mut p = [R::ZERO; UNITS];
        for units in slopes.chunks_mut(UNITS) {
            math::sigmoid_slice(units, &mut p);
            draw(p.get(..units.len()).unwrap_or(&[]), units, bits);
        }
    }
}
