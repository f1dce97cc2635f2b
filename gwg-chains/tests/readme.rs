//! The examples of the workspace's README, as a reader copies them: compiled and run.
//!
//! They are kept in `readme/`, for a package has no README of the workspace; within the workspace the two are compared.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod subsets {
    include!("readme/subsets.rs");

    pub(super) fn run() -> Result<(), Box<dyn std::error::Error>> {
        main()
    }
}

#[allow(unreachable_pub, reason = "an example is a crate of its own")]
mod ring {
    include!("readme/ring.rs");

    pub(super) fn run() {
        main();
        assert!(sample(7).iter().all(|&s| s < 2));
    }
}

#[test]
fn examples_are_those_of_the_readme() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    // The manifest of a package is alone in its folder, or beside those of other packages.
    let workspace = std::fs::read_to_string(format!("{root}/Cargo.toml"));
    if !workspace.is_ok_and(|text| text.contains("[workspace]")) {
        return;
    }
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let blocks: Vec<&str> = readme
        .split("```rust\n")
        .skip(1)
        .map(|rest| rest.split("```\n").next().unwrap())
        .collect();
    let copies = [
        include_str!("readme/subsets.rs"),
        include_str!("readme/ring.rs"),
    ];
    assert!(
        blocks == copies,
        "gwg-chains/tests/readme/ differs from the Rust examples of README.md: copy them"
    );
}

/// Writes its trace into the current directory, which no other test here uses.
#[test]
fn subsets_run() {
    let folder = tempfile::tempdir().unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    subsets::run().unwrap();
    assert!(folder.path().join("subsets.zarr/zarr.json").exists());
}

#[test]
fn ring_runs() {
    ring::run();
}
