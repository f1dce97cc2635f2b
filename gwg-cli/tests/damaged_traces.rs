//! Traces that no run has written are refused by name, with exit code 2.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn refused(folder: &Path, part: &str) {
    let out = gwg(folder, &["diagnose", "t", "--summary", "s.json"]);
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: ") && said.contains(part), "{said}");
    assert!(out.stdout.is_empty() && !folder.join("s.json").exists());
}

fn edit(file: &Path, pointer: &str, value: Value) {
    let mut json: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    fs::write(file, json.to_string()).unwrap();
}

#[test]
fn damage_is_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let draw = [
        "sample",
        "ising-lattice:side=4",
        "--draws",
        "250",
        "--quiet",
        "--out",
        "t",
        "--force",
    ];
    let trace = || {
        ok(folder, &draw);
        folder.join("t")
    };
    ok(folder, &draw);
    ok(folder, &["diagnose", "t"]);

    fs::remove_file(trace().join("posterior/x/c/1/0/0/0")).unwrap();
    refused(folder, "t/posterior/x/c/1/0/0/0: missing");

    let array = trace().join("sample_stats");
    fs::remove_file(array.join("log_prob/c/0/0")).unwrap();
    refused(folder, "t/sample_stats/log_prob/c/0/0: missing");

    // The acceptances of a run are not its energies.
    let array = trace().join("sample_stats");
    fs::copy(array.join("log_prob/c/0/0"), array.join("accepted/c/0/0")).unwrap();
    refused(folder, "t/sample_stats/accepted: found ");

    // Hopefully no more than one state.
    edit(&trace().join("zarr.json"), "/attributes/states", json!(1));
    refused(folder, "states");

    edit(&trace().join("zarr.json"), "/attributes/chains", json!(3));
    refused(
        folder,
        "t/zarr.json: attributes.chains is 3; posterior/x has 4 chains",
    );

    let fields = trace().join("zarr.json");
    edit(&fields, "/attributes/record", json!(["log_prob", "energy"]));
    refused(folder, "attribute `record`: found energy");

    fs::remove_dir_all(trace().join("sample_stats/hamming")).unwrap();
    refused(folder, "t/sample_stats/hamming/zarr.json: No such file");
}
