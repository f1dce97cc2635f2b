//! Models of every kind, and those of a training run.

use crate::lines::refused;
use crate::machine::Machine;
use crate::shared_data::shared_data;
use crate::{evaluated, near, number};
use serde_json::Value;
use std::fs;

#[test]
fn lattices_agree_with_exact_results() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    // By Kaufman's formula, of K = 2 theta.
    for (side, theta) in [(4, 0.1), (12, 0.15)] {
        let wanted = gwg_models::exact::kaufman(side, side, 2.0 * theta)
            .unwrap()
            .log_z;
        let args = format!("ising-lattice:side={side},theta={theta}");
        let found = evaluated(
            folder,
            &format!("{args} --temperatures 200 --particles 100"),
        );
        let log_z = &found["log_z"];
        assert_eq!(log_z["agree"], true, "{log_z}");
        assert!((number(&log_z["mean"]) - wanted).abs() < 1e-9 * wanted);
        near(&log_z["forward"], wanted);
        near(&log_z["bar"], wanted);
        let exact_draws = log_z["reverse"]["from"] == "from exact draws";
        assert_eq!(exact_draws, side == 4);
    }
    // By enumeration, and by independent sites.
    for model in [
        "potts-lattice:side=3,states=3,theta=0.1",
        "categorical:sites=30,states=5",
    ] {
        let found = evaluated(
            folder,
            &format!("{model} --temperatures 200 --particles 100"),
        );
        let log_z = &found["log_z"];
        assert_eq!(log_z["agree"], true, "{model}: {log_z}");
        near(&log_z["forward"], number(&log_z["exact"]));
        near(&log_z["reverse"], number(&log_z["exact"]));
    }
}

#[test]
fn rows_of_symbols_are_evaluated() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    fs::write(
        folder.join("d.txt"),
        "0 1 2 0 1 2 0 1 2\n2 2 2 2 2 2 2 2 1\n",
    )
    .unwrap();
    let model = "potts-lattice:side=3,states=3,theta=0.1";
    let found = evaluated(
        folder,
        &format!("{model} d.txt --temperatures 50 --particles 50"),
    );
    assert!(number(&found["log_likelihood"]["mean"]) < 0.0);
    let bits = number(&found["bits_per_dim"]);
    assert!(bits > 0.5 && bits < 4.0, "{bits}");
    fs::write(
        folder.join("wrong.txt"),
        "0 1 2 0 1 2 0 1 3\n2 2 2 2 2 2 2 2 1\n",
    )
    .unwrap();
    refused(
        folder,
        &format!("evaluate {model} wrong.txt"),
        &["wrong.txt", "row 0, site 8", "found symbol 3"],
    );
}

#[test]
fn a_ladder_is_evidence_once_states_have_passed_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let machine = Machine::random(26, 24, 0.4);
    machine.write(&folder.join("m.safetensors"));
    machine.write_ladder(&folder.join("l.safetensors"), 8);
    let found = evaluated(
        folder,
        "m.safetensors --ladder l.safetensors --method ptt --temperatures 600 --particles 100",
    );
    let log_z = &found["log_z"];
    assert_eq!(log_z["agree"], true, "{log_z}");
    let ladder = &log_z["ptt"]["ladder"];
    assert!(number(&ladder["arrivals"]) >= 20.0 && ladder["evidence"] == true);
    assert_eq!(ladder["models"], 8);
    assert_eq!(ladder["acceptance"].as_array().unwrap().len(), 7);
    let (lower, upper) = (number(&log_z["lower"]), number(&log_z["upper"]));
    let value = number(&log_z["ptt"]["value"]);
    let error = number(&log_z["ptt"]["se"]);
    assert!(value + 4.0 * error > lower && value - 4.0 * error < upper);
    assert_eq!(log_z["reverse"]["from"], "from the chains of the ladder");

    // Few steps and two chains: no state arrives.
    let short = "m.safetensors --ladder l.safetensors --temperatures 30 --particles 2 --method ptt";
    let found = evaluated(folder, short);
    let warnings = found["warnings"].to_string();
    assert!(warnings.contains("the ladder is no evidence"), "{warnings}");
    assert_eq!(found["log_z"]["ptt"]["ladder"]["evidence"], false);

    Machine::random(5, 24, 0.4).write(&folder.join("small.safetensors"));
    for (args, said) in [
        (
            "m.safetensors --method ptt",
            "--method ptt: it needs --ladder",
        ),
        (
            "m.safetensors --method ti --ladder l.safetensors",
            "not used by --method ti",
        ),
        (
            "m.safetensors --ladder m.safetensors",
            "W has the shape [26, 24]",
        ),
        (
            "m.safetensors --ladder none.safetensors",
            "none.safetensors: cannot be read",
        ),
        (
            "small.safetensors --ladder l.safetensors",
            "found models of 26 sites of 2 states and 24 hidden units",
        ),
        (
            "ising-lattice:side=4 --ladder l.safetensors",
            "no restricted Boltzmann machine",
        ),
    ] {
        refused(folder, &format!("evaluate {args}"), &[said]);
    }
}

/// Machines trained on digits, with the exact values of another program.
#[test]
fn trained_machines_agree_with_known_values() {
    let (Some(weights), Some(digits)) = (shared_data("rbm_weights"), shared_data("mnist")) else {
        return;
    };
    let index = fs::read(weights.join("index.json")).unwrap();
    let index: Vec<Value> = serde_json::from_slice(&index).unwrap();
    let entry = |name: &str| index.iter().find(|entry| entry["name"] == name).unwrap();
    let root = tempfile::tempdir().unwrap();
    let model = |name: &str| {
        weights
            .join(name)
            .with_extension("safetensors")
            .display()
            .to_string()
    };
    let small = evaluated(
        root.path(),
        &format!("{} --temperatures 300", model("digits64_16_own")),
    );
    let wanted = number(&entry("digits64_16_own")["exact_logZ"]);
    assert!(
        (number(&small["log_z"]["mean"]) - wanted).abs() < 1e-6,
        "{small}"
    );
    near(&small["log_z"]["bar"], wanted);

    let name = "mnist_16_own";
    let rows = digits.join("test_bin_packed.npy").display().to_string();
    let args = format!(
        "{} {rows} --packed 784 --temperatures 300 --particles 100",
        model(name)
    );
    let found = evaluated(root.path(), &args);
    let wanted = number(&entry(name)["exact_logZ"]);
    assert_eq!(found["log_z"]["agree"], true, "{found}");
    assert!((number(&found["log_z"]["exact"]) - wanted).abs() < 1e-6);
    near(&found["log_z"]["bar"], wanted);
    let likelihood = number(&found["log_likelihood"]["mean"]);
    let known = number(&entry(name)["mean_test_loglik"]);
    assert!(
        (likelihood - known).abs() < 1e-4,
        "{likelihood}, wanted {known}"
    );
}
