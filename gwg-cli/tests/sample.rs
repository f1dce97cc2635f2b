//! Tests of `gwg sample`, `gwg diagnose` and their outputs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use serde_json::Value;
use std::path::Path;

fn summary(folder: &Path, args: &[&str]) -> Value {
    let all: Vec<&str> = args
        .iter()
        .copied()
        .chain(["--summary", "-", "--quiet"])
        .collect();
    serde_json::from_str(&ok(folder, &all)).unwrap()
}

/// Every model with every sampler, on a few sites.
const MODELS: [&str; 8] = [
    "ising-lattice:side=4",
    "ising-lattice:side=3,dims=3,bias=0.1",
    "ising-er:sites=12",
    "ising-dense:sites=10",
    "potts-lattice:side=3",
    "potts-dense:sites=5,states=4",
    "rbm:visible=9,hidden=5",
    "categorical:sites=6",
];

#[test]
fn every_model_runs_with_every_sampler_in_both_precisions() {
    let folder = tempfile::tempdir().unwrap();
    for model in MODELS {
        for sampler in [
            "gwg",
            "gwg:balance=barker",
            "lb",
            "lb:balance=max",
            "gibbs",
            "gibbs:scan=random",
        ] {
            for float in ["f32", "f64"] {
                let args = [
                    "sample",
                    model,
                    "--sampler",
                    sampler,
                    "--float",
                    float,
                    "--draws",
                    "50",
                    "--thin",
                    "1",
                    "--warmup",
                    "10",
                ];
                let s = summary(folder.path(), &args);
                assert_eq!(s["steps"], 200, "{model} {sampler}");
                assert!(
                    s["statistics"]["log_prob"]["mean"].is_number(),
                    "{model} {sampler}: {s}"
                );
                let acceptance = s["acceptance"].as_f64().unwrap();
                assert!(
                    acceptance > 0.0 && acceptance <= 1.0,
                    "{model} {sampler}: {acceptance}"
                );
            }
        }
    }
}

#[test]
fn the_summary_has_every_documented_field() {
    let folder = tempfile::tempdir().unwrap();
    let s = summary(
        folder.path(),
        &["sample", "potts-lattice:side=3", "--draws", "40"],
    );
    for key in [
        "version",
        "model",
        "sites",
        "states",
        "sampler",
        "chains",
        "warmup",
        "draws",
        "thin",
        "seed",
        "threads",
        "float",
        "beta",
        "seconds",
        "steps",
        "steps_per_second",
        "acceptance",
        "hops",
        "evaluations",
        "adapted",
        "statistics",
        "record",
        "ess_of",
        "ess_per_second",
        "ess_per_step",
        "means",
        "warnings",
    ] {
        assert!(s.get(key).is_some(), "{key}");
    }
    for statistic in ["log_prob", "hamming"] {
        for key in ["mean", "sd", "mcse", "ess_bulk", "ess_tail", "rhat"] {
            assert!(
                s["statistics"][statistic].get(key).is_some(),
                "{statistic}.{key}"
            );
        }
    }
    let rows = s["means"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let sum: f64 = row
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_f64().unwrap())
            .sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_step_of_a_cycle_is_the_whole_cycle() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "sample",
        "ising-lattice:side=8",
        "--draws",
        "200",
        "--thin",
        "3",
    ];
    let s = summary(
        folder.path(),
        &[&args[..], &["--sampler", "20*gwg+gibbs"]].concat(),
    );
    assert_eq!(s["turn"], serde_json::json!([20, 1]));
    assert_eq!(s["steps"], 4 * 200 * 3);
    let number = |key: &str| s[key].as_f64().unwrap();
    assert!(number("acceptance") <= 1.0 && number("hops") > 10.0, "{s}");
    let per_second = number("steps") / s["seconds"]["sampling"].as_f64().unwrap();
    assert!((number("steps_per_second") / per_second - 1.0).abs() < 1e-9);
    let bulk = |name: &str| s["statistics"][name]["ess_bulk"].as_f64().unwrap();
    let quantities = ["hamming", "log_prob", "mean_symbol"].map(bulk);
    let site = &s["site_statistics"]["least_ess"];
    let all = quantities.into_iter().chain(site["ess"].as_f64());
    let ess = all.fold(f64::INFINITY, f64::min);
    match s["ess_of"].as_str().unwrap() {
        of if of.starts_with("site") => assert_eq!(of, format!("site {}", site["site"])),
        of => assert_eq!(bulk(of), ess),
    }
    assert!((number("ess_per_step") * number("steps") / ess - 1.0).abs() < 1e-9);
    let table = ok(
        folder.path(),
        &[&args[..], &["--quiet", "--sampler", "20*gwg+2*pas+gibbs"]].concat(),
    );
    let line = "step     a cycle: 20 + 2 + 1 steps of the samplers, one after the other";
    assert!(table.contains(line), "{table}");
    assert!(summary(folder.path(), &args).get("turn").is_none());
}

#[test]
fn flips_adapt_if_set_to_auto() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["sample", "ising-lattice:side=8,theta=0.1", "--sampler"];
    let s = summary(folder.path(), &[&args[..], &["gwg:flips=auto"]].concat());
    assert!(s["adapted"]["flips"]["mean"].as_f64() > Some(2.0), "{s}");
    let fixed = summary(folder.path(), &[&args[..], &["gwg:flips=3"]].concat());
    assert_eq!(fixed["adapted"], serde_json::json!({}));
}

#[test]
fn threads_are_at_most_the_number_of_chains() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "sample",
        "bernoulli:sites=4",
        "--draws",
        "20",
        "--threads",
        "1024",
    ];
    assert_eq!(summary(folder.path(), &args)["threads"], 4);
}

#[test]
fn undefined_is_null_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let s = summary(
        folder.path(),
        &["sample", "bernoulli:sites=5", "--draws", "1"],
    );
    assert!(s["statistics"]["log_prob"]["rhat"].is_null() && s["ess_per_second"].is_null());
    assert!(!s["warnings"].as_array().unwrap().is_empty());
    // beta is so large that no chain moves.
    let s = summary(
        folder.path(),
        &[
            "sample",
            "ising-lattice:side=4,theta=5",
            "--init",
            "zeros",
            "--beta",
            "50",
        ],
    );
    assert_eq!(s["statistics"]["log_prob"]["sd"], 0.0);
    assert!(s["statistics"]["log_prob"]["ess_bulk"].is_null());
    assert!(
        s["warnings"][0]
            .as_str()
            .unwrap()
            .contains("the same in every draw")
    );
}

#[test]
fn traces_are_the_same_bytes_for_any_threads_and_diagnose_agrees() {
    let folder = tempfile::tempdir().unwrap();
    for model in ["rbm:visible=9,hidden=5", "ising-lattice:side=4"] {
        let args = [
            "sample", model, "--chains", "5", "--draws", "130", "--quiet", "--force", "--out",
        ];
        let with = |threads, out| {
            ok(
                folder.path(),
                &[
                    &args[..],
                    &[out, "--threads", threads, "--summary", "summary.json"],
                ]
                .concat(),
            );
        };
        with("1", "one");
        with("2", "two");
        assert_eq!(
            tree(&folder.path().join("one")),
            tree(&folder.path().join("two")),
            "{model}"
        );
        let run: Value = serde_json::from_str(
            &std::fs::read_to_string(folder.path().join("summary.json")).unwrap(),
        )
        .unwrap();
        let again: Value =
            serde_json::from_str(&ok(folder.path(), &["diagnose", "two", "--summary", "-"]))
                .unwrap();
        assert_eq!(run["statistics"], again["statistics"], "{model}");
        assert!(ok(folder.path(), &["info", "one"]).contains(model.split(':').next().unwrap()));
    }
}

/// Every file below a folder with its contents.
fn tree(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut todo = vec![root.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                files.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    assert!(files.len() > 5);
    files
}

#[test]
fn a_report_is_a_complete_page() {
    let folder = tempfile::tempdir().unwrap();
    ok(
        folder.path(),
        &[
            "sample",
            "potts-lattice:side=4",
            "--draws",
            "60",
            "--quiet",
            "--report",
            "page.html",
        ],
    );
    let page = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") || page.starts_with("<!doctype html>"));
    assert!(page.trim_end().ends_with("</html>") && page.contains("<svg"));
    assert!(
        !page.contains("NaN")
            && !page.contains("http-equiv=\"refresh\"")
            && !page.contains("<script")
    );
}

#[test]
fn a_rejected_command_leaves_no_partial_output() {
    let folder = tempfile::tempdir().unwrap();
    let out = gwg(
        folder.path(),
        &[
            "sample",
            "ising-lattice:side=3,theta=1e307",
            "--out",
            "t",
            "--summary",
            "s.json",
            "--float",
            "f64",
            "--init",
            "zeros",
        ],
    );
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(out.stdout.is_empty());
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "{said}"
    );
}

#[test]
fn initial_states_are_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    let header = format!(
        "{:<117}\n",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (9,), }"
    );
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.as_bytes());
    npy.extend([1u8; 9]);
    std::fs::write(folder.path().join("ones.npy"), npy).unwrap();
    let s = summary(
        folder.path(),
        &[
            "sample",
            "ising-lattice:side=3,theta=3",
            "--init",
            "ones.npy",
            "--warmup",
            "0",
            "--draws",
            "5",
        ],
    );
    assert!(
        s["means"]
            .as_array()
            .unwrap()
            .iter()
            .all(|m| m.as_f64() > Some(0.9)),
        "{s}"
    );
    let wrong = gwg(
        folder.path(),
        &["sample", "ising-lattice:side=4", "--init", "ones.npy"],
    );
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("allowed are (16,), or (rows, 16)"));
}

#[test]
fn a_value_of_the_model_that_is_no_number_is_told_with_the_draws_until_then() {
    let folder = tempfile::tempdir().unwrap();
    // Finite at zeros; at other states the sum is beyond f32.
    std::fs::write(
        folder.path().join("far.txt"),
        "4 3\n1 2 3e38\n2 3 -3e38\n3 4 3e38\n",
    )
    .unwrap();
    let model = "ising-file:path=far.txt,scale=0.5";
    let args = ["sample", model, "--init", "zeros", "--quiet"];
    let found = gwg(
        folder.path(),
        &[&args[..], &["--sampler", "gibbs", "--summary", "s.json"]].concat(),
    );
    let error = String::from_utf8(found.stderr).unwrap();
    assert_eq!(found.status.code(), Some(1), "{error}");
    assert!(
        error.contains("the model's value or gradient is"),
        "{error}"
    );
    assert!(error.contains("chain "), "{error}");
    let text = std::fs::read_to_string(folder.path().join("s.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    let warning = summary["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("ended by an invalid value"),
        "{warning}"
    );
}

#[test]
fn independent_draws_are_not_diagnosed() {
    let folder = tempfile::tempdir().unwrap();
    let args = |sampler| {
        [
            "sample",
            "ising-lattice:side=4",
            "--sampler",
            sampler,
            "--chains",
            "2",
            "--draws",
            "50",
        ]
    };
    let drawn = summary(folder.path(), &args("exact"));
    assert_eq!(drawn["independent"], true);
    assert_eq!(drawn["warnings"], Value::Array(Vec::new()));
    assert_eq!(drawn["warmup"], 0);
    let walked = summary(folder.path(), &args("gibbs"));
    assert!(walked.get("independent").is_none());
    assert!(!walked["warnings"].as_array().unwrap().is_empty());
    let text = ok(folder.path(), &[&args("exact")[..], &["--quiet"]].concat());
    assert!(text.contains("independent by the sampler"), "{text}");
}
