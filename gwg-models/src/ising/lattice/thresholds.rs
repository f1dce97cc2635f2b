//! Draws of spins from a table of their conditional probabilities.

use super::LatticeIsing;
use gwg_core::{Bits, Real, math};

/// The number of possible counts of neighbors that are 1: 0 to 8.
const SUMS: usize = 9;
/// The integer for probability one: `2^64`.
pub(super) const UNITS: f64 = 18_446_744_073_709_551_616.0;

/// `P(x_i = 1)` for each number of neighbors that are 1, in units of `2^-64`.
///
/// A draw compares 16 random bits with the upper 16 of the probability. Only if they are equal, once in 65,536 draws,
/// 48 more bits decide: the probability is exact to within `2^-64`.
pub(super) struct Thresholds {
    exact: [u64; SUMS],
    /// The upper 16 bits: those without neighbors that are 1, and the increment (modulo `2^16`) for each further one.
    none: u16,
    steps: [u16; SUMS - 1],
}

impl Thresholds {
    #[inline(always)]
    pub(super) fn new<R: Real>(model: &LatticeIsing<R>, beta: R) -> Self {
        let degree = model.torus.degree();
        let (theta, bias) = (model.theta.to_f64(), model.bias.to_f64());
        let (mut logits, mut p) = ([0.0; SUMS], [0.0; SUMS]);
        for (ones, logit) in logits.iter_mut().enumerate() {
            let sum = 2.0 * ones as f64 - degree as f64;
            *logit = beta.to_f64() * 2.0 * (2.0 * theta * sum + bias);
        }
        math::sigmoid_slice(&logits, &mut p);
        let exact = p.map(|p| (p * UNITS) as u64);
        let upper = exact.map(|t| (t >> 48) as u16);
        let mut steps = [0; SUMS - 1];
        for (step, pair) in steps.iter_mut().zip(upper.windows(2)) {
            if let [a, b] = pair {
                *step = b.wrapping_sub(*a);
            }
        }
        let [none, ..] = upper;
        Self { exact, none, steps }
    }

    #[inline(always)]
    pub(super) fn exact(&self, ones: u16) -> u64 {
        self.exact.get(usize::from(ones)).copied().unwrap_or(0)
    }

    /// Draws one site from 64 bits.
    #[inline(always)]
    pub(super) fn draw_one<B: Bits>(&self, ones: u16, bits: &mut B) -> u8 {
        u8::from(bits.next_u64() < self.exact(ones))
    }

    /// Draws new symbols of the first `used` sites, given their numbers of neighbors that are 1: a random word for
    /// every four of them, the lowest 16 bits for the first; then one for each that 16 bits leave undecided.
    #[inline(always)]
    pub(super) fn draw<const N: usize, const DEGREE: usize, B: Bits>(
        &self,
        ones: &[u16; N],
        used: usize,
        bits: &mut B,
    ) -> [u16; N] {
        let mut bytes = [[0; 2]; N];
        for word in bytes.as_flattened_mut().as_chunks_mut().0 {
            *word = bits.next_u64().to_le_bytes();
        }
        let random = bytes.map(u16::from_le_bytes);
        let mut upper = [self.none; N];
        for (count, &step) in (0u16..).zip(self.steps.iter().take(DEGREE)) {
            for (upper, &ones) in upper.iter_mut().zip(ones) {
                *upper = upper.wrapping_add(if ones > count { step } else { 0 });
            }
        }
        let (mut drawn, mut undecided) = ([0; N], 0);
        for ((drawn, &r), &t) in drawn.iter_mut().zip(&random).zip(&upper) {
            *drawn = u16::from(r < t);
            undecided |= u16::from(r == t);
        }
        if undecided != 0 {
            for (drawn, (&ones, (r, t))) in drawn
                .iter_mut()
                .zip(ones.iter().zip(random.iter().zip(&upper)))
                .take(used)
            {
                if r == t {
                    *drawn = self.decide(ones, bits);
                }
            }
        }
        drawn
    }

    /// Decides with the lower 48 bits.
    #[cold]
    #[inline(never)]
    fn decide<B: Bits>(&self, ones: u16, bits: &mut B) -> u16 {
        u16::from(bits.next_u64() >> 16 < self.exact(ones) & ((1 << 48) - 1))
    }
}
