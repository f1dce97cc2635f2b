//! MAX-SAT: known optima, enumeration, hard clauses.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/search.rs"]
mod search;
#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use std::fs;
use std::path::Path;

use gwg_optimize::max_sat::{ClauseFault, Clauses, MAX_VARIABLES, Weight, read_max_sat};
use gwg_optimize::{MaxSat, Search, Sense};
use proptest::prelude::*;
use search::{enumerated, run};
use shared_data::shared_data;

const VARIABLES: i64 = 7;

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

fn listed(weight: impl Strategy<Value = Weight>) -> impl Strategy<Value = Vec<(Vec<i64>, Weight)>> {
    let clause = (prop::collection::vec(literal(), 1..5), weight);
    prop::collection::vec(clause, 0..40)
}

fn problem(listed: &[(Vec<i64>, Weight)]) -> MaxSat {
    let mut clauses = Clauses::default();
    for (literals, weight) in listed {
        clauses.push(literals, *weight).unwrap();
    }
    MaxSat::new(VARIABLES as usize, clauses).unwrap()
}

/// The value by the definition.
fn value(listed: &[(Vec<i64>, Weight)], x: &[u8]) -> (f64, bool) {
    let (mut sum, mut feasible) = (0.0, true);
    for (literals, weight) in listed {
        let holds = |l: &i64| (x[l.unsigned_abs() as usize - 1] == 1) == (*l > 0);
        if literals.iter().any(holds) {
            continue;
        }
        match weight {
            Weight::Hard => feasible = false,
            Weight::Soft(weight) => sum += weight,
        }
    }
    (sum, feasible)
}

fn assert_optimum(listed: &[(Vec<i64>, Weight)], seed: u64) -> Result<(), TestCaseError> {
    let problem = problem(listed);
    let (least, feasible) = enumerated(&problem);
    let found = run(&problem, seed, None, 60);
    prop_assert_eq!(found.is_empty(), !feasible);
    for (value_found, x) in &found {
        let (value, feasible) = value(listed, x);
        prop_assert!(feasible && (value - value_found).abs() < 1e-9);
    }
    if let Some((value, _)) = found.last() {
        prop_assert!((value - least).abs() < 1e-6, "{} for {}", value, least);
    }
    prop_assert!(found.windows(2).all(|pair| pair[1].0 < pair[0].0));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_least_weight_of_all_states_is_found(listed in listed(weight()), seed: u64) {
        assert_optimum(&listed, seed)?;
    }

    #[test]
    fn the_fewest_unsatisfied_clauses_are_found(listed in listed(Just(Weight::Soft(1.0))), seed: u64) {
        assert_optimum(&listed, seed)?;
    }

    #[test]
    fn the_value_is_that_of_the_definition(listed in listed(weight()), x in prop::collection::vec(0_u8..2, VARIABLES as usize)) {
        let (found, feasible) = problem(&listed).value(&x);
        let (expected, as_defined) = value(&listed, &x);
        prop_assert!((found - expected).abs() < 1e-9);
        prop_assert_eq!(feasible, as_defined);
    }

    #[test]
    fn a_start_is_where_the_search_begins(listed in listed(Just(Weight::Soft(1.0))), x in prop::collection::vec(0_u8..2, VARIABLES as usize)) {
        let problem = problem(&listed);
        let first = run(&problem, 1, Some(&x), 1).swap_remove(0);
        prop_assert!(first.0 <= problem.value(&x).0);
    }
}

/// Reads a formula of `shared/data`, and asserts that searches reach the value that is known to be the least.
fn assert_reaches(path: &Path, least: f64) {
    let problem = read_max_sat(path).unwrap();
    for seed in 0..3 {
        let found = run(&problem, seed, None, 300);
        assert_eq!(
            found.last().map(|f| f.0),
            Some(least),
            "{}, seed {seed}",
            path.display()
        );
    }
}

#[test]
fn formulas_of_satlib_are_solved() {
    let Some(folder) = shared_data("sat") else {
        return;
    };
    let index = fs::read_to_string(folder.join("index.csv")).unwrap();
    let lines: Vec<&str> = index.lines().skip(1).collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        let words: Vec<&str> = line.split(',').collect();
        let [name, _, _, status, model] = words[..] else {
            panic!("{line}");
        };
        let path = folder.join(name);
        // The unsatisfiable one has 218 clauses, of which 217 can be satisfied: a search reports such a state.
        assert_reaches(&path, if status == "SAT" { 0.0 } else { 1.0 });
        let x: Vec<u8> = model
            .split_whitespace()
            .map(|l| u8::from(!l.starts_with('-')))
            .collect();
        if status == "SAT" {
            assert_eq!(
                read_max_sat(&path).unwrap().value(&x),
                (0.0, true),
                "{name}"
            );
        }
    }
}

#[test]
fn formulas_with_proved_optima_are_solved() {
    let Some(folder) = shared_data("sat_exact") else {
        return;
    };
    let index = fs::read(folder.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let entries = index.as_object().unwrap();
    assert_eq!(entries.len(), 5);
    for (name, entry) in entries {
        let path = folder.join(format!("{name}.cnf"));
        assert_reaches(&path, entry["min_unsatisfied"].as_f64().unwrap());
        for witness in ["planted", "witness"] {
            let Some(bits) = entry[witness].as_str() else {
                continue;
            };
            let x: Vec<u8> = bits.bytes().map(|b| b - b'0').collect();
            let value = read_max_sat(&path).unwrap().value(&x);
            assert_eq!(
                value,
                (entry["min_unsatisfied"].as_f64().unwrap(), true),
                "{name}"
            );
        }
    }
}

/// A maximum independent set: edges are hard clauses, vertices soft ones.
#[test]
fn independent_sets_are_found_by_hard_clauses() {
    let Some(folder) = shared_data("mis") else {
        return;
    };
    for (name, independence) in [("er_24_0.2", 10), ("er_60_0.15", 19), ("rb_20_11", 20)] {
        let graph = gwg_models::io::read_edges(&folder.join(format!("{name}.mis"))).unwrap();
        let mut clauses = Clauses::default();
        for &(i, j, _) in &graph.edges {
            clauses
                .push(&[-(i as i64 + 1), -(j as i64 + 1)], Weight::Hard)
                .unwrap();
        }
        for i in 1..=graph.sites {
            clauses.push(&[i as i64], Weight::Soft(1.0)).unwrap();
        }
        let problem = MaxSat::new(graph.sites, clauses).unwrap();
        let found = run(&problem, 1, None, 1000);
        let (value, x) = found.last().unwrap();
        assert_eq!(*value, (graph.sites - independence) as f64, "{name}");
        assert!(
            graph.edges.iter().all(|&(i, j, _)| x[i] + x[j] < 2),
            "{name}"
        );
    }
}

#[test]
fn results_depend_on_the_seed_and_the_moves_alone() {
    for hard in [false, true] {
        let clause = |i: i64| {
            [(0, 1), (1, 3), (2, 7)].map(|(k, a)| {
                let variable = (i * a + i * i + k * 31) % 60 + 1;
                if (i * (k + 3) + a) % 5 < 2 {
                    -variable
                } else {
                    variable
                }
            })
        };
        let mut clauses = Clauses::default();
        for i in 0..400 {
            let weight = if hard && i < 30 {
                Weight::Hard
            } else {
                Weight::Soft(1.0 + f64::from(u8::from(hard)) * (i % 9) as f64)
            };
            clauses.push(&clause(i), weight).unwrap();
        }
        let problem = MaxSat::new(60, clauses).unwrap();
        assert_eq!((problem.states(), problem.sense()), (2, Sense::Min));
        let one = run(&problem, 5, None, 10);
        assert_eq!(one, run(&problem, 5, None, 10));
        assert_ne!(one, run(&problem, 6, None, 10));
        let longer = run(&problem, 5, None, 20);
        assert_eq!(longer[..one.len()], one);
    }
}

#[test]
fn impossible_formulas_report_nothing_and_trivial_ones_end() {
    let mut clauses = Clauses::default();
    for literals in [[1, 2], [1, -2], [-1, 2], [-1, -2]] {
        clauses.push(&literals, Weight::Hard).unwrap();
    }
    let problem = MaxSat::new(2, clauses).unwrap();
    assert_eq!(run(&problem, 1, None, 10), []);
    let empty = MaxSat::new(2, Clauses::default()).unwrap();
    assert_eq!(run(&empty, 1, None, 1).last().unwrap().0, 0.0);
    let none = MaxSat::new(0, Clauses::default()).unwrap();
    assert_eq!(run(&none, 1, None, 1), [(0.0, vec![])]);
    let mut clauses = Clauses::default();
    clauses.push(&[], Weight::Soft(2.5)).unwrap();
    clauses.push(&[3, -3], Weight::Hard).unwrap();
    let constant = MaxSat::new(3, clauses).unwrap();
    assert_eq!(run(&constant, 1, None, 1).last().unwrap().0, 2.5);
}

/// Weights that differ by all orders of magnitude, down to the smallest numbers.
#[test]
fn tiny_and_huge_weights_do_not_overflow() {
    for weights in [[1e-320, 2e-320], [5e-324, 9e15], [1e-300, 1.0]] {
        let mut clauses = Clauses::default();
        for (literal, weight) in [1, -1].into_iter().zip(weights) {
            clauses.push(&[literal], Weight::Soft(weight)).unwrap();
        }
        clauses.push(&[1, 2], Weight::Hard).unwrap();
        let problem = MaxSat::new(2, clauses).unwrap();
        let found = run(&problem, 1, None, 20);
        assert_eq!(found.last().unwrap(), &(weights[0], vec![0, 1]));
    }
}

#[test]
fn faulty_clauses_are_refused() {
    let push = |literals: &[i64], weight| Clauses::default().push(literals, weight).unwrap_err();
    let soft = Weight::Soft(1.0);
    assert_eq!(push(&[1, 0], soft), ClauseFault::Zero);
    assert_eq!(push(&[], Weight::Hard), ClauseFault::HardEmpty);
    let most = MAX_VARIABLES;
    for literal in [i64::MIN, i64::MAX, most as i64 + 1] {
        let found = literal.unsigned_abs();
        assert_eq!(
            push(&[literal], soft),
            ClauseFault::Variable { found, most }
        );
    }
    for weight in [-1.0, f64::INFINITY, 1e16] {
        let fault = ClauseFault::Weight { found: weight };
        assert_eq!(push(&[1], Weight::Soft(weight)), fault);
    }
    assert!(matches!(
        push(&[1], Weight::Soft(f64::NAN)),
        ClauseFault::Weight { .. }
    ));
    let mut clauses = Clauses::default();
    clauses.push(&[5], soft).unwrap();
    let fault = MaxSat::new(4, clauses).unwrap_err();
    assert_eq!(fault, ClauseFault::Variable { found: 5, most: 4 });
    assert!(MaxSat::new(MAX_VARIABLES + 1, Clauses::default()).is_err());
}
