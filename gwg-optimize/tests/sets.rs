//! Independent sets, cliques and vertex covers: against enumeration, and on graphs with known optima.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use gwg_models::io::EdgeList;
use gwg_optimize::read::read_graph;
use gwg_optimize::{Limits, Options, Search, Sense, SetKind, VertexSet, optimize};
use proptest::prelude::*;
use shared_data::shared_data;
use std::fs;

const KINDS: [SetKind; 3] = [SetKind::Independent, SetKind::Clique, SetKind::Cover];

/// The best value within so many moves, of a solution that is feasible.
fn best(set: &VertexSet, seed: u64, moves: u64, target: Option<f64>) -> f64 {
    let limits = Limits {
        restarts: Some(8),
        moves: Some(moves),
        target,
        ..Limits::default()
    };
    let options = Options {
        seed,
        threads: 2,
        limits,
        start: None,
    };
    let found = optimize(set, &options, &mut ()).best.unwrap();
    assert_eq!(set.value(&found.x), (found.value, true));
    found.value
}

/// By the definition.
fn is_feasible(edges: &[(usize, usize, f64)], x: &[u8], kind: SetKind) -> bool {
    let adjacent = |i: usize, j: usize| {
        edges
            .iter()
            .any(|e| (e.0, e.1) == (i, j) || (e.1, e.0) == (i, j))
    };
    let pairs = || (0..x.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
    match kind {
        SetKind::Independent => pairs().all(|(i, j)| x[i] + x[j] < 2 || !adjacent(i, j)),
        SetKind::Clique => pairs().all(|(i, j)| x[i] + x[j] < 2 || adjacent(i, j)),
        SetKind::Cover => pairs().all(|(i, j)| x[i] + x[j] > 0 || !adjacent(i, j)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_best_of_all_sets_is_found(sites in 1_usize..9, bits: u64, seed: u64) {
        let pairs = (0..sites).flat_map(|j| (0..j).map(move |i| (i, j)));
        let edges = pairs.enumerate().filter(|(k, _)| bits >> (k % 64) & 1 == 1);
        let edges: Vec<_> = edges.map(|(_, (i, j))| (i, j, 1.0)).collect();
        let list = EdgeList { sites, edges: edges.clone(), fields: Vec::new() };
        for kind in KINDS {
            let set = VertexSet::new(&list, kind).unwrap();
            let mut wanted = if set.sense() == Sense::Max { -1.0 } else { f64::INFINITY };
            for k in 0..1_u32 << sites {
                let x: Vec<u8> = (0..sites).map(|i| (k >> i & 1) as u8).collect();
                let (value, feasible) = set.value(&x);
                prop_assert_eq!(feasible, is_feasible(&edges, &x, kind));
                prop_assert_eq!(value, f64::from(k.count_ones()));
                if feasible && set.sense().better(value, wanted) {
                    wanted = value;
                }
            }
            prop_assert_eq!(best(&set, seed, 2000, None), wanted, "{:?}", kind);
            if let Some(bound) = set.bound() {
                prop_assert!(!set.sense().better(wanted, bound));
            }
        }
    }
}

#[test]
fn clique_numbers_are_reached() {
    let Some(folder) = shared_data("dimacs_clique") else {
        return;
    };
    let index = fs::read_to_string(folder.join("index.csv")).unwrap();
    let mut count = 0;
    for line in index.lines().skip(1) {
        let words: Vec<&str> = line.split(',').collect();
        let number: f64 = words[3].parse().unwrap();
        let graph = read_graph(&folder.join(format!("{}.clq", words[0]))).unwrap();
        let set = VertexSet::new(&graph, SetKind::Clique).unwrap();
        assert_eq!(
            best(&set, 0, 20_000_000, Some(number)),
            number,
            "{}",
            words[0]
        );
        count += 1;
    }
    assert_eq!(count, 13);
}

#[test]
fn independence_numbers_are_reached() {
    let Some(folder) = shared_data("mis") else {
        return;
    };
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    for (name, entry) in index.as_object().unwrap() {
        // The planted set of 945 vertices takes seconds to minutes.
        if name == "rb_45_21" {
            continue;
        }
        let number = entry["independence_number"].as_f64().unwrap();
        let graph = read_graph(&folder.join(format!("{name}.mis"))).unwrap();
        let set = VertexSet::new(&graph, SetKind::Independent).unwrap();
        assert_eq!(best(&set, 0, 10_000_000, Some(number)), number, "{name}");
        let cover = VertexSet::new(&graph, SetKind::Cover).unwrap();
        let least = graph.sites as f64 - number;
        assert_eq!(best(&cover, 0, 10_000_000, Some(least)), least, "{name}");
    }
}

#[test]
fn a_search_begins_at_the_start() {
    let ring: Vec<_> = (0..40).map(|i| (i, (i + 1) % 40, 1.0)).collect();
    let list = EdgeList {
        sites: 40,
        edges: ring,
        fields: Vec::new(),
    };
    let even: Vec<u8> = (0..40).map(|i| 1 - i % 2).collect();
    for (kind, x) in [(SetKind::Independent, &even), (SetKind::Cover, &even)] {
        let set = VertexSet::new(&list, kind).unwrap();
        let mut first = None;
        set.restart(
            3,
            Some(x),
            &mut |value, x| {
                first.get_or_insert((value, x.to_vec()));
            },
            &|| true,
        );
        assert_eq!(first, Some((20.0, x.clone())), "{kind:?}");
    }
}

#[test]
fn cliques_of_large_sparse_graphs_need_no_dense_complement() {
    // A ring of 200,000 vertices, and a clique of 6 among them.
    let sites = 200_000;
    let mut edges: Vec<_> = (0..sites).map(|i| (i, (i + 1) % sites, 1.0)).collect();
    let clique: Vec<usize> = (0..6).map(|k| 1000 * k + 7).collect();
    for (a, &i) in clique.iter().enumerate() {
        edges.extend(clique[..a].iter().map(|&j| (i, j, 1.0)));
    }
    let list = EdgeList {
        sites,
        edges,
        fields: Vec::new(),
    };
    let set = VertexSet::new(&list, SetKind::Clique).unwrap();
    assert_eq!((best(&set, 0, 1000, None), set.bound()), (6.0, Some(6.0)));
    // Nothing can be left out of a large complete bipartite graph.
    let side = 5000;
    let edges = (0..side).flat_map(|i| (0..7).map(move |k| (i, side + (i + k) % side, 1.0)));
    let list = EdgeList {
        sites: 2 * side,
        edges: edges.collect(),
        fields: Vec::new(),
    };
    let many = VertexSet::new(&list, SetKind::Clique).unwrap_err();
    assert_eq!(many.vertices, 2 * side);
}
