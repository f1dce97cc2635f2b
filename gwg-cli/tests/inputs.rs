//! What the command reads, and what it says of paths that it does not take.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const GRAPH: &str = "4 3\n1 2 0.5\n2 3 -1\n4 1 2\n";

/// Runs the command with bytes on standard input.
fn piped(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn ended_well(out: Output) -> String {
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    String::from_utf8(out.stdout).unwrap()
}

/// The one line of an error, which is of the command line: exit code 2.
fn refused(folder: &Path, args: &[&OsStr]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{args:?}: {said}");
    let line = said.strip_suffix('\n').unwrap();
    assert!(!line.contains(char::is_control), "{line:?}");
    line.strip_prefix("error: ").unwrap().to_owned()
}

/// An array of 8-bit numbers as NumPy writes it.
fn npy(shape: &str, body: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '|i1', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), body].concat()
}

#[test]
fn graphs_and_models_come_from_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("g.txt"), GRAPH).unwrap();
    let of = |text: String| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let facts = of(ok(folder, &["info", "ising-file:path=g.txt"]));
    for path in ["-", "/dev/stdin"] {
        let spec = format!("ising-file:path={path}");
        let found = ended_well(piped(folder, &["info", &spec], GRAPH.as_bytes()));
        assert_eq!(of(found), facts);
    }

    ok(
        folder,
        &["info", "ising-file:path=g.txt", "--export", "m.safetensors"],
    );
    let facts = of(ok(folder, &["info", "m.safetensors"]));
    let model = fs::read(folder.join("m.safetensors")).unwrap();
    for path in ["-", "/dev/stdin"] {
        let found = ended_well(piped(folder, &["info", path], &model));
        assert_eq!(of(found), facts);
    }
    let twice = piped(folder, &["info", "-", "--export", "n.safetensors"], &model);
    let said = String::from_utf8(twice.stderr).unwrap();
    assert!(
        said.contains("standard input can be read only once"),
        "{said}"
    );
    assert!(!folder.join("n.safetensors").exists());
}

#[test]
fn states_and_observations_have_the_shape_of_the_lattice() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut body = vec![0xff; 64];
    (body[1], body[8]) = (1, 0);
    fs::write(folder.join("seen.npy"), npy("(8, 8)", &body)).unwrap();
    fs::write(folder.join("init.npy"), npy("(4, 8, 8)", &[1; 256])).unwrap();
    fs::write(folder.join("all.npz"), b"PK\x03\x04").unwrap();
    let draw = ["sample", "ising-lattice:side=8", "--draws", "10", "--quiet"];
    let with = |more: &[&'static str]| -> Vec<&'static str> { [&draw[..], more].concat() };
    let table = ok(folder, &with(&["--clamp", "seen.npy"]));
    assert!(
        table.contains("seen.npy  (2 of 64 sites observed)"),
        "{table}"
    );
    ok(folder, &with(&["--init", "init.npy"]));
    ended_well(piped(folder, &with(&["--clamp", "-"]), b"0 1\n"));
    ended_well(piped(
        folder,
        &with(&["--init", "-"]),
        &npy("(8, 8)", &[1; 64]),
    ));

    let said = |more: &[&'static str]| {
        refused(
            folder,
            &with(more).into_iter().map(OsStr::new).collect::<Vec<_>>(),
        )
    };
    for flag in ["--clamp", "--init"] {
        let message = said(&[flag, "all.npz"]);
        assert!(
            message.contains("all.npz: found an archive of arrays (.npz)"),
            "{message}"
        );
    }
    fs::write(folder.join("small.npy"), npy("(7, 8)", &[1; 56])).unwrap();
    let message = said(&["--clamp", "small.npy"]);
    assert!(
        message.contains("shape [7, 8], allowed are 64 integers"),
        "{message}"
    );
    let message = said(&["--init", "small.npy"]);
    assert!(
        message.contains("shape [7, 8], allowed are (64,), or (rows, 64)"),
        "{message}"
    );
}

#[test]
fn a_path_that_is_not_taken_is_told_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("g.txt"), GRAPH).unwrap();
    fs::write(folder.join("rbm.npz"), b"PK\x03\x04").unwrap();
    fs::write(folder.join("x.npy"), npy("(1,)", &[1])).unwrap();
    fs::write(folder.join("empty"), "").unwrap();
    fs::write(folder.join("g.xz"), b"\xfd7zXZ\0\0\x04").unwrap();
    fs::create_dir(folder.join("d")).unwrap();
    ok(
        folder,
        &["info", "ising-file:path=g.txt", "--export", "m.safetensors"],
    );
    let sample = [
        "sample",
        "bernoulli:sites=3",
        "--draws",
        "4",
        "--quiet",
        "--out",
        "t",
        "--summary",
        "s.json",
        "--report",
        "r.html",
    ];
    ok(folder, &sample);
    for (command, path, parts) in [
        (
            "sample",
            "t",
            &["found a trace", "`gwg diagnose t`", "`gwg info t`"][..],
        ),
        ("sample", "d", &["found a folder", "name a file in it"]),
        (
            "sample",
            "rbm.npz",
            &["found a zip archive", ".safetensors (Python"],
        ),
        ("sample", "x.npy", &["found a NumPy array", "--clamp x.npy"]),
        (
            "sample",
            "g.txt",
            &["found a graph", "`ising-file:path=g.txt`"],
        ),
        ("sample", "s.json", &["found a JSON text"]),
        ("sample", "empty", &["found an empty file"]),
        (
            "info",
            "d",
            &["found a folder without zarr.json", "gwg sample --out"],
        ),
        ("info", "r.html", &["found an HTML page"]),
        ("info", "g.xz", &["packed by xz", "`xz -dc g.xz`"]),
        (
            "info",
            "ising-file:path=g.xz",
            &["packed by xz", "`xz -dc`"],
        ),
        (
            "info",
            "gone",
            &["the folder of a trace", "no file or folder gone"],
        ),
        ("resume", "d", &["found a folder without zarr.json"]),
        ("diagnose", "d", &["found a folder without zarr.json"]),
        (
            "diagnose",
            "m.safetensors",
            &["found a model file", "`gwg info m.safetensors`"],
        ),
        (
            "diagnose",
            "g.txt",
            &["found a graph", "`gwg info ising-file:path=g.txt`"],
        ),
        (
            "diagnose",
            "rbm.npz",
            &["found a zip archive", "a trace is needed"],
        ),
        (
            "diagnose",
            "bernoulli",
            &["found a model", "`gwg info bernoulli`"],
        ),
    ] {
        let message = refused(folder, &[OsStr::new(command), OsStr::new(path)]);
        for part in parts {
            assert!(
                message.contains(part),
                "{command} {path}: {part:?} is not in: {message}"
            );
        }
    }
}

#[test]
fn hostile_names_are_escaped_wherever_they_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let hostile = b"\x1b[31m\nerror: \xff\xc2\x9b\xe2\x80\xae";
    let name = |ending: &str| OsStr::from_bytes(&[hostile, ending.as_bytes()].concat()).to_owned();
    let inside = |start: &str, ending: &str| {
        OsStr::from_bytes(&[start.as_bytes(), hostile, ending.as_bytes()].concat()).to_owned()
    };
    let files = [".txt", ".npy", ".safetensors", ".npz"];
    for ending in files {
        fs::write(folder.join(name(ending)), b"1 x\n").unwrap();
    }
    fs::create_dir(folder.join(name(""))).unwrap();
    let [sample, info, diagnose, model] =
        ["sample", "info", "diagnose", "bernoulli"].map(OsStr::new);
    let flagged = |flag: &'static str| [sample, model, OsStr::new(flag)];
    let mut all: Vec<Vec<std::ffi::OsString>> = Vec::new();
    for ending in files.into_iter().chain([""]) {
        for command in [sample, info, diagnose] {
            all.push(vec![command.to_owned(), name(ending)]);
        }
        all.push(vec![info.to_owned(), inside("ising-file:path=", ending)]);
        all.push(vec![info.to_owned(), inside("potts-file:path=", ending)]);
        for flag in ["--init", "--clamp", "--out", "--report", "--summary"] {
            let args = flagged(flag).map(OsStr::to_owned).into_iter();
            all.push(args.chain([name(ending)]).collect());
        }
    }
    for args in &all {
        let args: Vec<&OsStr> = args.iter().map(|a| &**a).collect();
        let message = refused(folder, &args);
        assert!(message.contains("[31m\\nerror: "), "{args:?}: {message}");
        assert!(!message.contains(['\u{202e}', '\u{9b}']), "{message:?}");
    }

    // A good model of a hostile name, in a table.
    fs::write(folder.join(name(".txt")), GRAPH).unwrap();
    for command in [sample, info] {
        let spec = inside("ising-file:path=", ".txt");
        let args: &[&OsStr] = &[command, &spec];
        let out = Command::new(env!("CARGO_BIN_EXE_gwg"))
            .current_dir(folder)
            .args(args)
            .output()
            .unwrap();
        let table = String::from_utf8(out.stdout).unwrap();
        assert!(
            out.status.success() && table.contains("\\u{1b}[31m\\nerror: "),
            "{table}"
        );
        assert!(
            !table.contains(['\u{1b}', '\u{202e}', '\u{9b}']),
            "{table:?}"
        );
    }
}

#[test]
fn hostile_attributes_of_a_trace_are_escaped_and_cut() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(
        folder,
        &[
            "sample",
            "bernoulli:sites=3",
            "--draws",
            "4",
            "--quiet",
            "--out",
            "t",
        ],
    );
    let path = folder.join("t/zarr.json");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    json["attributes"]["model"] = "\u{1b}[31m\nerror: ".repeat(100_000).into();
    json["attributes"]["\u{1b}[2J"] = 1.into();
    fs::write(&path, json.to_string()).unwrap();
    for command in ["info", "diagnose"] {
        let out = gwg(folder, &[command, "t"]);
        let shown = String::from_utf8([out.stdout, out.stderr].concat()).unwrap();
        assert!(
            !shown.contains('\u{1b}') && shown.len() < 20_000,
            "{}",
            shown.len()
        );
    }
}
