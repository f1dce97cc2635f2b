//! Errors of the means of all chains together, against the truth.

use super::section::{Row, Section};
use super::truth::Truth;
use crate::report::text::number;
use crate::table::aligned;
use serde::Serialize;
use std::fmt::Write;

/// The errors by which methods are grouped.
const LIMITS: [f64; 6] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1];

/// The errors of one row; `None` where undefined.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Errors {
    /// Root mean squared error, over sites, of the means over all chains.
    pub(super) sites: Option<f64>,
    /// The mean of `f` over all chains less the true one, per site.
    pub(super) f: Option<f64>,
    /// The standard error of that, the one of the truth included; `None` if unknown.
    pub(super) f_se: Option<f64>,
}

impl Errors {
    pub(super) fn new(row: &Row, truth: &Truth, sites: usize) -> Self {
        let f = row.figures.log_prob.zip(truth.best_log_prob());
        let n = sites as f64;
        Self {
            sites: root(&row.figures.means, &truth.means),
            f: f.map(|(found, level)| (found.value - level.value) / n),
            f_se: f.and_then(|(found, level)| Some(found.error?.hypot(level.error) / n)),
        }
    }

    /// The larger of both, where both are defined.
    fn largest(&self) -> Option<f64> {
        Some(self.sites?.max(self.f.map_or(0.0, f64::abs)))
    }

    fn text(&self) -> String {
        let short = |x: Option<f64>| x.map_or_else(|| "undefined".to_owned(), |x| number(x, 2));
        format!("{} / {}", short(self.sites), short(self.f.map(f64::abs)))
    }
}

fn root(means: &[f64], truth: &[f64]) -> Option<f64> {
    if means.len() != truth.len() || means.is_empty() {
        return None;
    }
    let squares: f64 = means.iter().zip(truth).map(|(m, t)| (m - t).powi(2)).sum();
    let root = (squares / truth.len() as f64).sqrt();
    root.is_finite().then_some(root)
}

/// Which methods are below which error, one line per error.
pub(super) fn groups(section: &Section) -> Vec<String> {
    let mut lines = Vec::new();
    let mut above = 0.0;
    for limit in LIMITS.into_iter().chain([f64::INFINITY]) {
        let here = |row: &&Row| {
            let error = row.errors.largest();
            error.is_some_and(|error| error >= above && error < limit)
        };
        let names: Vec<&str> = section
            .rows
            .iter()
            .filter(here)
            .map(|row| row.entrant.name.as_str())
            .collect();
        if !names.is_empty() {
            let label = if limit.is_finite() {
                format!("below {limit}")
            } else {
                format!("{above} and more")
            };
            lines.push(format!("{label}: {}", names.join(", ")));
        }
        above = limit;
    }
    lines
}

/// What the limits are of.
pub(super) const GROUPS: &str = "the larger of the error of the site means (root mean square) and of the mean of f per site, over all chains";

/// The errors of every method on every model: header and body.
pub(super) fn across(sections: &[Section]) -> Option<Vec<Vec<String>>> {
    let shown: Vec<&Section> = sections.iter().filter(|s| !s.rows.is_empty()).collect();
    if shown.len() < 2 {
        return None;
    }
    let head = |section: &&Section| {
        let kind = section.model.split(':').next().unwrap_or_default();
        format!("{kind} {}", section.sites)
    };
    let mut names: Vec<&str> = Vec::new();
    for row in shown.iter().flat_map(|s| &s.rows) {
        let name = row.entrant.name.as_str();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut rows = vec![vec!["method".to_owned()]];
    rows.iter_mut()
        .for_each(|row| row.extend(shown.iter().map(head)));
    for name in names {
        let of = |section: &&Section| {
            let row = section.rows.iter().find(|row| row.entrant.name == name);
            row.map_or_else(String::new, |row| row.errors.text())
        };
        let cells = shown.iter().map(of);
        rows.push(std::iter::once(name.to_owned()).chain(cells).collect());
    }
    Some(rows)
}

/// What the entries of [`across`] are.
pub(super) const ACROSS: &str =
    "errors of the means over all chains: of a site (root mean square) / of f per site";

/// Both as text.
pub(super) fn groups_text(section: &Section) -> String {
    let mut text = format!("error, {GROUPS}:\n");
    for line in groups(section) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// As text; empty for one model.
pub(super) fn across_text(sections: &[Section]) -> String {
    across(sections).map_or_else(String::new, |rows| {
        format!("\n{ACROSS}, by number of sites\n{}\n", aligned(&rows))
    })
}
