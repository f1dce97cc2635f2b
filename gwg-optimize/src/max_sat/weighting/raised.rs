//! First weights of clauses, and how they grow and shrink.

use crate::indexed_set::IndexedSet;
use crate::max_sat::{Clauses, Weight};

/// The mean weight of soft clauses in the search, where weights are integers; in proportion to it, the others. Also that of hard clauses at first.
const UNIT: i64 = 1000;
/// By how much a hard clause grows.
const HARD_INCREMENT: i64 = 100;
/// By which share of its first weight a soft clause grows: next to hard clauses, and alone.
const SOFT_INCREMENT: [f64; 2] = [0.3, 0.1];

/// How weights grow and shrink.
#[derive(Clone, Debug)]
pub(super) struct Raised {
    /// Weights at first.
    pub(super) base: Vec<i64>,
    pub(super) increments: Vec<i64>,
    /// Clauses that weigh more than at first.
    pub(super) hard: IndexedSet,
    pub(super) soft: IndexedSet,
}

impl Raised {
    /// First weights: of soft clauses in proportion to theirs.
    pub(super) fn new(clauses: &Clauses) -> Self {
        let (mut sum, mut count) = (0.0, 0.0);
        for clause in 0..clauses.len() {
            if let Weight::Soft(weight) = clauses.weight(clause) {
                sum += weight;
                count += 1.0;
            }
        }
        let alone = alone(clauses);
        let (mut base, mut increments) = (Vec::new(), Vec::new());
        for clause in 0..clauses.len() {
            let (weight, increment) = match clauses.weight(clause) {
                Weight::Hard => (UNIT, HARD_INCREMENT),
                Weight::Soft(weight) => {
                    let weight = (weight / sum * count * UNIT as f64).round().max(1.0);
                    (weight as i64, (SOFT_INCREMENT[alone] * weight) as i64)
                }
            };
            base.push(weight);
            increments.push(increment.max(1));
        }
        Self {
            base,
            increments,
            hard: IndexedSet::new(clauses.len()),
            soft: IndexedSet::new(clauses.len()),
        }
    }
}

/// The place in constants: 0 next to hard clauses, 1 without.
pub(super) fn alone(clauses: &Clauses) -> usize {
    usize::from(clauses.hard() == 0)
}
