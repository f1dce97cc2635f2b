//! Traces of states as bits, and of lattices.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use gwg_chains::trace::TraceReader;
use std::fs;
use std::path::Path;

fn states(path: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    let visit = |_: usize, _: usize, x: &[u8]| all.extend_from_slice(x);
    TraceReader::open(path).unwrap().for_each_x(visit).unwrap();
    all
}

#[test]
fn bits_are_the_states_of_the_same_run() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let draw = [
        "sample",
        "ising-lattice:side=5",
        "--draws",
        "210",
        "--quiet",
        "--out",
    ];
    ok(folder, &[&draw[..], &["plain"]].concat());
    ok(folder, &[&draw[..], &["bits", "--packed"]].concat());
    let [plain, bits] = ["plain", "bits"].map(|name| folder.join(name));
    assert_eq!(states(&plain), states(&bits));
    let names = |path: &Path| {
        let text = fs::read_to_string(path.join("posterior/x/zarr.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        (
            json["dimension_names"].to_string(),
            json["shape"].to_string(),
        )
    };
    let (dims, shape) = names(&plain);
    assert_eq!(dims, r#"["chain","draw","row","column"]"#);
    assert_eq!(shape, "[4,210,5,5]");
    let (dims, shape) = names(&bits);
    assert_eq!(dims, r#"["chain","draw","byte"]"#);
    assert_eq!(shape, "[4,210,4]");
    let diagnosed = ["plain", "bits"].map(|name| {
        let said = ok(folder, &["diagnose", name]);
        said.replace(name, "trace")
    });
    assert_eq!(diagnosed[0], diagnosed[1]);
    assert!(ok(folder, &["info", "bits"]).contains("25 sites"));
}

#[test]
fn only_states_of_two_symbols_are_packed() {
    let root = tempfile::tempdir().unwrap();
    for (args, named) in [
        (
            &["sample", "potts-lattice:side=4", "--packed", "--out", "t"][..],
            "a model of 3 states",
        ),
        (&["sample", "ising-lattice:side=4", "--packed"], "--out"),
    ] {
        let out = gwg(root.path(), args);
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(said.contains(named), "{said}");
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}
