//! The kernels have their documented properties.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_bench::kernels::{CHAINS, Claim, Figures, ROUNDS, Row, table};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| table(1));

const EXACT: f64 = 1e-12;

fn measured() -> impl Iterator<Item = (&'static Row, &'static Figures)> {
    let found = |row: &'static Row| Some((row, row.found.as_ref().ok()?));
    ROWS.iter().filter_map(found)
}

fn figures(kernel: &str, space: &str) -> &'static Figures {
    let mut found = measured().filter(|(row, _)| row.kernel == kernel && row.space == space);
    found.next().unwrap().1
}

#[test]
fn every_kernel_but_one_leaves_the_target_invariant() {
    for (row, f) in measured() {
        assert!(f.stochastic <= EXACT, "{row:?}");
        assert!(f.irreducible && f.gap > 1e-3 && f.gap < 2.0, "{row:?}");
        match row.claim {
            Claim::Reversible => assert!(f.reversibility <= EXACT, "{row:?}"),
            Claim::Invariant => assert!(f.reversibility > 1e-6, "is in fact reversible: {row:?}"),
            Claim::Biased => continue,
        }
        assert!(f.invariance <= EXACT && f.bias.is_none(), "{row:?}");
    }
}

#[test]
fn kernels_marked_as_biased_are_biased() {
    let biased = measured().filter(|(row, _)| row.claim == Claim::Biased);
    let mut count = 0;
    for (row, f) in biased {
        assert!(f.invariance > 1e-4 && f.bias.unwrap() > 1e-4, "{row:?}");
        assert!(row.kernel.contains("DULA"));
        count += 1;
    }
    assert_eq!(count, 8);
}

/// Chains are independent and start in equilibrium. Five standard errors, 600 rows: fails with probability 2e-4.
#[test]
fn the_rate_of_state_changes_agrees_with_the_matrix() {
    for (row, f) in measured() {
        let steps = (CHAINS * ROUNDS) as f64;
        let least = (f.mean_move * (1.0 - f.mean_move) / steps).sqrt();
        let error = f64::max(f.run.moved_error, least);
        assert!((f.run.moved - f.mean_move).abs() < 5.0 * error, "{row:?}");
    }
}

#[test]
fn every_space_has_every_kernel_or_a_reason() {
    let of = |space: &str| -> BTreeSet<_> {
        let here = ROWS.iter().filter(|row| row.space == space);
        here.map(|row| row.kernel).collect()
    };
    let spaces = ["binary", "categorical", "ordinal", "mixed"];
    let kernels = of("binary");
    assert!(kernels.len() >= 36, "{}", kernels.len());
    for space in spaces {
        assert_eq!(of(space), kernels);
        assert_eq!(of(&format!("{space} clamped")), kernels);
    }
    let dashes = ROWS.iter().filter_map(|row| row.found.as_ref().err());
    assert!(dashes.into_iter().all(|reason| !reason.is_empty()));
    // A kernel with a dash on every space is measured on a model with the structure that it requires.
    for kernel in ["n-fold, sqrt", "jump process, n-fold", "structured sweep"] {
        assert!(measured().any(|(row, _)| row.kernel == kernel && row.space.contains(" of ")));
    }
}

/// Except for kernels that re-evaluate walkers between steps.
#[test]
fn gradient_counts_of_kernel_and_target_agree() {
    let between = ["cycle", "mixture"];
    let mut compared = 0;
    for (row, f) in measured() {
        let Some(asked) = f.run.asked else { continue };
        if between.iter().any(|kind| row.kernel.starts_with(kind)) {
            continue;
        }
        assert_eq!(asked.values, 0.0, "values without gradients: {row:?}");
        if asked.gradients > 0.0 {
            assert_eq!(f.run.gradients, asked.gradients, "{row:?}");
            assert_eq!(f.run.values, asked.gradients, "{row:?}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn kernels_with_the_same_matrix_have_the_same_gap() {
    let same = |a: &Figures, b: &Figures| {
        (a.gap - b.gap).abs() < 1e-9 && (a.mean_move - b.mean_move).abs() < EXACT
    };
    for space in ["binary", "categorical clamped", "ordinal", "mixed"] {
        for g in ["sqrt", "barker", "min", "max"] {
            let of = |kind: &str| figures(&format!("{kind}, {g}"), space);
            assert!(same(of("tree"), of("exact")), "{g} on {space}");
        }
    }
    let ring = "Ising ring of 6";
    assert!(same(
        figures("n-fold, sqrt", ring),
        figures("exact, sqrt", ring)
    ));
}

/// Checks the table of gaps in the README to its number of digits.
#[test]
fn the_readme_has_the_computed_gaps() {
    let readme = include_str!("../README.md");
    let section = readme.split("Spectral gap:").nth(1).unwrap();
    let mut lines = section
        .trim_start()
        .lines()
        .take_while(|l| l.starts_with('|'));
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim);
    let spaces: Vec<_> = cells(lines.next().unwrap()).skip(1).collect();
    let mut compared = 0;
    for line in lines.skip(1) {
        let kernel = cells(line).next().unwrap();
        for (space, cell) in spaces.iter().zip(cells(line).skip(1)) {
            if cell == "-" {
                let dash = |row: &Row| row.kernel == kernel && row.space == *space;
                assert!(ROWS.iter().any(|row| dash(row) && row.found.is_err()));
                continue;
            }
            let (said, found): (f64, _) = (cell.parse().unwrap(), figures(kernel, space).gap);
            assert!((said - found).abs() < 6e-4, "{kernel} on {space}: {found}");
            compared += 1;
        }
    }
    assert!(compared > 250, "{compared}");
}
