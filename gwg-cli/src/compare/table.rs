//! The comparison as plain text for a terminal.

use super::Comparison;
use super::advice::rounded;
use super::estimate::Estimate;
use super::section::{Row, Section};
use super::truth::Level;
use crate::report::text::number;
use crate::statistics::{RHAT, rhat_text};
use crate::table::aligned;
use std::fmt::Write;

/// Headers of all columns; those without values are dropped.
const HEAD: [&str; 11] = [
    "sampler", "steps/s", "accepted", "hops", "ESS/step", "ESS/s", "R-hat", "rmse", "mmd",
    "residual", "note",
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
    }
    if let Some(varied) = super::varied::found(comparison) {
        let _ = writeln!(text, "\n{}", varied.text());
    }
    if comparison.interrupted {
        text.push_str("! interrupted: the results are incomplete\n");
    }
    text
}

/// Header and body, without empty columns.
pub(super) fn rows(section: &Section) -> Vec<Vec<String>> {
    let body: Vec<[String; 11]> = section.rows.iter().map(cells).collect();
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

fn cells(row: &Row) -> [String; 11] {
    let f = &row.figures;
    let short = |x: Option<f64>| x.map_or_else(|| "undefined".into(), |x| number(x, 3));
    let estimate = |e: Option<Estimate>| e.map_or_else(|| "undefined".into(), rounded);
    let rhat = row.candidate.rhat;
    [
        row.entrant.name.clone(),
        short(f.steps_per_second),
        short(f.acceptance),
        short(f.hops),
        estimate(f.ess_per_step),
        estimate(f.ess_per_second),
        rhat.map_or_else(|| "undefined".into(), |r| rhat_text(r, 3)),
        row.last("rmse").map_or_else(String::new, |x| number(x, 3)),
        row.last("mmd_v").map_or_else(String::new, |x| number(x, 3)),
        row.last("residual")
            .map_or_else(String::new, |x| number(x, 3)),
        note(row),
    ]
}

/// Short notes on one row.
fn note(row: &Row) -> String {
    let mut notes = Vec::new();
    if row.candidate.biased {
        notes.push("biased".to_owned());
    }
    if let Some(turn) = row.entrant.sampler.turn() {
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
    for row in &section.rows {
        notes.extend(row.entrant.sampler.bias().map(String::from));
        if row.figures.saturated {
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
