//! Estimates and their verdict, held against exact sums.

use crate::lines::run;
use crate::machine::Machine;
use crate::{evaluated, near, number};
use serde_json::Value;
use std::fs;

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
