//! Tests of `gwg sample --record`: the same quantities in summary, trace, table and page.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use gwg_chains::trace::TraceReader;
use serde_json::Value;
use std::fs;

const ALL: &str = "overlap,magnetization,mean_symbol,energy_per_site,hamming";

/// Settings of a short run, and these.
fn run<'a>(model: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let settings = ["sample", model, "--draws", "100", "--quiet"];
    [&settings[..], more].concat()
}

#[test]
fn every_output_has_what_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let outputs = ["--record", ALL, "--out", "t", "--report", "r.html"];
    let table = ok(
        path,
        &[
            &run("ising-lattice:side=4", &outputs)[..],
            &["--summary", "s.json"],
        ]
        .concat(),
    );
    let summary: Value = serde_json::from_slice(&fs::read(path.join("s.json")).unwrap()).unwrap();
    let names: Vec<&str> = ["log_prob"].into_iter().chain(ALL.split(',')).collect();
    assert_eq!(summary["record"], serde_json::json!(names));
    let page = fs::read_to_string(path.join("r.html")).unwrap();
    let stored = TraceReader::open(&path.join("t")).unwrap();
    let diagnosed: Value =
        serde_json::from_str(&ok(path, &["diagnose", "t", "--summary", "-"])).unwrap();
    assert_eq!(
        summary["statistics"].as_object().unwrap().len(),
        names.len()
    );
    assert_eq!(diagnosed["statistics"], summary["statistics"]);
    let mut lines = table.lines().skip_while(|line| !line.contains("ess_bulk"));
    lines.next();
    for name in names {
        assert!(summary["statistics"][name]["mean"].is_number(), "{name}");
        assert_eq!(stored.stat(name).unwrap().len(), 400);
        assert!(lines.next().unwrap().starts_with(name), "{table}");
        for plot in ["Trace of", "Ranks of", "Autocorrelation of"] {
            assert!(page.contains(&format!("{plot} {name}")), "{plot} {name}");
        }
        assert!(page.contains(&format!("<dt>{name}</dt>")), "{name}");
    }
    assert!(page.contains(&format!("--record log_prob,{ALL}")));
}

#[test]
fn recorded_values_are_those_of_the_stored_states() {
    let folder = tempfile::tempdir().unwrap();
    let args = run("ising-lattice:side=4", &["--record", ALL, "--out", "t"]);
    ok(folder.path(), &args);
    let trace = TraceReader::open(&folder.path().join("t")).unwrap();
    let of = |name| trace.stat(name).unwrap();
    let (log_prob, energy) = (of("log_prob"), of("energy_per_site"));
    let (mean, spin) = (of("mean_symbol"), of("magnetization"));
    let mut seen = 0;
    let visit = |chain: usize, first: usize, rows: &[u8]| {
        for (k, x) in rows.chunks(16).enumerate() {
            let draw = chain * 100 + first + k;
            let ones = x.iter().map(|&s| f64::from(s)).sum::<f64>();
            assert_eq!(mean[draw], ones / 16.0);
            assert_eq!(spin[draw], 2.0 * ones / 16.0 - 1.0);
            assert_eq!(energy[draw], 0.0 - log_prob[draw] / 16.0);
            seen += 1;
        }
    };
    trace.for_each_x(visit).unwrap();
    assert_eq!(seen, 400);
}

#[test]
fn what_is_recorded_does_not_change_the_draws() {
    let folder = tempfile::tempdir().unwrap();
    let mut states = Vec::new();
    for (out, record) in [("a", "log_prob"), ("b", ALL)] {
        let args = run("ising-lattice:side=4", &["--record", record, "--out", out]);
        ok(folder.path(), &args);
        let trace = TraceReader::open(&folder.path().join(out)).unwrap();
        let mut all: Vec<u8> = Vec::new();
        trace
            .for_each_x::<u8>(|_, _, x| all.extend_from_slice(x))
            .unwrap();
        states.push((all, trace.stat("log_prob").unwrap()));
    }
    assert_eq!(states[0], states[1]);
    // What was not recorded is not added.
    let diagnosed = ok(folder.path(), &["diagnose", "a"]);
    assert!(!diagnosed.contains("hamming"), "{diagnosed}");
}

#[test]
fn a_model_brings_its_own_quantities() {
    let folder = tempfile::tempdir().unwrap();
    let args = run(
        "potts-lattice:side=3,states=3",
        &["--record", "order", "--summary", "-"],
    );
    let summary: Value = serde_json::from_str(&ok(folder.path(), &args)).unwrap();
    let order = summary["statistics"]["order"]["mean"].as_f64().unwrap();
    assert!(order > 1.0 / 3.0 && order < 1.0, "{order}");
    let info = ok(folder.path(), &["info", "potts-lattice:side=3"]);
    assert!(
        info.contains("mean_symbol, energy_per_site, overlap, order\n"),
        "{info}"
    );
    let out = gwg(
        folder.path(),
        &run("ising-lattice:side=3", &["--record", "order"]),
    );
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn what_cannot_be_recorded_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (model, more, said) in [
        (
            "potts-lattice:side=3",
            &["--record", "magnetization"][..],
            "record mean_symbol instead",
        ),
        (
            "ising-lattice:side=3",
            &["--record", "hamming,hamming"],
            "occurs twice",
        ),
        (
            "ising-lattice:side=3",
            &["--record", "overlap", "--chains", "1"],
            "run more chains",
        ),
        (
            "ising-lattice:side=3",
            &["--record", "hamming,"],
            "found ``, which is no quantity",
        ),
        (
            "ising-lattice:side=3",
            &["--record", "hammin"],
            "did you mean `hamming`?",
        ),
    ] {
        let out = gwg(folder.path(), &run(model, more));
        let message = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{message}");
        assert!(
            message.starts_with("error: --record: ") && message.contains(said),
            "{message}"
        );
    }
}
