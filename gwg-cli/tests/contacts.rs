//! `gwg contacts`: against the scores of adabmDCA, and planted pairs of synthetic data.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;
#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use lines::{refused, run};
use serde_json::{Value, json};
use shared_data::shared_data;
use std::fs;
use std::path::Path;

/// Sequences of 8 letters in which sites 1 and 7 have equal letters, and sites 2 and 8; in others they do not depend on each other.
fn alignment(rows: usize) -> String {
    let mut state = 3_u64;
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b"ACGU"[(state >> 62) as usize])
    };
    let mut text = String::new();
    for row in 0..rows {
        let mut x: Vec<char> = (0..8).map(|_| letter()).collect();
        for (i, j) in [(0, 6), (1, 7)] {
            if letter() != 'A' {
                x[j] = x[i];
            }
        }
        text.push_str(&format!(">{row}\n{}\n", x.into_iter().collect::<String>()));
    }
    text
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("rows.fasta", &alignment(1000));
    write("known.txt", "# pairs\n1 7 3.5\n2 8\n1 2\n");
    folder
}

fn summary(folder: &Path, line: &str) -> Value {
    serde_json::from_str(&run(
        folder,
        &format!("contacts {line} --quiet --summary -"),
    ))
    .unwrap()
}

#[test]
fn scores_of_both_formats_are_those_of_adabmdca() {
    let Some(data) = shared_data("adabmdca_golden") else {
        return;
    };
    let golden = fs::read_to_string(data.join("golden.json")).unwrap();
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let mut wanted: Vec<(u64, u64, f64)> = golden["rf24"]["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                c[0].as_u64().unwrap(),
                c[1].as_u64().unwrap(),
                c[2].as_f64().unwrap(),
            )
        })
        .collect();
    wanted.sort_by(|a, b| b.2.total_cmp(&a.2));
    for (file, out) in [("rf24_params.dat", "a"), ("rf24_f64.safetensors", "b")] {
        let folder = tempfile::tempdir().unwrap();
        let model = data.join(file);
        run(
            folder.path(),
            &format!("contacts {} --separation 0 --out {out}", model.display()),
        );
        let text = fs::read_to_string(folder.path().join(out).join("contacts.csv")).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("i,j,score"));
        assert_eq!(lines.clone().count(), 276);
        for (line, (i, j, score)) in lines.zip(&wanted) {
            let found: Vec<f64> = line.split(',').map(|f| f.parse().unwrap()).collect();
            assert_eq!((found[0], found[1]), ((i + 1) as f64, (j + 1) as f64));
            assert!((found[2] - score).abs() < 1e-6, "{line} {score}");
        }
        let svg = fs::read_to_string(folder.path().join(out).join("contacts.svg")).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("predicted contacts (24)"));
    }
}

#[test]
fn every_method_ranks_dependent_pairs_first() {
    let folder = folder();
    for (method, flags) in [("pcd", "--updates 40"), ("plm", ""), ("mean-field", "")] {
        let line = format!("rows.fasta --method {method} {flags} --reference known.txt");
        let s = summary(folder.path(), &line);
        let top = s["top"].as_array().unwrap();
        let pair = |k: usize| json!([top[k][0], top[k][1]]);
        let pairs = [pair(0), pair(1)];
        assert!(
            pairs.contains(&json!([1, 7])) && pairs.contains(&json!([2, 8])),
            "{method}: {top:?}"
        );
        assert!(top[1][2].as_f64() > top[2][2].as_f64().map(|score| 2.0 * score));
        assert_eq!(
            (&s["method"], &s["sites"], &s["pairs"]),
            (&json!(method), &json!(8), &json!(6))
        );
        assert_eq!(s["contacts"], json!(2));
        let wanted = json!({"L/5": 1.0, "L/2": 0.5, "L": 2.0 / 6.0, "2L": 2.0 / 6.0});
        assert_eq!(s["precision"], wanted, "{method}");
    }
}

#[test]
fn the_table_has_the_first_pairs_and_the_folder_all() {
    let folder = folder();
    let text = run(
        folder.path(),
        "contacts rows.fasta --method mean-field --reference known.txt",
    );
    for part in [
        "input    rows.fasta  (8 sites, 5 states)\n",
        "mean-field, pseudocount 0.5",
        "pairs    6 with |i - j| > 4, 2 of them contacts\n",
        "contact\n",
        "L/5",
        "precision  1.000",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let line = "contacts rows.fasta --method mean-field --separation 0 --out found";
    let text = run(folder.path(), line);
    assert!(text.contains("written  found\n") && !text.contains("precision"));
    let csv = fs::read_to_string(folder.path().join("found/contacts.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 28);
    refused(folder.path(), line, &["found", "--force"]);
    run(folder.path(), &format!("{line} --force"));
}

#[test]
fn training_has_the_same_bits_for_any_number_of_threads_and_depends_on_the_seed() {
    let folder = folder();
    let top = |flags: &str| {
        summary(
            folder.path(),
            &format!("rows.fasta --updates 5 --chains 100 {flags}"),
        )["top"]
            .clone()
    };
    assert_eq!(top("--threads 1"), top("--threads 3"));
    assert_ne!(top("--seed 0"), top("--seed 1"));
}

#[test]
fn the_gap_counts_on_request() {
    let folder = folder();
    let line = "rows.fasta --method mean-field";
    let (without, with) = (
        summary(folder.path(), line),
        summary(folder.path(), &format!("{line} --count-gap")),
    );
    assert_eq!(
        (&without["gap_counts"], &with["gap_counts"]),
        (&json!(false), &json!(true))
    );
    assert_ne!(without["top"], with["top"]);
}

#[test]
fn flags_without_effect_are_refused_with_the_method() {
    let folder = folder();
    let here = folder.path();
    run(here, "learn potts rows.fasta --updates 2 -o m.dat -q");
    for (args, said) in [
        (
            "rows.fasta --method mean-field --updates 5",
            "--updates: --method mean-field",
        ),
        (
            "rows.fasta --method mean-field --l2 1",
            "--l2: --method mean-field",
        ),
        (
            "rows.fasta --method plm --chains 5",
            "--chains: --method plm",
        ),
        (
            "rows.fasta --method plm --pseudocount 0.1",
            "--pseudocount: --method plm",
        ),
        (
            "rows.fasta --method mean-field --pseudocount 0",
            "--pseudocount: found 0, allowed for mean-field is a number above 0",
        ),
        (
            "rows.fasta --pseudocount 1",
            "--pseudocount: found 1, allowed for pcd",
        ),
        ("rows.fasta --rate -1", "--rate: found -1, allowed for pcd"),
        (
            "rows.fasta --chains 100000000000",
            "--chains: 100000000000 chains of 8 sites need",
        ),
        ("m.dat --updates 5", "--updates: found a model"),
        ("m.dat --method pcd", "--method: found a model"),
    ] {
        refused(here, &format!("contacts {args}"), &[said]);
    }
    let s = summary(here, "rows.fasta --method mean-field --pseudocount 0.25");
    assert_eq!(s["pseudocount"], json!(0.25));
}

#[test]
fn couplings_of_any_size_are_ranked() {
    let folder = folder();
    let here = folder.path();
    let model = |name: &str, unit: f64| {
        let mut text = String::new();
        for (i, j, value) in [(0, 1, 1.0), (0, 2, 3.0), (1, 2, -2.0)] {
            text.push_str(&format!("J {i} {j} A A {:e}\n", value * unit));
        }
        text.push_str("h 0 C 0\nh 1 G 0\nh 2 U 0\n");
        fs::write(here.join(name), text).unwrap();
    };
    let top = |name: &str| {
        let s = summary(here, &format!("{name} --separation 0"));
        let ranked = s["top"].as_array().unwrap().clone();
        ranked
            .iter()
            .map(|r| (r[0].clone(), r[2].as_f64().unwrap()))
            .collect::<Vec<_>>()
    };
    model("one.dat", 1.0);
    let one = top("one.dat");
    for unit in [1e200, 1e-200, 1e307] {
        model("other.dat", unit);
        for (a, b) in one.iter().zip(top("other.dat")) {
            assert_eq!(a.0, b.0, "{unit}");
            assert!((a.1 - b.1 / unit).abs() < 1e-12, "{unit}");
        }
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let folder = folder();
    let here = folder.path();
    fs::write(here.join("far.txt"), "1 9\n").unwrap();
    fs::write(here.join("bad.txt"), "1 x\n").unwrap();
    refused(
        here,
        "contacts rows.fasta --method dca",
        &["--method", "pcd, plm and mean-field"],
    );
    refused(
        here,
        "contacts rows.fasta --reference far.txt",
        &["far.txt", "1 9", "from 1 to 8"],
    );
    refused(
        here,
        "contacts rows.fasta --reference bad.txt",
        &["bad.txt", "line 1"],
    );
    refused(
        here,
        "contacts rows.fasta --separation 7",
        &["--separation", "8 sites"],
    );
    refused(here, "contacts rows.fasta --rate 0", &["--rate"]);
    refused(here, "contacts nothing.fasta", &["nothing.fasta"]);
    let Some(data) = shared_data("rbm_weights/digits64_16_own.safetensors") else {
        return;
    };
    refused(
        here,
        &format!("contacts {}", data.display()),
        &[
            "found a model of kind rbm,",
            "potts-dense, rbm-categorical and network",
        ],
    );
}

#[test]
fn planted_pairs_are_found_by_training() {
    let Some(data) = shared_data("synthetic_potts") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        "{} --reference {} --separation 2 --updates 60 --out found",
        data.join("train.npy").display(),
        data.join("edges.txt").display()
    );
    let s = summary(folder.path(), &line);
    assert_eq!((&s["states"], &s["contacts"]), (&json!(4), &json!(36)));
    let csv = fs::read_to_string(folder.path().join("found/contacts.csv")).unwrap();
    let right = csv
        .lines()
        .skip(1)
        .take(36)
        .filter(|line| line.ends_with(",1"));
    let right = right.count();
    assert!(right >= 35, "{right} of 36 planted pairs");
}

/// A training that would take years ends after a signal, with what it has found.
#[cfg(unix)]
#[test]
fn an_interrupted_training_is_used_so_far() {
    use std::process::{Command, Stdio};
    let folder = folder();
    let mut run = Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder.path())
        .args([
            "contacts",
            "rows.fasta",
            "--updates",
            "1000000000",
            "--json-lines",
        ])
        .args(["--out", "found", "--summary", "s.json"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line says that the training has begun.
    let mut lines = std::io::BufReader::new(run.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut lines, &mut String::new()).unwrap();
    let kill = Command::new("kill")
        .args(["-INT", &run.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    std::io::Read::read_to_end(&mut lines, &mut Vec::new()).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let s = fs::read_to_string(folder.path().join("s.json")).unwrap();
    let s: Value = serde_json::from_str(&s).unwrap();
    assert_eq!(s["interrupted"], true);
    assert!(s["training"]["updates"].as_u64().unwrap() >= 1);
    assert!(folder.path().join("found/contacts.csv").is_file());
}
