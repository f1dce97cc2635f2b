//! Independent draws, from the root of the tree to its leaves.

use super::algebra::Algebra;
use super::blocks::{Block, Source};
use super::forward::{Message, Terms};
use super::plan::Plan;
use gwg_core::{Bits, Symbol};

/// Tables from which configurations are drawn.
pub(super) struct Tables<'p> {
    pub(super) plan: &'p Plan,
    pub(super) blocks: &'p [Block],
    pub(super) terms: &'p Terms,
    pub(super) messages: &'p [Option<Message>],
}

impl Tables<'_> {
    /// Chooses block after block by the weights of its joint states, given those of later blocks; `choose` takes the weights and returns a place.
    pub(super) fn choose<A: Algebra, S: Symbol>(
        &self,
        x: &mut [S],
        mut choose: impl FnMut(&[f64]) -> usize,
    ) {
        let mut symbols = vec![0_usize; self.plan.len()];
        let mut weights = Vec::new();
        for block in self.blocks {
            self.weigh::<A>(block, &symbols, &mut weights);
            let mut state = choose(&weights);
            for &v in block.variables.iter().rev() {
                let q = self.plan.states[v as usize] as usize;
                symbols[v as usize] = state % q;
                state /= q;
            }
        }
        for (&site, symbol) in self.plan.sites.iter().zip(symbols) {
            x[site as usize] = S::from_index(symbol);
        }
    }

    fn weigh<A: Algebra>(&self, block: &Block, symbols: &[usize], weights: &mut Vec<f64>) {
        weights.clear();
        weights.resize(block.joint, A::ONE);
        for reading in &block.readings {
            let table: &[f64] = match reading.source {
                Source::Term(v, k) => &self.terms.tables[v as usize][k as usize],
                Source::Message(v) => self.messages[v as usize]
                    .as_ref()
                    .map_or(&[], |all| &all.table),
            };
            let steps = reading
                .outer
                .iter()
                .map(|&(v, step)| step * symbols[v as usize]);
            let from: usize = steps.sum();
            for (weight, &at) in weights.iter_mut().zip(&reading.offsets) {
                *weight = A::times(*weight, table[from + at as usize]);
            }
        }
        let most = weights
            .iter()
            .fold(A::ZERO, |a, &b| if b > a { b } else { a });
        weights
            .iter_mut()
            .for_each(|weight| *weight = A::weight(*weight, most));
    }
}

/// A place by its weight, from one uniform number of 53 bits.
pub(super) fn by_weight<B: Bits>(weights: &[f64], bits: &mut B) -> usize {
    let total: f64 = weights.iter().sum();
    let mut left = bits.unit::<f64>() * total;
    let mut last = 0;
    for (k, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            if left < weight {
                return k;
            }
            last = k;
        }
        left -= weight;
    }
    last
}

/// The first place of the largest weight.
pub(super) fn first_of_best(weights: &[f64]) -> usize {
    weights
        .iter()
        .position(|&weight| weight >= 1.0)
        .unwrap_or(0)
}
