//! Little memory, and outputs that cannot be written: errors, and no aborts.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::process::{Command, Output};

/// A line of the shell; `GWG` stands for the command.
fn shell(folder: &Path, line: &str) -> Output {
    Command::new("sh")
        .current_dir(folder)
        .args(["-c", &line.replace("GWG", env!("CARGO_BIN_EXE_gwg"))])
        .output()
        .unwrap()
}

#[test]
fn little_address_space_is_an_error_and_no_abort() {
    for model in [
        "bernoulli:sites=10",
        "rbm:visible=784,hidden=500",
        "ising-lattice:side=50",
    ] {
        // The last is enough on machines with caches of up to a gibibyte, which products of matrices reserve.
        for mebibytes in [40, 80, 160, 250, 400, 1000, 8000] {
            let root = tempfile::tempdir().unwrap();
            let line = format!(
                "ulimit -v {}; exec GWG sample {model} --draws 50 --thin 2 --warmup 10 --threads 2 --quiet --out t",
                mebibytes << 10
            );
            let out = shell(root.path(), &line);
            let said = String::from_utf8_lossy(&out.stderr);
            let done = root.path().join("t").exists();
            match out.status.code() {
                Some(0) => assert!(done && mebibytes > 300, "{line}"),
                Some(2) => assert!(
                    !done && said.contains("ulimit -v") && mebibytes < 8000,
                    "{line}: {said}"
                ),
                other => panic!("{line}: {other:?}: {said}"),
            }
        }
    }
}

#[test]
fn a_run_that_needs_more_memory_than_there_is_is_refused_before_its_warm_up() {
    let root = tempfile::tempdir().unwrap();
    let line = "exec GWG sample ising-lattice:side=1000 --chains 100000000 --warmup 1000000000 --quiet --out t";
    let out = shell(root.path(), line);
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("of memory, of which"), "{said}");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn what_needs_more_memory_than_there_is_is_refused_by_every_command() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let image = format!("P1\n64 64\n{}\n", "01".repeat(2048));
    std::fs::write(folder.join("i.pbm"), image).unwrap();
    std::fs::write(folder.join("rows.txt"), "010110\n110110\n001010\n").unwrap();
    let large = format!("P4\n4096 4096\n{}", "a".repeat(4096 * 512));
    std::fs::write(folder.join("large.pbm"), large).unwrap();
    for (line, said) in [
        (
            "GWG denoise i.pbm -o o.pbm --chains 100000000",
            "--chains: 100000000 chains of 4096 pixels",
        ),
        (
            "ulimit -v 2000000; exec GWG denoise large.pbm -o o.pbm --threads 1",
            "cut the image into parts",
        ),
        (
            "GWG evaluate potts-lattice:side=20 --particles 100000000",
            "--particles: 100000000 paths of 400 sites",
        ),
        (
            "GWG evaluate rbm:visible=784,hidden=500 --particles 100000000",
            "--particles: 100000000 paths of 784 sites",
        ),
        (
            "GWG evaluate ising-lattice:side=30 --particles 1000000000",
            "at most 100000000",
        ),
        (
            "GWG contacts rows.txt --separation 0 --chains 1000000000000",
            "--chains: 1000000000000 chains",
        ),
        (
            "GWG learn ising rows.txt -o m.safetensors --chains 1000000000000",
            "--chains: 1000000000000 chains",
        ),
    ] {
        let out = shell(folder, line);
        let error = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{line}: {error}");
        assert!(error.contains(said), "{line}: {error}");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 3, "{line}");
    }
}

#[test]
fn closed_streams_end_no_run() {
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let root = tempfile::tempdir().unwrap();
        let line = format!("exec GWG sample bernoulli:sites=5 --draws 50 --out t {closed}");
        let out = shell(root.path(), &line);
        assert_eq!(out.status.code(), Some(0), "{line}");
        let out = shell(root.path(), "exec GWG diagnose t");
        assert_eq!(out.status.code(), Some(0), "{line}");
    }
}

/// Of a long run a part of the draws is kept, the same in a run and in the diagnosis of its trace.
#[test]
fn long_runs_are_judged_by_a_part_of_their_draws() {
    let root = tempfile::tempdir().unwrap();
    let sample = "exec GWG sample bernoulli:sites=3 --chains 2 --draws 300000 --thin 1 --quiet --out t --summary s.json";
    let out = shell(root.path(), sample);
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{said}");
    let table = String::from_utf8_lossy(&out.stdout);
    assert!(table.contains("of one draw in 2"), "{table}");
    let out = shell(root.path(), "exec GWG diagnose t --summary d.json");
    assert_eq!(out.status.code(), Some(0));
    let [run, again] = ["s.json", "d.json"].map(|name| {
        let text = std::fs::read(root.path().join(name)).unwrap();
        serde_json::from_slice::<serde_json::Value>(&text).unwrap()
    });
    assert_eq!(run["statistics_of_every"], 2);
    for key in ["statistics", "statistics_of_every", "site_statistics"] {
        assert_eq!(run[key], again[key], "{key}");
    }
}
