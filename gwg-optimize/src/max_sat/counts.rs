//! The number of true literals of every clause.

use super::MaxSat;
use super::clauses::holds;

/// A state, and what clauses have of it.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    pub(super) x: Vec<u8>,
    /// The number of true literals of each clause.
    pub(super) true_literals: Vec<u32>,
    /// The exclusive or of the variables of the true literals: of a single one, the variable.
    pub(super) critical: Vec<u32>,
}

/// What a flip changes for a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is satisfied, by the flipped variable.
    Satisfied,
    /// It had a single true literal, of this variable, and has two.
    Secured(usize),
    /// It has a single true literal left, of this variable.
    Endangered(usize),
    /// It is unsatisfied: the flipped variable had its only true literal.
    Falsified,
}

impl Counts {
    pub(super) fn new(formula: &MaxSat, x: Vec<u8>) -> Self {
        let clauses = &formula.clauses;
        let (mut true_literals, mut critical) = (vec![0; clauses.len()], vec![0; clauses.len()]);
        for clause in 0..clauses.len() {
            for &literal in clauses.clause(clause).iter().filter(|&&l| holds(l, &x)) {
                true_literals[clause] += 1;
                critical[clause] ^= literal / 2;
            }
        }
        Self {
            x,
            true_literals,
            critical,
        }
    }

    /// Flips a variable, and calls `changed` for every clause that becomes satisfied or unsatisfied, or gets or loses its second true literal.
    /// Cost: `O(occurrences)`.
    #[inline]
    pub(super) fn flip(
        &mut self,
        formula: &MaxSat,
        variable: usize,
        mut changed: impl FnMut(usize, Change),
    ) {
        let was_true = u32::from(self.x[variable]);
        self.x[variable] ^= 1;
        let positive = 2 * variable as u32;
        for &clause in formula.occurrences(positive + was_true) {
            let clause = clause as usize;
            let count = &mut self.true_literals[clause];
            *count += 1;
            match *count {
                1 => changed(clause, Change::Satisfied),
                2 => changed(clause, Change::Secured(self.critical[clause] as usize)),
                _ => {}
            }
            self.critical[clause] ^= variable as u32;
        }
        for &clause in formula.occurrences(positive + (was_true ^ 1)) {
            let clause = clause as usize;
            let count = &mut self.true_literals[clause];
            *count -= 1;
            self.critical[clause] ^= variable as u32;
            match *count {
                0 => changed(clause, Change::Falsified),
                1 => changed(clause, Change::Endangered(self.critical[clause] as usize)),
                _ => {}
            }
        }
    }
}
