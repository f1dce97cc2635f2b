//! Models from specs and files: built, described, saved, and compared with published values.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod described;
mod files;
mod laws;
mod relaxed;

use gwg_registry::{BuildError, Model, ModelSpec};
use std::path::{Path, PathBuf};

fn spec(text: &str) -> ModelSpec {
    ModelSpec::parse(text).unwrap_or_else(|e| panic!("{e}"))
}

fn build(text: &str) -> Model<f64> {
    spec(text).build().unwrap_or_else(|e| panic!("{e}"))
}

fn build_error(text: &str) -> BuildError {
    spec(text).build::<f32>().expect_err("refused")
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn value(facts: &[(String, String)], label: &str) -> String {
    let found = facts.iter().find(|(found, _)| found == label);
    found
        .unwrap_or_else(|| panic!("no {label} in {facts:?}"))
        .1
        .clone()
}
