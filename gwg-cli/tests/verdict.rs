//! What the statistics and warnings of a run say, where the right answer is known by enumeration.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::ok;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn summary(folder: &Path, line: &str) -> Value {
    let args: Vec<&str> = line.split_whitespace().collect();
    let all = [&args[..], &["--summary", "-", "--quiet"]].concat();
    serde_json::from_str(&ok(folder, &all)).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn warnings(summary: &Value) -> Vec<String> {
    let all = summary["warnings"].as_array().unwrap();
    all.iter().map(|w| w.as_str().unwrap().to_owned()).collect()
}

/// Below the critical temperature `log_prob` and `hamming` have the same distribution in both modes.
#[test]
fn chains_in_different_modes_never_pass_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let mut apart = 0;
    for seed in 0..12 {
        let line = format!(
            "sample ising-lattice:side=10,theta=0.4 --thin 200 --warmup 20000 --seed {seed}"
        );
        let s = summary(folder.path(), &line);
        let mean = number(&s["statistics"]["mean_symbol"]["mean"]);
        let found = warnings(&s);
        if (0.06..0.94).contains(&mean) {
            apart += 1;
            let said = found
                .iter()
                .any(|w| w.contains("the chains disagree, at 100 of 100"));
            assert!(said, "{seed}: {found:?}");
            assert!(number(&s["site_statistics"]["least_ess"]["ess"]) < 20.0);
            assert!(s["ess_of"].as_str().unwrap().starts_with("site"));
        } else {
            assert!(found.is_empty(), "{seed}: {found:?}");
        }
    }
    assert!(apart >= 5, "{apart}");
}

#[test]
fn a_trace_and_its_run_have_the_same_statistics_of_sites() {
    let folder = tempfile::tempdir().unwrap();
    for model in [
        "ising-lattice:side=6,theta=0.1",
        "potts-lattice:side=4",
        "categorical:sites=3,states=400",
    ] {
        let line = format!("sample {model} --draws 300 --thin 20 --out t --force");
        let run = summary(folder.path(), &line);
        let trace = ok(folder.path(), &["diagnose", "t", "--summary", "-"]);
        let trace: Value = serde_json::from_str(&trace).unwrap();
        assert_eq!(run["site_statistics"], trace["site_statistics"]);
        assert!(number(&run["site_statistics"]["judged"]) > 0.0);
    }
}

/// Exact means and standard deviations of `f`, by enumeration.
#[test]
fn recorded_log_prob_is_f_whatever_the_scales_of_its_terms() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("two_scales.txt", "3 2\n1 2 10000\n2 3 0.3\n");
    write(
        "ring.txt",
        "6 6\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n5 6 1\n6 1 1\n",
    );
    let exact = |edges: &[(usize, usize, f64)], sites: u32| {
        let (mut weights, mut sum, mut squares) = (0.0, 0.0, 0.0);
        let f = |x: u32| -> f64 {
            let spin = |i: usize| f64::from(2 * (x >> i & 1)) - 1.0;
            edges
                .iter()
                .map(|&(i, j, w)| 2.0 * w * spin(i) * spin(j))
                .sum()
        };
        let most = (0..1 << sites).map(f).fold(f64::MIN, f64::max);
        for x in 0..1 << sites {
            let weight = (f(x) - most).exp();
            weights += weight;
            sum += weight * (f(x) - most);
            squares += weight * (f(x) - most).powi(2);
        }
        let mean = sum / weights;
        (most + mean, (squares / weights - mean * mean).sqrt())
    };
    let ring: Vec<(usize, usize, f64)> = (0..6).map(|i| (i, (i + 1) % 6, -0.35)).collect();
    for (spec, (mean, sd)) in [
        (
            "ising-file:path=two_scales.txt",
            exact(&[(0, 1, 1e4), (1, 2, 0.3)], 3),
        ),
        ("ising-file:path=ring.txt,scale=-0.35", exact(&ring, 6)),
    ] {
        for float in ["f32", "f64"] {
            let line = format!("sample {spec} --init zeros --draws 2000 --thin 20 --float {float}");
            let s = summary(folder.path(), &line);
            let log_prob = &s["statistics"]["log_prob"];
            let off = (number(&log_prob["mean"]) - mean).abs();
            assert!(
                off < 5.0 * number(&log_prob["mcse"]) + 1e-6 * mean.abs(),
                "{spec} {log_prob}"
            );
            assert!(
                (number(&log_prob["sd"]) / sd - 1.0).abs() < 0.06,
                "{spec} {log_prob} {sd}"
            );
            // Values that are equal up to rounding tie.
            assert!(number(&log_prob["ess_bulk"]) > 4000.0, "{spec} {log_prob}");
            assert!(warnings(&s).is_empty(), "{spec}: {:?}", warnings(&s));
        }
    }
}

#[test]
fn terms_that_cancel_beyond_the_precision_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let edges = "5 6\n1 2 50000\n1 3 12500\n2 3 -12500\n3 4 0.15\n3 5 0.225\n4 5 -0.1\n";
    fs::write(folder.path().join("cancel.txt"), edges).unwrap();
    let said = |float| {
        let line = format!("sample ising-file:path=cancel.txt --thin 50 --float {float}");
        let found = warnings(&summary(folder.path(), &line));
        found
            .iter()
            .any(|w| w.contains("differences of f have errors") && w.contains("--float f64"))
    };
    assert!(said("f32"));
    assert!(!said("f64"));
}

/// All chains of a sampler may stand in one mode, where they agree; the exact means tell.
#[test]
fn a_sampler_whose_error_contradicts_its_ess_is_not_recommended() {
    let folder = tempfile::tempdir().unwrap();
    for chains in [2, 20] {
        let line = format!(
            "compare ising-lattice:side=4,theta=0.8 --samplers gwg,sweep --chains {chains} --steps 2000 --seed 3"
        );
        let s = summary(folder.path(), &line);
        let model = &s["models"][0];
        for sampler in model["samplers"].as_array().unwrap() {
            assert!(number(&sampler["rmse"]) > 0.4);
            let fault = sampler["fault"].as_str().unwrap();
            let known = ["R-hat", "contradicts its ESS"];
            assert!(known.iter().any(|k| fault.contains(k)), "{fault}");
        }
        let advice = model["advice"].as_str().unwrap();
        assert!(advice.starts_with("no sampler"), "{advice}");
    }
}
