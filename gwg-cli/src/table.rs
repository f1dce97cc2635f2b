//! Results as plain text for a terminal.

use crate::clamp;
use crate::summary::Statistics;
use serde_json::Value;
use std::fmt::Write;

/// Formats at most six significant digits, without an exponent where possible.
pub(crate) fn number(x: f64) -> String {
    let size = x.abs();
    if x == 0.0 {
        "0".into()
    } else if !(1e-4..1e7).contains(&size) {
        format!("{x:.3e}")
    } else {
        let before = size.log10().floor() as i32 + 1;
        format!("{x:.*}", (6 - before).clamp(0, 6) as usize)
    }
}

fn optional(x: Option<f64>) -> String {
    x.map_or_else(|| "undefined".into(), number)
}

/// Formats the table of statistics.
pub(crate) fn statistics(statistics: &Statistics) -> String {
    let header = ["", "mean", "sd", "mcse", "ess_bulk", "ess_tail", "rhat"].map(String::from);
    let mut rows = vec![header.to_vec()];
    for (name, s) in statistics {
        let rhat = s
            .rhat
            .map_or_else(|| "undefined".into(), |r| format!("{r:.4}"));
        let ess = |e: Option<f64>| e.map_or_else(|| "undefined".into(), |e| format!("{e:.0}"));
        rows.push(vec![
            name.clone(),
            optional(s.mean),
            optional(s.sd),
            optional(s.mcse),
            ess(s.ess_bulk),
            ess(s.ess_tail),
            rhat,
        ]);
    }
    aligned(&rows)
}

/// Pads columns to their widest cell: the first is left-aligned, the others right-aligned.
pub(crate) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| {
            rows.iter()
                .filter_map(|r| r.get(c))
                .map(|s| s.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (c, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let _ = if c == 0 {
                write!(line, "{cell:<width$}")
            } else {
                write!(line, "  {cell:>width$}")
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Formats a run's settings and results, from its summary.
pub(crate) fn run(summary: &Value) -> String {
    let text = |key: &str| summary[key].as_str().unwrap_or("").to_owned();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "model    {}  ({} sites, {} states)",
        text("model"),
        summary["sites"],
        summary["states"]
    );
    let _ = writeln!(out, "sampler  {}", text("sampler"));
    if let Some(turn) = summary["turn"].as_array() {
        let steps: Vec<String> = turn.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            out,
            "step     a turn: {} steps of the samplers, one after the other",
            steps.join(" + ")
        );
    }
    out.push_str(&clamp::line(&summary["clamp"], &summary["sites"]));
    let _ = writeln!(
        out,
        "run      {} chains x ({} warm-up steps + {} draws x {} steps), seed {}, {} threads, {}, beta {}",
        summary["chains"],
        summary["warmup"],
        summary["draws"],
        summary["thin"],
        summary["seed"],
        summary["threads"],
        text("float"),
        summary["beta"],
    );
    out
}

/// Formats acceptance and speed, from the summary.
pub(crate) fn speed(summary: &Value) -> String {
    let float = |key: &str| {
        summary[key]
            .as_f64()
            .map_or_else(|| "undefined".into(), number)
    };
    format!(
        "acceptance {}, {} sites changed per step; {} steps/s, {} ESS/s (hamming), {} s\n",
        float("acceptance"),
        float("hops"),
        float("steps_per_second"),
        float("ess_per_second"),
        summary["seconds"]["sampling"]
            .as_f64()
            .map_or_else(|| "undefined".into(), number),
    )
}

/// Formats the warnings, one per line.
pub(crate) fn warnings(summary: &Value) -> String {
    let lines = summary["warnings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    lines.map(|line| format!("! {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_keeps_six_significant_digits() {
        let shown: Vec<String> = [
            0.0,
            1.0,
            -3.5,
            123.456_789,
            1_234_567.8,
            0.000_123_456,
            2.5e-7,
            1e9,
        ]
        .map(number)
        .to_vec();
        assert_eq!(
            shown,
            [
                "0", "1.00000", "-3.50000", "123.457", "1234568", "0.000123", "2.500e-7", "1.000e9"
            ]
        );
    }
}
