//! MAX-SAT: truth values with the smallest weight of unsatisfied clauses, of which some may be hard: they must be satisfied.
//!
//! `x_i = 1` makes variable `i + 1` of a file true. The value of a state is the weight of its unsatisfied soft clauses, which is minimized; a state
//! is feasible if it satisfies all hard clauses.
//!
//! Two local searches are used. Both update what a flip changes in the clauses of the variable alone.
//!
//! - **Clause weighting**, for all formulas: flips that lower the weight of unsatisfied clauses; where there are none, these weights grow (Z. Lei and
//!   S. Cai, "Solving (Weighted) Partial MaxSAT by Dynamic Local Search for SAT" (SATLike), IJCAI 2018; Y. Chu, S. Cai and C. Luo, "NuWLS", AAAI 2023).
//! - **A random walk**, in turns with it where all clauses are soft and of one weight: a random unsatisfied clause, and a variable of it by the
//!   number of clauses that its flip breaks (A. Balint and U. Schöning, "Choosing Probability Distributions for Stochastic Local Search and the
//!   Role of Make versus Break" (probSAT), SAT 2012).
//!
//! Starts are by unit propagation, hard clauses first (S. Cai, C. Luo and H. Zhang, "From Decimation to Local Search and Back", IJCAI 2017).
//!
//! ```
//! use gwg_optimize::max_sat::{Clauses, MaxSat, Weight};
//! use gwg_optimize::Search;
//!
//! let mut clauses = Clauses::default();
//! clauses.push(&[1, 2], Weight::Hard)?;
//! clauses.push(&[-1], Weight::Soft(3.0))?;
//! clauses.push(&[-2], Weight::Soft(2.0))?;
//! let problem = MaxSat::new(2, clauses)?;
//! let mut best = Vec::new();
//! problem.restart(1, None, &mut |_, x| best = x.to_vec(), &|| true);
//! assert_eq!(best, [0, 1]);
//! assert_eq!(problem.value(&best), (2.0, true));
//! # Ok::<(), gwg_optimize::max_sat::ClauseFault>(())
//! ```

mod clauses;
mod counts;
mod propagate;
mod read;
mod report;
#[cfg(test)]
mod test_formulas;
mod walk;
mod weighting;

use gwg_core::SplitMix64;

use crate::search::{Search, Sense};
pub use clauses::{ClauseFault, Clauses, Weight};
pub use read::{Headerless, MaxSatFault, MaxSatFileError, read_max_sat};
use report::Reporter;
use walk::Walk;
use weighting::Weighting;

/// The most variables of a formula.
pub const MAX_VARIABLES: usize = 1 << 24;

/// The number of moves between two calls of `stop`.
const MOVES: u32 = 1024;

/// A formula in conjunctive normal form whose clauses are soft, with weights, or hard.
#[derive(Clone, Debug)]
pub struct MaxSat {
    variables: usize,
    clauses: Clauses,
    /// The clauses that contain a literal, as [`literal`](clauses::literal) numbers it: `occurrences[starts[l]..starts[l + 1]]`.
    starts: Vec<u32>,
    occurrences: Vec<u32>,
}

impl MaxSat {
    /// Creates the problem. Cost: `O(variables + literals)`; memory: 8 bytes per variable and 8 per literal.
    ///
    /// # Errors
    /// A literal of a variable above `variables`, and more than `2^24` variables.
    pub fn new(variables: usize, clauses: Clauses) -> Result<Self, ClauseFault> {
        let most = variables.min(MAX_VARIABLES);
        let largest = clauses.variables();
        if largest > most || variables > MAX_VARIABLES {
            return Err(ClauseFault::Variable {
                found: largest.max(variables) as u64,
                most,
            });
        }
        // The place of a literal is counted two further, so that filling moves it to its own: a header may state millions of variables.
        let mut starts = vec![0_u32; 2 * variables + 2];
        for &literal in clauses.literals() {
            starts[literal as usize + 2] += 1;
        }
        for literal in 2..starts.len() {
            starts[literal] += starts[literal - 1];
        }
        let mut occurrences = vec![0; clauses.literals().len()];
        for clause in 0..clauses.len() {
            for &literal in clauses.clause(clause) {
                let place = &mut starts[literal as usize + 1];
                occurrences[*place as usize] = clause as u32;
                *place += 1;
            }
        }
        Ok(Self {
            variables,
            clauses,
            starts,
            occurrences,
        })
    }

    /// The clauses, without those that are always satisfied.
    #[must_use]
    pub fn clauses(&self) -> &Clauses {
        &self.clauses
    }

    #[inline]
    fn occurrences(&self, literal: u32) -> &[u32] {
        let literal = literal as usize;
        &self.occurrences[self.starts[literal] as usize..self.starts[literal + 1] as usize]
    }

    /// A start: given, where it is, else by unit propagation.
    fn begin(&self, start: Option<&[u8]>, bits: &mut SplitMix64) -> Vec<u8> {
        let mut x = propagate::start(self, bits);
        for (to, from) in x.iter_mut().zip(start.unwrap_or_default()) {
            *to = from & 1;
        }
        x
    }

    /// Clause weighting and random walk in turns, which get longer.
    fn search_in_turns(
        &self,
        mut starts: Starts<'_>,
        bits: &mut SplitMix64,
        reporter: &mut Reporter<'_>,
        stop: &dyn Fn() -> bool,
    ) {
        let mut walk = Walk::new(self, starts.weighting.x().to_vec(), reporter);
        'turns: for turn in 0.. {
            for _ in 0..1_u64 << (turn / 2).min(10) {
                let optimal = if turn % 2 == 0 {
                    (0..MOVES).any(|_| walk.step(bits, reporter))
                } else {
                    starts.search(bits, reporter)
                };
                if optimal || stop() {
                    break 'turns;
                }
            }
        }
        walk.flush(reporter);
        starts.weighting.flush(reporter);
    }
}

/// Clause weighting from one start after the other, each given more time than the one before.
struct Starts<'f> {
    formula: &'f MaxSat,
    weighting: Weighting<'f>,
    /// The most moves without an improvement.
    patience: u64,
}

impl<'f> Starts<'f> {
    fn new(formula: &'f MaxSat, x: Vec<u8>, reporter: &mut Reporter<'_>) -> Self {
        Self {
            formula,
            weighting: Weighting::new(formula, x, reporter),
            patience: 2000 + 20 * formula.variables as u64,
        }
    }

    /// Makes [`MOVES`] moves. True if nothing better is conceivable.
    fn search(&mut self, bits: &mut SplitMix64, reporter: &mut Reporter<'_>) -> bool {
        if self.weighting.idle() > self.patience {
            self.weighting.flush(reporter);
            self.patience += self.patience / 2;
            let x = propagate::start(self.formula, bits);
            self.weighting = Weighting::new(self.formula, x, reporter);
        }
        (0..MOVES).any(|_| self.weighting.step(bits, reporter))
    }
}

impl Search for MaxSat {
    fn sites(&self) -> usize {
        self.variables
    }

    fn states(&self) -> usize {
        2
    }

    fn sense(&self) -> Sense {
        Sense::Min
    }

    /// All clauses satisfied.
    fn bound(&self) -> Option<f64> {
        Some(0.0)
    }

    /// Cost: `O(literals)`.
    fn value(&self, x: &[u8]) -> (f64, bool) {
        self.clauses.value(x)
    }

    /// Ends where all clauses that have a literal are satisfied, too. A move costs `O(occurrences of the variable)`, and the lengths of the clauses that become satisfied
    /// or unsatisfied. Without an improvement for some time, the search begins at a new start.
    fn restart(
        &self,
        seed: u64,
        start: Option<&[u8]>,
        found: &mut dyn FnMut(f64, &[u8]),
        stop: &dyn Fn() -> bool,
    ) {
        let mut bits = SplitMix64::new(SplitMix64::mix(seed));
        let mut reporter = Reporter::new(&self.clauses, found);
        let mut starts = Starts::new(self, self.begin(start, &mut bits), &mut reporter);
        if self.clauses.is_plain() {
            self.search_in_turns(starts, &mut bits, &mut reporter, stop);
            return;
        }
        while !starts.search(&mut bits, &mut reporter) && !stop() {}
        starts.weighting.flush(&mut reporter);
    }
}
