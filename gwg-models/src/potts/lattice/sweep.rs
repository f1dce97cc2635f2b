//! Checkerboard sweeps of the Potts lattice, several sites at a time.

use super::LatticePotts;
use crate::bonds::unequal_bonds;
use crate::checkerboard::{Checkerboard, Phase};
use crate::number::byte;
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, Space, StepCounts, math};

/// The number of sites drawn together.
const SITES: usize = 8;
/// Enough for every number of equal neighbors, 0 to 8.
const COUNTS: usize = 16;
/// Weight ratios above `e^80` per neighbor are reduced to it: the rarer states are never drawn.
const STEEPEST: f64 = 80.0;

/// A group of sites of one color, by the bytes of their `DEGREE` neighbors.
struct Group<const DEGREE: usize> {
    neighbors: [[u8; SITES]; DEGREE],
}

/// `exp(beta K n)` up to a factor, for each number `n` of equal neighbors, scaled such that the largest is 1.
struct Weights([f64; COUNTS]);

impl Weights {
    #[inline(always)]
    fn new<R: Real>(model: &LatticePotts<R>, beta: R) -> Self {
        let degree = model.torus.degree() as f64;
        let steep = 4.0 * beta.to_f64() * model.theta.to_f64();
        let steep = Real::max(Real::min(steep, STEEPEST), -STEEPEST);
        let best = if steep > 0.0 { degree } else { 0.0 };
        let mut weights = [0.0; COUNTS];
        for (n, w) in weights.iter_mut().enumerate() {
            *w = steep * (Real::min(n as f64, degree) - best);
        }
        math::exp_in_place(&mut weights);
        Self(weights)
    }

    /// The weight of a state at each site.
    #[inline(always)]
    fn of<const DEGREE: usize>(&self, group: &Group<DEGREE>, state: u8) -> [f64; SITES] {
        let mut counts = [0u8; SITES];
        for neighbors in &group.neighbors {
            for (count, &neighbor) in counts.iter_mut().zip(neighbors) {
                *count += u8::from(neighbor == state);
            }
        }
        let mut weights = [0.0; SITES];
        for (weight, count) in weights.iter_mut().zip(counts) {
            *weight = self.0[usize::from(count) % COUNTS];
        }
        weights
    }

    /// Draws new bytes of the first `used` sites, with a random word of 64 bits each, of which 53 bits are used.
    #[inline(always)]
    fn draw<const DEGREE: usize, B: Bits>(
        &self,
        group: &Group<DEGREE>,
        last: u8,
        used: usize,
        bits: &mut B,
    ) -> [u8; SITES] {
        let mut threshold = [0.0; SITES];
        for state in 0..=last {
            for (total, weight) in threshold.iter_mut().zip(self.of(group, state)) {
                *total += weight;
            }
        }
        for threshold in threshold.iter_mut().take(used) {
            *threshold *= bits.unit::<f64>();
        }
        // The drawn state is the number of states whose cumulative weight does not exceed the threshold.
        let (mut sum, mut drawn) = ([0.0; SITES], [0u8; SITES]);
        for state in 0..last {
            let weights = self.of(group, state);
            for (k, drawn) in drawn.iter_mut().enumerate() {
                sum[k] += weights[k];
                *drawn += u8::from(sum[k] <= threshold[k]);
            }
        }
        drawn
    }
}

impl<R: Real> LatticePotts<R> {
    /// Returns the number of sites changed.
    #[inline(always)]
    fn sweep_one<const ROWS: usize, const DEGREE: usize, B: Bits>(
        &self,
        x: &mut [u8],
        beta: R,
        held: Held<'_, u8>,
        bits: &mut B,
    ) -> u64 {
        let weights = Weights::new(self, beta);
        let board = Checkerboard::new(&self.torus);
        let (side, last) = (self.torus.side(), (self.space.states() - 1) as u8);
        let mut hops = 0;
        for color in 0..board.colors() {
            for (start, phase, beside) in board.rows::<ROWS>(color) {
                let (first, count) = match phase {
                    Phase::Even => (0, side / 2),
                    Phase::Odd => (1, side / 2),
                    Phase::Last => (side - 1, 1),
                };
                let mut done = 0;
                while done < count {
                    let (from, used) = (first + 2 * done, SITES.min(count - done));
                    let group = gather::<ROWS, DEGREE>(x, start, from, used, side, &beside);
                    let drawn = weights.draw(&group, last, used, bits);
                    for (k, &new) in drawn.iter().enumerate().take(used) {
                        let site = start + from + 2 * k;
                        let new = held.or(site, new);
                        if let Some(old) = x.get_mut(site) {
                            hops += u64::from(*old != new);
                            *old = new;
                        }
                    }
                    done += used;
                }
            }
        }
        hops
    }
}

/// The neighbors of every second site of a row, starting at position `from`.
#[inline(always)]
fn gather<const ROWS: usize, const DEGREE: usize>(
    x: &[u8],
    start: usize,
    from: usize,
    used: usize,
    side: usize,
    beside: &[usize; ROWS],
) -> Group<DEGREE> {
    let mut neighbors = [[0; SITES]; DEGREE];
    if let [left, right, others @ ..] = &mut neighbors[..] {
        for (k, (left, right)) in left.iter_mut().zip(right).enumerate().take(used) {
            let position = from + 2 * k;
            let before = (if position == 0 { side } else { position }) - 1;
            let after = if position + 1 == side {
                0
            } else {
                position + 1
            };
            *left = byte(x, start + before);
            *right = byte(x, start + after);
        }
        for (row, others) in beside.iter().zip(others) {
            for (k, other) in others.iter_mut().enumerate().take(used) {
                *other = byte(x, row + from + 2 * k);
            }
        }
    }
    Group { neighbors }
}

/// Checkerboard sweeps: two colors, three if the side is odd; the sites of a color are drawn from
/// `p(x_i = a | rest) = softmax_a(4 beta theta n_ia)`, where `n_ia` is the number of its neighbors in state `a`, with
/// 53 random bits each. About `states * dims` operations per site.
impl<R: Real> Sweep for LatticePotts<R> {
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
        let bonds = (self.torus.dims() * self.torus.sites()) as f64;
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            counts.sites_changed += match self.torus.dims() {
                1 => self.sweep_one::<0, 2, B>(w.x, w.beta, w.held, bits),
                2 => self.sweep_one::<2, 4, B>(w.x, w.beta, w.held, bits),
                3 => self.sweep_one::<4, 6, B>(w.x, w.beta, w.held, bits),
                _ => self.sweep_one::<6, 8, B>(w.x, w.beta, w.held, bits),
            };
            counts.accepted += 1;
            let unequal = unequal_bonds(w.x, &self.torus) as f64;
            w.set_log_prob(self.theta.to_f64() * (2.0 * (bonds - 2.0 * unequal)));
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        let weights = Weights::new(self, beta);
        Checkerboard::new(&self.torus).law(&self.torus, x, held, visit, |x, site, p| {
            let mut counts = vec![0; self.space.states()];
            self.torus
                .neighbors(site, |j| counts[usize::from(x[j])] += 1);
            let total: f64 = counts.iter().map(|&n: &usize| weights.0[n]).sum();
            p.extend(counts.iter().map(|&n| weights.0[n] / total));
        });
    }
}
