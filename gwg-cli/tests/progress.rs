//! Tests of what a run says on standard error.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn said(args: &[&str]) -> String {
    let out = gwg(Path::new("."), args);
    String::from_utf8(out.stderr).unwrap()
}

const SHORT: [&str; 6] = [
    "sample",
    "ising-lattice:side=4",
    "--draws",
    "20",
    "--threads",
    "1",
];

#[test]
fn what_will_run_is_said_before_it_runs() {
    let text = said(&SHORT);
    assert_eq!(
        text,
        "running  ising-lattice:side=4,theta=0.2,bias=0,dims=2 (16 sites), gwg:balance=sqrt,temperature=2,flips=1, \
         4 chains x (51200 warm-up steps + 20 draws x 256 steps), 1 thread, f32\n"
    );
    assert_eq!(said(&[&SHORT[..], &["--quiet"]].concat()), "");
}

#[test]
fn lines_of_json_are_objects() {
    let text = said(&[&SHORT[..], &["--json-lines"]].concat());
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["message"], "run");
    let phase = |name: &str| lines.iter().find(|line| line["phase"] == name).unwrap();
    assert_eq!(phase("warm-up")["of"], 51_200);
    let sampling = phase("sampling");
    assert_eq!(
        (&sampling["message"], &sampling["of"]),
        (&"progress".into(), &20.into())
    );
    for key in [
        "done",
        "seconds",
        "steps_per_second",
        "acceptance",
        "worst_rhat",
        "seconds_left",
    ] {
        assert!(sampling.get(key).is_some(), "{key}");
    }
    let text = said(&["sample", "bernoulli", "--chains", "0", "--json-lines"]);
    let line: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["message"], "error");
    assert!(
        line["text"]
            .as_str()
            .unwrap()
            .starts_with("--chains: found 0")
    );
    assert_eq!(
        said(&[&SHORT[..], &["--json-lines", "--quiet"]].concat()),
        ""
    );
}

/// On a terminal, as `script` makes one.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_without_a_cursor_or_room_gets_no_control_sequences() {
    let run = |variables: &[(&str, &str)]| {
        let line = format!(
            "{} sample ising-lattice:side=8 --draws 3000 --thin 2000 >/dev/null",
            env!("CARGO_BIN_EXE_gwg")
        );
        let mut script = Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env("COLUMNS", "100");
        for (name, value) in variables {
            script.env(name, value);
        }
        script
            .output()
            .ok()
            .map(|out| String::from_utf8_lossy(&out.stdout).into_owned())
    };
    // Without the program `script` there is no terminal to test on.
    let Some(bar) = run(&[]) else { return };
    assert!(bar.contains('\u{1b}') && bar.contains("steps/s"), "{bar:?}");
    for plain in [("TERM", "dumb"), ("COLUMNS", "20")] {
        let text = run(&[plain]).unwrap();
        assert!(
            text.starts_with("running ") && !text.contains('\u{1b}'),
            "{text:?}"
        );
    }
    let error = |line: &str| {
        let line = format!("{} {line}", env!("CARGO_BIN_EXE_gwg"));
        let mut script = Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env("NO_COLOR", "1");
        String::from_utf8_lossy(&script.output().unwrap().stdout).into_owned()
    };
    let text = error("sample");
    assert!(
        text.contains("error:") && !text.contains('\u{1b}'),
        "{text:?}"
    );
}

#[test]
fn completions_and_pages_are_of_every_command() {
    let print = |args: &[&str]| ok(Path::new("."), args);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = print(&["completions", shell]);
        assert!(
            script.contains("swap-every") && script.contains("diagnose"),
            "{shell}"
        );
    }
    let page = print(&["man"]);
    assert!(
        page.contains(".TH gwg 1") && page.contains("gwg\\-sample(1)"),
        "{page}"
    );
    let page = print(&["man", "sample"]);
    assert!(
        page.contains(".TH gwg-sample 1") && page.contains("swap\\-every"),
        "{page}"
    );
    let unknown = said(&["man", "sampel"]);
    assert!(
        unknown.starts_with(
            "error: gwg man: found `sampel`, allowed are sample, resume, merge, compare"
        ),
        "{unknown}"
    );
}
