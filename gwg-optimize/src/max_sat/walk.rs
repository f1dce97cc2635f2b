//! Random walk on unsatisfied clauses (probSAT).

use gwg_core::Bits;

use super::MaxSat;
use super::clauses::Weight;
use super::counts::{Change, Counts};
use super::report::{Pending, Reporter};
use crate::indexed_set::IndexedSet;

/// A state of a formula whose clauses are soft and of one weight.
#[derive(Clone, Debug)]
pub(super) struct Walk<'f> {
    formula: &'f MaxSat,
    counts: Counts,
    falsified: IndexedSet,
    /// The number of clauses in which a variable has the only true literal.
    breaks: Vec<u32>,
    /// The weight of a variable in the choice, by its number of breaks.
    chances: Vec<f64>,
    cumulative: Vec<f64>,
    weight: f64,
    pending: Pending,
}

impl<'f> Walk<'f> {
    pub(super) fn new(formula: &'f MaxSat, x: Vec<u8>, reporter: &mut Reporter<'_>) -> Self {
        let clauses = &formula.clauses;
        let counts = Counts::new(formula, x);
        let mut falsified = IndexedSet::new(clauses.len());
        let mut breaks = vec![0; formula.variables];
        let (mut most, mut longest) = (0, 0);
        for clause in 0..clauses.len() {
            match counts.true_literals[clause] {
                0 => falsified.insert(clause),
                1 => breaks[counts.critical[clause] as usize] += 1,
                _ => {}
            }
            longest = longest.max(clauses.clause(clause).len());
        }
        for literal in 0..2 * formula.variables as u32 {
            most = most.max(formula.occurrences(literal).len());
        }
        let first = (!clauses.is_empty()).then(|| clauses.weight(0));
        let mut walk = Self {
            formula,
            counts,
            falsified,
            breaks,
            chances: (0..=most).map(|b| chance(b, longest)).collect(),
            cumulative: Vec::new(),
            weight: match first {
                Some(Weight::Soft(weight)) => weight,
                _ => 0.0,
            },
            pending: Pending::default(),
        };
        let value = walk.value();
        reporter.reached(&mut walk.pending, &walk.counts.x, value);
        walk
    }

    fn value(&self) -> f64 {
        self.formula.clauses.constant() + self.weight * self.falsified.len() as f64
    }

    /// Flips a variable of a random unsatisfied clause. True if all are satisfied.
    pub(super) fn step(&mut self, bits: &mut impl Bits, reporter: &mut Reporter<'_>) -> bool {
        let falsified = self.falsified.members();
        if falsified.is_empty() {
            return true;
        }
        let clause = falsified[bits.below(falsified.len())] as usize;
        let variable = self.choose(clause, bits);
        let breaks = &mut self.breaks;
        self.counts
            .flip(self.formula, variable, |clause, change| match change {
                Change::Satisfied => {
                    self.falsified.remove(clause);
                    breaks[variable] += 1;
                }
                Change::Secured(other) => breaks[other] -= 1,
                Change::Endangered(other) => breaks[other] += 1,
                Change::Falsified => {
                    self.falsified.insert(clause);
                    breaks[variable] -= 1;
                }
            });
        let value = self.value();
        reporter.moved(&mut self.pending, &mut self.counts.x, variable, value)
    }

    /// Gives out the state if it is better than all before.
    pub(super) fn flush(&mut self, reporter: &mut Reporter<'_>) {
        reporter.flush(&mut self.pending, &self.counts.x);
    }

    fn choose(&mut self, clause: usize, bits: &mut impl Bits) -> usize {
        let literals = self.formula.clauses.clause(clause);
        self.cumulative.clear();
        let mut sum = 0.0;
        for &literal in literals {
            sum += self.chances[self.breaks[(literal / 2) as usize] as usize];
            self.cumulative.push(sum);
        }
        let drawn = bits.unit::<f64>() * sum;
        let place = self.cumulative.iter().position(|&up_to| drawn < up_to);
        (literals[place.unwrap_or(literals.len() - 1)] / 2) as usize
    }
}

/// The distributions of Balint and Schöning: polynomial in the number of breaks for clauses of up to three literals, else exponential.
fn chance(breaks: usize, longest: usize) -> f64 {
    let breaks = breaks as f64;
    match longest {
        0..=3 => (0.9 + breaks).powf(-2.06),
        4 => 3.0_f64.powf(-breaks),
        5 => 3.7_f64.powf(-breaks),
        6 => 5.0_f64.powf(-breaks),
        _ => 5.4_f64.powf(-breaks),
    }
    // Not 0, so that a clause always has a variable to flip.
    .max(1e-100)
}

#[cfg(test)]
mod tests;
