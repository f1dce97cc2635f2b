//! Clauses with weights.

use super::MAX_VARIABLES;

/// The most weight of a soft clause: integers up to it are exact.
const MAX_WEIGHT: f64 = 9_007_199_254_740_992.0;

/// How much a clause counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weight {
    /// It must be satisfied.
    Hard,
    /// The value of a state that does not satisfy it grows by this number, from 0 to `2^53`.
    Soft(f64),
}

/// Clauses of a formula, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clauses {
    literals: Vec<u32>,
    /// Literals of clause `c`: `literals[ends[c - 1]..ends[c]]`, from 0 for the first.
    ends: Vec<u32>,
    weights: Vec<Weight>,
    hard: usize,
    variables: usize,
    /// The weight of soft clauses without a literal.
    constant: f64,
    total: f64,
    inexact: bool,
}

/// Why a clause was rejected.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClauseFault {
    /// A variable that does not exist.
    #[error("variable {found}: allowed are 1 to {most}")]
    Variable {
        /// The variable.
        found: u64,
        /// The number of variables.
        most: usize,
    },
    /// A literal 0.
    #[error("found the literal 0; allowed are v and -v for a variable v from 1")]
    Zero,
    /// A weight that is not a number in the range.
    #[error("weight of a soft clause: found {found}, allowed is a number from 0 to {MAX_WEIGHT}")]
    Weight {
        /// The weight.
        found: f64,
    },
    /// A hard clause without a literal.
    #[error(
        "a hard clause without a literal: no state satisfies it; remove it or give it a weight"
    )]
    HardEmpty,
    /// More literals than are numbered.
    #[error("more than {} literals", u32::MAX)]
    Size,
}

/// The number of a literal: `2 v` for variable `v`, from 0, and `2 v + 1` for its negation.
pub(super) fn literal(signed: i64) -> u32 {
    let variable = signed.unsigned_abs() as u32 - 1;
    2 * variable + u32::from(signed < 0)
}

/// True if the literal is true in `x`.
#[inline]
pub(super) fn holds(literal: u32, x: &[u8]) -> bool {
    x[(literal / 2) as usize] ^ 1 == (literal & 1) as u8
}

impl Clauses {
    /// Adds a clause: literals `v` and `-v` of variables from 1. A literal that is listed twice counts once, and a clause with both literals of a
    /// variable is left out: it is always satisfied.
    ///
    /// # Errors
    /// A literal 0, a variable above `2^24`, a hard clause without a literal, a weight that is negative, above `2^53` or no number; nothing is added.
    pub fn push(&mut self, literals: &[i64], weight: Weight) -> Result<(), ClauseFault> {
        if let Weight::Soft(found) = weight
            && !(0.0..=MAX_WEIGHT).contains(&found)
        {
            return Err(ClauseFault::Weight { found });
        }
        if literals.contains(&0) {
            return Err(ClauseFault::Zero);
        }
        let largest = literals.iter().map(|l| l.unsigned_abs()).max();
        let largest = largest.unwrap_or(0);
        if largest > MAX_VARIABLES as u64 {
            return Err(ClauseFault::Variable {
                found: largest,
                most: MAX_VARIABLES,
            });
        }
        let mut distinct: Vec<u32> = literals.iter().map(|&l| literal(l)).collect();
        distinct.sort_unstable();
        distinct.dedup();
        if self.literals.len() + distinct.len() > u32::MAX as usize {
            return Err(ClauseFault::Size);
        }
        self.variables = self.variables.max(largest as usize);
        if distinct.windows(2).any(|pair| pair[0] ^ 1 == pair[1]) {
            return Ok(());
        }
        self.add(&distinct, weight)
    }

    fn add(&mut self, distinct: &[u32], weight: Weight) -> Result<(), ClauseFault> {
        match weight {
            Weight::Hard if distinct.is_empty() => return Err(ClauseFault::HardEmpty),
            Weight::Hard => self.hard += 1,
            Weight::Soft(weight) => {
                self.total += weight;
                self.inexact |= weight.fract() != 0.0;
                if distinct.is_empty() {
                    self.constant += weight;
                }
                if distinct.is_empty() || weight == 0.0 {
                    return Ok(());
                }
            }
        }
        self.literals.extend_from_slice(distinct);
        self.ends.push(self.literals.len() as u32);
        self.weights.push(weight);
        Ok(())
    }

    /// The number of clauses with a literal and a weight.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of hard clauses.
    #[must_use]
    pub fn hard(&self) -> usize {
        self.hard
    }

    /// The largest variable, from 1.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.variables
    }

    /// The weight of soft clauses without a literal, which no state satisfies: the smallest conceivable value.
    #[must_use]
    pub fn constant(&self) -> f64 {
        self.constant
    }

    /// What rounding may add to a sum of weights: 0 for integers of a sum up to `2^53`.
    pub(super) fn tolerance(&self) -> f64 {
        if self.inexact || self.total > MAX_WEIGHT {
            self.total * 1e-9
        } else {
            0.0
        }
    }

    /// True if all clauses are soft and of one weight.
    pub(super) fn is_plain(&self) -> bool {
        self.hard == 0 && self.weights.windows(2).all(|pair| pair[0] == pair[1])
    }

    /// The literals of all clauses.
    pub(super) fn literals(&self) -> &[u32] {
        &self.literals
    }

    /// The literals of a clause, sorted.
    #[inline]
    pub(super) fn clause(&self, clause: usize) -> &[u32] {
        let start = clause.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.literals[start as usize..self.ends[clause] as usize]
    }

    #[inline]
    pub(super) fn weight(&self, clause: usize) -> Weight {
        self.weights[clause]
    }

    /// The weight of the unsatisfied soft clauses, and whether all hard ones are satisfied.
    pub(super) fn value(&self, x: &[u8]) -> (f64, bool) {
        let (mut value, mut feasible) = (self.constant, true);
        for clause in 0..self.len() {
            if self.clause(clause).iter().any(|&l| holds(l, x)) {
                continue;
            }
            match self.weights[clause] {
                Weight::Hard => feasible = false,
                Weight::Soft(weight) => value += weight,
            }
        }
        (value, feasible)
    }
}
