//! Starts by unit propagation.

use gwg_core::Bits;

use super::clauses::Weight;
use super::{Clauses, MaxSat};
use crate::indexed_set::IndexedSet;

/// Values of variables that are fixed one after the other.
struct Decimation<'f> {
    formula: &'f MaxSat,
    x: Vec<u8>,
    open: IndexedSet,
    /// The number of literals of each clause that are not fixed; 0 once one of them is true.
    left: Vec<u32>,
    /// Clauses with a single literal left: hard and soft ones.
    units: [IndexedSet; 2],
}

/// A state in which variables have been fixed one after the other: to satisfy a random clause with a single literal left, hard clauses first;
/// where there is none, a random variable, to a random value. Cost: `O(variables + literals)`.
pub(super) fn start(formula: &MaxSat, bits: &mut impl Bits) -> Vec<u8> {
    let mut decimation = Decimation::new(formula);
    while !decimation.open.is_empty() {
        let (variable, value) = decimation.choose(bits);
        decimation.fix(variable, value);
    }
    decimation.x
}

impl<'f> Decimation<'f> {
    fn new(formula: &'f MaxSat) -> Self {
        let clauses = &formula.clauses;
        let mut open = IndexedSet::new(formula.variables);
        (0..formula.variables).for_each(|v| open.insert(v));
        let mut units = [
            IndexedSet::new(clauses.len()),
            IndexedSet::new(clauses.len()),
        ];
        let left: Vec<u32> = (0..clauses.len())
            .map(|c| clauses.clause(c).len() as u32)
            .collect();
        for clause in (0..left.len()).filter(|&c| left[c] == 1) {
            units[rank(clauses, clause)].insert(clause);
        }
        Self {
            formula,
            x: vec![0; formula.variables],
            open,
            left,
            units,
        }
    }

    fn choose(&self, bits: &mut impl Bits) -> (usize, u8) {
        let [hard, soft] = &self.units;
        for set in [hard, soft].map(IndexedSet::members) {
            if !set.is_empty() {
                let clause = set[bits.below(set.len())] as usize;
                let open = |l: &&u32| self.open.contains((**l / 2) as usize);
                let literal = self.formula.clauses.clause(clause).iter().find(open);
                if let Some(&literal) = literal {
                    return ((literal / 2) as usize, (literal & 1) as u8 ^ 1);
                }
            }
        }
        let open = self.open.members();
        let variable = open[bits.below(open.len())] as usize;
        (variable, (bits.next_u32() & 1) as u8)
    }

    fn fix(&mut self, variable: usize, value: u8) {
        self.x[variable] = value;
        self.open.remove(variable);
        let holds = 2 * variable as u32 + u32::from(value ^ 1);
        for &clause in self.formula.occurrences(holds) {
            let clause = clause as usize;
            self.left[clause] = 0;
            self.units[rank(&self.formula.clauses, clause)].remove(clause);
        }
        for &clause in self.formula.occurrences(holds ^ 1) {
            let clause = clause as usize;
            if self.left[clause] == 0 {
                continue;
            }
            self.left[clause] -= 1;
            let is_unit = self.left[clause] == 1;
            self.units[rank(&self.formula.clauses, clause)].set(clause, is_unit);
        }
    }
}

/// The place of a clause's set in `units`.
fn rank(clauses: &Clauses, clause: usize) -> usize {
    usize::from(clauses.weight(clause) != Weight::Hard)
}
