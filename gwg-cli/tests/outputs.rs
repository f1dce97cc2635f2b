//! Output paths: errors are reported before the run if possible, otherwise after the table.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_macros,
    reason = "a test may panic"
)]

#[path = "driver/command.rs"]
mod command;

use command::gwg;
use std::fs;
use std::path::Path;
use std::process::Output;

const SAMPLE: [&str; 6] = [
    "sample",
    "bernoulli:sites=4",
    "--draws",
    "20",
    "--quiet",
    "--force",
];
const COMPARE: [&str; 6] = [
    "compare",
    "bernoulli:sites=4",
    "--steps",
    "20",
    "--quiet",
    "--force",
];

/// Every output flag with its command.
fn flags() -> Vec<(Vec<&'static str>, &'static str)> {
    let sample = ["--out", "--report", "--summary"].map(|flag| (SAMPLE.to_vec(), flag));
    let compare = ["--out", "--summary"].map(|flag| (COMPARE.to_vec(), flag));
    let verify = [(vec!["verify"], "--out")];
    sample.into_iter().chain(compare).chain(verify).collect()
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// Checks for exit code 2, `part` in the message, and empty standard output.
fn refused(folder: &Path, args: &[&str], part: &str) {
    let out = gwg(folder, args);
    let said = said(&out);
    assert_eq!(out.status.code(), Some(2), "{args:?}: {said}");
    assert!(said.contains(part), "{args:?}: {said}");
    assert!(out.stdout.is_empty(), "{args:?}");
}

#[test]
fn a_path_below_a_file_is_rejected_before_the_run() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "").unwrap();
    for (command, flag) in flags() {
        let args = [&command[..], &[flag, "file/out"]].concat();
        let part = format!("error: {flag} file/out: file is a file, not a folder");
        refused(root.path(), &args, &part);
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_rejected_before_the_run() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let shut = root.path().join("shut");
    fs::create_dir(&shut).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(shut.join("probe"), "").is_ok() {
        println!("SKIPPED: this user (root) is not restricted by permissions");
        return;
    }
    for (command, flag) in flags() {
        let args = [&command[..], &[flag, "shut/out"]].concat();
        let part = format!("error: {flag} shut/out: cannot write to the folder shut: ");
        refused(root.path(), &args, &part);
    }
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(fs::read_dir(&shut).unwrap().count(), 0);
}

#[test]
fn outputs_with_the_same_path_are_rejected() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("d")).unwrap();
    let message = "use a different path for each output";
    for more in [
        ["--report", "a", "--summary", "a"],
        ["--out", "a", "--summary", "./a"],
        ["--out", "a", "--report", "d/../a"],
    ] {
        refused(root.path(), &[&SAMPLE[..], &more].concat(), message);
    }
    let more = ["--out", "same", "--summary", "same"];
    refused(root.path(), &[&COMPARE[..], &more].concat(), message);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    // A folder is not replaced by a file, even with --force.
    for flag in ["--report", "--summary"] {
        let args = [&SAMPLE[..], &[flag, "d"]].concat();
        refused(root.path(), &args, "is a folder; name a file");
    }
}

#[test]
fn only_the_summary_can_be_standard_output() {
    let root = tempfile::tempdir().unwrap();
    for flag in ["--out", "--report"] {
        let part = format!("error: {flag} -: ");
        refused(root.path(), &[&SAMPLE[..], &[flag, "-"]].concat(), &part);
        let both = [&SAMPLE[..], &[flag, "-", "--summary", "-"]].concat();
        refused(root.path(), &both, &part);
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

/// A device that is always full passes the check before the run.
#[cfg(target_os = "linux")]
#[test]
fn write_errors_after_the_run_are_reported_after_the_table() {
    if !Path::new("/dev/full").exists() {
        println!("SKIPPED: no /dev/full");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    for command in [SAMPLE, COMPARE] {
        let out = gwg(
            root.path(),
            &[&command[..], &["--summary", "/dev/full"]].concat(),
        );
        assert_eq!(out.status.code(), Some(1), "{command:?}");
        assert!(
            said(&out).starts_with("error: --summary /dev/full: "),
            "{}",
            said(&out)
        );
        let table = String::from_utf8(out.stdout).unwrap();
        assert!(table.starts_with("model    bernoulli"), "{table}");
    }
}

#[test]
fn sizes_beyond_memory_are_rejected() {
    let root = tempfile::tempdir().unwrap();
    let huge = "1125899906842624";
    for (command, flag) in [(SAMPLE, "--chains"), (COMPARE, "--chains")] {
        let args = [&command[..4], &["--quiet", flag, huge]].concat();
        refused(root.path(), &args, "memory");
    }
    let trace = [
        "sample",
        "bernoulli:sites=4",
        "--chains",
        huge,
        "--out",
        "t",
    ];
    refused(root.path(), &trace, "");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

/// A run ended by a signal keeps its trace, and its exit code identifies the signal.
#[cfg(unix)]
#[test]
fn signals_end_a_run_in_order() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let root = tempfile::tempdir().unwrap();
        let mut run = Command::new(env!("CARGO_BIN_EXE_gwg"))
            .current_dir(root.path())
            .args([
                "sample",
                "ising-lattice:side=10",
                "--draws",
                "1000000",
                "--thin",
                "2000",
            ])
            .args(["--out", "t", "--quiet"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let began = |root: &Path| {
            let mut partial = fs::read_dir(root).unwrap().flatten();
            partial.any(|entry| entry.path().join("posterior").is_dir())
        };
        let started = Instant::now();
        while !began(root.path()) {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "no draw was written"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        let pid = run.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(run.wait().unwrap().code(), Some(code), "{signal}");
        let entries: Vec<_> = fs::read_dir(root.path()).unwrap().flatten().collect();
        assert_eq!(entries.len(), 1, "{signal}: {entries:?}");
        let info = command::ok(root.path(), &["info", "t"]);
        assert!(info.contains("(4 chains, "), "{info}");
    }
}

#[cfg(unix)]
#[test]
fn named_pipes_are_refused_and_those_of_the_shell_are_not() {
    let root = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(root.path().join("pipe"))
        .status();
    assert!(made.unwrap().success());
    for flag in ["--summary", "--report"] {
        let args = [&SAMPLE[..], &[flag, "pipe"]].concat();
        refused(root.path(), &args, "found a named pipe");
        let args = [&SAMPLE[..], &[flag, "/dev/stdout"]].concat();
        let out = gwg(root.path(), &args);
        assert!(out.status.success(), "{}", said(&out));
    }
}
