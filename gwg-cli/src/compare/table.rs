//! The comparison as plain text for a terminal.

use super::Comparison;
use super::advice::rounded;
use super::errors;
use super::estimate::Estimate;
use super::section::{Row, Section};
use super::truth::Level;
use crate::report::text::{number, with_error};
use crate::statistics::{RHAT, rhat_text};
use crate::table::aligned;
use std::fmt::Write;

/// Headers of all columns; those without values are dropped.
const HEAD: [&str; 16] = [
    "sampler",
    "steps/s",
    "accepted",
    "hops",
    "ESS/step",
    "ESS/s",
    "R-hat",
    "rmse",
    "rmse of all",
    "f/site off",
    "weights",
    "gradients",
    "s",
    "mmd",
    "residual",
    "note",
];

pub(super) fn text(comparison: &Comparison<'_>) -> String {
    let mut text = String::new();
    for section in comparison.sections.iter().filter(|s| !s.rows.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "model    {}  ({} sites, {} states)",
            section.model, section.sites, section.states
        );
        let _ = writeln!(text, "budget   {}", comparison.allowance());
        if let Some(truth) = &section.truth {
            let _ = writeln!(text, "truth    {}", truth.source);
            if section.floor.is_some() && truth.sample_source != truth.source {
                let _ = writeln!(text, "mmd to   {}", truth.sample_source);
            }
        }
        let _ = writeln!(text, "\n{}", aligned(&rows(section)));
        for note in notes(section) {
            let _ = writeln!(text, "! {note}");
        }
        let _ = writeln!(text, "{}", section.advice);
        if section.relaxations {
            text.push_str(&errors::groups_text(section));
        }
    }
    if let Some(varied) = super::varied::found(comparison) {
        let _ = writeln!(text, "\n{}", varied.text());
    }
    if comparison.flags.relaxations {
        text.push_str(&errors::across_text(&comparison.sections));
    }
    if comparison.interrupted {
        text.push_str("! interrupted: the results are incomplete\n");
    }
    text
}

/// Header and body, without empty columns.
pub(super) fn rows(section: &Section) -> Vec<Vec<String>> {
    let cells = |row| cells(row, section.relaxations);
    let body: Vec<[String; 16]> = section.rows.iter().map(cells).collect();
    let filled = |c: usize| c == 0 || body.iter().any(|row| !row[c].is_empty());
    let kept: Vec<usize> = (0..HEAD.len()).filter(|c| filled(*c)).collect();
    let head = kept.iter().map(|c| HEAD[*c].to_owned()).collect();
    let mut rows: Vec<Vec<String>> = vec![head];
    rows.extend(
        body.iter()
            .map(|row| kept.iter().map(|c| row[*c].clone()).collect()),
    );
    rows
}

fn cells(row: &Row, relaxations: bool) -> [String; 16] {
    let f = &row.figures;
    // What relaxations do not have is no failure.
    let absent = if row.candidate.relaxed {
        "-"
    } else {
        "undefined"
    };
    let short = |x: Option<f64>| x.map_or_else(|| absent.into(), |x| number(x, 3));
    let estimate = |e: Option<Estimate>| e.map_or_else(|| absent.into(), rounded);
    // The table has room for the errors.
    let narrow = |cell: String| if relaxations { String::new() } else { cell };
    let [pooled, off, weights, gradients, seconds] = error_cells(row, relaxations);
    let rhat = row.candidate.rhat;
    [
        row.entrant.name.clone(),
        narrow(short(f.steps_per_second)),
        short(f.acceptance),
        short(f.hops),
        narrow(estimate(f.ess_per_step)),
        estimate(f.ess_per_second),
        rhat.map_or_else(|| absent.into(), |r| rhat_text(r, 3)),
        row.last("rmse").map_or_else(String::new, |x| number(x, 3)),
        pooled,
        off,
        weights,
        gradients,
        seconds,
        row.last("mmd_v").map_or_else(String::new, |x| number(x, 3)),
        row.last("residual")
            .map_or_else(String::new, |x| number(x, 3)),
        note(row),
    ]
}

/// The columns of a comparison with relaxations; empty without.
fn error_cells(row: &Row, relaxations: bool) -> [String; 5] {
    if !relaxations {
        return Default::default();
    }
    let f = &row.figures;
    let short = |x: Option<f64>, digits| x.map_or_else(|| "-".into(), |x| number(x, digits));
    let off = row.errors.f.map(|value| {
        let error = row.errors.f_se;
        let known =
            error.map(|error| format!("{} +- {}", with_error(value, error), number(error, 2)));
        known.unwrap_or_else(|| number(value, 3))
    });
    [
        short(row.errors.sites, 3),
        off.unwrap_or_else(|| "-".into()),
        short(f.effective, 2),
        short(row.gradients(), 3),
        short(Some(f.seconds.0 + f.seconds.1), 3),
    ]
}

/// Short notes on one row.
fn note(row: &Row) -> String {
    let mut notes = Vec::new();
    if row.candidate.biased {
        notes.push("biased".to_owned());
    }
    if let Some(turn) = row.entrant.what.turn() {
        let steps: Vec<String> = turn.iter().map(u64::to_string).collect();
        notes.push(format!("a step is a cycle of {}", steps.join(" + ")));
    }
    let adapted = row.figures.adapted.iter();
    notes.extend(adapted.map(|(key, mean)| format!("{key} {}", number(*mean, 3))));
    notes.join(", ")
}

/// Notes on a section.
pub(super) fn notes(section: &Section) -> Vec<String> {
    let mut notes: Vec<String> = section
        .left_out
        .iter()
        .map(|(name, why)| format!("{name} is left out: {why}"))
        .collect();
    match &section.truth {
        Some(truth) => notes.extend(truth.doubt.clone()),
        None => notes.push("there is no ground truth for the means, so rmse is undefined".into()),
    }
    let mut said = Vec::new();
    for row in &section.rows {
        let bias = row.entrant.what.bias().map(String::from);
        notes.extend(bias.filter(|bias| !said.contains(bias)));
        said.clone_from(&notes);
        if row.figures.saturated && !row.candidate.relaxed {
            notes.push(format!(
                "{}: states recorded every {} steps are nearly independent, so the ESS is a lower bound; decrease --steps or --chains to record more often",
                row.entrant.name, row.figures.budget.thin
            ));
        }
        let exact = section.truth.as_ref().and_then(|t| t.log_prob.as_ref());
        notes.extend(exact.and_then(|exact| off(row, exact)));
    }
    notes
}

/// Returns a note if the mean of `f` differs significantly from the exact one.
fn off(row: &Row, exact: &Level) -> Option<String> {
    if row.candidate.relaxed {
        return None;
    }
    // Before convergence, the standard errors are not valid.
    row.candidate.rhat.filter(|r| *r <= RHAT)?;
    let found = row.figures.log_prob?;
    let z = (found.value - exact.value) / found.error?.hypot(exact.error);
    (z.abs() > 4.0).then(|| {
        format!(
            "{}: mean log_prob {} is {} standard errors from the exact {} ({})",
            row.entrant.name,
            number(found.value, 6),
            number(z.abs(), 2),
            number(exact.value, 6),
            exact.source
        )
    })
}
