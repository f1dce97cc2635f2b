//! Proteins and RNA: alignments, files of adabmDCA, contacts, on the families in `shared/data`.

#![allow(clippy::unwrap_used, reason = "the files of the tests are known")]

mod adabm;
mod alignments;
mod contacts;
mod families;
mod pseudo;
#[path = "../../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;
mod weights;

use std::path::Path;

use serde_json::Value;

/// A JSON file.
fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A JSON array, each element converted.
fn list<T>(value: &Value, convert: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(convert).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn symbol(value: &Value) -> u8 {
    u8::try_from(value.as_u64().unwrap()).unwrap()
}
