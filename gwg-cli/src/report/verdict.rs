//! Assessment of the run's statistics: the verdict, the warnings, and the table.

use super::text::{count, escape, number, plural, with_error};
use crate::sample::RunResult;
use crate::statistics::{
    MIN_ESS_PER_CHAIN, RHAT, least_of_all, rhat_text, with_worst_projection, worst_of_all,
};
use gwg_chains::diagnostics::Summary;

/// ESS of all chains for reliable diagnostics.
pub(super) fn wanted(result: &RunResult) -> f64 {
    MIN_ESS_PER_CHAIN * result.settings.chains as f64
}

/// A figure of a statistic: a column of the table.
struct Column {
    title: &'static str,
    of: fn(&Summary) -> Option<f64>,
}

impl Column {
    /// The figure; `None` where it is undefined or infinite.
    fn get(&self, statistic: &Summary) -> Option<f64> {
        (self.of)(statistic).filter(|x| x.is_finite())
    }
}

const RHATS: Column = Column {
    title: "R-hat",
    of: |s| s.rhat,
};
const BULK: Column = Column {
    title: "bulk ESS",
    of: |s| s.ess_bulk,
};
const TAIL: Column = Column {
    title: "tail ESS",
    of: |s| s.ess_tail,
};
const MEAN: Column = Column {
    title: "mean",
    of: |s| s.mean,
};
const SD: Column = Column {
    title: "sd",
    of: |s| s.sd,
};
const MCSE: Column = Column {
    title: "MCSE",
    of: |s| s.mcse,
};
const COLUMNS: [Column; 6] = [MEAN, SD, MCSE, BULK, TAIL, RHATS];

/// The verdict in one line.
pub(super) fn verdict(result: &RunResult) -> String {
    let sites = result.site_statistics.as_ref();
    let worst = worst_of_all(&result.statistics, sites);
    let least = least_of_all(&result.statistics, sites);
    let (worst, least) = (worst.as_ref().map(figure), least.as_ref().map(figure));
    let worst = worst.filter(|w| w.0.is_finite());
    let (class, agree) = agreement(result, worst, least);
    let worth = worth(result, least);
    format!("<p class=\"verdict {class}\">{agree}; {worth}.</p>")
}

/// A figure and the quantity that it is of.
type Figure<'a> = Option<(f64, &'a str)>;

fn figure((name, value): &(String, f64)) -> (f64, &str) {
    (*value, name)
}

/// Whether the chains agree: a class of the style sheet and a clause.
fn agreement(result: &RunResult, worst: Figure<'_>, least: Figure<'_>) -> (&'static str, String) {
    let poor = least.is_none_or(|l| l.0 < wanted(result));
    match worst {
        _ if result.settings.chains == 1 => (
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
    }
}

/// What the draws are worth, as a clause.
fn worth(result: &RunResult, least: Figure<'_>) -> String {
    let Some((ess, name)) = least else {
        return "the effective sample size is undefined".to_owned();
    };
    let wanted = wanted(result);
    let below = if ess < wanted {
        format!(", below the {wanted} that reliable diagnostics require")
    } else {
        String::new()
    };
    format!(
        "the effective sample size is {} of {} draws (bulk ESS of {}){below}",
        count(ess),
        result.settings.chains.saturating_mul(result.settings.draws),
        escape(name),
    )
}

/// Formats an R-hat.
pub(super) fn rhat(x: f64) -> String {
    if x < 100.0 {
        return rhat_text(x, 3);
    }
    number(x, 3)
}

/// The warnings of the run; if there are none, the problems found here; if there are none either, what was checked.
pub(super) fn advice(result: &RunResult) -> String {
    let mut points: Vec<String> = result.warnings.iter().map(|w| unbroken(w)).collect();
    if points.is_empty() {
        let rows = with_worst_projection(&result.statistics);
        points = rows
            .flat_map(|(name, statistic)| faults(name, statistic, wanted(result)))
            .collect();
    }
    if !points.is_empty() {
        let items = points.iter().map(|p| format!("<li>{p}</li>"));
        return format!("<ul class=\"advice\">{}</ul>", items.collect::<String>());
    }
    format!(
        "<p>No warnings. Every statistic below is defined, R-hat is at most {RHAT}, and bulk and tail ESS are at least {} ({MIN_ESS_PER_CHAIN} per chain).</p>",
        wanted(result)
    )
}

/// Escapes text, in which names of flags are not broken at their hyphens.
fn unbroken(text: &str) -> String {
    let word = |word: &str| {
        let safe = escape(word);
        if word.trim_start_matches('(').starts_with("--") {
            format!("<span class=\"flag\">{safe}</span>")
        } else {
            safe
        }
    };
    let words: Vec<String> = text.split(' ').map(word).collect();
    words.join(" ")
}

fn faults(name: &str, statistic: &Summary, wanted: f64) -> Vec<String> {
    let name = escape(name);
    let mut faults = Vec::new();
    let undefined: Vec<&str> = COLUMNS
        .iter()
        .filter(|column| column.get(statistic).is_none())
        .map(|column| column.title)
        .collect();
    if !undefined.is_empty() {
        faults.push(format!("{name}: {} undefined.", undefined.join(", ")));
    }
    if let Some(rhat) = RHATS.get(statistic).filter(|r| *r > RHAT) {
        faults.push(format!(
            "{name}: R-hat {} is above {RHAT}: run longer, or try another sampler.",
            self::rhat(rhat)
        ));
    }
    for column in [BULK, TAIL] {
        if let Some(ess) = column.get(statistic).filter(|e| *e < wanted) {
            faults.push(format!(
                "{name}: {} {} is below {wanted}: increase the number of draws.",
                column.title,
                count(ess)
            ));
        }
    }
    faults
}

/// The table of statistics.
pub(super) fn table(result: &RunResult) -> String {
    let titles = COLUMNS.iter().map(|column| column.title);
    let head: Vec<&str> = ["statistic"].into_iter().chain(titles).collect();
    let rows = with_worst_projection(&result.statistics);
    let rows: String = rows
        .map(|(name, statistic)| row(name, statistic, wanted(result)))
        .collect();
    let caption = format!(
        "Statistics over {} of {}. Means are rounded to the second digit of their standard errors.",
        plural(result.settings.chains, "chain"),
        plural(result.settings.draws, "draw")
    );
    super::table("statistic", &caption, &head, &rows)
}

fn row(name: &str, statistic: &Summary, wanted: f64) -> String {
    let mcse = MCSE.get(statistic).unwrap_or(0.0);
    let cell = |column: &Column, format: &dyn Fn(f64) -> (bool, String)| {
        let Some((bad, text)) = column.get(statistic).map(format) else {
            return "<td class=\"none\">undefined</td>".to_owned();
        };
        let class = if bad { " class=\"off\"" } else { "" };
        format!("<td{class}>{text}</td>")
    };
    let ess = |x: f64| (x < wanted, count(x));
    let cells = [
        cell(&MEAN, &|x| (false, with_error(x, mcse))),
        cell(&SD, &|x| (false, number(x, 4))),
        cell(&MCSE, &|x| (false, number(x, 2))),
        cell(&BULK, &ess),
        cell(&TAIL, &ess),
        cell(&RHATS, &|x| (x > RHAT, rhat(x))),
    ];
    format!(
        "<tr><th scope=\"row\">{}</th>{}</tr>",
        escape(name),
        cells.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::{result, statistic};
    use super::*;

    fn run(rhat: Option<f64>, ess: f64, chains: usize) -> RunResult {
        let mut run = result();
        let hamming = Summary {
            mean: Some(3.0),
            ess_bulk: Some(ess),
            ess_tail: Some(500.0),
            rhat,
            ..statistic()
        };
        run.statistics = [("hamming", hamming)].into_iter().collect();
        run.settings.chains = chains;
        run
    }

    #[test]
    fn verdicts() {
        let good = verdict(&run(Some(1.002), 812.3, 4));
        assert!(good.contains("\"verdict good\">The chains agree: the largest R-hat is 1.002; the effective sample size is 812 of 4000 draws (bulk ESS of hamming)."), "{good}");
        let bad = verdict(&run(Some(1.21), 20.0, 4));
        assert!(
            bad.contains("\"verdict bad\"")
                && bad.contains("not converged")
                && bad.contains("below the 400")
        );
        let few = verdict(&run(Some(1.0), 399.0, 4));
        assert!(few.contains("\"verdict warn\"") && few.contains("below the 400"));
        assert!(verdict(&run(None, 500.0, 1)).contains("from one chain"));
        for rhat in [None, Some(f64::INFINITY)] {
            assert!(verdict(&run(rhat, 500.0, 4)).contains("R-hat is undefined"));
        }
        let mut none = result();
        none.statistics = [("hamming", Summary::default())].into_iter().collect();
        assert!(verdict(&none).contains("effective sample size is undefined"));
    }

    #[test]
    fn warnings_of_the_run_come_first() {
        let mut bad = run(Some(1.5), 10.0, 4);
        assert!(advice(&bad).contains("R-hat 1.500 is above 1.01"));
        assert!(advice(&bad).contains("bulk ESS 10 is below 400"));
        bad.warnings = vec!["try <pas> (--sampler)".into()];
        assert_eq!(
            advice(&bad),
            "<ul class=\"advice\"><li>try &lt;pas&gt; <span class=\"flag\">(--sampler)</span></li></ul>"
        );
        assert!(advice(&run(Some(1.0), 500.0, 4)).starts_with("<p>No warnings."));
        assert!(advice(&run(None, 500.0, 4)).contains("hamming: R-hat undefined"));
    }
}
