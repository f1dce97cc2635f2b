//! `gwg energies` and `gwg mutations`: against the energies that adabmDCA computes, and against the models themselves.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;
#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use command::ok;
use gwg_registry::ModelSpec;
use lines::{refused, run};
use serde_json::Value;
use shared_data::shared_data;
use std::fs;
use std::path::Path;

/// A model of two sites with the letters of DNA.
const DNA: &str = "J 0 1 A T 0.5\nJ 0 1 C - -1\nh 0 A 0.25\nh 1 T 1\nh 1 G 0\n";

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The golden file, and sequences of its model as FASTA.
fn golden() -> Option<(std::path::PathBuf, Value, tempfile::TempDir)> {
    let data = shared_data("adabmdca_golden")?;
    let golden = fs::read_to_string(data.join("golden.json")).unwrap();
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let rf24 = &golden["rf24"];
    let names = rf24["names"].as_array().unwrap().iter();
    let rows = names.zip(rf24["sequences"].as_array().unwrap());
    let rows = rows.map(|(name, letters)| {
        format!(
            ">{}\n{}\n",
            name.as_str().unwrap(),
            letters.as_str().unwrap()
        )
    });
    let folder = folder_with(&[("rows.fasta", &rows.collect::<String>())]);
    Some((data, golden, folder))
}

/// The fields of a line of CSV.
fn fields(line: &str) -> Vec<String> {
    let (mut all, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(String::new()),
            c => all.last_mut().unwrap().push(c),
        }
    }
    all
}

fn column(text: &str, name: &str) -> Vec<String> {
    let mut lines = text.lines().map(fields);
    let at = lines.next().unwrap().iter().position(|n| n == name);
    lines.map(|line| line[at.unwrap()].clone()).collect()
}

fn numbers(text: &str, name: &str) -> Vec<f64> {
    let fields = column(text, name).into_iter();
    fields.map(|field| field.parse().unwrap()).collect()
}

fn near(found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < tolerance, "{found} {wanted}");
    }
}

#[test]
fn energies_of_both_formats_are_those_of_adabmdca() {
    let Some((data, golden, folder)) = golden() else {
        return;
    };
    let wanted = golden["rf24"]["adabmdca_energy_float64"]
        .as_array()
        .unwrap();
    let wanted: Vec<f64> = wanted.iter().map(|e| e.as_f64().unwrap()).collect();
    for (file, tolerance) in [
        ("rf24_params.dat", 1e-9),
        ("rf24_f64.safetensors", 1e-9),
        ("rf24.safetensors", 1e-5),
    ] {
        let model = data.join(file);
        let text = ok(
            folder.path(),
            &["energies", model.to_str().unwrap(), "rows.fasta"],
        );
        near(&numbers(&text, "energy"), &wanted, tolerance);
        let opposite: Vec<f64> = wanted.iter().map(|e| -e).collect();
        near(&numbers(&text, "log_prob"), &opposite, tolerance);
        let names = golden["rf24"]["names"].as_array().unwrap();
        assert_eq!(
            column(&text, "name"),
            names
                .iter()
                .map(|n| n.as_str().unwrap())
                .collect::<Vec<_>>()
        );
        assert_eq!(
            column(&text, "row"),
            (0..10).map(|k| k.to_string()).collect::<Vec<_>>()
        );
    }
}

#[test]
fn sequences_with_unknown_letters_are_left_out_on_request_and_keep_the_numbers_of_others() {
    let (Some(data), Some(cm)) = (shared_data("adabmdca_golden"), shared_data("protein_cm")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let golden = fs::read_to_string(data.join("golden.json")).unwrap();
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let model = cm.join("density=0.125_params.dat.gz");
    let rows = cm.join("CM_130530_MC.fasta");
    let (model, rows) = (model.to_str().unwrap(), rows.to_str().unwrap());
    refused(folder.path(), &format!("energies {model} {rows}"), &["X"]);
    let text = run(
        folder.path(),
        &format!("energies {model} {rows} --unknown drop"),
    );
    let energies = numbers(&text, "energy");
    let numbers = numbers(&text, "row");
    assert_eq!(numbers.len(), 1258);
    assert!(!numbers.contains(&952.0) && numbers[952] == 953.0);
    let chosen = golden["cm"]["alignment_rows"].as_array().unwrap().iter();
    let wanted = golden["cm"]["energies_natural"].as_array().unwrap().iter();
    for (row, wanted) in chosen.zip(wanted) {
        let at = numbers
            .iter()
            .position(|n| Some(*n) == row.as_f64())
            .unwrap();
        assert!(
            (energies[at] - wanted.as_f64().unwrap()).abs() < 1e-8,
            "{row}"
        );
    }
}

#[test]
fn single_mutants_are_those_of_adabmdca() {
    let Some((data, golden, folder)) = golden() else {
        return;
    };
    let rf24 = &golden["rf24"];
    let sequence = rf24["dms_wild_type"].as_str().unwrap();
    for (file, given) in [
        ("rf24_params.dat", sequence),
        ("rf24_f64.safetensors", "rows.fasta"),
    ] {
        let model = data.join(file);
        let text = ok(
            folder.path(),
            &["mutations", model.to_str().unwrap(), given],
        );
        let wanted = rf24["dms"].as_array().unwrap();
        let named = |column: usize| -> Vec<&str> {
            wanted
                .iter()
                .map(|row| row[column].as_str().unwrap())
                .collect()
        };
        assert_eq!(wanted.len(), 96);
        assert_eq!(column(&text, "site"), named(1));
        assert_eq!(column(&text, "from"), named(3));
        assert_eq!(column(&text, "to"), named(4));
        let energies: Vec<f64> = named(5).iter().map(|e| e.parse().unwrap()).collect();
        // adabmDCA computes them in f32.
        near(&numbers(&text, "delta_energy"), &energies, 2e-5);
        let opposite: Vec<f64> = energies.iter().map(|e| -e).collect();
        near(&numbers(&text, "delta_log_prob"), &opposite, 2e-5);
    }
}

#[test]
fn rows_of_numbers_are_scored_by_any_model() {
    let folder = folder_with(&[
        ("rows.txt", "0101\n1110\n"),
        ("wide.txt", "0 1 2 3\n3 3 0 1\n"),
    ]);
    for (spec, file, rows) in [
        (
            "rbm:visible=4,hidden=3",
            "rows.txt",
            [[0, 1, 0, 1], [1, 1, 1, 0]],
        ),
        (
            "ising-dense:sites=4",
            "rows.txt",
            [[0, 1, 0, 1], [1, 1, 1, 0]],
        ),
        (
            "potts-dense:sites=4,states=4",
            "wide.txt",
            [[0, 1, 2, 3], [3, 3, 0, 1]],
        ),
    ] {
        let model = ModelSpec::parse(spec).unwrap().build::<f64>().unwrap();
        let text = run(folder.path(), &format!("energies {spec} {file}"));
        let wanted = rows.map(|x| model.log_prob(&x));
        assert!(text.starts_with("row,log_prob,energy\n"));
        near(&numbers(&text, "log_prob"), &wanted, 1e-12);
    }
    let model = ModelSpec::parse("potts-dense:sites=4,states=4")
        .unwrap()
        .build::<f64>()
        .unwrap();
    let text = run(folder.path(), "mutations potts-dense:sites=4,states=4 0123");
    assert_eq!(text.lines().count(), 1 + 4 * 3);
    let change = model.log_prob(&[0, 1, 2, 1]) - model.log_prob(&[0, 1, 2, 3]);
    let line = text
        .lines()
        .find(|line| line.starts_with("3,3,1,"))
        .unwrap();
    let found: f64 = line.split(',').nth(3).unwrap().parse().unwrap();
    assert!((found - change).abs() < 1e-12, "{found} {change}");
}

#[test]
fn letters_are_those_of_the_model() {
    let folder = folder_with(&[
        ("dna.dat", DNA),
        ("rows.fasta", ">a,b\nAT\n>\"c\"\nc-\n"),
        ("rna.fasta", ">a\nAU\n"),
        ("long.fasta", ">a\nATT\n"),
    ]);
    let text = run(folder.path(), "energies dna.dat rows.fasta");
    let wanted = "row,name,log_prob,energy\n0,\"a,b\",1.75,-1.75\n1,\"\"\"c\"\"\",-1,1\n";
    assert_eq!(text, wanted);
    run(folder.path(), "energies dna.dat rows.fasta -o out.csv");
    assert_eq!(
        fs::read_to_string(folder.path().join("out.csv")).unwrap(),
        text
    );
    let here = folder.path();
    refused(
        here,
        "energies dna.dat rows.fasta -o out.csv",
        &["out.csv", "--force"],
    );
    refused(here, "energies dna.dat rna.fasta", &["rna.fasta", "U"]);
    refused(
        here,
        "energies dna.dat long.fasta",
        &["3 sites", "dna.dat has 2"],
    );
    refused(
        here,
        "energies dna.dat rows.fasta --alphabet rna",
        &["dna.dat", "`T`", "-ACGU"],
    );
    refused(
        here,
        "energies potts-dense:sites=2,states=4 rows.fasta",
        &["5 letters", "4 states"],
    );
    refused(here, "mutations dna.dat AX", &["SEQUENCE", "X"]);
    refused(here, "mutations dna.dat ATT", &["3 letters", "2 sites"]);
    refused(
        here,
        "mutations rbm:visible=2,hidden=2 02",
        &["SEQUENCE: site 1", "allowed are 0 to 1"],
    );
    let text = run(here, "mutations potts-dense:sites=2,states=5 AT");
    assert!(text.contains("\n1,T,G,") && !text.contains('U'), "{text}");
}

#[test]
fn files_that_are_no_models_are_refused() {
    let Some(data) = shared_data("adabmdca_golden") else {
        return;
    };
    let folder = folder_with(&[("rows.fasta", ">a\nAC\n")]);
    for file in [
        "bad_fields.dat",
        "bad_nan.dat",
        "bad_negative.dat",
        "bad_token.dat",
        "no_h.dat",
    ] {
        let model = data.join(file);
        let line = format!("energies {} rows.fasta", model.display());
        refused(folder.path(), &line, &[file]);
    }
    let nothing = Path::new("nothing.dat");
    refused(
        folder.path(),
        &format!("energies {} rows.fasta", nothing.display()),
        &["nothing.dat"],
    );
}
