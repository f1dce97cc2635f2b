//! The transition probabilities of cluster moves: all their random decisions, made by their own code.

use super::Transitions;
use crate::kernel::clusters::{Decide, WHOLE};
use crate::kernel::{SwendsenWang, WalkerOf, Wolff};
use crate::target::{Pairwise, SymbolOf};
use crate::{Real, accept};
use std::{vec, vec::Vec};

/// Random decisions that are given, one sequence of them after the other until there are no more.
#[derive(Default)]
struct Script {
    /// The decisions so far: the choice, and the probabilities of all choices.
    decisions: Vec<(usize, Vec<f64>)>,
    /// How many of them have been made.
    made: usize,
    /// The product of their probabilities.
    probability: f64,
}

impl Script {
    fn begin(&mut self) {
        (self.made, self.probability) = (0, 1.0);
    }

    fn choose(&mut self, probabilities: Vec<f64>) -> usize {
        if self.made == self.decisions.len() {
            let first = probabilities.iter().position(|&p| p > 0.0);
            self.decisions.push((first.unwrap_or(0), probabilities));
        }
        let (choice, probabilities) = &self.decisions[self.made];
        self.made += 1;
        self.probability *= probabilities[*choice];
        *choice
    }

    fn coin(&mut self, p: f64) -> bool {
        self.choose(vec![1.0 - p, p]) == 1
    }

    /// Moves to the next sequence; false if this was the last one.
    fn advance(&mut self) -> bool {
        while let Some((choice, probabilities)) = self.decisions.pop() {
            let next = (choice + 1..probabilities.len()).find(|&k| probabilities[k] > 0.0);
            if let Some(next) = next {
                self.decisions.push((next, probabilities));
                return true;
            }
        }
        false
    }
}

impl Decide for Script {
    fn bond(&mut self, threshold: u64) -> bool {
        self.coin(threshold as f64 / WHOLE)
    }

    fn coins(&mut self, words: &mut [u64], bits: usize) {
        words.fill(0);
        for k in 0..bits {
            words[k / 64] |= u64::from(self.coin(0.5)) << (k % 64);
        }
    }

    fn below(&mut self, n: usize) -> usize {
        self.choose(vec![1.0 / n as f64; n])
    }

    fn heat_bath<R: Real>(&mut self, gain: R) -> bool {
        self.coin(gain.sigmoid().to_f64())
    }

    fn lazy<R: Real>(&mut self, ratio: R) -> bool {
        self.coin(accept::lazy_probability(ratio).to_f64())
    }

    fn index<R: Real>(&mut self, weights: &[R]) -> usize {
        let total: f64 = weights.iter().map(|w| w.to_f64()).sum();
        self.choose(weights.iter().map(|w| w.to_f64() / total).collect())
    }
}

impl<T: Pairwise> Transitions<T> for SwendsenWang {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let start = walker.x.to_vec();
        let mut script = Script::default();
        loop {
            walker.x.copy_from_slice(&start);
            script.begin();
            Self::update(target, walker, scratch, &mut script);
            visit(walker.x, script.probability);
            if !script.advance() {
                return;
            }
        }
    }
}

impl<T: Pairwise> Transitions<T> for Wolff {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let (start, f) = (walker.x.to_vec(), walker.log_prob());
        let mut script = Script::default();
        loop {
            walker.x.copy_from_slice(&start);
            walker.set_log_prob(f);
            script.begin();
            Self::update(target, walker, &mut script);
            let gained = target.log_prob(walker.x) - walker.log_prob();
            assert!(
                gained.abs() < 1e-3,
                "the running sum of f is wrong by {gained}"
            );
            visit(walker.x, script.probability);
            if !script.advance() {
                return;
            }
        }
    }
}
