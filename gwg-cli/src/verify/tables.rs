//! The tables as cells, for the terminal and for the page.

use super::Results;
use crate::report::text::number;
use crate::table;
use gwg_bench::theory::{Row, Sweep, TEMPERATURES};

/// A heading, notes on the columns, and rows of cells; the first row is the header.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) heading: String,
    pub(super) notes: String,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Formats the table as plain text.
    pub(super) fn text(&self) -> String {
        format!(
            "{}\n{}{}",
            self.heading,
            super::words::wrapped(&self.notes),
            table::aligned(&self.rows)
        )
    }
}

pub(super) fn all(results: &Results) -> Vec<Table> {
    vec![
        bounds(results),
        others(results),
        sharp(results),
        sweep(results),
    ]
}

/// Formats a ratio to four decimals, or a small one to two significant digits.
pub(super) fn ratio(x: f64) -> String {
    if x == 0.0 || x.abs() >= 1e-3 {
        format!("{x:.4}")
    } else {
        format!("{x:.1e}")
    }
}

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn bounds(results: &Results) -> Table {
    let names = [
        "",
        "L",
        "c",
        "c_diag",
        "c_convex",
        "c_range",
        "c_edge",
        "var ratio",
        "random h",
        "gap ratio",
        "Gap(Q)",
    ];
    let rows = results
        .found
        .rows
        .iter()
        .filter(|row| row.temperature == 2.0);
    let cells = rows.map(|row| {
        let c = &row.constants;
        let ratios = [
            Some(c.theorem),
            Some(c.diagonal),
            c.convex,
            Some(c.range),
            Some(c.edge),
            Some(row.extremal),
            Some(row.random),
            Some(row.gap_ratio()),
            Some(row.gap_exact),
        ];
        let shown = ratios.map(|r| r.map_or_else(|| "-".into(), ratio));
        [row.model.clone(), number(row.lipschitz, 3)]
            .into_iter()
            .chain(shown)
            .collect()
    });
    Table {
        heading: format!("Bounds and measured ratios, temperature 2, seed {}", results.seed),
        notes: "Q~ uses first-order differences, Q exact ones; a ratio of 1 means no loss. Bounds: c of the theorem, \
                exp(-L*D_H^2/2), and sharper ones. Measured: the minimum over h of the ratio (var(h, Q) + Var(h)) / (var(h, Q~) + Var(h)), its minimum over \
                200 random h, and the ratio of gaps. Every bound must be at most every measured ratio."
            .into(),
        rows: [header(&names)].into_iter().chain(cells).collect(),
    }
}

fn others(results: &Results) -> Table {
    let others: Vec<f64> = TEMPERATURES.into_iter().filter(|t| *t != 2.0).collect();
    let mut names = vec![String::new()];
    for t in &others {
        names.extend(["c", "c_edge", "var ratio", "gap ratio"].map(|name| format!("{name} ({t})")));
    }
    let mut rows = vec![names];
    let of = |model: &str, t: f64| -> Vec<String> {
        let mine = |row: &&Row| row.model == model && row.temperature == t;
        let found = results.found.rows.iter().find(mine);
        let four = |row: &Row| {
            [
                row.constants.theorem,
                row.constants.edge,
                row.extremal,
                row.gap_ratio(),
            ]
        };
        found.map_or_else(Vec::new, |row| four(row).map(ratio).to_vec())
    };
    for sweep in &results.found.sweeps {
        let cells = others.iter().flat_map(|t| of(&sweep.model, *t));
        rows.push([sweep.model.clone()].into_iter().chain(cells).collect());
    }
    Table {
        heading: "Other proposal temperatures tau (in parentheses)".into(),
        notes:
            "c = exp(-L*D_H^2/tau), the others as above; both kernels have the same temperature."
                .into(),
        rows,
    }
}

fn sharp(results: &Results) -> Table {
    let mut rows = vec![header(&[
        "D",
        "measured",
        "D c / (c + D - 1)",
        "difference",
        "c",
    ])];
    for s in &results.found.sharp {
        rows.push(vec![
            s.sites.to_string(),
            format!("{:.10}", s.measured),
            format!("{:.10}", s.closed_form),
            format!("{:.0e}", s.error()),
            format!("{:.5}", s.constant),
        ]);
    }
    Table {
        heading: "The constant cannot be improved: the sharp family, L = 2".into(),
        notes: "A uniform distribution whose gradient has the largest error that L allows; the ratio of gaps tends to c as D grows.".into(),
        rows,
    }
}

fn sweep(results: &Results) -> Table {
    // Every fourth temperature, that is, steps of half an octave.
    let shown = |sweep: &Sweep| -> Vec<(f64, f64)> {
        let points = sweep.temperatures.iter().zip(&sweep.first_order);
        points.map(|(t, g)| (*t, *g)).step_by(4).collect()
    };
    let mut rows = Vec::new();
    for sweep in &results.found.sweeps {
        let points = shown(sweep);
        if rows.is_empty() {
            let names = points.iter().map(|p| number(p.0, 3));
            let last = ["best tau", "2 / best"].map(String::from);
            rows.push(
                [String::new()]
                    .into_iter()
                    .chain(names)
                    .chain(last)
                    .collect::<Vec<_>>(),
            );
        }
        let (best, most) = sweep.best();
        let share = sweep.at(2.0).map_or(f64::NAN, |g| g / most);
        let cells = points.iter().map(|p| ratio(p.1));
        let last = [number(best, 3), format!("{:.1}%", 100.0 * share)];
        rows.push(
            [sweep.model.clone()]
                .into_iter()
                .chain(cells)
                .chain(last)
                .collect(),
        );
    }
    Table {
        heading: "Gap(Q~) against the proposal temperature".into(),
        notes: "Larger is better. The best is the maximum over 33 temperatures from 0.5 to 8."
            .into(),
        rows,
    }
}
