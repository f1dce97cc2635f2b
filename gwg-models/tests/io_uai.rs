//! Factor graphs in the UAI format: valid files, and every fault with its line.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use gwg_models::io::uai::{is_uai, parse_uai};
use gwg_models::io::{FactorList, GraphFile, read_graph};
use gwg_models::{Coupling, PairFactor};
use proptest::prelude::*;

/// The example of the format's description, with a factor of one variable, and a constant.
const EXAMPLE: &str = "MARKOV\n3\n2 2 3\n4\n1 0\n2 0 1\n2 1 2\n0\n\n2\n 0.436 0.564\n\n4\n 0.128 0.872\n 0.920 0.080\n\n6\n 0.210 0.333 0.457\n 0.811 1e-3 0.189\n1 5\n";

fn parse(text: &str) -> FactorList {
    parse_uai(text.as_bytes()).unwrap_or_else(|(line, e)| panic!("{line}: {e}"))
}

/// Checks that the file is rejected at `line`, with a message that contains `part`.
fn assert_refused(text: impl AsRef<[u8]>, line: usize, part: &str) {
    let (found, fault) = parse_uai(text.as_ref()).expect_err("refused");
    let message = fault.to_string();
    assert_eq!(found, line, "{message}");
    assert!(message.contains(part), "{part:?} is not in: {message}");
}

fn table(pair: &PairFactor) -> Vec<f64> {
    match &pair.coupling {
        Coupling::Table(table) => table.iter().map(|t| t.exp()).collect(),
        other => panic!("{other:?}"),
    }
}

fn close(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len());
    let mut pairs = found.iter().zip(wanted);
    assert!(
        pairs.all(|(a, b)| (a - b).abs() < 1e-12),
        "{found:?} {wanted:?}"
    );
}

#[test]
fn tables_become_logarithms() {
    let list = parse(EXAMPLE);
    assert_eq!(list.states, [2, 2, 3]);
    assert_eq!(list.unary.len(), 1);
    let field: Vec<f64> = list.field().iter().map(|h| h.exp()).collect();
    close(&field, &[0.436, 0.564, 1.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(list.pairs[0].sites, (0, 1));
    close(&table(&list.pairs[0]), &[0.128, 0.872, 0.920, 0.080]);
    assert_eq!(list.pairs[1].sites, (1, 2));
    close(
        &table(&list.pairs[1]),
        &[0.210, 0.333, 0.457, 0.811, 1e-3, 0.189],
    );
    assert_eq!(parse(&EXAMPLE.replace('\n', "\r\n")), list);
    assert_eq!(parse(&EXAMPLE.replace("MARKOV", "  BAYES")), list);
}

#[test]
fn factors_of_the_same_variables_are_added_up() {
    let list = parse(
        "MARKOV 2 2 3 4 2 0 1 2 1 0 1 1 1 1\n6 1 2 3 4 5 6\n6 1 10 2 20 3 30\n3 1 2 3 3 2 2 2",
    );
    assert_eq!(list.pairs.len(), 1);
    close(&table(&list.pairs[0]), &[1.0, 4.0, 9.0, 40.0, 100.0, 180.0]);
    let field: Vec<f64> = list.field().iter().map(|h| h.exp()).collect();
    close(&field, &[1.0, 1.0, 2.0, 4.0, 6.0]);
}

#[test]
fn each_fault_is_reported_with_its_line() {
    assert_refused("", 1, "the file ends where MARKOV is expected");
    assert_refused("markov 1 2 0", 1, "found `markov`");
    assert_refused("MARKOV\n", 1, "the file ends where number of variables");
    assert_refused(
        "MARKOV\n0",
        2,
        "number of variables: found `0`, allowed is an integer from 1",
    );
    assert_refused(
        "MARKOV\n4294967295\n2 2\n",
        3,
        "the file ends where number of states",
    );
    assert_refused(
        "MARKOV\n2\n2 1\n",
        3,
        "number of states: found `1`, allowed is an integer from 2 to 256",
    );
    assert_refused("MARKOV\n2\n2 257\n", 3, "found `257`");
    assert_refused("MARKOV\n1\n2\n-1\n", 4, "number of factors: found `-1`");
    assert_refused(
        "MARKOV\n1\n2\n18446744073709551615\n1 0\n",
        5,
        "the file ends",
    );
    assert_refused(
        "MARKOV\n3\n2 2 2\n1\n3 0 1 2\n8 1 1 1 1 1 1 1 1",
        5,
        "factor 0 (from 0): found 3 variables, allowed are at most 2",
    );
    assert_refused(
        "MARKOV\n3\n2 2 2\n1\n2 0 3\n",
        5,
        "variable: found `3`, allowed is an integer from 0 to 2",
    );
    assert_refused(
        "MARKOV\n3\n2 2 2\n1\n2 1 1\n",
        5,
        "variable 1 is listed twice",
    );
    assert_refused(
        "MARKOV\n2\n2 3\n1\n2 0 1\n5\n",
        6,
        "found a table of 5 numbers, needed are 6",
    );
    assert_refused(
        "MARKOV\n1\n2\n1\n1 0\n2 1\n0.0\n",
        7,
        "entry 1: found 0, a hard constraint",
    );
    assert_refused("MARKOV\n1\n2\n1\n1 0\n2 -1 1\n", 6, "entry 0: found `-1`");
    assert_refused("MARKOV\n1\n2\n1\n1 0\n2 nan 1\n", 6, "entry 0: found `nan`");
    assert_refused("MARKOV\n1\n2\n1\n1 0\n2 inf 1\n", 6, "found `inf`");
    assert_refused(
        "MARKOV\n1\n2\n1\n1 0\n2 1\n",
        6,
        "the file ends where a number of a table",
    );
    assert_refused(
        "MARKOV\n1\n2\n1\n1 0\n2 1 1\n\n7",
        8,
        "found `7` after the last table",
    );
    assert_refused(b"MARKOV\n1\n\xff", 3, "byte 9 of the file is not UTF-8");
}

#[test]
fn the_first_word_determines_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph");
    std::fs::write(&path, EXAMPLE).unwrap();
    assert_eq!(
        read_graph(&path).unwrap(),
        GraphFile::Factors(parse(EXAMPLE))
    );
    std::fs::write(&path, "2 1\n1 2 0.5\n").unwrap();
    assert!(matches!(read_graph(&path), Ok(GraphFile::Edges(list)) if list.sites == 2));
    std::fs::write(&path, "MARKOV x").unwrap();
    let error = read_graph(&path).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "{}:1: number of variables: found `x`, allowed is an integer from 1 to 4294967295",
            path.display()
        )
    );
    assert!(is_uai(b"\n MARKOV") && !is_uai(b"MARKOVIAN 2") && !is_uai(b""));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(any in prop::collection::vec(any::<u8>(), 0..120), words in "MARKOV( [0-4]){0,40}") {
        let _ = (parse_uai(&any), parse_uai(words.as_bytes()));
    }

    #[test]
    fn no_mutation_makes_it_panic(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = parse_uai(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = parse_uai(&bytes);
    }
}
