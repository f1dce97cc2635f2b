//! `gwg learn`: sparse Potts models, moves, and options of the steps: each changes the result, and is refused where it has no meaning.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use lines::{refused, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// 400 rows of 6 letters, neighbors in a row likely to be equal.
fn rows(folder: &Path) {
    let mut state = 12_345_u32;
    let mut unit = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let (mut rna, mut bits) = (String::new(), String::new());
    for k in 0..400 {
        let mut last = (unit() * 5.0) as usize;
        rna.push_str(&format!(">{k}\n"));
        for _ in 0..6 {
            if unit() < 0.3 {
                last = (unit() * 5.0) as usize;
            }
            rna.push_str(["-", "A", "C", "G", "U"][last]);
            bits.push(if last < 2 { '0' } else { '1' });
        }
        rna.push('\n');
        bits.push('\n');
    }
    fs::write(folder.join("a.fasta"), rna).unwrap();
    fs::write(folder.join("bits.txt"), bits).unwrap();
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn couplings(folder: &Path, name: &str) -> usize {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    text.lines().filter(|line| line.starts_with('J')).count()
}

/// Files of parameters have the active couplings alone, and other formats the same model.
#[test]
fn sparse_models_are_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    let args =
        "learn potts a.fasta --alphabet rna --chains 1000 --rate 0.5 -q --summary - --pearson 0.9";
    for graph in [
        "--graph activate --density 0.2 --fraction 0.05 --updates-per-round 4",
        "--graph decimate --density 0.2 --fraction 0.2",
    ] {
        let found = json(&run(folder, &format!("{args} {graph} -o p.dat --force")));
        let density = found["density"].as_f64().unwrap();
        assert!(
            density <= 0.2 && found["rounds"].as_f64() > Some(1.0),
            "{found}"
        );
        assert!(
            found["pearson_of_active"].as_f64().unwrap() > 0.9,
            "{found}"
        );
        // 15 pairs of 5 x 5 letters.
        let active = (density * 375.0).round() as usize;
        assert_eq!(couplings(folder, "p.dat"), active);
        run(folder, &format!("{args} {graph} -o p.safetensors --force"));
        let energies = |model: &str| run(folder, &format!("energies {model} a.fasta"));
        let all = |text: &str| -> Vec<f64> {
            let numbers = text.lines().filter_map(|line| {
                line.split([',', '\t', ' '])
                    .filter_map(|w| w.parse().ok())
                    .next_back()
            });
            numbers.collect()
        };
        let (a, b) = (all(&energies("p.dat")), all(&energies("p.safetensors")));
        assert!(
            a.len() >= 400 && a.len() == b.len(),
            "{} {}",
            a.len(),
            b.len()
        );
        let differs = a.iter().zip(&b).any(|(a, b)| (a - b).abs() > 1e-3);
        assert!(!differs);
    }
    // An end that is not reached is said.
    let text = run(
        folder,
        "learn potts a.fasta --alphabet rna --graph decimate -o q.dat --updates 3 -q",
    );
    assert!(text.contains("! the correlation or density"), "{text}");
    let text = run(
        folder,
        "learn potts a.fasta --alphabet rna --graph decimate --pearson 0.9 --rate 0.5 --chains 1000 --fraction 0.5 --density 0.001 --updates-per-round 5 -o e.dat -q",
    );
    assert!(
        text.contains(
            "not within 5 updates of the next round: training ended; the noise of 1000 chains alone"
        ),
        "{text}"
    );
}

#[test]
fn a_sparse_run_goes_on_with_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    for more in [
        "--graph activate --fraction 0.02 --moves metropolis --average 0.9",
        "--graph decimate --pearson 0.7 --fraction 0.1 --clip 1",
    ] {
        let args = format!("learn potts a.fasta --alphabet rna --chains 200 -q --force {more}");
        run(
            folder,
            &format!("{args} -o whole.dat --updates 20 --threads 1"),
        );
        run(
            folder,
            &format!("{args} -o part.dat --updates 9 --threads 3 --checkpoint c"),
        );
        run(
            folder,
            &format!("{args} -o part.dat --updates 20 --threads 2 --resume c"),
        );
        let bytes = |name: &str| fs::read(folder.join(name)).unwrap();
        assert!(bytes("whole.dat") == bytes("part.dat"), "{more}");
        // Of another graph.
        let other = args.replace(more, "--graph activate --fraction 0.03");
        refused(
            folder,
            &format!("{other} -o part.dat --updates 20 --resume c"),
            &["--resume c", "give the same options"],
        );
    }
}

#[test]
fn each_option_changes_the_model() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    let learned = |args: &str| {
        let args = format!("learn {args} -o m.safetensors --updates 12 -q --force");
        run(folder, &args);
        fs::read(folder.join("m.safetensors")).unwrap()
    };
    let potts = "potts a.fasta --alphabet rna --chains 100";
    let rbm = "rbm:hidden=3 bits.txt";
    let ising = "ising bits.txt --sampler gwg --chains 20";
    for (kind, options) in [
        (
            potts,
            &[
                "--pair-norm 0.01",
                "--average 0.5",
                "--clip 0.1",
                "--warmup 8",
                "--moves metropolis",
                "--optimizer momentum",
                "--optimizer momentum --momentum 0.5",
            ][..],
        ),
        (
            rbm,
            &[
                "--average 0.5",
                "--clip 0.1",
                "--warmup 8",
                "--optimizer momentum",
                "--optimizer momentum --momentum 0.5",
            ],
        ),
        (
            ising,
            &[
                "--buffer 50",
                "--restart 0.5",
                "--average 0.5",
                "--clip 0.1",
                "--warmup 8",
                "--optimizer momentum --momentum 0.5",
            ],
        ),
    ] {
        let mut all = vec![learned(kind)];
        all.extend(
            options
                .iter()
                .map(|option| learned(&format!("{kind} {option}"))),
        );
        for (k, one) in all.iter().enumerate() {
            assert!(!all[..k].contains(one), "{kind} {}", options[k - 1]);
        }
        // Those that change nothing: a norm that no gradient has.
        assert!(learned(&format!("{kind} --clip 1e9")) == all[0], "{kind}");
        assert!(
            learned(&format!("{kind} --average 0 --warmup 0")) == all[0],
            "{kind}"
        );
    }
    assert!(learned(&format!("{potts} --moves gibbs --graph full")) == learned(potts));
}

#[test]
fn bad_options_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    let potts = "potts a.fasta --alphabet rna";
    let with = |kind: &str, options: &str| format!("learn {kind} {options} -o out.safetensors");
    for (options, said) in [
        (
            "--graph sparse",
            "--graph: found `sparse`, allowed are full, activate and decimate",
        ),
        ("--density 0.1", "--density: only with --graph"),
        ("--fraction 0.1", "--fraction: only with --graph"),
        (
            "--updates-per-round 3",
            "--updates-per-round: only with --graph",
        ),
        (
            "--graph decimate --updates-per-round 0",
            "--updates-per-round: found 0",
        ),
        (
            "--graph activate --updates-per-round 0",
            "--updates-per-round: found 0",
        ),
        (
            "--graph activate --density 0",
            "--density: found 0, allowed are numbers above 0 and at most 1",
        ),
        (
            "--graph decimate --density 1",
            "--density: found 1, allowed are numbers above 0 and below 1",
        ),
        ("--graph decimate --fraction nan", "--fraction: found NaN"),
        ("--graph activate --pearson 1.5", "--pearson: found 1.5"),
        (
            "--moves swap",
            "--moves: found `swap`, allowed are gibbs and metropolis",
        ),
        ("--pair-norm -1", "--pair-norm: found -1"),
        (
            "--average 1",
            "--average: found 1, allowed are numbers of at least 0 and below 1",
        ),
        (
            "--clip 0",
            "--clip: found 0, allowed are finite numbers above 0",
        ),
        (
            "--momentum 0.5",
            "--momentum: only with --optimizer momentum",
        ),
        ("--optimizer momentum --momentum 1", "--momentum: found 1"),
        ("--buffer 10", "--buffer: only with --sampler"),
        ("--restart 0.1", "--restart: only with --sampler"),
    ] {
        refused(folder, &with(potts, options), &[said]);
    }
    for options in [
        "--graph activate",
        "--density 0.1",
        "--moves gibbs",
        "--pair-norm 1",
    ] {
        let flag = options.split(' ').next().unwrap();
        let said = [flag, "only of potts and ising without --sampler"];
        refused(folder, &with("rbm:hidden=2 bits.txt", options), &said);
        refused(
            folder,
            &with("ising bits.txt --sampler gwg", options),
            &said,
        );
    }
    for (options, said) in [
        ("--buffer 10", "--buffer: found 10, allowed is at least 100"),
        (
            "--restart 2",
            "--restart: found 2, allowed are numbers from 0 to 1",
        ),
        ("--average -0.1", "--average: found -0.1"),
    ] {
        refused(
            folder,
            &with("ising bits.txt --sampler gwg", options),
            &[said],
        );
    }
    assert!(!folder.join("out.safetensors").exists());
}
