//! Tests of the default steps between draws and before them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::ok;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn summary(folder: &Path, line: &str) -> Value {
    let args: Vec<&str> = line.split_whitespace().collect();
    let all = [&args[..], &["--summary", "-", "--quiet"]].concat();
    serde_json::from_str(&ok(folder, &all)).unwrap()
}

/// Where the model is easy, the first run of a user passes.
#[test]
fn default_runs_of_easy_models_have_no_warnings() {
    let folder = tempfile::tempdir().unwrap();
    for model in [
        "ising-lattice:side=16,theta=0.2",
        "rbm:visible=100,hidden=25",
        "potts-lattice:side=10,states=3,theta=0.1",
        "bernoulli:sites=100",
        "categorical:sites=20",
    ] {
        let s = summary(folder.path(), &format!("sample {model}"));
        assert_eq!(s["warnings"], json!([]), "{model}");
        assert_eq!(s["auto"], json!(["warmup", "thin"]));
    }
}

#[test]
fn the_spacing_depends_on_sampler_model_and_free_sites() {
    let folder = tempfile::tempdir().unwrap();
    let of = |line: &str| {
        let s = summary(
            folder.path(),
            &format!("sample {line} --draws 4 --chains 1"),
        );
        (s["thin"].as_u64().unwrap(), s["warmup"].as_u64().unwrap())
    };
    let lattice = "ising-lattice:side=8,theta=0.1";
    assert_eq!(of(lattice), (1024, 204_800));
    assert_eq!(
        of(&format!("{lattice} --seed 5 --beta 2 --threads 1")),
        (1024, 204_800)
    );
    assert_eq!(of(&format!("{lattice} --sampler sweep")), (16, 3200));
    assert_eq!(
        of(&format!("{lattice} --sampler 3*gwg+gibbs")),
        (256, 51_200)
    );
    assert_eq!(of(&format!("{lattice} --thin 1e1")), (10, 204_800));
    assert_eq!(of(&format!("{lattice} --warmup 0 --thin auto")), (1024, 0));
    assert_eq!(of("rbm:visible=9,hidden=5"), (9, 1800));
    assert_eq!(of("rbm:visible=9,hidden=5 --sampler sweep"), (1, 1000));
    let clamp: String = (0..32).map(|site| format!("{site} 1\n")).collect();
    fs::write(folder.path().join("half.txt"), clamp).unwrap();
    assert_eq!(of(&format!("{lattice} --clamp half.txt")), (512, 102_400));
}

/// The slowest quantity has few effective draws, and the advised number gives the promised ones.
#[test]
fn advice_keeps_its_promise() {
    let folder = tempfile::tempdir().unwrap();
    let line = "sample ising-lattice:side=8,theta=0.15 --draws 2000 --warmup 20000";
    let s = summary(folder.path(), &format!("{line} --thin 20"));
    let warnings = s["warnings"].as_array().unwrap();
    let said = warnings.iter().map(|w| w.as_str().unwrap());
    let said = said.rev().find(|w| w.contains("is the slowest")).unwrap();
    let number = |after: &str| {
        let rest = said.split(after).nth(1).unwrap();
        let word = rest.split_whitespace().next().unwrap();
        word.parse::<f64>().unwrap()
    };
    let [thin, promised] = [number("--thin"), number("about")];
    assert!(said.contains(" in "), "{said}");
    let s = summary(folder.path(), &format!("{line} --thin {thin}"));
    let statistics = s["statistics"].as_object().unwrap();
    let ess = statistics.values().map(|s| s["ess_bulk"].as_f64().unwrap());
    let least = s["site_statistics"]["least_ess"]["ess"].as_f64().unwrap();
    let least = ess.fold(least, f64::min);
    assert!(
        least > 0.6 * promised && least < 1.7 * promised,
        "{said}, found {least}"
    );
}
