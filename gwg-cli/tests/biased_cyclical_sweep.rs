//! Tests of `--sampler dula`, `acs` and `sweep`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use serde_json::Value;

fn summary(model: &str, sampler: &str, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let start = ["sample", model, "--sampler", sampler, "--summary", "-"];
    let args: Vec<&str> = start.iter().chain(more).copied().collect();
    serde_json::from_str(&ok(folder.path(), &[&args[..], &["--quiet"]].concat())).unwrap()
}

fn warns(s: &Value) -> bool {
    let warnings = s["warnings"].as_array().unwrap().iter();
    warnings
        .filter(|w| w.as_str().unwrap().contains("dula is biased"))
        .count()
        == 1
}

const MODELS: [&str; 7] = [
    "ising-lattice:side=4",
    "ising-er:sites=12",
    "potts-lattice:side=3",
    "ordinal-lattice:side=3",
    "rbm:visible=9,hidden=5",
    "bernoulli:sites=6",
    "categorical:sites=6",
];

#[test]
fn every_model_runs_with_them_and_only_dula_is_biased() {
    for model in MODELS
        .into_iter()
        .chain(["ising-dense:sites=10", "potts-dense:sites=5"])
    {
        for float in ["f32", "f64"] {
            let few = ["--draws", "50", "--warmup", "10", "--float", float];
            let dula = summary(model, "dula", &few);
            assert!(warns(&dula), "{dula}");
            assert_eq!(dula["acceptance"], 1.0);
            let acs = summary(model, "acs", &few);
            assert!(!warns(&acs), "{acs}");
            let acceptance = acs["acceptance"].as_f64().unwrap();
            assert!(acceptance > 0.0 && acceptance <= 1.0, "{acs}");
        }
    }
}

#[test]
fn the_bias_warning_is_in_the_table_and_in_the_trace_diagnosis() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "sample",
        "bernoulli:sites=4",
        "--sampler",
        "dula",
        "--out",
        "t",
        "--quiet",
    ];
    assert!(ok(folder.path(), &args).contains("\n! dula is biased"));
    assert!(ok(folder.path(), &["diagnose", "t"]).contains("\n! dula is biased"));
    assert!(ok(folder.path(), &["samplers"]).contains("\ndula  BIASED"));
}

#[test]
fn sweeps_run_on_every_model_with_conditionally_independent_blocks() {
    for model in MODELS {
        for float in ["f32", "f64"] {
            let few = ["--draws", "50", "--warmup", "10", "--float", float];
            let s = summary(model, "sweep", &few);
            assert_eq!(s["acceptance"], 1.0, "{model}");
            assert!(s["hops"].as_f64().unwrap() > 1.0, "{s}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let out = gwg(
        folder.path(),
        &["sample", "ising-dense:sites=10", "--sampler", "sweep"],
    );
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("allowed are ising-lattice, ising-er"));
}
