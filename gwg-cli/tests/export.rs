//! Tests of `gwg info --export`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_registry::{Model, ModelSpec};
use std::path::Path;
use std::process::{Command, Output};

fn export(folder: &Path, model: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder)
        .args(["info", model, "--export", "out.safetensors"])
        .args(more)
        .output()
        .unwrap()
}

fn model(spec: &str) -> Model<f32> {
    ModelSpec::parse(spec).unwrap().build().unwrap()
}

fn refusal(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(2));
    String::from_utf8(out.stderr.clone()).unwrap()
}

#[test]
fn an_exported_model_equals_the_original() {
    for spec in [
        "rbm:visible=9,hidden=5,seed=3",
        "ising-dense:sites=10,seed=3",
        "ising-er:sites=12,degree=3,seed=3",
        "potts-dense:sites=5,states=4,scale=0.5,seed=3",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let out = export(folder.path(), spec, &[]);
        assert!(out.status.success(), "{spec}: {out:?}");
        let shown = String::from_utf8(out.stdout).unwrap();
        assert!(shown.contains("exported to"), "{spec}: {shown}");

        let built = model(spec);
        let read = model(folder.path().join("out.safetensors").to_str().unwrap());
        let mut distinct = std::collections::BTreeSet::new();
        for t in 0..20 {
            let symbol = |i: usize| (((i + 1) * (t + 3)) % 7 % built.states()) as u8;
            let x: Vec<u8> = (0..built.sites()).map(symbol).collect();
            let (f, again) = (built.log_prob(&x), read.log_prob(&x));
            assert!(
                (f - again).abs() <= 1e-5 * (1.0 + f.abs()),
                "{spec}: {f} {again}"
            );
            distinct.insert(f.to_bits());
        }
        assert!(distinct.len() > 3, "{spec}: too few distinct values of f");
    }
}

#[test]
fn a_file_that_exists_is_kept_unless_forced() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.safetensors");
    std::fs::write(&file, "mine").unwrap();
    let message = refusal(&export(folder.path(), "rbm:visible=4,hidden=2", &[]));
    assert!(message.contains("--force"), "{message}");
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    let forced = export(folder.path(), "rbm:visible=4,hidden=2", &["--force"]);
    assert!(forced.status.success(), "{forced:?}");
    assert_eq!(model(file.to_str().unwrap()).sites(), 4);
}

#[test]
fn models_without_parameters_are_rejected() {
    for (spec, kind) in [
        ("ising-lattice:side=4", "ising-lattice"),
        ("potts-lattice:side=4", "potts-lattice"),
        ("bernoulli:sites=4", "bernoulli"),
        ("categorical:sites=4", "categorical"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let message = refusal(&export(folder.path(), spec, &[]));
        assert!(
            message.contains("--export") && message.contains(kind),
            "{message}"
        );
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "{spec}");
    }
}
