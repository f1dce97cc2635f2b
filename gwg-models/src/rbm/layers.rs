//! Draws of one layer from its probabilities, given the other.

use super::Rbm;
use gwg_core::{Bits, Real, math, pick};
use gwg_linalg::Scalar;

/// The number of units processed together on the stack.
pub(super) const UNITS: usize = 64;
/// The number of distinct 16-bit values.
const LEVELS: f64 = 65_536.0;

/// Draws units from their probabilities: writes ones with the given probabilities, otherwise zeros, over the shorter length.
///
/// A unit draws 16 bits `r` and compares `r + u`, with `u` uniform in `[0, 1)`, with `2^16 p`. `u` is drawn only if
/// `r` alone does not decide, once in 65,536 draws: the probabilities are exact to within `2^-40` (f32) or `2^-69`
/// (f64). For every 64 units, a word of 64 bits serves four units; then one word follows per undecided unit,
/// in order.
///
/// Always inlined, so that it is compiled for the vector extensions of its caller.
#[inline(always)]
pub fn draw<R: Real, B: Bits>(probability: &[R], out: &mut [R], bits: &mut B) {
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

/// Draws a symbol from its logits, which are overwritten by weights: `P(a) = softmax_a(logits)`, to within `2^-24` (f32) or `2^-53` (f64), from one
/// uniform number. The first one without a positive weight: for logits that are not numbers.
///
/// Always inlined, so that it is compiled for the vector extensions of its caller.
#[inline(always)]
pub fn draw_symbol<R: Real, B: Bits>(logits: &mut [R], bits: &mut B) -> usize {
    let largest = logits
        .iter()
        .fold(R::NEG_INFINITY, |a, &b| if a < b { b } else { a });
    for logit in logits.iter_mut() {
        *logit -= largest;
    }
    math::exp_in_place(logits);
    let total = logits.iter().fold(R::ZERO, |sum, &w| sum + w);
    pick::of_slice(logits, bits.unit::<R>() * total).unwrap_or(0)
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
    /// Converts the slopes of the visible units to logits `beta (b + slope)`.
    #[inline(always)]
    pub(super) fn visible_logits(&self, beta: R, slopes: &mut [R]) {
        for (slope, &bias) in slopes.iter_mut().zip(&self.visible_bias) {
            *slope = beta * (bias + *slope);
        }
    }

    /// Draws the visible layer, overwriting its `slopes = W h`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::SplitMix64;

    /// Returns some words that are zero, then random ones.
    struct Scripted {
        zeros: usize,
        bits: SplitMix64,
    }

    impl Bits for Scripted {
        fn next_u32(&mut self) -> u32 {
            self.next_u64() as u32
        }

        fn next_u64(&mut self) -> u64 {
            if self.zeros == 0 {
                return self.bits.next_u64();
            }
            self.zeros -= 1;
            0
        }
    }

    fn ones<R: Real>(p: f64, zeros: usize) -> f64 {
        let p = [R::from_f64(p); UNITS];
        let mut drawn = [R::ZERO; UNITS];
        let mut total = 0.0;
        for seed in 0..4_000 {
            let bits = SplitMix64::new(SplitMix64::mix(seed));
            draw(&p, &mut drawn, &mut Scripted { zeros, bits });
            total += math::sum(&drawn).to_f64();
        }
        total / (4_000 * UNITS) as f64
    }

    #[test]
    fn frequencies_are_the_probabilities_to_the_last_bits() {
        // Five standard errors of 256,000 draws.
        let close = |found: f64, p: f64| (found - p).abs() <= 5.0 * (p * (1.0 - p) / 256e3).sqrt();
        for p in [0.0, 0.3, 0.5, 0.999, 1.0] {
            assert!(
                close(ones::<f32>(p, 0), p) && close(ones::<f64>(p, 0), p),
                "{p}"
            );
        }
        // Given that the first 16 bits are zero, the probability of a one is `2^16 p` for `p` below 2^-16.
        for rest in [0.25, 0.5, 0.75] {
            let p = rest / LEVELS;
            assert!(close(ones::<f32>(p, UNITS / 4), rest), "{rest}");
            assert!(close(ones::<f64>(p, UNITS / 4), rest), "{rest}");
        }
        assert!(ones::<f32>(0.0, UNITS / 4) == 0.0);
    }
}
