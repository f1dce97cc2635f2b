//! Independent draws of all sites.

use super::FactorizedCategorical;
use crate::classes::outcomes;
use crate::conditional::{put, weigh};
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, Space, StepCounts, Symbol, Target, math, pick};

/// The number of states whose weights are held at a time. A site with more states is drawn block by block.
const BLOCK: usize = 256;
/// The largest number of blocks: enough for all 16-bit symbols.
const BLOCKS: usize = 256;

/// The conditional distribution of a site: the sums of the weights of its blocks, scaled so that the largest weight is 1.
struct Blocks<'r, R> {
    row: &'r [R],
    beta: f64,
    best: f64,
    sums: [f64; BLOCKS],
}

impl<'r, R: Real> Blocks<'r, R> {
    /// `row` has the logits of the site.
    fn new(row: &'r [R], beta: f64) -> Self {
        let logits = row.iter().map(|logit| beta * logit.to_f64());
        let mut blocks = Self {
            row,
            beta,
            best: logits.fold(f64::NEG_INFINITY, Real::max),
            sums: [0.0; BLOCKS],
        };
        let mut memory = [0.0; BLOCK];
        for block in 0..row.len().div_ceil(BLOCK) {
            let sum = blocks.weights(block, &mut memory).iter().sum();
            if let Some(slot) = blocks.sums.get_mut(block) {
                *slot = sum;
            }
        }
        blocks
    }

    fn weights<'w>(&self, block: usize, memory: &'w mut [f64; BLOCK]) -> &'w [f64] {
        let row = self.row.chunks(BLOCK).nth(block).unwrap_or(&[]);
        let weights = memory.get_mut(..row.len()).unwrap_or(&mut []);
        for (w, logit) in weights.iter_mut().zip(row) {
            *w = self.beta * logit.to_f64() - self.best;
        }
        math::exp_in_place(weights);
        weights
    }

    /// Draws a state with 53 random bits for its block and 53 for its place in the block.
    fn draw<B: Bits>(&self, memory: &mut [f64; BLOCK], bits: &mut B) -> usize {
        let total: f64 = self.sums.iter().sum();
        let block = pick::of_slice(&self.sums, total * bits.unit::<f64>()).unwrap_or(0);
        let sum = self.sums.get(block).copied().unwrap_or(0.0);
        let weights = self.weights(block, memory);
        block * BLOCK + pick::of_slice(weights, sum * bits.unit::<f64>()).unwrap_or(0)
    }
}

/// The weights of a site's states and their sum; `row` has its logits, at most a block of them.
#[inline(always)]
fn weights<'w, R: Real>(row: &[R], beta: R, weights: &'w mut [f64; BLOCK]) -> (&'w [f64], f64) {
    let weights = weights.get_mut(..row.len()).unwrap_or(&mut []);
    for (w, logit) in weights.iter_mut().zip(row) {
        *w = beta.to_f64() * logit.to_f64();
    }
    let total = weigh(weights);
    (weights, total)
}

/// Draws the state of a site.
#[inline(always)]
fn draw<R: Real, B: Bits>(row: &[R], beta: R, memory: &mut [f64; BLOCK], bits: &mut B) -> usize {
    if row.len() > BLOCK {
        return Blocks::new(row, beta.to_f64()).draw(memory, bits);
    }
    let (weights, total) = weights(row, beta, memory);
    pick::of_slice(weights, total * bits.unit::<f64>()).unwrap_or(0)
}

/// The probabilities with which [`draw`] draws.
fn probabilities<R: Real>(row: &[R], beta: R) -> Vec<f64> {
    let mut memory = [0.0; BLOCK];
    if row.len() > BLOCK {
        let blocks = Blocks::new(row, beta.to_f64());
        let total: f64 = blocks.sums.iter().sum();
        let count = row.len().div_ceil(BLOCK);
        let all = (0..count).flat_map(|block| blocks.weights(block, &mut memory).to_vec());
        return all.map(|w| w / total).collect();
    }
    let (weights, total) = weights(row, beta, &mut memory);
    weights.iter().map(|w| w / total).collect()
}

/// One class: every sweep is an independent draw from the target, each site with 53 random bits, or 106 if it has more than
/// 256 states.
impl<R: Real, S: Symbol> Sweep for FactorizedCategorical<R, S> {
    fn holds_sites(&self) -> bool {
        true
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, S>,
        _: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let mut memory = [0.0; BLOCK];
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            for (i, row) in self.logits.chunks(self.space.states()).enumerate() {
                let drawn = S::from_index(draw(row, w.beta, &mut memory, bits));
                counts.sites_changed += put(w.x, i, w.held.or(i, drawn));
            }
            counts.accepted += 1;
            let f = self.log_prob(w.x);
            w.set_log_prob(f);
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[S],
        beta: R,
        held: Held<'_, S>,
        visit: &mut dyn FnMut(&[S], f64),
    ) {
        let all = [(0..self.space.sites()).collect()];
        let conditional = |_: &[S], site: usize, p: &mut Vec<f64>| {
            let row = self.logits.chunks(self.space.states()).nth(site);
            p.extend(probabilities(row.unwrap_or(&[]), beta));
        };
        outcomes(&all, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}
