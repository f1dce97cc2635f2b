//! Results as plain text for a terminal.

use crate::report::text::plural;
use crate::sample::{RunResult, Settings};
use crate::statistics::{Statistics, site_name, with_worst_projection};
use gwg_chains::diagnostics::SiteStatistics;
use gwg_models::io::visible;
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

/// Formats the table of statistics. Of random projections there is the worst.
pub(crate) fn statistics(statistics: &Statistics) -> String {
    let header = ["", "mean", "sd", "mcse", "ess_bulk", "ess_tail", "rhat"].map(String::from);
    let mut rows = vec![header.to_vec()];
    for (name, s) in with_worst_projection(statistics) {
        let rhat = s
            .rhat
            .map_or_else(|| "undefined".into(), |r| format!("{r:.4}"));
        let ess = |e: Option<f64>| e.map_or_else(|| "undefined".into(), |e| format!("{e:.0}"));
        rows.push(vec![
            name.into(),
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

/// Says of which draws the statistics are, where they are not of all.
pub(crate) fn thinned(every: usize) -> String {
    match every {
        1 => String::new(),
        _ => format!("of a long run: mean and sd of all draws, the rest of one draw in {every}\n"),
    }
}

/// Formats what is known of all sites.
pub(crate) fn sites(sites: &SiteStatistics) -> String {
    let (looked_at, of) = (sites.sites, sites.of);
    let subset = if looked_at == of {
        format!("all {of}")
    } else {
        format!("{looked_at} of {of}, chosen at random")
    };
    let mut text = format!("sites    {subset}: ");
    let Some(least) = &sites.least_ess else {
        text.push_str("nothing to judge: no symbol changed, or there are too few draws\n");
        return text;
    };
    let ess = least
        .ess
        .map_or_else(|| "undefined".into(), |e| format!("{e:.0}"));
    let _ = write!(text, "least ess_bulk {ess} ({})", site_name(least));
    if let Some((worst, rhat)) = sites.worst.first().and_then(|w| Some((w, w.rhat?))) {
        let _ = write!(text, ", largest rhat {rhat:.4} ({})", site_name(worst));
    }
    text.push('\n');
    text
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

/// Formats a run: settings, statistics, speed and warnings.
pub(crate) fn run(result: &RunResult) -> String {
    let parts = [
        settings(&result.settings, result.threads),
        "\n".into(),
        statistics(&result.statistics),
        thinned(result.every),
        result
            .site_statistics
            .as_ref()
            .map_or_else(String::new, sites),
        independent(result),
        "\n".into(),
        speed(result),
        result
            .tempering
            .as_ref()
            .map_or_else(String::new, |swaps| swaps.line()),
        warnings(&result.warnings),
    ];
    parts.concat()
}

fn independent(result: &RunResult) -> String {
    if result.independent {
        "draws    independent by the sampler: there is nothing to diagnose\n".to_owned()
    } else {
        String::new()
    }
}

fn settings(settings: &Settings, threads: usize) -> String {
    let s = settings;
    let mut out = format!(
        "model    {}  ({} sites, {} states)\nsampler  {}\n",
        visible(&s.model),
        s.sites,
        s.states,
        s.sampler
    );
    if let Some(turn) = &s.turn {
        let steps: Vec<String> = turn.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            out,
            "step     a cycle: {} steps of the samplers, one after the other",
            steps.join(" + ")
        );
    }
    if let Some(clamp) = &s.clamp {
        out.push_str(&clamp.line(s.sites));
    }
    let _ = writeln!(
        out,
        "run      {} chains x ({} warm-up steps + {} draws x {} steps), seed {}, {threads} threads, {}, beta {:?}",
        s.chains,
        s.warmup,
        s.draws,
        s.thin,
        s.seed,
        s.float.name(),
        s.beta,
    );
    if !s.auto.is_empty() {
        let chosen = |name: &String| match name.as_str() {
            "thin" => format!("--thin {}", s.thin),
            _ => format!("--warmup {}", s.warmup),
        };
        let chosen: Vec<String> = s.auto.iter().map(chosen).collect();
        let _ = writeln!(
            out,
            "auto     {} (from sampler and model)",
            chosen.join(" ")
        );
    }
    out
}

/// What is about to run, in one line.
pub(crate) fn announcement(settings: &Settings, threads: usize) -> String {
    let s = settings;
    let replicas = s.ladder.as_ref();
    let replicas = replicas.map_or_else(String::new, |l| format!(" of {} replicas", l.replicas));
    format!(
        "{} ({} sites), {}, {} chains{replicas} x ({} warm-up steps + {} draws x {} steps), {}, {}",
        s.model,
        s.sites,
        s.sampler,
        s.chains,
        s.warmup,
        s.draws,
        s.thin,
        plural(threads, "thread"),
        s.float.name(),
    )
}

fn speed(result: &RunResult) -> String {
    let of = result.ess_of.as_ref();
    let of = of.map_or_else(String::new, |name| format!(" ({name})"));
    format!(
        "acceptance {}, {} sites changed per step; {} steps/s, {} ESS/s{of}, {} s\n",
        optional(result.acceptance),
        optional(result.hops),
        optional(result.steps_per_second),
        optional(result.ess_per_second),
        number(result.seconds.sampling),
    )
}

/// Formats the warnings, one per line.
pub(crate) fn warnings(warnings: &[String]) -> String {
    warnings.iter().map(|line| format!("! {line}\n")).collect()
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
