//! `gwg optimize`: results, limits, outputs and refusals.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use lines::{refused, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A ring of five vertices with a chord: the largest cut has 5 of 6 edges.
const GRAPH: &str = "5 6\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n5 1 1\n1 3 1\n";
const QUBO: &str = "p qubo 0 3 2 2\n0 0 1.5\n2 2 -2\n0 1 -3\n1 2 1\n";
/// Of the four clauses of two variables at most three are satisfied.
const FORMULA: &str = "p cnf 2 4\n1 2 0\n1 -2 0\n-1 2 0\n-1 -2 0\n";
const WEIGHTED: &str = "h 1 2 0\n3 -1 0\n2 -2 0\n";
const SPINS: &str = "# vartype=SPIN\n0 0 1\n0 1 2\n1 2 -1\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("g.txt", GRAPH);
    write("q.qubo", QUBO);
    write("s.coo", SPINS);
    write("f.cnf", FORMULA);
    write("w.wcnf", WEIGHTED);
    folder
}

fn summary(folder: &Path, args: &str) -> Value {
    let line = format!("optimize {args} --quiet --summary -");
    serde_json::from_str(&run(folder, &line)).unwrap()
}

#[test]
fn every_problem_is_solved_and_shows_the_values_of_zeros_and_ones() {
    let folder = folder();
    for (problem, sense, best, zeros, ones) in [
        ("maxcut:path=g.txt", "max", 5.0, 0.0, 0.0),
        ("qubo:path=q.qubo", "min", -2.5, 0.0, -2.5),
        ("qubo:path=q.qubo,sense=max", "max", 1.5, 0.0, -2.5),
        ("ising:path=s.coo", "min", -4.0, 0.0, 2.0),
        ("ising:path=s.coo,sign=-", "min", -4.0, 0.0, -2.0),
        ("mis:path=g.txt", "max", 2.0, 0.0, 5.0),
        ("max-clique:path=g.txt", "max", 3.0, 0.0, 5.0),
        ("vertex-cover:path=g.txt", "min", 3.0, 0.0, 5.0),
        ("coloring:path=g.txt,colors=3", "min", 0.0, 6.0, 6.0),
        ("coloring:path=g.txt,colors=2", "min", 1.0, 6.0, 6.0),
        ("coloring:path=g.txt,colors=1", "min", 6.0, 6.0, 6.0),
        ("max-sat:path=f.cnf", "min", 1.0, 1.0, 1.0),
        ("max-sat:path=w.wcnf", "min", 2.0, 0.0, 5.0),
    ] {
        let s = summary(
            folder.path(),
            &format!("{problem} --moves 5000 --restarts 2"),
        );
        assert_eq!(s["problem"], problem);
        assert_eq!(
            (&s["sense"], &s["best"]["value"]),
            (&sense.into(), &best.into()),
            "{s}"
        );
        assert_eq!(s["best"]["feasible"], true);
        let ends = (&s["value_of_zeros"], &s["value_of_ones"]);
        assert_eq!(ends, (&zeros.into(), &ones.into()), "{problem}");
    }
    let text = run(
        folder.path(),
        "optimize maxcut:path=g.txt --moves 1000 --known 6 --quiet",
    );
    assert!(
        text.contains("best (max)    5, found") && text.contains("6, gap 1"),
        "{text}"
    );
    let text = run(
        folder.path(),
        "optimize mis:path=g.txt --moves 1000 --quiet",
    );
    assert!(text.contains("0, 5 (not feasible)"), "{text}");
    let list = run(folder.path(), "optimize list");
    assert!(
        list.contains("\nqubo  ") && list.contains("sense"),
        "{list}"
    );
}

#[test]
fn models_are_searched_by_samplers() {
    let folder = folder();
    for method in ["auto", "gibbs", "gwg", "pas:path=2"] {
        // All 36 sites alike: two bonds per site, each twice, of coupling 0.2.
        let line = format!("ising-lattice:side=6,theta=0.2 --method {method} --moves 200000");
        let best = summary(folder.path(), &line)["best"]["value"].clone();
        assert!(
            (best.as_f64().unwrap() - 28.8).abs() < 1e-9,
            "{method}: {best}"
        );
    }
    let line = "categorical:sites=9,states=4 --moves 40000 --threads";
    let [one, two] = [1, 2].map(|n| summary(folder.path(), &format!("{line} {n}")));
    assert_eq!(one["best"]["value"], two["best"]["value"]);
    assert_eq!((&one["states"], &one["sense"]), (&4.into(), &"max".into()));
    refused(
        folder.path(),
        "optimize ising-lattice:side=6 --method tabu",
        &["--method", "tabu"],
    );
}

#[test]
fn the_best_solution_is_written_and_is_a_start() {
    let folder = folder();
    let best = || fs::read_to_string(folder.path().join("best.txt")).unwrap();
    summary(folder.path(), "mis:path=g.txt --moves 1000 --best best.txt");
    let text = best();
    assert_eq!(text.lines().count(), 5);
    assert_eq!(
        text.lines().filter(|&line| line == "1").count(),
        2,
        "{text}"
    );
    refused(
        folder.path(),
        "optimize mis:path=g.txt --best best.txt",
        &["already exists", "--force"],
    );
    let again = "mis:path=g.txt --moves 1000 --start best.txt --best again.txt";
    assert_eq!(summary(folder.path(), again)["best"]["value"], 2.0);
    fs::write(folder.path().join("short.txt"), "0\n1\n").unwrap();
    refused(
        folder.path(),
        "optimize mis:path=g.txt --start short.txt",
        &["short.txt: found 2 lines, needed are 5"],
    );
    fs::write(folder.path().join("two.txt"), "0\n2\n").unwrap();
    refused(
        folder.path(),
        "optimize mis:path=g.txt --start two.txt",
        &["two.txt:2: found `2`, allowed is an integer from 0 to 1"],
    );
}

/// A random graph of 300 vertices.
fn large(folder: &Path) {
    let mut state = 1_u64;
    let mut edges = String::new();
    let mut count = 0;
    for i in 1..=300 {
        for j in 1..i {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            if (state >> 33).is_multiple_of(20) {
                edges += &format!("{j} {i} {}\n", 1 + (state >> 40) % 3);
                count += 1;
            }
        }
    }
    fs::write(folder.join("large.txt"), format!("300 {count}\n{edges}")).unwrap();
}

#[test]
fn a_number_of_moves_gives_the_same_result_on_any_number_of_threads() {
    let folder = folder();
    large(folder.path());
    for method in [
        "auto",
        "population",
        "anneal",
        "rejection-free",
        "rlsa",
        "tabu",
        "tempering",
    ] {
        let of = |threads: usize, seed: u64| {
            let line = format!(
                "maxcut:path=large.txt --method {method} --seed {seed} --threads {threads} --restarts 4 --moves 3000 --best b.txt --force"
            );
            let s = summary(folder.path(), &line);
            assert_eq!(s["restarts"], 4);
            (
                s["best"]["value"].clone(),
                fs::read(folder.path().join("b.txt")).unwrap(),
            )
        };
        let one = of(1, 0);
        assert_eq!(one, of(3, 0), "{method}");
        assert_ne!(one, of(1, 1), "{method}");
    }
}

#[test]
fn the_time_to_a_target_is_estimated_from_repeated_runs() {
    let folder = folder();
    let s = summary(folder.path(), "maxcut:path=g.txt --target 5 --repeats 7");
    assert_eq!((&s["successes"], &s["repeats"]), (&7.into(), &7.into()));
    let time = |key: &str| s["tts99"][key].as_f64().unwrap();
    assert!(
        0.0 < time("lower") && time("lower") < time("seconds") && time("seconds") < time("upper")
    );
    let none = summary(
        folder.path(),
        "maxcut:path=g.txt --target 6 --repeats 2 --moves 1000",
    );
    assert_eq!(none["successes"], 0);
    assert!(none["tts99"]["seconds"].is_null() && none["tts99"]["lower"].is_f64());
}

#[test]
fn a_signal_ends_a_run_in_order_and_keeps_the_best() {
    let folder = folder();
    large(folder.path());
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let args = "optimize maxcut:path=large.txt --seconds 600 --quiet --best b.txt --summary s.json --force";
        let mut child = Command::new(env!("CARGO_BIN_EXE_gwg"))
            .current_dir(folder.path())
            .args(args.split_whitespace())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let best = folder.path().join("b.txt");
        while !best.exists() {
            assert!(child.try_wait().unwrap().is_none(), "the run has ended");
            std::thread::sleep(Duration::from_millis(10));
        }
        let kill = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let out = child.wait_with_output().unwrap();
        assert_eq!(out.status.code(), Some(code));
        let s = fs::read(folder.path().join("s.json")).unwrap();
        let s: Value = serde_json::from_slice(&s).unwrap();
        assert_eq!(s["interrupted"], true);
        let text = fs::read_to_string(&best).unwrap();
        assert_eq!(text.lines().count(), 300);
        let x: Vec<bool> = text.lines().map(|line| line == "1").collect();
        let graph = fs::read_to_string(folder.path().join("large.txt")).unwrap();
        let cut = graph.lines().skip(1).map(|line| {
            let words: Vec<usize> = line.split(' ').map(|w| w.parse().unwrap()).collect();
            if x[words[0] - 1] == x[words[1] - 1] {
                0
            } else {
                words[2]
            }
        });
        assert_eq!(s["best"]["value"], cut.sum::<usize>() as f64);
        fs::remove_file(best).unwrap();
    }
}

#[test]
fn malformed_files_are_refused_with_line_and_remedy() {
    let folder = folder();
    for (problem, text, said) in [
        (
            "maxcut",
            "3 2\n1 2 1\n",
            "f.txt:2: the file ends after 1 edges",
        ),
        (
            "maxcut",
            "3 1\n1 4 1\n",
            "f.txt:2: vertex: found `4`, allowed is an integer from 1 to 3",
        ),
        (
            "maxcut",
            "3 1\n2 2 1\n",
            "f.txt:2: edge 2 2: a vertex cannot be its own neighbor",
        ),
        ("maxcut", "3 1\n1 2 nan\n", "f.txt:2: weight: found `nan`"),
        ("maxcut", "# vartype=SPIN\n0 1 1\n", "ising:path"),
        ("mis", "p edge 3 1\ne 1 2 3 4\n", "f.txt:2: found"),
        (
            "qubo",
            "p qubo 0 2 1 1\n0 0 1\n1 0 1\n",
            "f.txt:3: coupler 1 0: the smaller variable is first in this format; write `0 1`",
        ),
        (
            "qubo",
            "p qubo 0 2 1 2\n0 0 1\n0 1 1\n",
            "f.txt:3: found 1 lines `i j w`, but the header says 2",
        ),
        (
            "qubo",
            "# vartype=SPIN\n0 1 1\n",
            "f.txt:1: found vartype=SPIN; spins are read by `ising:path=...`",
        ),
        (
            "qubo",
            "2 1\n1 2 inf\n",
            "f.txt:2: weight: found `inf`, allowed is a finite number",
        ),
        (
            "qubo",
            "Minimize\n x + y\nSubject To\n x + y >= 1\nBinary\n x y\nEnd\n",
            "f.txt:4: found constraints",
        ),
        (
            "qubo",
            "{\"version\": 1}",
            "f.txt:1: found a model of dimod",
        ),
        ("qubo", "", "f.txt:1: found no line with a word"),
        (
            "ising",
            "p qubo 0 2 1 1\n0 0 1\n0 1 1\n",
            "f.txt:1: found a .qubo file, whose variables are 0 and 1; name it as `qubo:path=...`",
        ),
        ("qubo", "4000000000 1\n1 2 1\n", "variables with 1 terms"),
        (
            "qubo",
            "2 1\n1 2 \u{1b}[31m\n",
            "f.txt:2: weight: found `\\u{1b}[31m`",
        ),
    ] {
        fs::write(folder.path().join("f.txt"), text).unwrap();
        refused(
            folder.path(),
            &format!("optimize {problem}:path=f.txt"),
            &[said],
        );
    }
    for (args, said) in [
        ("maxcut", "path"),
        ("max-cut:path=g.txt", "did you mean `maxcut`"),
        ("maxcut:path=none.txt", "none.txt: cannot be read"),
        ("maxcut:path=g.txt,side=3", "side"),
        ("qubo:path=q.qubo,sense=up", "auto, min or max"),
        (
            "qubo:path=q.qubo,instance=2",
            "leave the key `instance` out",
        ),
        (
            "maxcut:path=g.txt --method gwg",
            "allowed are auto, population",
        ),
        (
            "mis:path=g.txt --method tabu",
            "allowed for this problem is auto",
        ),
        ("maxcut:path=g.txt --seconds 0", "--seconds: found 0"),
        ("maxcut:path=g.txt --seconds nan", "--seconds: found NaN"),
        ("maxcut:path=g.txt --restarts 0", "--restarts: found 0"),
        ("maxcut:path=g.txt --target inf", "--target: found inf"),
        ("maxcut:path=g.txt --repeats 3", "--target"),
        ("maxcut:path=g.txt --best -", "name a file"),
        ("maxcut:path=g.txt --best g.txt --force", "also the path"),
        ("maxcut:path=g.txt --best x --summary x", "also the path"),
        (
            "maxcut:path=g.txt --best no/x",
            "the folder no does not exist",
        ),
    ] {
        refused(folder.path(), &format!("optimize {args}"), &[said]);
    }
}
