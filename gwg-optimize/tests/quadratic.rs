//! Searches of quadratic functions: against enumeration, and on instances with known optima.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use gwg_core::{Bits, SplitMix64};
use gwg_optimize::read::{Variables, read_graph, read_quadratic};
use gwg_optimize::{Limits, Method, Options, Outcome, Quadratic, Search, Sense, Terms, optimize};
use shared_data::shared_data;

const METHODS: [Method; 6] = [
    Method::Population,
    Method::Anneal,
    Method::RejectionFree,
    Method::Rlsa,
    Method::Tabu,
    Method::Tempering,
];

fn run(problem: &dyn Search, seed: u64, threads: usize, limits: Limits) -> Outcome {
    let options = Options {
        seed,
        threads,
        limits,
        start: None,
    };
    let found = optimize(problem, &options, &mut ());
    if let Some(best) = &found.best {
        assert_eq!(problem.value(&best.x), (best.value, true));
    }
    found
}

/// Random terms: few or many pairs, integers or not.
fn random_terms(sites: usize, share: f64, integers: bool, random: &mut SplitMix64) -> Terms {
    let weight = |random: &mut SplitMix64| {
        let w = 8.0 * random.unit::<f64>() - 4.0;
        if integers { w.round() } else { w }
    };
    let mut terms = Vec::new();
    for i in 0..sites {
        terms.push((i, i, weight(random)));
        for j in 0..i {
            if random.unit::<f64>() < share {
                terms.push((i, j, weight(random)));
            }
        }
    }
    Terms::new(sites, 0.25, terms).unwrap()
}

/// The best value of all states.
fn enumerated(terms: &Terms, sense: Sense) -> f64 {
    let sites = terms.sites();
    let values = (0..1_u32 << sites).map(|k| {
        let x: Vec<u8> = (0..sites).map(|i| (k >> i & 1) as u8).collect();
        terms.value(&x)
    });
    match sense {
        Sense::Max => values.fold(f64::NEG_INFINITY, f64::max),
        Sense::Min => values.fold(f64::INFINITY, f64::min),
    }
}

#[test]
fn every_method_finds_the_best_of_all_states() {
    let mut random = SplitMix64::new(1);
    for case in 0..24 {
        let sites = 1 + case % 13;
        let share = [0.2, 0.9][case % 2];
        let terms = random_terms(sites, share, case % 3 > 0, &mut random);
        for sense in [Sense::Min, Sense::Max] {
            let best = enumerated(&terms, sense);
            for method in METHODS {
                let problem = Quadratic::new(terms.clone(), sense, method);
                let bound = problem.bound().unwrap();
                assert!(!sense.better(
                    best,
                    bound + 1e-9 * bound.abs() * if sense == Sense::Max { 1.0 } else { -1.0 }
                ));
                let limits = Limits {
                    restarts: Some(2),
                    moves: Some(20_000),
                    ..Limits::default()
                };
                let found = run(&problem, case as u64, 1, limits).best.unwrap();
                assert!(
                    (found.value - best).abs() < 1e-9,
                    "{method} {case}: {} {best}",
                    found.value
                );
            }
        }
    }
}

#[test]
fn results_do_not_depend_on_the_threads() {
    let terms = random_terms(600, 0.02, true, &mut SplitMix64::new(4));
    for method in Method::ALL {
        let problem = Quadratic::new(terms.clone(), Sense::Max, method);
        let limits = Limits {
            restarts: Some(5),
            moves: Some(4000),
            ..Limits::default()
        };
        let of = |seed, threads| {
            let best = run(&problem, seed, threads, limits).best.unwrap();
            (best.value, best.x, best.restart)
        };
        let [one, two, five] = [1, 2, 5].map(|threads| of(7, threads));
        assert_eq!(one, two, "{method}");
        assert_eq!(one, five, "{method}");
        assert_ne!(one.1, of(8, 1).1, "{method}");
    }
}

#[test]
fn a_search_begins_at_the_start_and_ends_at_the_target() {
    let terms = random_terms(60, 0.2, true, &mut SplitMix64::new(9));
    let problem = Quadratic::new(terms, Sense::Min, Method::Auto);
    let limits = Limits {
        restarts: Some(1),
        moves: Some(200_000),
        ..Limits::default()
    };
    let best = run(&problem, 0, 1, limits).best.unwrap();
    let limits = Limits {
        target: Some(best.value),
        ..Limits::default()
    };
    let options = Options {
        seed: 1,
        threads: 2,
        limits,
        start: Some(&best.x),
    };
    let again = optimize(&problem, &options, &mut ());
    assert!(again.reached && again.best.unwrap().value <= best.value);
}

/// Until the value is reached; a test that does not end has failed.
fn reaches(problem: &Quadratic, value: f64, name: &str) {
    let limits = Limits {
        restarts: Some(64),
        moves: Some(20_000_000),
        target: Some(value),
        ..Limits::default()
    };
    let found = run(problem, 0, 2, limits);
    let best = found.best.unwrap().value;
    assert!(found.reached, "{name}: {best}, wanted {value}");
    assert_eq!(best, value, "{name}");
}

#[test]
fn published_optima_of_cuts_are_reached() {
    let Some(folder) = shared_data("maxcut_be") else {
        return;
    };
    let files = [
        ("maxcut_be/be100.1.txt", None),
        ("maxcut_be/be120.3.1.txt", None),
        ("maxcut_be/be150.3.1.txt", None),
        ("maxcut_3reg/reg3_50.txt", None),
        ("maxcut_3reg/reg3_100.txt", None),
        ("gset/G1.txt", Some(11624.0)),
        ("gset/G48.txt", Some(6000.0)),
        ("gset/G11.txt", Some(564.0)),
    ];
    let data = folder.parent().unwrap();
    for (name, known) in files {
        let graph = read_graph(&data.join(name)).unwrap();
        let terms = Terms::of_cut(graph.sites, graph.edges).unwrap();
        // The value of the witness, where that is the optimum.
        let witness = name.replace(".txt", "_witness.txt");
        let witness = std::fs::read(data.join(witness)).unwrap();
        let x: Vec<u8> = witness.trim_ascii().iter().map(|b| b - b'0').collect();
        let value = known.unwrap_or_else(|| terms.value(&x));
        reaches(
            &Quadratic::new(terms, Sense::Max, Method::Auto),
            value,
            name,
        );
    }
}

#[test]
fn published_optima_of_qubo_are_reached() {
    let Some(folder) = shared_data("qubo_bqp") else {
        return;
    };
    let index = std::fs::read(folder.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let mut count = 0;
    for (name, entry) in index.as_object().unwrap() {
        let file =
            read_quadratic(&folder.join(format!("{name}.qubo")), Variables::Binary, 1).unwrap();
        for (key, sense) in [("min", Sense::Min), ("max", Sense::Max)] {
            let proved = entry[format!("{key}_proved")]
                .as_str()
                .is_some_and(|p| p.contains("optimal"));
            let Some(value) = entry[key].as_f64().filter(|v| proved && v.fract() == 0.0) else {
                continue;
            };
            let terms = file.terms(Variables::Binary).unwrap();
            reaches(&Quadratic::new(terms, sense, Method::Auto), value, name);
            count += 1;
        }
    }
    assert!(count >= 8, "{count}");
}

#[test]
fn ground_states_of_glasses_are_exact() {
    let Some(folder) = shared_data("torus_pmj") else {
        return;
    };
    let index = std::fs::read(folder.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    for name in [
        "torus10_11",
        "torus12_12",
        "torus16_13",
        "torus20_14",
        "torus24_15",
    ] {
        let energy = index[name]["ground_energy"].as_f64().unwrap();
        let mut file =
            read_quadratic(&folder.join(format!("{name}.txt")), Variables::Spins, 1).unwrap();
        file.terms.iter_mut().for_each(|term| term.2 = -term.2);
        let terms = file.terms(Variables::Spins).unwrap();
        let ground = std::fs::read(folder.join(format!("{name}_ground.txt"))).unwrap();
        let x: Vec<u8> = ground.trim_ascii().iter().map(|b| b - b'0').collect();
        assert_eq!(terms.value(&x), energy);
        reaches(
            &Quadratic::new(terms, Sense::Min, Method::Auto),
            energy,
            name,
        );
    }
}
