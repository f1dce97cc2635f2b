//! Small formulas of all kinds, for tests.

use proptest::prelude::*;

use super::{Clauses, MaxSat, Weight};

const VARIABLES: i64 = 6;

fn literal() -> impl Strategy<Value = i64> {
    (1..=VARIABLES, any::<bool>()).prop_map(|(v, negated)| if negated { -v } else { v })
}

fn weight() -> impl Strategy<Value = Weight> {
    prop_oneof![
        Just(Weight::Hard),
        (0_u32..20).prop_map(|w| Weight::Soft(f64::from(w))),
        (0.0..3.0).prop_map(Weight::Soft),
    ]
}

/// Formulas of six variables with hard and soft clauses, tautologies, repeated literals and soft clauses without a literal.
pub(super) fn formulas() -> impl Strategy<Value = MaxSat> {
    let clause = (prop::collection::vec(literal(), 0..5), weight());
    prop::collection::vec(clause, 0..25).prop_map(|listed| {
        let mut clauses = Clauses::default();
        for (literals, weight) in listed {
            let no_hard = literals.is_empty() && weight == Weight::Hard;
            let weight = if no_hard { Weight::Soft(1.0) } else { weight };
            clauses.push(&literals, weight).unwrap();
        }
        MaxSat::new(VARIABLES as usize, clauses).unwrap()
    })
}

/// Formulas of soft clauses of one weight.
pub(super) fn plain_formulas() -> impl Strategy<Value = MaxSat> {
    prop::collection::vec(prop::collection::vec(literal(), 1..9), 1..40).prop_map(|listed| {
        let mut clauses = Clauses::default();
        for literals in listed {
            clauses.push(&literals, Weight::Soft(1.5)).unwrap();
        }
        MaxSat::new(VARIABLES as usize, clauses).unwrap()
    })
}
