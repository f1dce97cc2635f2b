//! Formulas from files: odd but readable ones, and what is refused, with its line.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use std::fs;
use std::path::Path;

use gwg_optimize::max_sat::{Headerless, MaxSatFileError, Weight, read_max_sat};
use gwg_optimize::{MaxSat, Search};
use proptest::prelude::*;
use shared_data::shared_data;

/// The number of states with each number of unsatisfied clauses.
fn histogram(problem: &MaxSat) -> Vec<u64> {
    let sites = problem.sites();
    let mut counts = Vec::new();
    for number in 0..1_usize << sites {
        let x: Vec<u8> = (0..sites).map(|i| (number >> i & 1) as u8).collect();
        let (value, feasible) = problem.value(&x);
        assert!(feasible);
        let value = value as usize;
        counts.resize(counts.len().max(value + 1), 0);
        counts[value] += 1;
    }
    counts
}

#[test]
fn odd_files_are_read_or_refused_as_expected() {
    let Some(folder) = shared_data("sat_exact/awkward") else {
        return;
    };
    let expected = fs::read(folder.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let (mut read, mut refused) = (0, Vec::new());
    for (name, entry) in expected.as_object().unwrap() {
        if name == "wcnf_old.wcnf" {
            continue;
        }
        let found = read_max_sat(&folder.join(name));
        if entry["error_or_warning"].is_string() {
            refused.push(found.unwrap_err().to_string());
            continue;
        }
        let problem = found.unwrap();
        let counts: Vec<u64> =
            serde_json::from_value(entry["unsatisfied_histogram"].clone()).unwrap();
        assert_eq!(histogram(&problem), counts, "{name}");
        read += 1;
    }
    assert_eq!(read, 9);
    for (message, part) in refused.iter().zip([
        "no_header.cnf:1: no header",
        "variable_too_big.cnf:5: literal: found `6`, allowed is an integer from -5 to 5",
        "word.cnf:6: literal: found `x5`",
        "wrong_count.cnf:6: the file ends after 5 clauses, but the header declares 7",
    ]) {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
    assert_eq!(refused.len(), 4);
    let weighted = read_max_sat(&folder.join("wcnf_old.wcnf")).unwrap();
    assert_eq!(weighted.clauses().hard(), 2);
    assert_eq!(weighted.value(&[1, 1, 1, 0, 1, 1, 0]), (3.0, true));
    assert_eq!(weighted.value(&[0, 1, 0, 0, 0, 0, 0]), (0.0, false));
}

fn parse(text: &str) -> MaxSat {
    let parsed = MaxSat::parse(text.as_bytes(), Headerless::Refused);
    parsed.unwrap_or_else(|(line, fault)| panic!("{line}: {fault}"))
}

#[test]
fn both_weighted_formats_are_read() {
    let x = [[0, 0, 0], [1, 0, 1], [0, 1, 1]];
    let values = |problem: &MaxSat| x.map(|x| problem.value(&x));
    let old = parse("c old\np wcnf 3 4 10\n10 1 2 0\n12 -1 -2 0 2.5 -1\n3 0\n4 -3 0\n");
    let new = parse("c new\nh 1 2 0\nh -1 -2 0\n2.5 -1 3 0\n4 -3 0\n");
    assert_eq!(values(&old), [(0.0, false), (4.0, true), (4.0, true)]);
    assert_eq!(values(&old), values(&new));
    let bytes = b"1 2 0\n3 -2 0\n";
    let soft = MaxSat::parse(bytes, Headerless::Weighted).unwrap();
    assert_eq!(soft.value(&[0, 0]), (1.0, true));
    assert_eq!(soft.value(&[0, 1]), (3.0, true));
    let without_top = parse("p wcnf 2 1\n18446744073709551615e-10 1 0\n");
    assert_eq!(without_top.clauses().hard(), 0);
    // Integers that no f64 tells from their neighbors.
    let large = parse("p wcnf 1 2 9007199254740992\n9007199254740991 1 0\n9007199254740992 -1 0\n");
    assert_eq!(large.value(&[0]), (9_007_199_254_740_991.0, true));
    assert_eq!(large.value(&[1]), (0.0, false));
    let (_, fault) = MaxSat::parse(
        b"p wcnf 1 1 18446744073709551615\n18446744073709551614 1 0\n",
        Headerless::Refused,
    )
    .unwrap_err();
    assert!(
        fault
            .to_string()
            .contains("a number from 0 to 9007199254740992"),
        "{fault}"
    );
}

#[test]
fn tautologies_and_repetitions_are_dropped_and_headers_may_be_first() {
    let problem = parse("\u{feff}p cnf 4 5\n1 -1 0\n2 2 -3 0 0 3 0 2 -3 0\n%\n0\nx\n");
    assert_eq!(problem.clauses().len(), 3);
    assert_eq!(problem.clauses().constant(), 1.0);
    assert_eq!(problem.value(&[0, 0, 1, 0]), (3.0, true));
    assert_eq!(parse("p cnf 0 0\n").sites(), 0);
    assert_eq!(parse("p cnf 3 1\n1 0\nc\nc p cnf\n\n").sites(), 3);
    assert_eq!(
        parse("p wcnf 2 1 5\n0 1 0\n").clauses().len(),
        0,
        "a clause of weight 0"
    );
}

#[test]
fn faults_have_their_line() {
    let refused = |text: &str, line, part: &str| {
        let parsed = MaxSat::parse(text.as_bytes(), Headerless::Refused);
        let (found, fault) = parsed.unwrap_err();
        let message = fault.to_string();
        assert_eq!(found, line, "{message}");
        assert!(message.contains(part), "{part:?} is not in: {message}");
    };
    refused("", 1, "no header");
    refused("c only\n", 1, "no header");
    refused("1 2 0\n", 1, "no header");
    refused("p cnf 3\n", 1, "found `p cnf 3`");
    refused("p dnf 3 1\n", 1, "allowed is `p cnf V C`");
    refused("p wcnf 3 1 5 6\n", 1, "found `p wcnf 3 1 5 6`");
    refused(
        "p cnf 99999999999999999999 1\n",
        1,
        "number of variables: found `99999999999999999999`",
    );
    refused("p cnf 16777217 1\n", 1, "an integer from 0 to 16777216");
    refused("p cnf 3 4294967296\n", 1, "number of clauses");
    refused(
        "p cnf 3 4294967295\n1 0\n",
        2,
        "ends after 1 clauses, but the header declares 4294967295",
    );
    refused("p cnf 3 -1\n", 1, "number of clauses: found `-1`");
    refused("p cnf 3 1\n1 0\np cnf 3 1\n", 3, "after that at line 1");
    refused("h 1 0\np cnf 3 1\n", 2, "after clauses");
    refused("p cnf 3 1\n1 0\n2 0\n", 3, "clause number 2");
    // A clause without 0 runs into the next one.
    refused("p cnf 3 2\n1 2\n3 0\n", 3, "ends after 1 clauses");
    refused("p cnf 3 1\n1 -4 0\n", 2, "literal: found `-4`");
    refused("p cnf 3 1\n1 2.5 0\n", 2, "literal: found `2.5`");
    refused("p cnf 3 1\nh 1 0\n", 2, "literal: found `h`");
    for weight in ["nan", "-1", "inf", "1e400", "x", "-0.5", "h"] {
        refused(
            &format!("p wcnf 3 1 9\n{weight} 1 0\n"),
            2,
            "a number of at least 0",
        );
    }
    refused(
        "p wcnf 3 1\n1e300 1 0\n",
        2,
        "weight of a soft clause: found 1",
    );
    refused("p wcnf 3 1 -9\n1 1 0\n", 1, "a positive number for `top`");
    refused("p wcnf 3 1 0\n1 1 0\n", 1, "a positive number for `top`");
    refused("p wcnf 3 1 nan\n1 1 0\n", 1, "a positive number for `top`");
    refused("p wcnf 3 1 9\n9 0\n", 2, "a hard clause without a literal");
    refused("p wcnf 3 1 9\n4 1 0\n5", 3, "clause number 2");
    refused("h 0\n", 1, "a hard clause without a literal");
    refused("h 1 2\nh 3 0\n", 1, "no 0 at the end");
    refused("h 1 0\nx 3 0\n", 2, "`h` or a number");
    refused("h 1 0\n2 99999999 0\n", 2, "literal: found `99999999`");
    let bytes = b"p cnf 1 1\n1 \xff 0\n";
    let (line, fault) = MaxSat::parse(bytes, Headerless::Refused).unwrap_err();
    assert_eq!(
        (line, fault.to_string().as_str()),
        (2, "not text: byte 12 of the file is not UTF-8")
    );
}

#[test]
fn files_without_a_header_are_weighted_by_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, "2 1 -2 0\n").unwrap();
        read_max_sat(&path)
    };
    assert_eq!(write("a.wcnf").unwrap().value(&[0, 1]), (2.0, true));
    let message = write("a.cnf").unwrap_err().to_string();
    assert!(message.contains("a.cnf:1: no header"), "{message}");
    let missing = read_max_sat(Path::new("/no/such/file.cnf"));
    assert!(matches!(missing, Err(MaxSatFileError::Read(_))));
    let mut clauses = gwg_optimize::max_sat::Clauses::default();
    clauses.push(&[1, 1, -2], Weight::Soft(2.0)).unwrap();
    assert_eq!(write("b.wcnf").unwrap().clauses(), &clauses);
}

proptest! {
    #[test]
    fn any_words_are_read_or_refused(
        words in prop::collection::vec("p|cnf|wcnf|h|c|%|0|-?[0-9]{1,3}|16777216|99999999999999999999|nan|1e999|\n", 0..60), weighted: bool
    ) {
        let headerless = if weighted { Headerless::Weighted } else { Headerless::Refused };
        if let Err((line, fault)) = MaxSat::parse(words.join(" ").as_bytes(), headerless) {
            prop_assert!(line >= 1 && !fault.to_string().chars().any(char::is_control));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = MaxSat::parse(&bytes, Headerless::Weighted);
    }
}
