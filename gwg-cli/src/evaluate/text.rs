//! The results of `gwg evaluate` as text for a terminal.

use super::result::EvaluateResult;
use super::work::{Found, Kind};
use crate::report::text::plural;
use crate::table::{aligned, number};
use std::fmt::Write;

/// Digits after the point of values of log Z.
const DIGITS: usize = 4;

pub(super) fn table(result: &EvaluateResult) -> String {
    let mut text = head(result);
    text.push('\n');
    let header = ["", "log Z", "std. error", "ESS", "seconds"].map(String::from);
    let rows = result.log_z.rows.iter().map(|found| row(found, result));
    text.push_str(&aligned(
        &std::iter::once(header.to_vec())
            .chain(rows)
            .collect::<Vec<_>>(),
    ));
    text.push('\n');
    for found in &result.log_z.rows {
        details(found, &mut text);
    }
    verdict(result, &mut text);
    likelihood(result, &mut text);
    let refused = result.log_z.refused.as_ref();
    for warning in result.warnings.iter().filter(|w| Some(*w) != refused) {
        let _ = writeln!(text, "! {warning}");
    }
    text
}

fn head(result: &EvaluateResult) -> String {
    let EvaluateResult {
        model,
        sites,
        states,
        particles,
        temperatures,
        seed,
        ..
    } = result;
    let mut text = format!("model    {model}  ({sites} sites, {states} states)\n");
    if let (Some(sampler), Some(steps)) = (&result.sampler, result.steps) {
        let _ = writeln!(
            text,
            "paths    {particles} in each direction, {}, {} of {sampler} per level, seed {seed}",
            plural(*temperatures, "level"),
            plural(steps, "step")
        );
    }
    if let Some(data) = &result.data {
        let _ = writeln!(
            text,
            "data     {}  ({})",
            data.path,
            plural(data.rows, "row")
        );
    }
    text
}

const fn name(found: &Found) -> &'static str {
    match found.kind {
        Kind::Exact => "exact",
        Kind::Forward => "forward AIS",
        Kind::Reverse => "reverse AIS",
        Kind::Bar => "BAR",
        Kind::Integration => "thermodynamic integration",
        Kind::Ladder => "ladder",
    }
}

fn row(found: &Found, result: &EvaluateResult) -> Vec<String> {
    let estimate = &found.estimate;
    let error = match found.kind {
        Kind::Exact => "0".to_owned(),
        _ => number(estimate.error()),
    };
    let ess = estimate.spread.map_or_else(String::new, |spread| {
        format!("{:.1} of {}", spread.effective_size, result.particles)
    });
    vec![
        name(found).to_owned(),
        format!("{:.DIGITS$}", estimate.value),
        error,
        ess,
        format!("{:.1}", found.seconds),
    ]
}

fn details(found: &Found, text: &mut String) {
    if let Some(source) = &found.source {
        let _ = writeln!(text, "{}: {source}", name(found));
    }
    let Some(ladder) = &found.ladder else {
        return;
    };
    let mut acceptance = ladder.acceptance.clone();
    acceptance.sort_by(f64::total_cmp);
    let least = acceptance.first().copied().unwrap_or(f64::NAN);
    let mean = acceptance.iter().sum::<f64>() / acceptance.len() as f64;
    let _ = writeln!(
        text,
        "{}: {} models, exchanges accepted: {mean:.2} on average, {least:.2} at least; {} states that were drawn independently arrived at the last model",
        name(found),
        ladder.models,
        ladder.arrivals
    );
}

fn verdict(result: &EvaluateResult, text: &mut String) {
    let log_z = &result.log_z;
    if let (Some(mean), Some(lower), Some(upper), Some(of)) =
        (log_z.mean, log_z.lower, log_z.upper, log_z.of)
    {
        let alone = log_z.rows.iter().filter(|found| found.counts).count() == 1;
        let agree = if alone { "" } else { "the estimates agree: " };
        let _ = writeln!(
            text,
            "verdict  {agree}log Z = {mean:.DIGITS$} ({of}), within three errors {lower:.DIGITS$} to {upper:.DIGITS$}"
        );
        return;
    }
    text.push_str("verdict  no single value of log Z is given:\n");
    for line in log_z.refused.iter().flat_map(|why| why.lines()) {
        let _ = writeln!(text, "         {line}");
    }
}

fn likelihood(result: &EvaluateResult, text: &mut String) {
    match (&result.log_likelihood, result.bits_per_dim.flatten()) {
        (Some(Some(found)), Some(bits)) => {
            let _ = writeln!(
                text,
                "log-likelihood  {:.DIGITS$} +- {} nats per row ({} of it by log Z), {bits:.5} bits per dimension",
                found.mean,
                number(found.se),
                number(found.se_of_log_z)
            );
        }
        (Some(_), _) => text.push_str("log-likelihood  not given: it needs a value of log Z\n"),
        (None, _) => {}
    }
}
