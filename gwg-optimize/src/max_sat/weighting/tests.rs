//! What is updated against what is counted anew.

use gwg_core::SplitMix64;
use proptest::prelude::*;

use super::*;
use crate::max_sat::Clauses;
use crate::max_sat::clauses::holds;
use crate::max_sat::test_formulas::formulas;

/// The weight of unsatisfied clauses in the search.
fn weight(search: &Weighting<'_>, x: &[u8]) -> i64 {
    let clauses = &search.formula.clauses;
    let unsatisfied = |&c: &usize| !clauses.clause(c).iter().any(|&l| holds(l, x));
    (0..clauses.len())
        .filter(unsatisfied)
        .map(|c| search.weights[c])
        .sum()
}

fn check(search: &Weighting<'_>) -> Result<(), TestCaseError> {
    let x = search.x().to_vec();
    let here = weight(search, &x);
    for variable in 0..x.len() {
        let mut flipped = x.clone();
        flipped[variable] ^= 1;
        let gain = here - weight(search, &flipped);
        prop_assert_eq!(search.scores.gains[variable], gain);
        prop_assert_eq!(search.scores.good.contains(variable), gain > 0);
    }
    let (value, feasible) = search.formula.clauses.value(&x);
    prop_assert!((search.value - value).abs() < 1e-9);
    prop_assert_eq!(search.hard.is_empty(), feasible);
    for clause in 0..search.weights.len() {
        let base = search.raised.base[clause];
        prop_assert!(search.weights[clause] >= base);
        let is_raised = search.raised.hard.contains(clause) || search.raised.soft.contains(clause);
        prop_assert_eq!(is_raised, search.weights[clause] > base);
    }
    Ok(())
}

proptest! {
    #[test]
    fn gains_are_those_of_flips(formula in formulas(), seed: u64) {
        let clauses = formula.clauses.clone();
        let mut ignored = |_: f64, _: &[u8]| {};
        let mut reporter = Reporter::new(&clauses, &mut ignored);
        let mut bits = SplitMix64::new(seed);
        let start = formula.begin(None, &mut bits);
        let mut search = Weighting::new(&formula, start, &mut reporter);
        check(&search)?;
        for _ in 0..60 {
            if search.step(&mut bits, &mut reporter) {
                break;
            }
            check(&search)?;
        }
    }
}

/// Local minima of all kinds are met: weights of hard and of soft clauses grow, and hard ones shrink again.
#[test]
fn weights_grow_and_shrink() {
    let mut clauses = Clauses::default();
    for (i, j) in [(1, 2), (2, 3), (3, 4), (4, 5), (5, 1)] {
        clauses.push(&[i, j], Weight::Hard).unwrap();
        clauses.push(&[-i], Weight::Soft(2.5)).unwrap();
    }
    let formula = MaxSat::new(5, clauses.clone()).unwrap();
    let mut best = f64::INFINITY;
    let mut found = |value, _: &[u8]| best = value;
    let mut reporter = Reporter::new(&clauses, &mut found);
    let mut bits = SplitMix64::new(1);
    let mut search = Weighting::new(&formula, vec![0; 5], &mut reporter);
    let (mut grown, mut shrunk) = ([false; 2], false);
    for _ in 0..500 {
        let before = search.weights.clone();
        assert!(!search.step(&mut bits, &mut reporter));
        for (clause, before) in before.into_iter().enumerate() {
            grown[clause % 2] |= search.weights[clause] > before;
            shrunk |= clause % 2 == 0 && search.weights[clause] < before;
        }
    }
    assert!(grown == [true; 2] && shrunk);
    // A vertex cover of a pentagon has three vertices.
    assert_eq!(best, 7.5);
}
