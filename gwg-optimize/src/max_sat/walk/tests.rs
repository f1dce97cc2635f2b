//! What is updated against what is counted anew.

use gwg_core::SplitMix64;
use proptest::prelude::*;

use super::*;
use crate::max_sat::clauses::holds;
use crate::max_sat::test_formulas::plain_formulas;

fn check(walk: &Walk<'_>) -> Result<(), TestCaseError> {
    let clauses = &walk.formula.clauses;
    let x = &walk.counts.x;
    let mut breaks = vec![0; x.len()];
    for clause in 0..clauses.len() {
        let true_literals = clauses.clause(clause).iter().filter(|&&l| holds(l, x));
        let variables: Vec<u32> = true_literals.map(|l| l / 2).collect();
        prop_assert_eq!(walk.falsified.contains(clause), variables.is_empty());
        if let [only] = variables[..] {
            breaks[only as usize] += 1;
        }
    }
    prop_assert_eq!(&walk.breaks, &breaks);
    Ok(())
}

proptest! {
    #[test]
    fn breaks_are_those_of_the_state(formula in plain_formulas(), seed: u64) {
        let clauses = formula.clauses.clone();
        let mut ignored = |_: f64, _: &[u8]| {};
        let mut reporter = Reporter::new(&clauses, &mut ignored);
        let mut bits = SplitMix64::new(seed);
        let mut walk = Walk::new(&formula, formula.begin(None, &mut bits), &mut reporter);
        check(&walk)?;
        for _ in 0..60 {
            if walk.step(&mut bits, &mut reporter) {
                break;
            }
            check(&walk)?;
        }
    }
}

/// In an unsatisfied clause, variables are drawn in proportion to `(.9 + breaks)^-2.06`.
#[test]
fn variables_are_drawn_by_their_breaks() {
    let mut clauses = crate::max_sat::Clauses::default();
    let soft = Weight::Soft(1.0);
    clauses.push(&[1, 2], soft).unwrap();
    for other in 3..6 {
        // Without variable 1, only -1 satisfies these.
        clauses.push(&[-1, other], soft).unwrap();
    }
    let formula = MaxSat::new(5, clauses).unwrap();
    let listed = formula.clauses.clone();
    let mut ignored = |_: f64, _: &[u8]| {};
    let mut reporter = Reporter::new(&listed, &mut ignored);
    let mut walk = Walk::new(&formula, vec![0; 5], &mut reporter);
    let mut bits = SplitMix64::new(3);
    let draws = 100_000;
    let first = (0..draws)
        .filter(|_| walk.choose(0, &mut bits) == 0)
        .count();
    let ratio = (3.9_f64 / 0.9).powf(-2.06);
    let expected = f64::from(draws) * ratio / (1.0 + ratio);
    // Six standard deviations of a binomial count.
    assert!((first as f64 - expected).abs() < 6.0 * expected.sqrt());
    assert!(expected > 4000.0);
}
