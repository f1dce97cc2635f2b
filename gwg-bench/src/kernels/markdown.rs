//! The rows as Markdown tables.

use super::{Claim, Figures, Row};
use std::fmt::Write;

/// Formats the rows as in the README: largest errors, gaps, acceptance and evaluations, models, dashes.
#[must_use]
pub fn markdown(rows: &[Row]) -> String {
    let of_model = |row: &&Row| row.space.contains(" of ");
    let (models, spaces): (Vec<_>, Vec<_>) = rows.iter().partition(of_model);
    let mut text = errors(rows);
    text += "\nSpectral gap:\n\n";
    grid(&mut text, &spaces, |f| format!("{:.3}", f.gap));
    text += "\nShare of proposals accepted, then evaluations per step: values + gradients counted by the kernel; values + gradients counted by \
             the target (values without a gradient, gradients with their values); and differences of one move counted by the target.\n\n";
    costs(&mut text, &spaces);
    text += "\nModels with more structure (mean number of sites changed per step; probability that a step changes the state):\n\n";
    list(&mut text, &models);
    text += "\nDashes:\n\n";
    dashes(&mut text, &spaces);
    text
}

fn distinct<'r>(rows: &[&'r Row], of: fn(&Row) -> &'static str) -> Vec<&'static str> {
    let mut found: Vec<&str> = Vec::new();
    for &row in rows {
        if !found.contains(&of(row)) {
            found.push(of(row));
        }
    }
    found
}

fn at<'r>(rows: &[&'r Row], kernel: &str, space: &str) -> Option<&'r Figures> {
    let row = rows
        .iter()
        .find(|row| row.kernel == kernel && row.space == space)?;
    row.found.as_ref().ok()
}

fn line(text: &mut String, first: &str, cells: impl IntoIterator<Item = String>) {
    let _ = write!(text, "| {first} |");
    for cell in cells {
        let _ = write!(text, " {cell} |");
    }
    text.push('\n');
}

fn head(text: &mut String, columns: &[&str]) {
    line(text, "kernel", columns.iter().map(|&c| c.to_owned()));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(columns.len()));
}

fn grid(text: &mut String, rows: &[&Row], cell: fn(&Figures) -> String) {
    let spaces = distinct(rows, |row| row.space);
    head(text, &spaces);
    for kernel in distinct(rows, |row| row.kernel) {
        let cells = spaces
            .iter()
            .map(|space| at(rows, kernel, space).map_or("-".to_owned(), cell));
        line(text, kernel, cells);
    }
}

fn costs(text: &mut String, rows: &[&Row]) {
    let spaces = distinct(rows, |row| row.space);
    let counts = [
        "kernel counts",
        "target counts",
        "differences, binary",
        "differences, categorical",
    ];
    let columns: Vec<_> = spaces.iter().copied().chain(counts).collect();
    head(text, &columns);
    for kernel in distinct(rows, |row| row.kernel) {
        let some = spaces.iter().find_map(|space| at(rows, kernel, space));
        let Some(some) = some else { continue };
        let accepted = |f: &Figures| format!("{:.2}", f.run.acceptance);
        let accepted = spaces
            .iter()
            .map(|space| at(rows, kernel, space).map_or("-".to_owned(), accepted));
        let differences = |space| {
            let asked = at(rows, kernel, space).and_then(|f| f.run.asked);
            asked.map_or("-".to_owned(), |asked| format!("{:.1}", asked.differences))
        };
        let asked = some.run.asked.unwrap_or_default();
        let asked = [
            format!("{:.1} + {:.1}", some.run.values, some.run.gradients),
            format!("{:.1} + {:.1}", asked.values, asked.gradients),
            differences("binary"),
            differences("categorical"),
        ];
        line(text, kernel, accepted.chain(asked));
    }
}

fn list(text: &mut String, rows: &[&Row]) {
    head(
        text,
        &["model", "gap", "accepted", "sites", "moved", "invariance"],
    );
    for row in rows {
        let Ok(f) = &row.found else { continue };
        let cells = [
            row.space.to_owned(),
            format!("{:.3}", f.gap),
            format!("{:.2}", f.run.acceptance),
            format!("{:.2}", f.run.sites_changed),
            format!("{:.3}", f.mean_move),
            format!("{:.0e}", f.invariance),
        ];
        line(text, row.kernel, cells);
    }
}

fn dashes(text: &mut String, rows: &[&Row]) {
    for kernel in distinct(rows, |row| row.kernel) {
        let reason = rows
            .iter()
            .find_map(|row| (row.kernel == kernel).then_some(row.found.as_ref().err()?));
        if let Some(reason) = reason {
            let _ = writeln!(text, "- {kernel}: {reason}.");
        }
    }
}

fn errors(rows: &[Row]) -> String {
    let exact = rows.iter().filter(|row| row.claim != Claim::Biased);
    let exact: Vec<_> = exact.filter_map(|row| row.found.as_ref().ok()).collect();
    let largest = |of: fn(&Figures) -> f64| exact.iter().map(|f| of(f)).fold(0.0, f64::max);
    let reversible = rows.iter().filter(|row| row.claim == Claim::Reversible);
    let balance = reversible
        .filter_map(|row| row.found.as_ref().ok())
        .map(|f| f.reversibility)
        .fold(0.0, f64::max);
    let biased = rows.iter().filter(|row| row.claim == Claim::Biased);
    let biased = biased.filter_map(|row| row.found.as_ref().ok());
    let least = biased
        .clone()
        .map(|f| f.invariance)
        .fold(f64::INFINITY, f64::min);
    let bias = biased.filter_map(|f| f.bias);
    let (low, high) = bias.fold((f64::INFINITY, 0.0), |(low, high), b| {
        (f64::min(low, b), f64::max(high, b))
    });
    format!(
        "{} matrices of up to {} states. The largest invariance error is {:.1e}, the largest error of detailed balance of reversible kernels {balance:.1e}. \
         DULA, which is biased, is excluded: its invariance error is at least {least:.1e}, its total variation distance from the target {low:.3} to {high:.3}.\n",
        exact.len(),
        exact.iter().map(|f| f.states).max().unwrap_or(0),
        largest(|f| f.invariance),
    )
}
