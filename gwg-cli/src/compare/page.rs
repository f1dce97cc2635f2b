//! The folder's files: tables, figures, and one page that needs nothing else.

use super::figures::{self, Figure};
use super::section::Section;
use super::{Comparison, csv, table, varied};
use crate::folder::File;
use crate::report::text::escape;
use crate::report::{STYLE, breakable};

/// The first file of the folder, by which it is known.
pub(super) const TABLE: &str = "compare.csv";

/// What the shared style sheet lacks.
const MORE: &str = "
.grid2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(25rem, 100%), 1fr)); gap: 1.5rem 2.5rem; align-items: start; }
.grid2 figure { max-width: 36rem; }
.advised { padding: .7rem 1rem; border-left: .35rem solid var(--good); background: var(--panel); max-width: none; overflow-wrap: anywhere; }
.advised.doubt { border-color: var(--warn); }
.scroll { margin-bottom: 1rem; }
.scroll table { font-size: .875rem; }
.scroll th, .scroll td { padding: .35rem .5rem; }
.scroll th:first-child { padding-left: 0; }
td:first-child { text-align: left; padding-left: 0; }
td:last-child, th:last-child { text-align: left; }
@media (max-width: 34rem) { .scroll table { font-size: .8rem; } .scroll td, .scroll th { padding: .3rem .45rem; white-space: nowrap; } }
";

const MEANINGS: [(&str, &str); 9] = [
    (
        "steps/s",
        "Steps of all chains a second, after warm-up. Copying each recorded state is in this time, computing the metrics is not: the clock stands still while they are computed. Within a round of up to 100 states the time of a checkpoint is interpolated.",
    ),
    (
        "accepted, hops",
        "Share of proposals accepted; sites changed a step.",
    ),
    (
        "ESS",
        "Bulk effective sample size (Vehtari et al. 2021) of the Hamming distance to one fixed random state, and of log_prob in the table of figures, over all chains. The first tenth of the budget is not counted: it is warm-up where a sampler adapts, burn-in where it does not.",
    ),
    (
        "&plusmn;",
        "One standard error: of ESS from the spread between 10 groups of chains, of the time from the spread between rounds. Speed that a busy machine takes from a whole run is in neither.",
    ),
    (
        "R-hat",
        "The larger of the two statistics' rank-normalized split R-hat. Above 1.01 the chains disagree and ESS means nothing.",
    ),
    (
        "rmse",
        "Root mean squared error, over chains and sites (or sites and states), of the means that one chain has averaged over all its recorded states, at the end.",
    ),
    (
        "mmd",
        "Squared maximum mean discrepancy between where the chains stand at the end and the truth, V-statistic.",
    ),
    (
        "recorded states",
        "A state is recorded as often as a tenth of the sites may have changed, at each step for samplers that may change any number.",
    ),
    (
        "hollow bars",
        "Samplers whose chains disagree, or that are biased: their ESS does not count.",
    ),
];

/// Everything that stands in the folder.
pub(super) fn files(comparison: &Comparison<'_>) -> Vec<File> {
    let many = comparison.flags.models.len() > 1;
    let mut files = Vec::new();
    let mut body = String::new();
    let mut add = |figures: Vec<Figure>| {
        let shown: String = figures.iter().map(figure).collect();
        files.extend(figures.into_iter().map(|f| File {
            name: format!("{}.svg", f.name),
            text: f.svg,
        }));
        format!("<div class=\"grid2\">{shown}</div>")
    };
    if let Some(varied) = varied::found(comparison) {
        let shown = add(figures::of_varied(comparison, &varied));
        let text = escape(&varied.text());
        body += &format!("<section><h2>Across models</h2><p>{text}</p>{shown}</section>");
    }
    let sections = comparison.sections.iter().zip(&comparison.flags.models);
    for (i, (section, typed)) in sections.enumerate() {
        if section.rows.is_empty() {
            continue;
        }
        let prefix = if many {
            format!("m{}-", i + 1)
        } else {
            String::new()
        };
        let subtitle = format!("{}; {}", short(typed), comparison.allowance());
        let shown = add(figures::of_section(section, &prefix, &subtitle));
        body += &part(section, &shown);
    }
    let page = html(comparison, &body);
    let mut file = |name: &str, text: String| {
        files.push(File {
            name: name.into(),
            text,
        });
    };
    file(TABLE, csv::samplers(comparison));
    file("curves.csv", csv::curves(comparison));
    file("index.html", page);
    files
}

/// A spec without the directory of its file.
fn short(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

fn figure(figure: &Figure) -> String {
    format!(
        "<figure>{}<figcaption>{}</figcaption></figure>",
        figure.svg,
        escape(figure.caption)
    )
}

fn part(section: &Section, figures: &str) -> String {
    let doubt = section.rows.iter().all(|r| r.standing.fault().is_some());
    let notes: String = table::notes(section)
        .iter()
        .map(|note| format!("<li>{}</li>", escape(note)))
        .collect();
    let notes = if notes.is_empty() {
        notes
    } else {
        format!("<ul class=\"advice\">{notes}</ul>")
    };
    let truth = section.truth.as_ref().map_or(String::new(), |t| {
        let sample = if section.floor.is_some() && t.sample_source != t.source {
            format!(" Discrepancies are to {}.", escape(&t.sample_source))
        } else {
            String::new()
        };
        format!(
            "<p>The truth for the means: {}.{sample}</p>",
            escape(&t.source)
        )
    });
    format!(
        "<section><h2>{}</h2><p class=\"kind\">{} sites, {} states</p><p class=\"advised{}\">{}.</p>{}{truth}{notes}{figures}</section>",
        breakable(&escape(&section.model)),
        section.sites,
        section.states,
        if doubt { " doubt" } else { "" },
        escape(&section.advice).replace("+-", "&plusmn;"),
        html_table(section)
    )
}

fn html_table(section: &Section) -> String {
    let rows = table::rows(section);
    let row = |cells: &[String], tag: &str| {
        let cells: String = cells
            .iter()
            .map(|c| format!("<{tag}>{}</{tag}>", escape(c).replace("+-", "&plusmn;")))
            .collect();
        format!("<tr>{cells}</tr>")
    };
    let head = rows.first().map_or_else(String::new, |r| row(r, "th"));
    let body: String = rows.iter().skip(1).map(|r| row(r, "td")).collect();
    format!("<div class=\"scroll\"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>")
}

fn html(comparison: &Comparison<'_>, body: &str) -> String {
    let command: Vec<String> = comparison.command().iter().map(|l| escape(l)).collect();
    let meanings: String = MEANINGS
        .iter()
        .map(|(term, meaning)| format!("<dt>{term}</dt><dd>{meaning}</dd>"))
        .collect();
    let models: Vec<&str> = comparison
        .sections
        .iter()
        .map(|s| short(&s.model))
        .collect();
    let interrupted = if comparison.interrupted {
        "<p class=\"verdict bad\">Interrupted: what was not done is not here.</p>"
    } else {
        ""
    };
    let same = if comparison.flags.seconds.is_some() {
        "With a budget of seconds the number of steps depends on the machine."
    } else {
        "All but the times is the same to the last digit, on any number of threads."
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{} - gwg compare</title>\n<style>\n{STYLE}{MORE}</style>\n</head>\n<body>\n<main>\n\
         <header><p class=\"kind\">gwg compare {}</p><h1>Samplers compared</h1><p>{}; seed {}, {}, beta {}</p>{interrupted}</header>\n\
         {body}\n\
         <section><h2>What the figures mean</h2><dl class=\"terms\">{meanings}</dl>\
         <p>All figures of the samplers are in <code>compare.csv</code>, the curves in <code>curves.csv</code>.</p></section>\n\
         <section><h2>To run it again</h2><p>{same}</p><pre><code>{}</code></pre></section>\n\
         </main>\n</body>\n</html>\n",
        escape(&models.join(", ")),
        env!("CARGO_PKG_VERSION"),
        escape(&comparison.allowance()),
        comparison.flags.run.seed,
        comparison.flags.run.float.name(),
        comparison.flags.run.beta,
        command.join(" \\\n    ")
    )
}
