//! `gwg evaluate`: estimates of partition functions, their verdict, log-likelihoods.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;
#[path = "driver/machine.rs"]
mod machine;
#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use command::gwg;
use lines::{refused, run};
use machine::Machine;
use serde_json::Value;
use shared_data::shared_data;
use std::fs;
use std::path::Path;

/// The `--summary` object of a command line.
fn evaluated(folder: &Path, args: &str) -> Value {
    serde_json::from_str(&run(
        folder,
        &format!("evaluate {args} --quiet --summary -"),
    ))
    .unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

/// A value of a method is within four of its standard errors, and the rounding of f32.
#[track_caller]
fn near(found: &Value, wanted: f64) {
    let (value, error) = (number(&found["value"]), number(&found["se"]));
    assert!(
        (value - wanted).abs() < 4.0 * error + 1e-3,
        "{found}, wanted {wanted}"
    );
}

#[test]
fn the_estimates_of_a_small_machine_agree_with_the_sum_over_all_states() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let machine = Machine::random(9, 6, 0.6);
    machine.write(&folder.join("m.safetensors"));
    let wanted = machine.log_z();
    let args = "m.safetensors --temperatures 300 --particles 150 --seed 3";
    let found = evaluated(folder, args);
    let log_z = &found["log_z"];
    assert_eq!(log_z["agree"], true);
    assert!((number(&log_z["exact"]) - wanted).abs() < 1e-9 * wanted.abs());
    assert_eq!(log_z["mean"], log_z["exact"]);
    for method in ["forward", "reverse", "bar"] {
        near(&log_z[method], wanted);
    }
    for method in ["forward", "reverse"] {
        let ess = number(&log_z[method]["ess"]);
        assert!(ess > 10.0 && ess <= 150.0, "{ess}");
    }
    assert!(log_z["ti"].is_null() && log_z["ptt"].is_null());
    assert!(found.get("log_likelihood").is_none() && found.get("bits_per_dim").is_none());

    // Without the exact value, the methods confirm each other.
    for (method, there) in [("ais", false), ("bar", true)] {
        let found = evaluated(folder, &format!("{args} --method {method}"));
        let log_z = &found["log_z"];
        assert_eq!(
            (&log_z["agree"], found["method"].as_str()),
            (&true.into(), Some(method))
        );
        assert!(log_z.get("exact").is_none());
        assert_eq!(log_z["bar"].is_object(), there);
        assert!(number(&log_z["lower"]) < wanted && wanted < number(&log_z["upper"]));
    }
    let found = evaluated(folder, &format!("{args} --method ti"));
    let ti = &found["log_z"]["ti"];
    assert!((number(&ti["value"]) - wanted).abs() < 0.2, "{ti}");
    assert!(found["log_z"]["forward"].is_object() && found["log_z"]["reverse"].is_null());
    let only = evaluated(folder, "m.safetensors --method exact");
    assert_eq!(only["log_z"]["mean"], only["log_z"]["exact"]);
    assert!((number(&only["log_z"]["mean"]) - wanted).abs() < 1e-9 * wanted.abs());
    let found = only;
    assert!(found["log_z"]["forward"].is_null());
}

#[test]
fn too_few_levels_give_no_number() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let machine = Machine::random(24, 22, 3.0);
    machine.write(&folder.join("m.safetensors"));
    fs::write(
        folder.join("d.txt"),
        [["01"; 12].concat(), ["10"; 12].concat()].join("\n"),
    )
    .unwrap();
    let args = "m.safetensors d.txt --temperatures 4 --particles 40 --method bar --seed 1";
    let found = evaluated(folder, args);
    let log_z = &found["log_z"];
    assert_eq!(log_z["agree"], false);
    for key in ["mean", "lower", "upper"] {
        assert!(log_z[key].is_null(), "{key}: {log_z}");
    }
    assert!(found["log_likelihood"].is_null() && found["bits_per_dim"].is_null());
    assert!(!found["warnings"].as_array().unwrap().is_empty());
    let table = run(folder, &format!("evaluate {args} --quiet"));
    assert!(
        table.contains("no single value of log Z is given"),
        "{table}"
    );
    assert!(table.contains("log-likelihood  not given"), "{table}");
    assert!(
        table.contains("reverse AIS: from chains of 8 sweeps"),
        "{table}"
    );
}

/// Their error is not known, so that they do not refute an exact value.
#[test]
fn few_weights_do_not_contradict_an_exact_value() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let model = "fhmm:length=20,factors=3";
    let found = evaluated(folder, &format!("{model} --temperatures 60 --particles 50"));
    let log_z = &found["log_z"];
    assert!(number(&log_z["forward"]["ess"]) < 10.0, "{log_z}");
    assert_eq!(log_z["agree"], true, "{log_z}");
    assert_eq!(log_z["mean"], log_z["exact"]);
    let warnings = found["warnings"].to_string();
    assert!(
        warnings.contains("forward AIS is no evidence"),
        "{warnings}"
    );

    let found = evaluated(
        folder,
        &format!("{model} --temperatures 3000 --particles 100"),
    );
    let log_z = &found["log_z"];
    assert_eq!(log_z["agree"], true, "{log_z}");
    near(&log_z["forward"], number(&log_z["exact"]));
    near(&log_z["bar"], number(&log_z["exact"]));
}

#[test]
fn the_log_likelihood_is_that_of_the_exact_probabilities() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let machine = Machine::random(7, 4, 0.8);
    machine.write(&folder.join("m.safetensors"));
    let rows = ["0101010", "1101010", "0000000", "1111111", "0101010"];
    fs::write(folder.join("d.txt"), rows.join("\n")).unwrap();
    let args = "m.safetensors d.txt --temperatures 200 --particles 60";
    let found = evaluated(folder, args);
    let values = rows.map(|row| {
        let v: Vec<u8> = row.bytes().map(|b| b - b'0').collect();
        machine.log_prob(&v)
    });
    let mean = values.iter().sum::<f64>() / 5.0;
    let variance = values.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / 4.0;
    let wanted = mean - machine.log_z();
    let likelihood = &found["log_likelihood"];
    assert!(
        (number(&likelihood["mean"]) - wanted).abs() < 1e-9,
        "{likelihood}"
    );
    assert!((number(&likelihood["se"]) - (variance / 5.0).sqrt()).abs() < 1e-9);
    let bits = number(&found["bits_per_dim"]);
    assert!((bits + wanted / (7.0 * 2f64.ln())).abs() < 1e-9);
    let table = run(folder, &format!("evaluate {args} --quiet"));
    assert!(
        table.contains(&format!("log-likelihood  {wanted:.4} +- ")),
        "{table}"
    );
    assert!(table.contains("the estimates agree: log Z = "), "{table}");
}

/// A state of a large probability that no path and no chain finds, but one row of the data has.
#[test]
fn rows_of_a_total_probability_above_one_refute_the_estimates() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let (visible, hidden) = (40, 30);
    // Ones at every second site: a state of one symbol would be the start of a chain.
    let sign = |k: usize| {
        if (k / hidden).is_multiple_of(2) {
            5.0
        } else {
            -5.0
        }
    };
    let machine = Machine {
        weights: (0..visible * hidden).map(sign).collect(),
        visible_bias: vec![-3.0; visible],
        hidden_bias: vec![-90.0; hidden],
    };
    machine.write(&folder.join("m.safetensors"));
    let mut rows = vec!["0".repeat(40); 1000];
    rows[1] = "10".repeat(20);
    fs::write(folder.join("d.txt"), rows.join("\n")).unwrap();
    let args = "m.safetensors d.txt --temperatures 200 --particles 50 --method bar";
    let found = evaluated(folder, args);
    let log_z = &found["log_z"];
    // Both directions miss it, and agree.
    let wrong = 40.0 * (-3f64).exp().ln_1p();
    near(&log_z["forward"], wrong);
    near(&log_z["reverse"], wrong);
    assert!(
        log_z["mean"].is_null() && log_z["agree"] == false,
        "{log_z}"
    );
    assert!(found["log_likelihood"].is_null());
    let why = log_z["refused"].as_str().unwrap();
    assert!(
        why.contains("2 distinct rows") && why.contains("log Z is too small"),
        "{why}"
    );
}

#[test]
fn threads_do_not_change_a_bit() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    Machine::random(30, 24, 0.3).write(&folder.join("m.safetensors"));
    for model in ["m.safetensors", "potts-lattice:side=5,states=3,theta=0.1"] {
        let of = |threads: &str, seed: &str| {
            let args = format!("{model} --temperatures 40 --particles 30 --method bar");
            let mut found = evaluated(folder, &format!("{args} --threads {threads} --seed {seed}"));
            let without = |value: &mut Value| value.as_object_mut().unwrap().remove("seconds");
            without(&mut found).unwrap();
            found.as_object_mut().unwrap().remove("threads").unwrap();
            for method in ["forward", "reverse", "bar"] {
                without(&mut found["log_z"][method]).unwrap();
            }
            found
        };
        let found = of("1", "5");
        assert_eq!(found, of("3", "5"), "{model}");
        assert_ne!(found["log_z"], of("1", "6")["log_z"], "{model}");
    }
}

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
            "found models of 26 visible and 24 hidden",
        ),
        (
            "ising-lattice:side=4 --ladder l.safetensors",
            "no restricted Boltzmann machine",
        ),
    ] {
        refused(folder, &format!("evaluate {args}"), &[said]);
    }
}

#[test]
fn wrong_inputs_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    Machine::random(6, 4, 0.5).write(&folder.join("m.safetensors"));
    Machine::random(30, 28, 0.5).write(&folder.join("large.safetensors"));
    for (name, text) in [
        ("short.txt", "01010\n11111\n"),
        ("one.txt", "010101\n"),
        ("two.txt", "010101\n010121\n"),
        ("ragged.txt", "010101\n01010\n"),
        ("good.txt", "010101\n110100\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    for (args, said) in [
        (
            "m.safetensors short.txt",
            "short.txt: found rows of 5 sites, but the model has 6",
        ),
        (
            "m.safetensors one.txt",
            "found 1 row, allowed are at least 2",
        ),
        ("m.safetensors two.txt", "row 1, site 4: found symbol 2"),
        ("m.safetensors ragged.txt", "line 2"),
        ("m.safetensors none.txt", "none.txt"),
        ("none.safetensors", "none.safetensors"),
        (
            "m.safetensors --method ias",
            "--method: found `ias`; did you mean `ais`?",
        ),
        (
            "m.safetensors --temperatures 0",
            "--temperatures: found 0, allowed are at least 1",
        ),
        (
            "m.safetensors --particles 1",
            "--particles: found 1, allowed are at least 2",
        ),
        ("m.safetensors --steps 0", "--steps: found 0"),
        (
            "large.safetensors --method exact",
            "allowed is a smaller one of at most 25",
        ),
        (
            "ising-er:sites=40 --method exact",
            "found a model without a closed form",
        ),
        ("ising-lattice:side=4 --sampler gwgg", "did you mean `gwg`"),
        (
            "ising-lattice:side=4 --sampler dula",
            "must leave each level invariant",
        ),
        ("categorical:sites=3,states=300", "more than 256 states"),
        (
            "m.safetensors good.txt --summary none/s.json",
            "the folder none does not exist",
        ),
    ] {
        refused(folder, &format!("evaluate {args} --quiet"), &[said]);
    }
}

#[test]
fn samplers_that_are_not_reversible_give_no_bar() {
    let root = tempfile::tempdir().unwrap();
    let args = "ising-lattice:side=4,theta=0.1 --temperatures 100 --particles 50 --method bar";
    for (sampler, there) in [
        ("gibbs", false),
        ("gibbs:scan=random", true),
        ("gwg+gibbs:scan=random", false),
        ("0.5*gwg|0.5*gibbs:scan=random", true),
    ] {
        let found = evaluated(root.path(), &format!("{args} --sampler {sampler}"));
        assert_eq!(found["log_z"]["bar"].is_object(), there, "{sampler}");
        assert_eq!(
            found["warnings"].to_string().contains("is not reversible"),
            !there
        );
        let wanted = gwg_models::exact::kaufman(4, 4, 0.2).unwrap().log_z;
        near(&found["log_z"]["forward"], wanted);
        near(&found["log_z"]["reverse"], wanted);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_command_in_order() {
    use std::process::{Command, Stdio};
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    Machine::random(40, 30, 0.5).write(&folder.join("m.safetensors"));
    for model in ["m.safetensors", "ising-er:sites=60"] {
        for method in ["bar", "ti"] {
            let args =
                format!("evaluate {model} --method {method} --temperatures 100000000 --json-lines");
            let mut child = Command::new(env!("CARGO_BIN_EXE_gwg"))
                .current_dir(folder)
                .args(args.split_whitespace())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // The first line of progress: it has begun.
            let mut first = String::new();
            let mut lines = std::io::BufReader::new(child.stderr.take().unwrap());
            while !first.contains("\"progress\"") {
                first.clear();
                let read = std::io::BufRead::read_line(&mut lines, &mut first).unwrap();
                assert!(read > 0, "{args}: it ended without a line of progress");
            }
            let id = child.id().to_string();
            assert!(
                Command::new("kill")
                    .args(["-INT", &id])
                    .status()
                    .unwrap()
                    .success()
            );
            std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
            let out = child.wait_with_output().unwrap();
            assert_eq!(out.status.code(), Some(130), "{args}");
            assert!(out.stdout.is_empty());
        }
    }
}

#[test]
fn existing_summaries_stay_without_force() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    fs::write(folder.join("s.json"), "theirs").unwrap();
    let args = [
        "evaluate",
        "bernoulli:sites=5",
        "--method",
        "exact",
        "--summary",
        "s.json",
    ];
    let out = gwg(folder, &args);
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.join("s.json")).unwrap(), "theirs");
    run(folder, &format!("{} --force", args.join(" ")));
    let found: Value = serde_json::from_slice(&fs::read(folder.join("s.json")).unwrap()).unwrap();
    assert_eq!(found["log_z"]["agree"], true);
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
