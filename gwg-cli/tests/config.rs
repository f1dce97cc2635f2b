//! Tests of `--config`, `--print-config`, and of what outputs say of the run that made them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const RUN: &str = "
# a short run
model = \"ising-lattice:side=4\"
sampler = \"gibbs\"
chains = 2
warmup = 1e2
draws = 1_00
thin = \"auto\"
record = [\"magnetization\", \"hamming\"]
seed = 7
beta = 0.5
quiet = true
";

fn summary(folder: &Path, args: &[&str]) -> Value {
    let all = [args, &["--summary", "-", "--quiet"]].concat();
    serde_json::from_str(&ok(folder, &all)).unwrap()
}

fn error(folder: &Path, args: &[&str]) -> String {
    let out = gwg(folder, args);
    assert_eq!(out.status.code(), Some(2), "{args:?}");
    String::from_utf8(out.stderr).unwrap()
}

/// What a file is refused for.
fn refused(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("run.toml"), text).unwrap();
    error(
        folder.path(),
        &["sample", "bernoulli", "--config", "run.toml"],
    )
}

#[test]
fn a_file_sets_flags_and_the_command_line_wins() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("run.toml"), RUN).unwrap();
    let s = summary(folder.path(), &["sample", "--config", "run.toml"]);
    assert_eq!(s["sampler"], "gibbs:scan=systematic");
    assert_eq!(
        (&s["chains"], &s["warmup"], &s["draws"]),
        (&json!(2), &json!(100), &json!(100))
    );
    assert_eq!(
        (&s["seed"], &s["beta"], &s["thin"]),
        (&json!(7), &json!(0.5), &json!(256))
    );
    assert_eq!(s["record"], json!(["log_prob", "magnetization", "hamming"]));
    let own = [
        "--seed",
        "8",
        "--record",
        "hamming",
        "--thin",
        "3",
        "bernoulli:sites=5",
    ];
    let both = [&["sample", "--config", "run.toml"], &own[..]].concat();
    let s = summary(folder.path(), &both);
    assert_eq!(
        (&s["model"], &s["seed"]),
        (&json!("bernoulli:sites=5,seed=1"), &json!(8))
    );
    assert_eq!(
        (&s["record"], &s["thin"]),
        (&json!(["log_prob", "hamming"]), &json!(3))
    );
    assert_eq!(s["chains"], 2);
}

#[test]
fn a_printed_configuration_is_read_back_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let line = [
        "sample",
        "ising-lattice:side=4",
        "--seed",
        "18446744073709551615",
        "--thin",
        "2",
        "--draws",
        "1e2",
        "--record",
        "magnetization,log_prob",
        "--beta",
        "0.50",
        "--init",
        "zeros",
        "--replicas",
        "2",
    ];
    let printed = ok(folder.path(), &[&line[..], &["--print-config"]].concat());
    assert!(
        printed.contains("thin = 2\n") && printed.contains("warmup = \"auto\"\n"),
        "{printed}"
    );
    assert!(!printed.contains("config"), "{printed}");
    fs::write(folder.path().join("run.toml"), &printed).unwrap();
    let again = ok(
        folder.path(),
        &["sample", "--config", "run.toml", "--print-config"],
    );
    assert_eq!(printed, again);
    let relaxed = ["compare", "--relaxations", "--temperatures", "0.2,0.7"];
    let printed = ok(folder.path(), &[&relaxed[..], &["--print-config"]].concat());
    assert!(printed.contains("relaxations = true\ntemperatures = [0.2,0.7]\n"));
    fs::write(folder.path().join("relaxed.toml"), &printed).unwrap();
    let last = ["compare", "--config", "relaxed.toml", "--print-config"];
    assert_eq!(printed, ok(folder.path(), &last));
    let [a, b] =
        [&line[..], &["sample", "--config", "run.toml"]].map(|args| summary(folder.path(), args));
    assert_eq!(
        (&a["statistics"], &a["command"]),
        (&b["statistics"], &b["command"])
    );
}

#[test]
fn a_configuration_of_seconds_has_no_steps() {
    let folder = tempfile::tempdir().unwrap();
    let line = [
        "compare",
        "bernoulli:sites=4",
        "potts-lattice:side=3",
        "--seconds",
        "2.5",
        "--samplers",
        "gwg,gibbs",
    ];
    let printed = ok(folder.path(), &[&line[..], &["--print-config"]].concat());
    assert!(
        printed.contains("seconds = 2.5\n") && !printed.contains("steps"),
        "{printed}"
    );
    assert!(
        printed.contains("models = [\"bernoulli:sites=4\",\"potts-lattice:side=3\"]\n"),
        "{printed}"
    );
    fs::write(folder.path().join("run.toml"), &printed).unwrap();
    let again = ok(
        folder.path(),
        &["compare", "--config", "run.toml", "--print-config"],
    );
    assert_eq!(printed, again);
    // A budget of steps on the command line is instead of the seconds in the file.
    let steps = ok(
        folder.path(),
        &[
            "compare",
            "--config",
            "run.toml",
            "--steps",
            "10",
            "--print-config",
        ],
    );
    assert!(
        steps.contains("steps = 10\n") && !steps.contains("seconds"),
        "{steps}"
    );
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_line() {
    let said = refused("chains = 4\n\n# more\nthinn = 3\n");
    assert!(
        said.starts_with(
            "error: run.toml:4: unknown key `thinn`; did you mean `thin`?; allowed are "
        ),
        "{said}"
    );
    assert!(refused("swap_every = 3").contains("did you mean `swap-every`?"));
    assert!(refused("config = \"x\"").contains("unknown key `config`"));
    let flag = error(Path::new("."), &["sample", "bernoulli", "--chains", "many"]);
    let file = refused("\nchains = \"many\"");
    let found = flag
        .lines()
        .next()
        .unwrap()
        .strip_prefix("error: ")
        .unwrap();
    assert_eq!(file, format!("error: run.toml:2: {found}\n"));
    assert!(
        refused("float = \"f16\"")
            .contains("run.toml:1: invalid value 'f16' for '--float <FLOAT>'")
    );
    assert!(
        refused("force = 1")
            .contains("force: found a value of type integer, allowed is true or false")
    );
    assert!(
        refused("chains = [1, 2]")
            .contains("chains: found a value of type array, allowed is a string or a number")
    );
    assert!(refused("chains = true").contains("type boolean"));
    assert!(refused("record = []").contains("nonempty array"));
    assert!(refused("chains = 4\nchains = 5").contains("run.toml:2: duplicate key"));
    assert!(refused("chains = ").contains("run.toml:1: "));
    let missing = error(
        Path::new("."),
        &["sample", "bernoulli", "--config", "nowhere.toml"],
    );
    assert!(
        missing.starts_with("error: --config nowhere.toml: "),
        "{missing}"
    );
}

#[test]
fn outputs_have_the_command_and_the_configuration_that_repeat_them() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = |trace: &str| {
        let read = |name: &str| fs::read(folder.path().join(trace).join(name)).unwrap();
        (read("zarr.json"), read("posterior/x/zarr.json"))
    };
    let line = [
        "sample",
        "ising-lattice:side=4",
        "--draws",
        "30",
        "--seed",
        "3",
    ];
    let first = [
        &line[..],
        &[
            "--out",
            "a",
            "--threads",
            "1",
            "--summary",
            "a.json",
            "--quiet",
        ],
    ]
    .concat();
    ok(folder.path(), &first);
    ok(
        folder.path(),
        &[&line[..], &["--out", "b", "--threads", "2"]].concat(),
    );
    assert_eq!(bytes("a"), bytes("b"));
    let summary: Value =
        serde_json::from_slice(&fs::read(folder.path().join("a.json")).unwrap()).unwrap();
    let trace: Value = serde_json::from_slice(&bytes("a").0).unwrap();
    let attributes = &trace["attributes"];
    for key in ["command", "config"] {
        assert_eq!(summary[key], attributes[key]);
    }
    assert_eq!(attributes["config"]["thin"], 256);
    let command = attributes["command"].as_str().unwrap();
    assert!(
        command.starts_with("gwg sample ising-lattice:side=4,"),
        "{command}"
    );
    // The configuration as a file, and the command as a line.
    let config = attributes["config"].as_object().unwrap();
    let toml: String = config
        .iter()
        .map(|(key, value)| format!("{key} = {value}\n"))
        .collect();
    fs::write(folder.path().join("run.toml"), toml).unwrap();
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    ok(folder.path(), &[&args[..], &["--out", "c"]].concat());
    ok(
        folder.path(),
        &["sample", "--config", "run.toml", "--out", "d"],
    );
    let x = |trace: &str| {
        ok(folder.path(), &["diagnose", trace])
            .split_once('\n')
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!([x("a"), x("a")], [x("c"), x("d")]);
}
