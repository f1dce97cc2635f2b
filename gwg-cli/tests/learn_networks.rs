//! `gwg learn deep` and `vae`: what is found, files, runs that go on, refusals.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use lines::{refused, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// 400 rows of 16 sites, which are copies of one another but for one in ten.
fn rows(folder: &Path) {
    let noise = |k: usize| k.wrapping_mul(2_654_435_761) >> 7;
    let row = |r: usize| {
        let own = noise(r + 17) & 1;
        let site = |k: usize| {
            if noise(k).is_multiple_of(10) {
                1 - own
            } else {
                own
            }
        };
        (0..16)
            .map(|i| site(16 * r + i).to_string())
            .collect::<String>()
            + "\n"
    };
    let text: String = (0..400).map(row).collect();
    fs::write(folder.join("rows.txt"), text).unwrap();
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_network_learns_what_sites_share() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    run(
        folder,
        "learn deep:perceptron,hidden=16,layers=1 rows.txt -o net.safetensors --updates 600 --rate 0.005 --steps-per-update 20 --average 0.99 -q --report page.html",
    );
    let info = run(folder, "info net.safetensors");
    assert!(
        info.contains("network") && info.contains("binary"),
        "{info}"
    );
    let found = json(&run(
        folder,
        "evaluate net.safetensors rows.txt --method exact --summary - -q",
    ));
    // Independent sites: 16 ln 2 = 11.1 nats. The law itself: ln 2 + 16 x .325 = 5.9.
    let nats = found["log_likelihood"]["mean"].as_f64().unwrap();
    assert!(nats > -6.6 && nats < -5.0, "{found}");
    let page = fs::read_to_string(folder.join("page.html")).unwrap();
    assert!(page.contains("deep:perceptron"));
    run(
        folder,
        "sample net.safetensors --sampler pas:path=2 --draws 50 --thin 10 --out t.zarr -q",
    );
    run(
        folder,
        "compare net.safetensors --samplers gwg,gibbs,dmala --chains 8 --steps 400 -q",
    );
}

/// Paths to a network on levels begin at normal densities, and end at the value of the enumeration.
#[test]
fn levels_have_a_partition_function_by_annealing() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let noise = |k: usize| (k.wrapping_mul(2_654_435_761) >> 9) % 2;
    let row = |r: usize| -> String {
        let site = |i: usize| (r % 3 + noise(5 * r + i)).to_string();
        (0..5).map(site).collect::<String>() + "\n"
    };
    let text: String = (0..300).map(row).collect();
    fs::write(folder.join("rows.txt"), text).unwrap();
    run(
        folder,
        "learn deep:perceptron,hidden=8,layers=1,symbols=ordinal rows.txt -o net.safetensors --updates 300 --rate 0.01 --steps-per-update 10 --sampler dmala -q",
    );
    let value = |method: &str| {
        let line = format!(
            "evaluate net.safetensors rows.txt --method {method} --temperatures 200 --summary - -q"
        );
        json(&run(folder, &line))["log_z"]["mean"].clone()
    };
    let (exact, annealed) = (value("exact"), value("ais"));
    let number = |v: &Value| v.as_f64().unwrap_or_else(|| panic!("{exact} {annealed}"));
    assert!((number(&exact) - number(&annealed)).abs() < 0.1);
}

/// Training that goes on from a Boltzmann machine, and from a network, begins at their likelihood.
#[test]
fn training_goes_on_from_a_model_that_is_trained() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    let nats = |model: &str| {
        let line = format!("evaluate {model} rows.txt --method exact --summary - -q");
        let found = json(&run(folder, &line));
        found["log_likelihood"]["mean"].as_f64().unwrap()
    };
    run(
        folder,
        "learn rbm:hidden=2 rows.txt -o rbm.safetensors --updates 100 --rate 0.02 -q",
    );
    let machine = nats("rbm.safetensors");
    let still = "--updates 1 --rate 1e-9 --steps-per-update 1 --init data -q";
    run(
        folder,
        &format!(
            "learn deep:perceptron,hidden=4,layers=1,base=rbm.safetensors rows.txt -o a.safetensors {still}"
        ),
    );
    let first = nats("a.safetensors");
    assert!((first - machine).abs() < 1e-3, "{first} {machine}");
    run(
        folder,
        "learn deep:a.safetensors rows.txt -o b.safetensors --updates 300 --rate 0.005 --steps-per-update 20 --average 0.95 -q",
    );
    let trained = nats("b.safetensors");
    assert!(trained > machine + 0.5, "{trained} {machine}");
    run(
        folder,
        &format!("learn deep:b.safetensors rows.txt -o c.safetensors {still}"),
    );
    assert!((nats("c.safetensors") - trained).abs() < 1e-3);
    for (line, part) in [
        (
            "deep:b.safetensors,base=none rows.txt",
            "no key after FILE.safetensors",
        ),
        (
            "deep:rbm.safetensors rows.txt",
            "rbm.safetensors: the description of the network",
        ),
        ("deep:perceptron,base=b.safetensors rows.txt", "network"),
        (
            "deep:perceptron,base=no.safetensors rows.txt",
            "no.safetensors: cannot be read",
        ),
        (
            "deep:perceptron,base=rbm.safetensors,symbols=ordinal rows.txt",
            "the machine has binary sites",
        ),
        (
            "deep:a.safetensors rows.txt --init here",
            "allowed are independent and data",
        ),
    ] {
        refused(
            folder,
            &format!("learn {line} -o d.safetensors -q"),
            &[part],
        );
        assert!(!folder.join("d.safetensors").exists());
    }
    refused(
        folder,
        "contacts a.safetensors",
        &["a.safetensors: found a network of binary"],
    );
}

#[test]
fn an_autoencoder_learns_what_sites_share() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    run(
        folder,
        "learn vae:latent=2,hidden=16,layers=1 rows.txt -o vae.safetensors --updates 1500 --rate 0.005 --samples s.npy -q",
    );
    let found = json(&run(
        folder,
        "evaluate vae.safetensors rows.txt --summary - -q",
    ));
    let bound = found["bound"]["mean"].as_f64().unwrap();
    assert!(bound > -6.8 && bound < -5.0, "{found}");
    assert!(folder.join("s.npy").exists());
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_after_a_stop() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    for (kind, more) in [
        (
            "deep:resnet,channels=3,blocks=1",
            "--chains 20 --buffer 60 --steps-per-update 3 --value-l2 0.001 --clip 5",
        ),
        (
            "deep:perceptron,hidden=8,base=none",
            "--chains 30 --sampler dmala --average 0.9",
        ),
        ("vae:latent=3,hidden=8", "--batch 60"),
    ] {
        let line = |name: &str, updates: usize, more_flags: &str| {
            run(
                folder,
                &format!(
                    "learn {kind} rows.txt -o {name}.safetensors {more} --updates {updates} -q --force {more_flags}"
                ),
            );
            fs::read(folder.join(format!("{name}.safetensors"))).unwrap()
        };
        let whole = line("whole", 8, "--threads 1");
        assert!(whole == line("two", 8, "--threads 3"), "{kind}: threads");
        line("part", 5, "--threads 2 --checkpoint c");
        let resumed = line("part", 8, "--threads 1 --resume c");
        assert!(whole == resumed, "{kind}: resumed");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    rows(folder);
    fs::write(
        folder.join("net.json"),
        r#"{"shape": [9], "symbols": {"kind": "binary"}, "layers": [{"type": "sum_pool"}]}"#,
    )
    .unwrap();
    fs::write(folder.join("bad.json"), r#"{"shape": [9], "layers": []}"#).unwrap();
    for (line, said) in [
        ("deep:resnt rows.txt", "did you mean `resnet`?"),
        ("deep:resnet,shape=3x4 rows.txt", "shape=3x4"),
        ("deep:net.json rows.txt", "9 sites"),
        ("deep:bad.json rows.txt", "missing field `symbols`"),
        ("deep:none.json rows.txt", "none.json"),
        ("deep:perceptron,hidden=0 rows.txt", "hidden=N"),
        ("deep:perceptron rows.txt --value-l2 -1", "--value-l2"),
        ("deep:perceptron rows.txt --pearson .9", "--pearson"),
        (
            "deep:perceptron rows.txt --ladder l.safetensors",
            "--ladder",
        ),
        ("vae:latent=x rows.txt", "latent=N"),
        ("vae rows.txt --sampler gwg", "--sampler"),
        ("vae rows.txt --chains 5 --buffer 9", "--buffer"),
    ] {
        refused(
            folder,
            &format!("learn {line} -o n.safetensors -q"),
            &[said],
        );
        assert!(!folder.join("n.safetensors").exists(), "{line}");
    }
}
