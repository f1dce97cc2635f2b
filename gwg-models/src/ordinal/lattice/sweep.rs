//! Checkerboard sweeps of an ordinal lattice.

use super::LatticeOrdinal;
use crate::checkerboard::{Checkerboard, Phase};
use crate::conditional::{put, state, weigh};
use crate::number::symbol;
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, Space, StepCounts, Target};

/// The largest number of levels of a site.
const LEVELS: usize = 256;
/// Couplings above this are reduced to it: only the most probable levels are ever drawn.
const STIFFEST: f64 = 1e100;

/// The conditional distribution of a site, given the sum of its neighbors' heights.
struct Conditional {
    coupling: f64,
    field: f64,
    degree: i64,
    levels: usize,
    weights: [f64; LEVELS],
}

impl Conditional {
    #[inline(always)]
    fn new<R: Real>(model: &LatticeOrdinal<R>, beta: R) -> Self {
        let stiff = |k: R| {
            let k = beta.to_f64() * k.to_f64();
            Real::max(Real::min(k, STIFFEST), -STIFFEST)
        };
        Self {
            coupling: stiff(model.coupling),
            field: stiff(model.field),
            degree: model.torus.degree() as i64,
            levels: model.space.states(),
            weights: [0.0; LEVELS],
        }
    }

    /// The weights of the levels and their sum: `beta f`, up to terms independent of the level, is an integer times
    /// each constant.
    #[inline(always)]
    fn at(&mut self, sum: u32) -> (&[f64], f64) {
        let (sum, span) = (i64::from(sum), self.levels as i64 - 1);
        let weights = self.weights.get_mut(..self.levels).unwrap_or(&mut []);
        for (a, w) in (0i64..).zip(weights.iter_mut()) {
            let steps = a * (self.degree * a - 2 * sum);
            let distance = a * (a - span);
            *w = -(self.coupling * steps as f64 + self.field * distance as f64);
        }
        let total = weigh(weights);
        (weights, total)
    }
}

impl<R: Real> LatticeOrdinal<R> {
    /// Returns the number of sites changed.
    #[inline(always)]
    fn sweep_one<const ROWS: usize, B: Bits>(
        &self,
        x: &mut [u8],
        beta: R,
        held: Held<'_, u8>,
        bits: &mut B,
    ) -> u64 {
        let mut conditional = Conditional::new(self, beta);
        let board = Checkerboard::new(&self.torus);
        let side = self.torus.side();
        let mut hops = 0;
        for color in 0..board.colors() {
            for (start, phase, beside) in board.rows::<ROWS>(color) {
                let (first, count) = match phase {
                    Phase::Even => (0, side / 2),
                    Phase::Odd => (1, side / 2),
                    Phase::Last => (side - 1, 1),
                };
                for k in 0..count {
                    let at = first + 2 * k;
                    let before = (if at == 0 { side } else { at }) - 1;
                    let after = if at + 1 == side { 0 } else { at + 1 };
                    let height = |i: usize| u32::from(symbol(x, i));
                    let in_row = height(start + before) + height(start + after);
                    let sum = beside
                        .iter()
                        .fold(in_row, |sum, row| sum + height(row + at));
                    let (weights, total) = conditional.at(sum);
                    let drawn = state(weights, total, bits);
                    hops += put(x, start + at, held.or(start + at, drawn));
                }
            }
        }
        hops
    }
}

/// Checkerboard sweeps: two colors, three if the side is odd. A site's level is drawn from its exact conditional
/// distribution, the softmax of `-beta (coupling (2 dims a^2 - 2 a n_i) + field (a - c)^2)` over the levels `a`,
/// where `n_i` is the sum of its neighbors' heights, with 53 random bits. Cost: one exponential per site and level,
/// in f64.
impl<R: Real> Sweep for LatticeOrdinal<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        _: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            counts.sites_changed += match self.torus.dims() {
                1 => self.sweep_one::<0, B>(w.x, w.beta, w.held, bits),
                2 => self.sweep_one::<2, B>(w.x, w.beta, w.held, bits),
                3 => self.sweep_one::<4, B>(w.x, w.beta, w.held, bits),
                _ => self.sweep_one::<6, B>(w.x, w.beta, w.held, bits),
            };
            counts.accepted += 1;
            let f = self.log_prob(w.x);
            w.set_log_prob(f);
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        Checkerboard::new(&self.torus).law(&self.torus, x, held, visit, |x, site, p| {
            let mut sum = 0;
            self.torus
                .neighbors(site, |j| sum += u32::from(symbol(x, j)));
            let mut conditional = Conditional::new(self, beta);
            let (weights, total) = conditional.at(sum);
            p.extend(weights.iter().map(|w| w / total));
        });
    }
}
