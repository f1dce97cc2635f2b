//! Assessment of the run's statistics: the verdict, the warnings, and the table.

use crate::summary::{RHAT, rhat_text};
use serde_json::Value;

use super::Report;
use super::text::{count, escape, number, plural, value, with_error};

/// Minimum ESS per chain for reliable diagnostics (same source: 400 for four chains).
const ESS_PER_CHAIN: f64 = 100.0;

fn wanted(report: &Report<'_>) -> f64 {
    ESS_PER_CHAIN * report.chains as f64
}

/// One row of the table: a recorded quantity and its statistics, `None` where undefined.
#[derive(Debug)]
struct Statistic<'a> {
    name: &'a str,
    fields: &'a Value,
}

impl Statistic<'_> {
    fn get(&self, field: &str) -> Option<f64> {
        self.fields.get(field)?.as_f64().filter(|x| x.is_finite())
    }
}

/// The statistics with `log_prob` and `hamming` first.
fn statistics(summary: &Value) -> Vec<Statistic<'_>> {
    let Some(fields) = summary.get("statistics").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut rows: Vec<Statistic<'_>> = fields
        .iter()
        .map(|(name, fields)| Statistic { name, fields })
        .collect();
    let place = |name: &str| match name {
        "log_prob" => 0,
        "hamming" => 1,
        _ => 2,
    };
    rows.sort_by(|a, b| (place(a.name), a.name).cmp(&(place(b.name), b.name)));
    rows
}

/// The verdict in one line.
pub(super) fn verdict(report: &Report<'_>) -> String {
    let rows = statistics(report.summary);
    let worst = rows
        .iter()
        .filter_map(|r| Some((r.get("rhat")?, r.name)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let least = rows
        .iter()
        .filter_map(|r| Some((r.get("ess_bulk")?, r.name)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let wanted = wanted(report);
    let poor = least.is_none_or(|l| l.0 < wanted);
    let (class, agree) = match worst {
        _ if report.chains == 1 => (
            "warn",
            "Convergence cannot be assessed from one chain".to_owned(),
        ),
        None => (
            "warn",
            "Convergence cannot be assessed, because R-hat is undefined".to_owned(),
        ),
        Some((rhat, name)) if rhat > RHAT => (
            "bad",
            format!(
                "The chains have not converged: R-hat of {} is {}, above {RHAT}",
                escape(name),
                self::rhat(rhat)
            ),
        ),
        Some((rhat, _)) if poor => (
            "warn",
            format!(
                "There is no sign of non-convergence: the largest R-hat is {}",
                self::rhat(rhat)
            ),
        ),
        Some((rhat, _)) => (
            "good",
            format!(
                "The chains agree: the largest R-hat is {}",
                self::rhat(rhat)
            ),
        ),
    };
    let worth = match least {
        Some((ess, name)) => format!(
            "the effective sample size is {} of {} draws (bulk ESS of {}){}",
            count(ess),
            report.chains.saturating_mul(report.draws),
            escape(name),
            if poor {
                format!(", below the {wanted} that reliable diagnostics require")
            } else {
                String::new()
            }
        ),
        None => "the effective sample size is undefined".to_owned(),
    };
    format!("<p class=\"verdict {class}\">{agree}; {worth}.</p>")
}

fn rhat(x: f64) -> String {
    if x < 100.0 {
        return rhat_text(x, 3);
    }
    number(x, 3)
}

/// The warnings of the run; if there are none, the problems found here; if there are none either, what was checked.
pub(super) fn advice(report: &Report<'_>) -> String {
    let given = report.summary.get("warnings").and_then(Value::as_array);
    let mut points: Vec<String> = given.into_iter().flatten().map(value).collect();
    if points.is_empty() {
        points = findings(report);
    }
    if !points.is_empty() {
        let items = points.iter().map(|p| format!("<li>{p}</li>"));
        return format!("<ul class=\"advice\">{}</ul>", items.collect::<String>());
    }
    format!(
        "<p>No warnings. Every statistic below is defined, R-hat is at most {RHAT}, and bulk and tail ESS are at least {} ({ESS_PER_CHAIN} per chain).</p>",
        wanted(report)
    )
}

fn findings(report: &Report<'_>) -> Vec<String> {
    let rows = statistics(report.summary);
    if rows.is_empty() {
        return vec![
            "The run reported no statistics, so convergence could not be checked.".to_owned(),
        ];
    }
    let wanted = wanted(report);
    rows.iter().flat_map(|row| faults(row, wanted)).collect()
}

fn faults(row: &Statistic<'_>, wanted: f64) -> Vec<String> {
    let name = escape(row.name);
    let mut faults = Vec::new();
    let undefined: Vec<&str> = COLUMNS
        .iter()
        .filter(|c| row.get(c.0).is_none())
        .map(|c| c.1)
        .collect();
    if !undefined.is_empty() {
        faults.push(format!("{name}: {} undefined.", undefined.join(", ")));
    }
    if let Some(rhat) = row.get("rhat").filter(|r| *r > RHAT) {
        faults.push(format!(
            "{name}: R-hat {} is above {RHAT}: run longer, or try another sampler.",
            self::rhat(rhat)
        ));
    }
    for (field, title) in [("ess_bulk", "bulk ESS"), ("ess_tail", "tail ESS")] {
        if let Some(ess) = row.get(field).filter(|e| *e < wanted) {
            faults.push(format!(
                "{name}: {title} {} is below {wanted}: increase the number of draws.",
                count(ess)
            ));
        }
    }
    faults
}

/// Fields of the summary, and their column headers.
const COLUMNS: [(&str, &str); 6] = [
    ("mean", "mean"),
    ("sd", "sd"),
    ("mcse", "MCSE"),
    ("ess_bulk", "bulk ESS"),
    ("ess_tail", "tail ESS"),
    ("rhat", "R-hat"),
];

/// The table of statistics.
pub(super) fn table(report: &Report<'_>) -> String {
    let rows = statistics(report.summary);
    if rows.is_empty() {
        return "<p>The run reported no statistics.</p>".to_owned();
    }
    let head: String = COLUMNS
        .iter()
        .map(|c| format!("<th scope=\"col\">{}</th>", c.1))
        .collect();
    let body: String = rows
        .iter()
        .map(|row| table_row(row, wanted(report)))
        .collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of statistics\"><table>\
         <caption>Statistics over {} of {}. Means are rounded to the second digit of their standard errors.</caption>\
         <thead><tr><th scope=\"col\">statistic</th>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        plural(report.chains, "chain"),
        plural(report.draws, "draw")
    )
}

fn table_row(row: &Statistic<'_>, wanted: f64) -> String {
    let cells = COLUMNS.iter().map(|(field, _)| {
        let Some(x) = row.get(field) else {
            return "<td class=\"none\">undefined</td>".to_owned();
        };
        let (bad, text) = match *field {
            "mean" => (false, with_error(x, row.get("mcse").unwrap_or(0.0))),
            "mcse" => (false, number(x, 2)),
            "rhat" => (x > RHAT, rhat(x)),
            "ess_bulk" | "ess_tail" => (x < wanted, count(x)),
            _ => (false, number(x, 4)),
        };
        let class = if bad { " class=\"off\"" } else { "" };
        format!("<td{class}>{text}</td>")
    });
    format!(
        "<tr><th scope=\"row\">{}</th>{}</tr>",
        escape(row.name),
        cells.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn summary(rhat: Value, ess: f64) -> Value {
        json!({"statistics": {"hamming": {"mean": 3.0, "sd": 1.0, "mcse": 0.1, "ess_bulk": ess, "ess_tail": 500.0, "rhat": rhat}}})
    }

    fn report(summary: &Value, chains: usize) -> Report<'_> {
        Report {
            summary,
            chains,
            draws: 1000,
            series: &[],
            picture: None,
        }
    }

    fn verdict_of(summary: &Value, chains: usize) -> String {
        verdict(&report(summary, chains))
    }

    fn advice_of(summary: &Value) -> String {
        advice(&report(summary, 4))
    }

    #[test]
    fn verdicts() {
        let good = verdict_of(&summary(json!(1.002), 812.3), 4);
        assert!(good.contains("\"verdict good\">The chains agree: the largest R-hat is 1.002; the effective sample size is 812 of 4000 draws (bulk ESS of hamming)."), "{good}");
        let bad = verdict_of(&summary(json!(1.21), 20.0), 4);
        assert!(
            bad.contains("\"verdict bad\"")
                && bad.contains("not converged")
                && bad.contains("below the 400")
        );
        let few = verdict_of(&summary(json!(1.0), 399.0), 4);
        assert!(few.contains("\"verdict warn\"") && few.contains("below the 400"));
        assert!(verdict_of(&summary(Value::Null, 500.0), 1).contains("from one chain"));
        assert!(verdict_of(&summary(Value::Null, 500.0), 4).contains("R-hat is undefined"));
        assert!(verdict_of(&json!([]), 4).contains("effective sample size is undefined"));
    }

    #[test]
    fn warnings_of_the_run_come_first() {
        let mut run = summary(json!(1.5), 10.0);
        assert!(advice_of(&run).contains("R-hat 1.500 is above 1.01"));
        assert!(advice_of(&run).contains("bulk ESS 10 is below 400"));
        run["warnings"] = json!(["try <pas>"]);
        assert_eq!(
            advice_of(&run),
            "<ul class=\"advice\"><li>try &lt;pas&gt;</li></ul>"
        );
        assert!(advice_of(&summary(json!(1.0), 500.0)).starts_with("<p>No warnings."));
        assert!(advice_of(&summary(Value::Null, 500.0)).contains("hamming: R-hat undefined"));
    }
}
