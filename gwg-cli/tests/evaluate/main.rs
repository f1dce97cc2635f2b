//! `gwg evaluate`: estimates of partition functions, their verdict, log-likelihoods.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../driver/command.rs"]
mod command;
mod estimates;
mod inputs;
#[path = "../driver/lines.rs"]
mod lines;
#[path = "../driver/machine.rs"]
mod machine;
mod models;
mod phases;
#[path = "../../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use lines::run;
use serde_json::Value;
use std::path::Path;

/// The `--summary` object of a command line.
fn evaluated(folder: &Path, args: &str) -> Value {
    serde_json::from_str(&run(
        folder,
        &format!("evaluate {args} --quiet --summary -"),
    ))
    .unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

/// A value of a method is within four of its standard errors, and the rounding of f32.
#[track_caller]
fn near(found: &Value, wanted: f64) {
    let (value, error) = (number(&found["value"]), number(&found["se"]));
    assert!(
        (value - wanted).abs() < 4.0 * error + 1e-3,
        "{found}, wanted {wanted}"
    );
}
