//! Edge lists: real graphs, and every fault with its line number.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "io_edges/formats.rs"]
mod formats;
#[path = "support/shared_data.rs"]
mod shared_data;

use std::fs;
use std::path::Path;

use gwg_models::io::edges::parse_edges;
use gwg_models::io::{EdgeList, IoError, read_edges};
use proptest::prelude::*;
use shared_data::shared_data;

fn parse(text: &str) -> EdgeList {
    parse_edges(text.as_bytes()).unwrap_or_else(|(line, e)| panic!("{line}: {e}"))
}

/// Checks that the file is rejected at `line`, with a message that contains `part`.
fn assert_refused(text: impl AsRef<[u8]>, line: usize, part: &str) {
    let (found, fault) = parse_edges(text.as_ref()).expect_err("refused");
    let message = fault.to_string();
    assert_eq!(found, line, "{message}");
    assert!(message.contains(part), "{part:?} is not in: {message}");
}

#[test]
fn weights_default_to_one_and_comments_are_skipped() {
    let list = parse("% graph\n\n 3  2 # header\r\n1 2 -0.5\n\n# another edge\n3\t2 2\n");
    assert_eq!(list.sites, 3);
    assert_eq!(list.edges, [(0, 1, -0.5), (2, 1, 2.0)]);
    let list = parse("3 2\n1 2 # no weight\n3 2");
    assert_eq!(list.edges, [(0, 1, 1.0), (2, 1, 1.0)]);
    assert_eq!(parse("5 0").edges, []);
}

#[test]
fn each_fault_is_reported_with_its_line() {
    assert_refused("", 1, "no header");
    assert_refused("3 1 2 4\n", 1, "found 4 words, allowed is `n m`");
    assert_refused("\n# nothing\n", 1, "no header");
    assert_refused("3", 1, "found 1 words, allowed is `n m`");
    assert_refused("3 1 2\n", 1, "found `3 1 2` in place of the header `n m`");
    assert_refused(
        "0 0",
        1,
        "number of vertices: found `0`, allowed is an integer from 1",
    );
    assert_refused("4294967296 0", 1, "to 4294967295");
    assert_refused("x 0", 1, "number of vertices: found `x`");
    assert_refused("3 -1", 1, "number of edges: found `-1`");
    assert_refused("3 1\n\n1\n", 3, "found 1 words, allowed is `i j [w]`");
    assert_refused("3 1\n1 2 3 4\n", 2, "found 4 words");
    assert_refused(
        "3 1\n1 4\n",
        2,
        "vertex: found `4`, allowed is an integer from 1 to 3",
    );
    assert_refused("3 1\n0 1\n", 2, "vertex: found `0`");
    assert_refused("3 1\n1.0 2\n", 2, "vertex: found `1.0`");
    assert_refused(
        "3 1\n2 2\n",
        2,
        "edge 2 2: a vertex cannot be its own neighbor",
    );
    assert_refused("3 1\n1 2 heavy\n", 2, "weight: found `heavy`");
    assert_refused("3 1\n1 2 NaN\n", 2, "weight: found `NaN`");
    assert_refused("3 1\n1 2 1e999\n", 2, "weight: found `1e999`");
    assert_refused(
        "3 2\n1 2 1\n# again\n2 1 5\n",
        4,
        "edge 2 1: already at line 2",
    );
    assert_refused(
        "3 1\n1 2\n2 3\n",
        3,
        "edge number 2, but the header declares 1",
    );
    assert_refused(
        "3 2\n1 2\n",
        2,
        "ends after 1 edges, but the header declares 2",
    );
    assert_refused(b"2 1\n1 \xff\n", 2, "byte 6 of the file is not UTF-8");
}

#[test]
fn all_edges_have_a_weight_or_none_has() {
    assert_refused(
        "3 2\n1 2\n\n2 3 0.5\n",
        4,
        "an edge with a weight, but that at line 2 has none",
    );
    assert_refused(
        "4 3\n1 2 1\n2 3 1\n3 4\n",
        4,
        "an edge without a weight, but that at line 2 has one",
    );
}

#[test]
fn a_wrong_header_reserves_no_memory() {
    assert_refused(
        "4294967295 18446744073709551615\n1 2\n",
        2,
        "ends after 1 edges",
    );
}

#[test]
fn the_message_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loop.txt");
    fs::write(&path, "2 1\n1 1\n").unwrap();
    let message = read_edges(&path).unwrap_err().to_string();
    assert!(message.contains("loop.txt:2: edge 1 1"), "{message}");

    let missing = read_edges(&folder.path().join("none.txt")).unwrap_err();
    assert!(matches!(missing, IoError::Read { .. }), "{missing}");
    let not_a_file = read_edges(folder.path()).unwrap_err();
    assert!(
        matches!(not_a_file, IoError::NotAFile { .. }),
        "{not_a_file}"
    );
}

/// Compares the header, and the cut of a partition of the vertices, with text written by another program.
fn assert_cut(path: &Path, division: &[u8], wanted: f64) {
    let list = read_edges(path).unwrap_or_else(|e| panic!("{e}"));
    let text = fs::read_to_string(path).unwrap();
    let header = format!("{} {}", list.sites, list.edges.len());
    assert_eq!(
        text.lines().next().unwrap().trim(),
        header,
        "{}",
        path.display()
    );
    let cut = list
        .edges
        .iter()
        .filter(|&&(i, j, _)| division[i] != division[j]);
    let cut: f64 = cut.map(|(_, _, weight)| weight).sum();
    assert_eq!(cut, wanted, "{}", path.display());
}

/// A random graph from `gwg-bench/tests/data/make_reference.py`.
#[test]
fn a_graph_from_python_is_read_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let facts: serde_json::Value = serde_json::from_str(include_str!("data/graph.json")).unwrap();
    let division: Vec<u8> = serde_json::from_value(facts["division"].clone()).unwrap();
    assert_cut(
        &folder.join("graph.txt"),
        &division,
        facts["cut"].as_f64().unwrap(),
    );
}

#[test]
fn the_gset_graphs_are_read_whole() {
    let Some(folder) = shared_data("gset") else {
        return;
    };
    let names = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let graphs: Vec<_> = names
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .filter(|path| !path.display().to_string().contains("_witness"))
        .filter(|path| path.file_name().is_some_and(|name| name != "README.txt"))
        .collect();
    assert!(!graphs.is_empty());
    for path in graphs {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let witness = fs::read(folder.join(format!("{name}_witness.txt"))).unwrap();
        assert_cut(&path, &witness, stated_cut(&folder, name));
    }
}

fn stated_cut(folder: &Path, name: &str) -> f64 {
    let index = fs::read_to_string(folder.join("index.csv")).unwrap();
    let rows: Vec<Vec<&str>> = index.lines().map(|row| row.split(',').collect()).collect();
    let column = rows[0].iter().position(|c| *c == "witness_cut").unwrap();
    let row = rows.iter().find(|row| row[0] == name).unwrap();
    row[column].parse().unwrap()
}

fn list() -> impl Strategy<Value = EdgeList> {
    (2usize..9).prop_flat_map(|sites| {
        let pairs: Vec<_> = (0..sites)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .collect();
        let count = pairs.len();
        let weights = prop::collection::vec(prop::num::f64::NORMAL, count);
        (prop::sample::subsequence(pairs, 0..=count), weights).prop_map(move |(pairs, weights)| {
            let edges = pairs.into_iter().zip(weights).map(|((i, j), w)| (i, j, w));
            EdgeList {
                sites,
                edges: edges.collect(),
                fields: Vec::new(),
            }
        })
    })
}

fn text(list: &EdgeList) -> String {
    let mut text = format!("{} {}\n", list.sites, list.edges.len());
    for (i, j, weight) in &list.edges {
        text += &format!("{} {} {weight:e}\n", i + 1, j + 1);
    }
    text
}

proptest! {
    #[test]
    fn written_files_are_read_back(list in list()) {
        prop_assert_eq!(parse_edges(text(&list).as_bytes()), Ok(list));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_edges(&bytes);
    }

    #[test]
    fn no_mutation_makes_the_reader_panic(
        list in list(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = text(&list).into_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(read) = parse_edges(&bytes) {
            let inside = |v: usize| v < read.sites;
            prop_assert!(read.edges.iter().all(|&(i, j, w)| inside(i) && inside(j) && i != j && w.is_finite()));
        }
    }

    #[test]
    fn no_line_of_numbers_makes_the_reader_panic(text in "[0-9 \n.#%-]{0,60}") {
        let _ = parse_edges(text.as_bytes());
    }
}
