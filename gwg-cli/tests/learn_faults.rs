//! `gwg learn`: training that cannot go well, names of files, and other methods.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use command::gwg;
use lines::{refused, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// 400 rows of 6 spins, neighbors in a row likely to be equal, and rows of 3 states without letters.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut state = 12_345_u32;
    let mut unit = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let (mut spins, mut three) = (String::new(), String::new());
    for _ in 0..400 {
        let mut last = unit() < 0.5;
        for _ in 0..6 {
            last ^= unit() < 0.2;
            spins.push(if last { '1' } else { '0' });
            three.push(char::from(b"012"[(unit() * 3.0) as usize]));
        }
        spins.push('\n');
        three.push('\n');
    }
    fs::write(folder.path().join("rows.txt"), spins).unwrap();
    fs::write(folder.path().join("three.txt"), three).unwrap();
    folder
}

fn fails(folder: &Path, args: &str) -> String {
    let out = gwg(folder, &args.split_whitespace().collect::<Vec<_>>());
    let error = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(1), "{args}: {error}");
    error
}

#[test]
fn training_that_diverges_ends_with_an_error_and_replaces_nothing() {
    let folder = folder();
    let here = folder.path();
    for (kind, flags) in [
        ("ising", ""),
        ("potts", "--optimizer adam"),
        ("rbm:hidden=3", ""),
        ("ising", "--sampler gwg"),
        ("rbm:hidden=3", "--sampler gibbs"),
        ("ising-lattice:side=3", "--sampler gwg"),
    ] {
        let rows = if kind.contains("side") {
            "nine.txt"
        } else {
            "rows.txt"
        };
        fs::write(here.join("nine.txt"), "001101010\n110010110\n111100101\n").unwrap();
        let out = if kind.contains("side") {
            "m.txt"
        } else {
            "m.safetensors"
        };
        fs::write(here.join(out), "before").unwrap();
        for rate in ["1e30", "3e38", "1e5"] {
            let args =
                format!("learn {kind} {rows} -o {out} --force --rate {rate} --updates 9 {flags}");
            let said = fails(here, &args);
            for part in [
                "the training diverged in update ",
                "at most 10000",
                "lower --rate (now",
            ] {
                assert!(said.contains(part), "{args}: {said}");
            }
            assert!(said.contains(&format!("{out} is not written")), "{said}");
        }
        assert_eq!(fs::read_to_string(here.join(out)).unwrap(), "before");
    }
    let said = fails(
        here,
        "contacts rows.txt --rate 1e30 --updates 3 --separation 0",
    );
    assert!(said.contains("the training diverged in update 1"), "{said}");
}

#[test]
fn a_checkpoint_is_kept_where_training_diverges() {
    let folder = folder();
    let here = folder.path();
    let args = "learn ising rows.txt -o m.safetensors --checkpoint c --every 100ms";
    run(here, &format!("{args} --updates 5 -q"));
    let before = fs::read(here.join("c")).unwrap();
    let said = fails(here, &format!("{args} --force --rate 1e30 -q"));
    assert!(said.contains("m.safetensors is not written"), "{said}");
    assert_eq!(fs::read(here.join("c")).unwrap(), before);
}

#[test]
fn a_sampler_that_is_not_exact_is_named() {
    let folder = folder();
    let args = "learn ising rows.txt -o m.safetensors --updates 2 -q --sampler";
    for (sampler, warned) in [("dula", true), ("gwg", false)] {
        let words = format!("{args} {sampler} --force");
        let out = gwg(folder.path(), &words.split_whitespace().collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{said}");
        assert_eq!(said.contains("note: --sampler dula:"), warned, "{said}");
        assert_eq!(said.contains("exact samplers"), warned, "{said}");
    }
}

#[test]
fn names_of_model_files_are_checked_before_training() {
    let folder = folder();
    let here = folder.path();
    let one = "allowed for potts is a name that ends in .safetensors, or .dat";
    for (args, said) in [
        ("potts rows.txt -o m.txt", one),
        ("potts rows.txt -o m", one),
        ("potts rows.txt -o m.safetensors.gz", one),
        ("rbm:hidden=2 rows.txt -o m.dat", "ends in .safetensors"),
        (
            "ising rows.txt --sampler gwg -o m.dat",
            "ends in .safetensors",
        ),
        (
            "ising-lattice:side=3 rows.txt -o m.safetensors",
            ".txt, a text file",
        ),
        ("potts three.txt -o m.dat", "have 3 states without any"),
        (
            "rbm:hidden=1e9 rows.txt -o m.safetensors",
            "N an integer from 1 to 1048576",
        ),
    ] {
        // Updates that would take years.
        let args = format!("learn {args} --updates 1000000000");
        refused(here, &args, &[said]);
    }
    assert_eq!(fs::read_dir(here).unwrap().count(), 2);
}

#[test]
fn a_resumed_run_says_which_flag_differs() {
    let folder = folder();
    let here = folder.path();
    for (kind, base, others) in [
        (
            "potts",
            "--chains 20",
            &[
                (
                    "--chains 30",
                    "another --chains: found 20, and this one has 30",
                ),
                (
                    "--steps-per-update 7",
                    "--steps-per-update: found 10, and this one has 7",
                ),
                ("--rate 0.5", "--rate: found 0.3, and this one has 0.5"),
                (
                    "--optimizer adam",
                    "--optimizer: found sgd, and this one has adam",
                ),
                ("--l2 0.25", "--l2: found 0.0, and this one has 0.25"),
                ("--seed 3", "--seed: found 0, and this one has 3"),
                (
                    "--plain",
                    "gradient (centered, which --plain ends): found true",
                ),
            ][..],
        ),
        (
            "rbm:hidden=3",
            "",
            &[
                (
                    "--batch 5",
                    "another --batch: found 100, and this one has 5",
                ),
                (
                    "--decay-after 9",
                    "--decay-after: found 0, and this one has 9",
                ),
            ],
        ),
        (
            "ising",
            "--sampler gwg",
            &[("--chains 9", "another --chains: found 100")],
        ),
    ] {
        let args = format!("learn {kind} rows.txt --updates 2 -q --force {base}");
        run(here, &format!("{args} -o one.safetensors --checkpoint c"));
        for (flags, said) in others {
            let first = if flags.starts_with("--chains") {
                base.replace("--chains 20", "")
            } else {
                base.to_string()
            };
            let line = format!(
                "learn {kind} rows.txt --updates 2 -q {first} -o two.safetensors --resume c {flags}"
            );
            refused(here, &line, &["--resume c", said]);
        }
    }
    let line = "learn rbm:hidden=4 rows.txt -o two.safetensors --resume c -q";
    refused(
        here,
        line,
        &[
            "another kind: found model of",
            "restricted Boltzmann machine",
        ],
    );
}

#[test]
fn each_method_finds_the_chain() {
    let folder = folder();
    let here = folder.path();
    for kind in ["ising", "potts"] {
        for method in ["pseudo-likelihood", "probability-flow", "ratio-matching"] {
            let all: Vec<Vec<u8>> = ["1", "3"]
                .into_iter()
                .map(|threads| {
                    let line = format!(
                        "learn {kind} rows.txt -o m.safetensors --method {method} --threads {threads} --l2 0.001 -q --force --summary -"
                    );
                    let found: Value = serde_json::from_str(&run(here, &line)).unwrap();
                    assert!(found["objective"].as_f64().unwrap() > 0.0, "{found}");
                    assert!(found["updates"].as_u64().unwrap() > 2, "{found}");
                    fs::read(here.join("m.safetensors")).unwrap()
                })
                .collect();
            assert!(all[0] == all[1], "{kind} {method}");
            // Neighbors first.
            if kind == "potts" {
                let line = "contacts m.safetensors --separation 0 -q --summary -";
                let found: Value = serde_json::from_str(&run(here, line)).unwrap();
                for ranked in found["top"].as_array().unwrap().iter().take(5) {
                    let site = |k: usize| ranked[k].as_u64().unwrap();
                    assert_eq!(site(1) - site(0), 1, "{method}: {found}");
                }
            }
        }
    }
    for (args, said) in [
        ("ising rows.txt --method plm", "--method: found `plm`"),
        (
            "rbm:hidden=2 rows.txt --method ratio-matching",
            "allowed are potts and ising",
        ),
        (
            "ising rows.txt --method ratio-matching --chains 4",
            "--chains: --method ratio-matching",
        ),
        (
            "ising rows.txt --method probability-flow --rate 1",
            "--rate: --method probability-flow",
        ),
    ] {
        refused(here, &format!("learn {args} -o x.safetensors"), &[said]);
    }
}
