//! `gwg evaluate` of a model with two phases, in the format of adabmDCA, and other commands that read it.

use crate::command::gwg;
use crate::lines::{refused, run};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const LETTERS: &[u8] = b"-ACDEFGHIKLMNPQRSTVWY";

/// The Potts model of all pairs, `f = K / n sum_(i < j) [x_i = x_j]`, of 21 letters, with as many lines as it needs.
fn write(path: &Path, n: usize, k: f64) {
    let mut text = String::new();
    for i in 0..n {
        for j in i + 1..n {
            for letter in LETTERS.iter().map(|&l| char::from(l)) {
                let _ = writeln!(text, "J {i} {j} {letter} {letter} {}", k / n as f64);
            }
        }
    }
    let _ = writeln!(text, "h 0 - 0");
    fs::write(path, text).unwrap();
}

fn log_sum(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = terms.clone().fold(f64::NEG_INFINITY, f64::max);
    most + terms.map(|t| (t - most).exp()).sum::<f64>().ln()
}

/// Its `log Z`, a sum over the numbers of sites with each letter: `n! prod_a exp(K / 2n n_a^2) / n_a!`.
fn log_z(n: usize, k: f64) -> f64 {
    let factorial = |m: usize| (1..=m).map(|i| (i as f64).ln()).sum::<f64>();
    let term = |m: usize| k / (2 * n) as f64 * (m * m) as f64 - factorial(m);
    let terms: Vec<f64> = (0..=n).map(term).collect();
    let mut sums: Vec<f64> = terms.clone();
    for _ in 1..LETTERS.len() {
        sums = (0..=n)
            .map(|m| log_sum((0..=m).map(|own| terms[own] + sums[m - own])))
            .collect();
    }
    sums[n] + factorial(n) - k / 2.0
}

fn evaluated(folder: &Path, args: &str) -> Value {
    let line = format!("evaluate {args} --quiet --summary -");
    serde_json::from_str(&run(folder, &line)).unwrap()
}

/// At the transition, paths from independent sites end in the phase of many letters, and those of one letter have a part of `Z`. Chains that begin at
/// one letter stay there, so that the estimates do not agree on a number without it.
#[test]
fn a_phase_that_no_path_reaches_is_not_missed_in_agreement() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    // At 5, the second phase has 6e-5 of Z; at 6.3, 43 %.
    for k in [5.0, 6.3] {
        write(&folder.join("params.dat"), 30, k);
        let wanted = log_z(30, k);
        let args = "params.dat --temperatures 100 --particles 150 --seed 1";
        let found = &evaluated(folder, args)["log_z"];
        if let (Some(lower), Some(upper)) = (found["lower"].as_f64(), found["upper"].as_f64()) {
            assert!(lower < wanted && wanted < upper, "{k}: {wanted} {found}");
        }
        assert_eq!(found["agree"], k < 6.0, "{k}: {found}");
    }
}

#[test]
fn parameters_of_adabmdca_are_read_wherever_a_model_is_named() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    write(&folder.join("params.dat"), 4, 3.0);
    let wanted = log_z(4, 3.0);
    let exact = &evaluated(folder, "params.dat --method exact")["log_z"]["exact"];
    assert!(
        (exact.as_f64().unwrap() - wanted).abs() < 1e-9,
        "{exact} {wanted}"
    );

    fs::write(folder.join("rows.fasta"), ">a\nACDE\n>b\n--YY\n").unwrap();
    let found = evaluated(folder, "params.dat rows.fasta --identity 1 --method exact");
    let mean = found["log_likelihood"]["mean"].as_f64().unwrap_or(f64::NAN);
    // No pair of the first row is equal, and two of the second.
    assert!((mean - (0.75 - wanted)).abs() < 1e-9, "{found}");

    let draws = "sample params.dat --draws 20 --chains 2 --quiet --out t";
    run(folder, draws);
    assert!(run(folder, "info t").contains("params.dat"));
    run(folder, "diagnose t");
    let text = run(folder, "info params.dat --export m.safetensors");
    assert!(text.contains("4") && text.contains("21"), "{text}");
    let again = &evaluated(folder, "m.safetensors --method exact")["log_z"]["exact"];
    assert!((again.as_f64().unwrap() - wanted).abs() < 1e-5);
    let words = "sample params.dat --draws 5 --float f64 --quiet";
    let out = gwg(folder, &words.split_whitespace().collect::<Vec<_>>());
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );

    refused(folder, "sample none.dat", &["none.dat", "cannot be read"]);
    fs::write(folder.join("bad.dat"), "J 0 1 A C x\n").unwrap();
    refused(folder, "evaluate bad.dat", &["bad.dat", "line 1"]);
    refused(
        folder,
        "evaluate params.dat --kind rbm",
        &["params.dat", "omit --kind"],
    );
}
