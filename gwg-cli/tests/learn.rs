//! `gwg learn`: what is found, what is written, and runs that go on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use lines::{refused, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// 600 rows of 9 spins, neighbors in a row likely to be equal.
fn rows(folder: &Path) {
    let mut state = 12_345_u32;
    let mut unit = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let mut text = String::new();
    for _ in 0..600 {
        let mut last = unit() < 0.5;
        for _ in 0..9 {
            // tanh J of the chain: .6.
            if unit() < 0.2 {
                last = !last;
            }
            text.push(if last { '1' } else { '0' });
        }
        text.push('\n');
    }
    fs::write(folder.join("rows.txt"), text).unwrap();
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn an_ising_chain_is_found_and_sampled() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    let args = "learn ising rows.txt -o chain.safetensors --updates 150 --rate 0.5 --seed 3 -q";
    let found = json(&run(
        folder,
        &format!("{args} --summary - --samples states.npy"),
    ));
    assert_eq!(
        (found["rows"].as_u64(), found["sites"].as_u64()),
        (Some(600), Some(9))
    );
    assert!(found["pearson"].as_f64().unwrap() > 0.9, "{found}");
    assert!(found["pearson_of_halves"].as_f64().unwrap() > 0.5);
    assert_eq!(found["updates"].as_u64(), Some(150));
    let info = run(folder, "info chain.safetensors");
    assert!(info.contains("ising-dense"), "{info}");
    // The states are those of the model: they start its chains.
    run(
        folder,
        "sample chain.safetensors --init states.npy --chains 2000 --draws 2 --warmup 0 -q --out t.zarr",
    );
    let again = json(&run(
        folder,
        "learn ising t.zarr -o again.safetensors --updates 5 -q --summary -",
    ));
    assert_eq!(again["rows"].as_u64(), Some(4000));
}

#[test]
fn each_kind_is_learned_with_the_same_bytes_on_any_number_of_threads() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    for (kind, more) in [
        ("potts", "--optimizer adam --rate 0.02"),
        ("ising", "--plain --l2 0.01"),
        ("ising", "--sampler gwg --chains 40"),
        ("ising-lattice:side=3", "--sampler 5*gwg+gibbs"),
        ("rbm:hidden=4", "--optimizer momentum --batch 30"),
        ("rbm:hidden=4", "--rate 0.5 --adapt --ladder l.safetensors"),
        ("potts", "--rate 0.5 --adapt --ladder l.safetensors"),
        ("ising", "--chains 70 --ladder l.safetensors"),
        ("rbm:hidden=4", "--sampler block-gibbs --batch 30"),
        ("potts", "--sampler dmala --l1 0.001"),
    ] {
        let all: Vec<Vec<u8>> = [1, 3]
            .into_iter()
            .map(|threads| {
                let is_lattice = kind.starts_with("ising-lattice");
                let out = format!(
                    "{threads}.{}",
                    if is_lattice { "txt" } else { "safetensors" }
                );
                let args = format!(
                    "learn {kind} rows.txt -o {out} --updates 12 --threads {threads} {more}"
                );
                run(folder, &format!("{args} --force -q"));
                fs::read(folder.join(out)).unwrap()
            })
            .collect();
        assert!(all[0] == all[1], "{kind} {more}");
    }
}

/// A run that is killed again and again ends with the bytes of one that is not.
#[test]
fn a_killed_run_goes_on_with_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    for (kind, more) in [
        ("potts", "--updates 1500 --chains 500"),
        ("rbm:hidden=20", "--updates 6000"),
        (
            "rbm:hidden=10",
            "--updates 3000 --rate 0.2 --adapt --ladder l.safetensors",
        ),
        (
            "ising",
            "--updates 2000 --chains 150 --adapt --ladder l.safetensors --check-every 100",
        ),
        ("ising", "--updates 3000 --sampler gwg"),
    ] {
        let args = format!("learn {kind} rows.txt {more} -q --force");
        run(folder, &format!("{args} -o whole.safetensors"));
        let _ = fs::remove_file(folder.join("c"));
        let mut kills = 0;
        loop {
            let mut words: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
            words.extend(
                "-o part.safetensors --checkpoint c --every 100ms"
                    .split(' ')
                    .map(str::to_owned),
            );
            if folder.join("c").exists() {
                words.extend(["--resume".to_owned(), "c".to_owned()]);
            }
            let mut child = Command::new(env!("CARGO_BIN_EXE_gwg"))
                .current_dir(folder)
                .args(&words)
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            if kills == 6 {
                assert!(child.wait().unwrap().success());
                break;
            }
            std::thread::sleep(Duration::from_millis(150 + 67 * kills));
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
        }
        let bytes = |name: &str| fs::read(folder.join(name)).unwrap();
        assert!(
            bytes("whole.safetensors") == bytes("part.safetensors"),
            "{kind}"
        );
    }
}

#[test]
fn parameters_are_written_in_the_format_of_adabmdca() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    fs::write(folder.join("a.fasta"), ">a\nAC-U\n>b\nACGU\n>c\nGCGA\n").unwrap();
    run(
        folder,
        "learn potts a.fasta --alphabet rna -o p.dat --updates 5 -q --samples s.fasta --chains 3",
    );
    let text = fs::read_to_string(folder.join("p.dat")).unwrap();
    assert!(text.starts_with("J 0 1 - - "), "{}", &text[..40]);
    assert!(text.contains("h 3 U "));
    let states = fs::read_to_string(folder.join("s.fasta")).unwrap();
    assert_eq!(states.lines().count(), 6);
}

#[test]
fn bad_data_and_flags_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    fs::write(folder.join("ragged.fasta"), ">a\nACD\n>b\nAC\n").unwrap();
    fs::write(folder.join("letters.fasta"), ">a\nAC1\n>b\nACD\n").unwrap();
    fs::write(folder.join("empty.fasta"), "").unwrap();
    fs::write(folder.join("ragged.txt"), "010\n01\n").unwrap();
    fs::write(folder.join("weights"), "1\n2\n").unwrap();
    for (args, said) in [
        ("potts ragged.fasta", &["ragged.fasta", "b"][..]),
        ("potts letters.fasta", &["letters.fasta", "1"]),
        ("potts empty.fasta", &["empty.fasta"]),
        ("ising ragged.txt", &["ragged.txt: line 2"]),
        ("potts missing.npy", &["missing.npy"]),
        ("ising rows.txt --weights weights", &["--weights", "600"]),
        ("ising rows.txt --rate -1", &["--rate: found -1"]),
        (
            "ising rows.txt --optimizer sdg",
            &["--optimizer: found `sdg`"],
        ),
        ("ising rows.txt --l2 nan", &["--l2"]),
        ("ising-lattice:side=4 rows.txt", &["side 4", "9 sites"]),
        ("rbm rows.txt", &["rbm:hidden=N"]),
        ("isin rows.txt", &["did you mean `ising`"]),
        ("ising rows.txt --sampler gwgg", &["gwgg"]),
        ("ising rows.txt --batch 5", &["--batch"]),
        ("rbm:hidden=2 rows.txt --pearson .9", &["--pearson"]),
        ("ising rows.txt --resume rows.txt", &["--resume rows.txt"]),
        ("ising rows.txt --identity 2", &["--identity: found 2"]),
        ("ising rows.txt --chains 0", &["--chains: found 0"]),
        ("ising rows.txt --updates 0", &["--updates: found 0"]),
        (
            "ising rows.txt --chains 18446744073709551615",
            &["--chains", "are free"],
        ),
        ("ising rows.txt --pearson 2", &["--pearson: found 2"]),
        (
            "ising-lattice:side=3 rows.txt --ladder l",
            &["--ladder", "only the training of potts, ising and rbm"],
        ),
        (
            "rbm:hidden=2 rows.txt --ladder l --resume rows.txt",
            &[
                "--resume rows.txt",
                "another format",
                "without it does not go on",
            ],
        ),
        (
            "potts rows.txt --ladder l --resume rows.txt",
            &["another format", "without it does not go on"],
        ),
        (
            "ising rows.txt --sampler gwg --adapt",
            &["--adapt", "only the training of potts, ising and rbm"],
        ),
        (
            "ising rows.txt --samples rows.txt --force",
            &["--samples rows.txt", "DATA"],
        ),
    ] {
        let ending = if args.contains("lattice") {
            "txt"
        } else {
            "safetensors"
        };
        let out = format!("out.{ending}");
        refused(folder, &format!("learn {args} -o {out}"), said);
        assert!(!folder.join(out).exists(), "{args}");
    }
    run(
        folder,
        "learn ising rows.txt -o one.safetensors --updates 2 --checkpoint c -q",
    );
    refused(
        folder,
        "learn ising rows.txt -o two.safetensors --updates 2 --resume c --seed 4",
        &["--resume c", "another --seed: found 0"],
    );
}

/// What is learned with a ladder is sampled and evaluated with it, and log Z along it is that of the model.
#[test]
fn ladders_of_potts_and_ising_models_are_used_afterwards() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    for kind in ["potts", "ising"] {
        let args = format!("learn {kind} rows.txt -o m.safetensors --ladder l.safetensors");
        let more = "--updates 300 --check-every 100 --rate 0.2 --chains 400 --adapt --average 0";
        let found = json(&run(
            folder,
            &format!("{args} {more} --force -q --summary -"),
        ));
        assert!(found["models"].as_f64().unwrap() > 1.0, "{found}");
        let looks = found["history"].as_array().unwrap().iter();
        let looks: Vec<&Value> = looks.filter(|row| !row["log_z"].is_null()).collect();
        assert_eq!(looks.len(), 3, "{looks:?}");
        for name in ["moved", "excess", "sweeps", "log_likelihood"] {
            assert!(looks[2][name].is_number(), "{name}: {looks:?}");
        }
        // The last look is at the model that is written.
        let known = json(&run(
            folder,
            "evaluate m.safetensors rows.txt --method exact -q --summary -",
        ));
        let likelihood = &known["log_likelihood"]["mean"];
        let off = likelihood.as_f64().unwrap() - looks[2]["log_likelihood"].as_f64().unwrap();
        let error = looks[2]["log_z_error"].as_f64().unwrap();
        assert!(
            error < 0.1 && off.abs() < 5.0 * error + 1e-3,
            "{off} {error}"
        );

        let again = json(&run(
            folder,
            "evaluate m.safetensors --ladder l.safetensors --method ptt -q --summary - --particles 100 --temperatures 300",
        ));
        let ptt = &again["log_z"]["ptt"];
        let off = ptt["value"].as_f64().unwrap() - known["log_z"]["mean"].as_f64().unwrap();
        assert!(off.abs() < 5.0 * ptt["se"].as_f64().unwrap(), "{ptt}");
        assert_eq!(
            ptt["ladder"]["models"],
            found["models"].as_f64().unwrap() + 1.0
        );
        let sample = "sample m.safetensors --sampler ptt:ladder=l.safetensors -q --summary -";
        let sampled = json(&run(folder, sample));
        // The spins of the data are symmetric.
        let mean = sampled["statistics"]["mean_symbol"]["mean"].as_f64();
        assert!(
            mean.is_none_or(|mean| (mean - 0.5).abs() < 0.1),
            "{sampled}"
        );
    }
    // A ladder of Potts models is none of spins.
    run(
        folder,
        "learn potts rows.txt -o p.safetensors --ladder p_l.safetensors --updates 20 -q",
    );
    refused(
        folder,
        "sample m.safetensors --sampler ptt:ladder=p_l.safetensors",
        &["of another kind or shape"],
    );
}
