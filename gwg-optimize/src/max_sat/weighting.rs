//! Local search with weights of clauses that change (SATLike).

mod raised;
mod scores;

use gwg_core::Bits;

use super::MaxSat;
use super::clauses::Weight;
use super::counts::{Change, Counts};
use super::report::{Pending, Reporter};
use crate::indexed_set::IndexedSet;
use raised::{Raised, alone};
use scores::Scores;

/// How many variables with a gain are compared.
const SAMPLES: usize = 15;
/// Up to how many times its first weight a soft clause grows.
const SOFT_MOST: i64 = 5;
/// The probability that hard clauses lose weight at a feasible local minimum, and soft ones next to hard clauses, and alone.
const LOWER_HARD: f64 = 0.3;
const LOWER_SOFT: [f64; 2] = [0.01, 0.001];
/// The probability that hard clauses lose weight, instead of gaining some, at a local minimum that is not feasible, for so many moves after a feasible
/// one: where feasible states are rare, hard clauses only gain weight.
const LOWER_UNSATISFIED: f64 = 0.01;
const RECENT: u64 = 100_000;
/// The probability that a variable of an unsatisfied clause is drawn without regard to its gain.
const NOISE: f64 = 0.01;

/// A state, and the weight of every clause.
#[derive(Clone, Debug)]
pub(super) struct Weighting<'f> {
    formula: &'f MaxSat,
    counts: Counts,
    scores: Scores,
    weights: Vec<i64>,
    raised: Raised,
    /// Unsatisfied clauses.
    hard: IndexedSet,
    soft: IndexedSet,
    /// The weight of the unsatisfied soft clauses.
    value: f64,
    /// The last flip of each variable.
    last: Vec<u64>,
    moves: u64,
    /// The moves up to the last feasible local minimum.
    feasible_at: Option<u64>,
    /// The least value so far, and the moves up to it.
    best: f64,
    best_at: u64,
    pending: Pending,
}

impl<'f> Weighting<'f> {
    pub(super) fn new(formula: &'f MaxSat, x: Vec<u8>, reporter: &mut Reporter<'_>) -> Self {
        let clauses = &formula.clauses;
        let raised = Raised::new(clauses);
        let mut search = Self {
            formula,
            counts: Counts::new(formula, x),
            scores: Scores::new(formula.variables),
            weights: raised.base.clone(),
            raised,
            hard: IndexedSet::new(clauses.len()),
            soft: IndexedSet::new(clauses.len()),
            value: clauses.constant(),
            last: vec![0; formula.variables],
            moves: 0,
            feasible_at: None,
            best: f64::INFINITY,
            best_at: 0,
            pending: Pending::default(),
        };
        search.count();
        let value = search.objective();
        reporter.reached(&mut search.pending, &search.counts.x, value);
        search
    }

    /// Gains and unsatisfied clauses, from nothing.
    fn count(&mut self) {
        let clauses = &self.formula.clauses;
        for clause in 0..clauses.len() {
            let weight = self.weights[clause];
            match self.counts.true_literals[clause] {
                0 => {
                    self.scores.add_all(clauses.clause(clause), weight);
                    match clauses.weight(clause) {
                        Weight::Hard => self.hard.insert(clause),
                        Weight::Soft(weight) => {
                            self.soft.insert(clause);
                            self.value += weight;
                        }
                    }
                }
                1 => self
                    .scores
                    .add(self.counts.critical[clause] as usize, -weight),
                _ => {}
            }
        }
    }

    pub(super) fn x(&self) -> &[u8] {
        &self.counts.x
    }

    /// The number of moves since the last improvement.
    pub(super) fn idle(&self) -> u64 {
        self.moves - self.best_at
    }

    /// The value of a feasible state, else infinity.
    fn objective(&self) -> f64 {
        if self.hard.is_empty() {
            self.value
        } else {
            f64::INFINITY
        }
    }

    /// Flips one variable. True if nothing better is conceivable.
    pub(super) fn step(&mut self, bits: &mut impl Bits, reporter: &mut Reporter<'_>) -> bool {
        if self.hard.is_empty() && self.soft.is_empty() {
            reporter.flush(&mut self.pending, &self.counts.x);
            return true;
        }
        let variable = if self.scores.good.is_empty() {
            self.reweight(bits);
            self.of_unsatisfied(bits)
        } else {
            self.of_good(bits)
        };
        self.moves += 1;
        self.last[variable] = self.moves;
        self.flip(variable);
        let value = self.objective();
        if value < self.best {
            (self.best, self.best_at) = (value, self.moves);
        }
        reporter.moved(&mut self.pending, &mut self.counts.x, variable, value)
    }

    /// Gives out the state if it is better than all before.
    pub(super) fn flush(&mut self, reporter: &mut Reporter<'_>) {
        reporter.flush(&mut self.pending, &self.counts.x);
    }

    fn flip(&mut self, variable: usize) {
        let clauses = &self.formula.clauses;
        let (scores, weights) = (&mut self.scores, &self.weights);
        let (hard, soft, value) = (&mut self.hard, &mut self.soft, &mut self.value);
        self.counts.flip(self.formula, variable, |clause, change| {
            let weight = weights[clause];
            match change {
                Change::Satisfied => {
                    scores.add_all(clauses.clause(clause), -weight);
                    scores.add(variable, -weight);
                    match clauses.weight(clause) {
                        Weight::Hard => hard.remove(clause),
                        Weight::Soft(weight) => {
                            soft.remove(clause);
                            *value -= weight;
                        }
                    }
                }
                Change::Secured(other) => scores.add(other, weight),
                Change::Endangered(other) => scores.add(other, -weight),
                Change::Falsified => {
                    scores.add_all(clauses.clause(clause), weight);
                    scores.add(variable, weight);
                    match clauses.weight(clause) {
                        Weight::Hard => hard.insert(clause),
                        Weight::Soft(weight) => {
                            soft.insert(clause);
                            *value += weight;
                        }
                    }
                }
            }
        });
    }

    /// The best of a few variables with a gain, of equal ones that which was flipped least recently.
    fn of_good(&self, bits: &mut impl Bits) -> usize {
        let good = self.scores.good.members();
        let mut best = good[0];
        if good.len() <= SAMPLES {
            for &variable in &good[1..] {
                best = self.better(best, variable);
            }
        } else {
            best = good[bits.below(good.len())];
            for _ in 1..SAMPLES {
                best = self.better(best, good[bits.below(good.len())]);
            }
        }
        best as usize
    }

    #[inline]
    fn better(&self, one: u32, other: u32) -> u32 {
        let key = |v: u32| {
            let v = v as usize;
            (self.scores.gains[v], std::cmp::Reverse(self.last[v]))
        };
        if key(other) > key(one) { other } else { one }
    }

    /// The best variable of a random unsatisfied clause, a hard one if there is one; now and then a random variable of it.
    fn of_unsatisfied(&self, bits: &mut impl Bits) -> usize {
        let set = if self.hard.is_empty() {
            &self.soft
        } else {
            &self.hard
        };
        let clause = set.members()[bits.below(set.len())] as usize;
        let literals = self.formula.clauses.clause(clause);
        if bits.unit::<f64>() < NOISE {
            return (literals[bits.below(literals.len())] / 2) as usize;
        }
        let first = literals[0] / 2;
        let best = literals[1..]
            .iter()
            .fold(first, |best, &l| self.better(best, l / 2));
        best as usize
    }

    /// At a local minimum: raises the weights of unsatisfied clauses, and now and then lowers those of satisfied ones that were raised. Soft clauses
    /// change at feasible states only.
    fn reweight(&mut self, bits: &mut impl Bits) {
        let clauses = &self.formula.clauses;
        if self.hard.is_empty() {
            self.feasible_at = Some(self.moves);
            if bits.unit::<f64>() < LOWER_HARD {
                self.lower(|raised| &raised.hard);
            }
            if bits.unit::<f64>() < LOWER_SOFT[alone(clauses)] {
                self.lower(|raised| &raised.soft);
            }
            for place in 0..self.soft.len() {
                let clause = self.soft.members()[place] as usize;
                if self.weights[clause] < SOFT_MOST * self.raised.base[clause] {
                    self.change(clause, self.raised.increments[clause]);
                }
            }
            return;
        }
        let recent = self.feasible_at.is_some_and(|at| self.moves - at < RECENT);
        if recent && bits.unit::<f64>() < LOWER_UNSATISFIED {
            self.lower(|raised| &raised.hard);
            return;
        }
        for place in 0..self.hard.len() {
            let clause = self.hard.members()[place] as usize;
            self.change(clause, self.raised.increments[clause]);
        }
    }

    /// Lowers the weights of satisfied clauses.
    fn lower(&mut self, of: impl Fn(&Raised) -> &IndexedSet) {
        // From the last: a member that is removed gives its place to one that has been seen.
        for place in (0..of(&self.raised).len()).rev() {
            let clause = of(&self.raised).members()[place] as usize;
            if self.counts.true_literals[clause] > 0 {
                self.change(clause, -self.raised.increments[clause]);
            }
        }
    }

    fn change(&mut self, clause: usize, change: i64) {
        let clauses = &self.formula.clauses;
        self.weights[clause] += change;
        let set = match clauses.weight(clause) {
            Weight::Hard => &mut self.raised.hard,
            Weight::Soft(_) => &mut self.raised.soft,
        };
        set.set(clause, self.weights[clause] > self.raised.base[clause]);
        match self.counts.true_literals[clause] {
            0 => self.scores.add_all(clauses.clause(clause), change),
            1 => {
                let variable = self.counts.critical[clause] as usize;
                self.scores.add(variable, -change);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
