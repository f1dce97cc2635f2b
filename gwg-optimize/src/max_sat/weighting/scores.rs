//! What flips are worth.

use crate::indexed_set::IndexedSet;

/// The decrease of the weight of unsatisfied clauses when a variable is flipped.
#[derive(Clone, Debug)]
pub(super) struct Scores {
    pub(super) gains: Vec<i64>,
    /// Variables with a gain above 0.
    pub(super) good: IndexedSet,
}

impl Scores {
    /// Nothing is counted yet.
    pub(super) fn new(variables: usize) -> Self {
        Self {
            gains: vec![0; variables],
            good: IndexedSet::new(variables),
        }
    }

    #[inline]
    pub(super) fn add(&mut self, variable: usize, change: i64) {
        self.gains[variable] += change;
        self.good.set(variable, self.gains[variable] > 0);
    }

    #[inline]
    pub(super) fn add_all(&mut self, literals: &[u32], change: i64) {
        for &literal in literals {
            self.add((literal / 2) as usize, change);
        }
    }
}
