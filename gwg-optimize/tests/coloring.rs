//! Coloring: known chromatic numbers, enumeration, the reader.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/search.rs"]
mod search;
#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use std::fs;

use gwg_optimize::coloring::{ColoringError, ColoringFileError, read_coloring};
use gwg_optimize::{Coloring, Search, Sense};
use proptest::prelude::*;
use search::{enumerated, run};
use shared_data::shared_data;

fn random_graph() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
    (2_usize..8).prop_flat_map(|n| {
        let pair = (0..n, 0..n).prop_filter("no loop", |(i, j)| i != j);
        (Just(n), prop::collection::vec(pair, 0..24))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_fewest_conflicts_of_all_states_are_found((n, edges) in random_graph(), colors in 1_usize..4, seed: u64) {
        let problem = Coloring::from_graph(&edges, n, colors).unwrap();
        let (least, feasible) = enumerated(&problem);
        prop_assert!(feasible);
        let run = run(&problem, seed, None, 20);
        prop_assert_eq!(run.last().map(|found| found.0), Some(least));
        let mut distinct: Vec<_> = edges.iter().map(|&(i, j)| (i.min(j), i.max(j))).collect();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(problem.edges(), distinct.len());
        for (value, x) in run {
            let conflicts = distinct.iter().filter(|&&(i, j)| x[i] == x[j]).count();
            prop_assert_eq!(value, conflicts as f64);
            prop_assert_eq!(problem.proper(&x), conflicts == 0);
        }
    }

    #[test]
    fn a_start_is_where_the_search_begins((n, edges) in random_graph(), seed: u64, start in prop::collection::vec(0_u8..3, 8)) {
        let problem = Coloring::from_graph(&edges, n, 3).unwrap();
        let start = &start[..n];
        let first = run(&problem, seed, Some(start), 1).swap_remove(0);
        prop_assert!(first.0 <= problem.value(start).0);
        if problem.core() == n {
            prop_assert_eq!(&first.1, start);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), colors in 0_usize..300) {
        let _ = Coloring::parse(&bytes, colors);
    }

    #[test]
    fn any_words_are_read_or_refused(words in prop::collection::vec("p|edge|col|e|n|c|[0-9]{1,3}|-1|4294967295|99999999999999999999|NaN|\n", 0..40)) {
        let _ = Coloring::parse(words.join(" ").as_bytes(), 3);
    }
}

#[test]
fn graphs_are_colored_with_their_chromatic_number() {
    let Some(folder) = shared_data("coloring") else {
        return;
    };
    let index = fs::read(folder.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let entries = index.as_object().unwrap();
    assert_eq!(entries.len(), 16);
    for (name, entry) in entries {
        let colors = entry["chromatic_number"].as_u64().unwrap() as usize;
        let problem = read_coloring(&folder.join(format!("{name}.col")), colors).unwrap();
        assert_eq!(
            problem.sites() as u64,
            entry["n"].as_u64().unwrap(),
            "{name}"
        );
        assert_eq!(
            problem.edges() as u64,
            entry["edges_distinct"].as_u64().unwrap(),
            "{name}"
        );
        let witness: Vec<u8> = serde_json::from_value(entry["colouring"].clone()).unwrap();
        assert!(problem.proper(&witness), "{name}");
        for seed in 0..2 {
            let found = run(&problem, seed, None, 4000);
            let (value, x) = found.last().unwrap();
            assert_eq!(*value, 0.0, "{name}, seed {seed}");
            assert!(problem.proper(x), "{name}");
        }
    }
}

/// One color fewer is impossible: a search that reports a proper coloring there is wrong.
#[test]
fn conflicts_remain_below_the_chromatic_number() {
    let Some(folder) = shared_data("coloring") else {
        return;
    };
    for (name, colors) in [
        ("queen5_5", 4),
        ("myciel3", 3),
        ("myciel4", 4),
        ("queen6_6", 6),
    ] {
        let problem = read_coloring(&folder.join(format!("{name}.col")), colors).unwrap();
        let found = run(&problem, 1, None, 50);
        let (value, x) = found.last().unwrap();
        assert_eq!(problem.value(x), (*value, true));
        assert!(*value >= 1.0, "{name}");
        if name.starts_with("myciel") {
            // Mycielski's graphs are critical: without one edge they need a color less.
            assert_eq!(*value, 1.0, "{name}");
        }
    }
}

#[test]
fn results_depend_on_the_seed_and_the_moves_alone() {
    let edges: Vec<(usize, usize)> = (0..60)
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .filter(|&(i, j)| (i * 7919 + j * 104_729 + i * j) % 3 != 0)
        .collect();
    let problem = Coloring::from_graph(&edges, 60, 9).unwrap();
    assert_eq!((problem.states(), problem.sense()), (9, Sense::Min));
    let one = run(&problem, 5, None, 30);
    assert_eq!(one, run(&problem, 5, None, 30));
    assert_ne!(one, run(&problem, 6, None, 30));
    let longer = run(&problem, 5, None, 60);
    assert_eq!(longer[..one.len()], one);
    assert!(one.windows(2).all(|pair| pair[1].0 < pair[0].0));
}

#[test]
fn a_start_with_other_colors_and_lengths_is_completed() {
    let problem = Coloring::from_graph(&[(0, 1), (1, 2), (2, 0)], 4, 2).unwrap();
    for start in [&[][..], &[255, 255, 255, 255], &[0; 9]] {
        let found = run(&problem, 1, Some(start), 5);
        assert_eq!(found.last().unwrap().0, 1.0);
    }
}

#[test]
fn graphs_that_cannot_be_colored_are_refused() {
    let of = |edges: &[_], n, colors| Coloring::from_graph(edges, n, colors).unwrap_err();
    assert_eq!(of(&[], 3, 0), ColoringError::Colors { found: 0 });
    assert_eq!(of(&[], 3, 257), ColoringError::Colors { found: 257 });
    assert_eq!(of(&[(1, 1)], 3, 2), ColoringError::SelfLoop { vertex: 1 });
    let vertex = ColoringError::Vertex {
        from: 0,
        to: 3,
        vertices: 3,
    };
    assert_eq!(of(&[(0, 3)], 3, 2), vertex);
    let size = |vertices| ColoringError::Size {
        vertices,
        colors: 200,
    };
    assert_eq!(of(&[], usize::MAX, 200), size(usize::MAX));
    assert_eq!(of(&[], 4_000_000_000, 200), size(4_000_000_000));
    let none = Coloring::from_graph(&[], 0, 3).unwrap();
    assert_eq!(run(&none, 1, None, 1), [(0.0, vec![])]);
}

#[test]
fn doubled_and_repeated_edges_count_once() {
    let edges = |text: &str| Coloring::parse(text.as_bytes(), 3).map(|p| (p.sites(), p.edges()));
    assert_eq!(edges("p edge 3 2\ne 1 2\ne 2 3\n"), Ok((3, 2)));
    assert_eq!(
        edges("c x\np col 3 4\r\ne 1 2\r\ne 2 1\r\ne 2 3\r\ne 3 2\r\n"),
        Ok((3, 2))
    );
    assert_eq!(
        edges("p edge 3 2\ne 1 2\ne 2 1\ne 2 3\ne 3 2"),
        Ok((3, 2)),
        "counted once"
    );
    assert_eq!(
        edges("p edge 3 4\ne 1 2\ne 2 3\n"),
        Ok((3, 2)),
        "counted twice, listed once"
    );
    assert_eq!(edges("p edge 5 0\n"), Ok((5, 0)));
}

#[test]
fn faults_of_files_have_their_line() {
    let refused = |text: &str, colors, line, part: &str| {
        let (found, fault) = Coloring::parse(text.as_bytes(), colors).unwrap_err();
        let message = fault.to_string();
        assert_eq!(found, line, "{message}");
        assert!(message.contains(part), "{part:?} is not in: {message}");
    };
    refused("p edge 3 3\ne 1 2\ne 2 3\n", 3, 3, "ends after 2 edges");
    refused("p edge 3 1\ne 1 2\ne 2 3\n", 3, 3, "edge number 2");
    refused("p edge 3 1\ne 1 4\n", 3, 2, "vertex: found `4`");
    refused("p edge 3 1\ne 1 1\n", 3, 2, "its own neighbor");
    refused(
        "p edge 99999999999999999999 1\n",
        3,
        1,
        "number of vertices",
    );
    refused("p edge 4294967295 0\n", 3, 1, "at most 268435456 pairs");
    refused("p edge 3 1\nn 1 5\n", 3, 2, "weights of vertices");
    refused("p edge 3 1\ne 1 2 nan\n", 3, 2, "found `nan`");
    refused("p edge 3 1\ne 1 2 2.5\n", 3, 1, "weight 2.5");
    refused("# vartype=SPIN\n0 0 1\n0 1 1\n", 3, 1, "fields");
    refused("p edge 3 1\ne 1 2\n", 0, 1, "colors: found 0");
    refused("", 3, 1, "no header");
}

#[test]
fn files_are_named_in_messages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.col");
    assert!(matches!(
        read_coloring(&path, 3),
        Err(ColoringFileError::Read(_))
    ));
    fs::write(&path, "p edge 2 1\ne 1 3\n").unwrap();
    let message = read_coloring(&path, 3).unwrap_err().to_string();
    assert!(
        message.ends_with("x.col:2: vertex: found `3`, allowed is an integer from 1 to 2"),
        "{message}"
    );
}
