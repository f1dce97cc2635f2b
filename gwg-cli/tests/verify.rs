//! Tests of the output and the files of `gwg verify`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn verify(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder)
        .args(["verify", "--out", "found"])
        .args(more)
        .output()
        .unwrap()
}

/// The columns of a file by name; all rows must have the length of the header.
fn read(folder: &Path, name: &str) -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(folder.join("found").join(name)).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(String::from));
    let mut columns: Vec<(String, Vec<String>)> =
        lines.next().unwrap().map(|n| (n, vec![])).collect();
    for line in lines {
        let cells: Vec<String> = line.collect();
        assert_eq!(cells.len(), columns.len(), "{name}: {cells:?}");
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.1.push(cell);
        }
    }
    columns
}

fn numbers(columns: &[(String, Vec<String>)], name: &str) -> Vec<f64> {
    let column = columns.iter().find(|c| c.0 == name);
    let cells = &column.unwrap_or_else(|| panic!("no column {name}")).1;
    cells.iter().map(|cell| cell.parse().unwrap()).collect()
}

#[test]
fn all_inequalities_hold_and_results_are_written() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let out = verify(folder, &[]);
    assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
    let said = String::from_utf8(out.stdout).unwrap();
    for part in [
        "inequalities hold",
        "one-hot mlp 3x3 s=1.6",
        "0.5378828427",
        "best tau",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }

    let rows = read(folder, "verify.csv");
    let (bound, gaps) = (numbers(&rows, "c"), numbers(&rows, "gap_ratio"));
    assert_eq!(bound.len(), 45);
    assert!(
        bound
            .iter()
            .zip(&gaps)
            .all(|(c, ratio)| *c <= ratio * (1.0 + 1e-9))
    );
    let sweep = read(folder, "temperatures.csv");
    assert_eq!(numbers(&sweep, "gap_first_order").len(), 15 * 33);
    let sharp = read(folder, "sharp.csv");
    let pairs = numbers(&sharp, "measured")
        .into_iter()
        .zip(numbers(&sharp, "closed_form"));
    assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-10));

    let page = fs::read_to_string(folder.join("found/index.html")).unwrap();
    let figures = fs::read_dir(folder.join("found")).unwrap();
    let figures = figures.filter(|f| {
        f.as_ref()
            .unwrap()
            .path()
            .extension()
            .is_some_and(|e| e == "svg")
    });
    assert_eq!(figures.count(), 7);
    assert_eq!(page.matches("<figure>").count(), 7);
    assert!(!page.contains("NaN") && !page.contains("src=\"http"));

    // Existing output is not overwritten without --force.
    let again = verify(folder, &["--seed", "1"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8(again.stderr).unwrap().contains("--force"));
    assert_eq!(
        fs::read_to_string(folder.join("found/index.html")).unwrap(),
        page
    );
    let forced = verify(folder, &["--seed", "1", "--force"]);
    assert!(forced.status.success(), "{forced:?}");
    assert_ne!(
        fs::read_to_string(folder.join("found/index.html")).unwrap(),
        page
    );
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
}
