//! `gwg learn rbm` of sequences, and all commands that use what it writes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use lines::{refused, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Sequences of 8 letters in which sites 1 and 7 often have equal letters, and sites 2 and 8; in others they do not depend on each other.
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
        text.push_str(&format!(">{row}\n{}-\n", x.into_iter().collect::<String>()));
    }
    text
}

fn json(folder: &Path, line: &str) -> Value {
    serde_json::from_str(&run(folder, &format!("{line} --quiet --summary -"))).unwrap()
}

/// A machine of 9 sites of 5 states.
fn learned(folder: &Path, more: &str) -> Value {
    fs::write(folder.join("rows.fasta"), alignment(1500)).unwrap();
    let line = "learn rbm:hidden=8 rows.fasta -o m.safetensors --identity 1 --updates 1500 --rate 0.3 --chains 300";
    json(folder, &format!("{line} {more}"))
}

#[test]
fn sequences_are_learned_and_their_likelihood_is_exact() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let found = learned(folder, "--report page.html --samples s.fasta");
    assert_eq!((&found["sites"], &found["states"]), (&9.into(), &5.into()));
    let page = fs::read_to_string(folder.join("page.html")).unwrap();
    assert!(page.contains("Weights of hidden units"));
    assert!(
        fs::read_to_string(folder.join("s.fasta"))
            .unwrap()
            .starts_with(">chain_0\n")
    );
    let info = run(folder, "info m.safetensors");
    assert!(
        info.contains("rbm-categorical") && info.contains("hidden"),
        "{info}"
    );
    let evaluated = json(folder, "evaluate m.safetensors rows.fasta --particles 100");
    let log_z = &evaluated["log_z"];
    assert_eq!(log_z["agree"], true, "{evaluated}");
    let (exact, bar) = (
        log_z["exact"].as_f64().unwrap(),
        log_z["bar"]["value"].as_f64().unwrap(),
    );
    assert!((exact - bar).abs() < 0.1, "{log_z}");
    // By the frequencies of the rows: of independent sites -11.08, with the two pairs -9.70.
    let likelihood = evaluated["log_likelihood"]["mean"].as_f64().unwrap();
    assert!((-10.45..-9.6).contains(&likelihood), "{evaluated}");
    // f of a row and of its mutations are in agreement.
    let energies = run(folder, "energies m.safetensors rows.fasta");
    assert_eq!(energies.lines().count(), 1501);
    let mutations = run(folder, "mutations m.safetensors ACGUACGU- --alphabet rna");
    assert_eq!(mutations.lines().count(), 1 + 9 * 4, "{mutations}");
    let contacts = json(folder, "contacts m.safetensors --separation 2");
    assert_eq!(contacts["method"], "machine");
    let pairs: Vec<_> = (0..2)
        .map(|k| contacts["top"][k][0].as_u64().unwrap())
        .collect();
    assert!(
        pairs.contains(&1) && pairs.contains(&2),
        "{}",
        contacts["top"]
    );
}

#[test]
fn every_sampler_runs_on_the_file_and_so_does_the_ladder() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    learned(folder, "--ladder l.safetensors");
    for sampler in [
        "sweep",
        "gwg",
        "lb",
        "pas",
        "dmala",
        "ptt:ladder=l.safetensors",
    ] {
        let line = format!("sample m.safetensors --sampler {sampler} --draws 200 --chains 4");
        let found = json(folder, &line);
        assert_eq!(found["states"], 5, "{sampler}");
    }
    let evaluated = json(
        folder,
        "evaluate m.safetensors --ladder l.safetensors --particles 200 --temperatures 200",
    );
    assert_eq!(evaluated["log_z"]["agree"], true, "{evaluated}");
}

#[test]
fn runs_go_on_to_the_same_bytes_and_any_sampler_moves_the_chains() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    fs::write(folder.join("rows.fasta"), alignment(200)).unwrap();
    let line = "learn rbm:hidden=3 rows.fasta -q --average 0.9";
    run(folder, &format!("{line} --updates 30 -o whole.safetensors"));
    run(
        folder,
        &format!("{line} --updates 12 -o part.safetensors --checkpoint c --threads 1"),
    );
    run(
        folder,
        &format!("{line} --updates 30 -o rest.safetensors --resume c --threads 3"),
    );
    let bytes = |name: &str| fs::read(folder.join(name)).unwrap();
    assert_eq!(bytes("rest.safetensors"), bytes("whole.safetensors"));
    run(
        folder,
        &format!("{line} --updates 5 --sampler gwg -o gwg.safetensors"),
    );
    assert!(run(folder, "info gwg.safetensors").contains("rbm-categorical"));
    refused(
        folder,
        "learn rbm:hidden=3 rows.fasta -o x.safetensors --resume c --updates 40",
        &["--resume c", "another --average"],
    );
    refused(
        folder,
        "evaluate part.safetensors rows.fasta --alphabet protein",
        &["rows.fasta"],
    );
    refused(
        folder,
        "learn rbm:hidden=3 rows.fasta -o m.dat",
        &["--out m.dat", ".safetensors"],
    );
}
