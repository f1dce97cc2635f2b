//! The files of the folder: tables, figures, and a self-contained page.

use super::errors;
use super::figures::{self, Figure};
use super::section::Section;
use super::{Comparison, csv, table, varied};
use crate::folder::File;
use crate::report::text::escape;
use crate::report::{STYLE, breakable};

/// The file that identifies the folder.
pub(super) const TABLE: &str = "compare.csv";

/// Styles in addition to the shared style sheet.
const MORE: &str = "
.grid2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1.5rem 2.5rem; align-items: start; }
.grid2 figure { max-width: 30rem; }
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

/// Columns of a comparison with relaxations.
const RELAXED: [(&str, &str); 5] = [
    (
        "rmse of all, f/site off",
        "Errors of the means over all chains together, burn-in excluded: root mean squared error over sites, and the mean of f less the true one, per site, with its standard error, which does not include bias.",
    ),
    (
        "T",
        "Temperature of the relaxed density, prod logistic(u) exp(f(sigmoid(u / T))), whose draws are rounded to 1[u > 0]. The warm-up anneals from 1 to T.",
    ),
    (
        "weighted",
        "The same draws with importance weights exp(f(1[u > 0]) - f(sigmoid(u / T))): rmse of one chain's weighted means, rmse of all of those of all draws.",
    ),
    (
        "weights",
        "Effective share of the weighted draws, (sum w)^2 / (n sum w^2).",
    ),
    (
        "gradients, s",
        "Evaluations of the gradient by all chains and the seconds they took, warm-up included. The budget of a relaxation is as many gradients as a sampler has steps; particles make 1000 updates at most. The seconds of relaxations include the weights.",
    ),
];

const MEANINGS: [(&str, &str); 9] = [
    (
        "steps/s",
        "Steps of all chains per second, after warm-up. The time includes copying each recorded state and excludes computing the metrics. Within a round of up to 100 states the time of a checkpoint is interpolated.",
    ),
    (
        "accepted, hops",
        "Share of proposals accepted, of which Metropolis-Hastings leaves out 1/32 so that no chain alternates between two halves of the states; mean number of sites changed per step.",
    ),
    (
        "ESS",
        "Bulk effective sample size (Vehtari et al. 2021) of the Hamming distance to one fixed random state, and of log_prob in the table of figures, over all chains. The first tenth of the budget is excluded: it is warm-up for samplers that adapt, burn-in for the others.",
    ),
    (
        "&plusmn;",
        "One standard error: of ESS from the spread over 10 groups of chains, of the time from the spread over rounds. Neither includes a slowdown of the whole run on a busy machine.",
    ),
    (
        "R-hat",
        "The larger of the two statistics' rank-normalized split R-hat. Above 1.01 the chains have not converged and ESS is unreliable.",
    ),
    (
        "rmse",
        "Root mean squared error, over chains and sites (or sites and states), of one chain's means over all its recorded states, at the end of the run.",
    ),
    (
        "mmd",
        "Squared maximum mean discrepancy between the final states of the chains and the truth, V-statistic.",
    ),
    (
        "recorded states",
        "A state is recorded each time up to a tenth of the sites may have changed; for samplers that may change any number of sites, at each step.",
    ),
    (
        "hollow bars",
        "Samplers that have not converged or are biased: their ESS is not compared.",
    ),
];

/// All files of the folder.
pub(super) fn files(comparison: &Comparison<'_>) -> Vec<File> {
    let many = comparison.models.len() > 1;
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
    let sections = comparison.sections.iter().zip(&comparison.models);
    for (i, (section, typed)) in sections.enumerate() {
        if section.rows.is_empty() {
            continue;
        }
        let prefix = if many {
            format!("m{}-", i + 1)
        } else {
            String::new()
        };
        let subtitle = format!(
            "{}; {}",
            short(&typed.to_string_lossy()),
            comparison.allowance()
        );
        let shown = add(figures::of_section(section, &prefix, &subtitle));
        body += &part(section, &shown);
    }
    if let Some(rows) = across(comparison) {
        let table = html_rows(&rows);
        body += &format!(
            "<section><h2>Errors</h2><p>{}, by number of sites.</p>{table}</section>",
            errors::ACROSS
        );
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
    file("compare.toml", comparison.flags.run.resolved.toml());
    files
}

/// The errors on all models, where relaxations are compared.
fn across(comparison: &Comparison<'_>) -> Option<Vec<Vec<String>>> {
    let relaxations = comparison.flags.relaxations;
    relaxations.then(|| errors::across(&comparison.sections))?
}

/// Which methods are below which error.
fn groups(section: &Section) -> String {
    if !section.relaxations {
        return String::new();
    }
    let lines = errors::groups(section);
    let items: String = lines
        .iter()
        .map(|line| format!("<li>{}</li>", escape(line)))
        .collect();
    format!("<p>Error, {}:</p><ul>{items}</ul>", errors::GROUPS)
}

/// The spec without the directory of its file.
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
    let doubt = section.rows.iter().all(|r| r.candidate.fault().is_some());
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
            format!(
                " Reference sample for the discrepancies: {}.",
                escape(&t.sample_source)
            )
        } else {
            String::new()
        };
        format!(
            "<p>Ground truth for the means: {}.{sample}</p>",
            escape(&t.source)
        )
    });
    format!(
        "<section><h2>{}</h2><p class=\"kind\">{} sites, {} states</p><p class=\"advised{}\">{}.</p>{}{}{truth}{notes}{figures}</section>",
        breakable(&escape(&section.model)),
        section.sites,
        section.states,
        if doubt { " doubt" } else { "" },
        escape(&section.advice).replace("+-", "&plusmn;"),
        html_rows(&table::rows(section)),
        groups(section)
    )
}

fn html_rows(rows: &[Vec<String>]) -> String {
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
    let relaxed = if comparison.flags.relaxations {
        &RELAXED[..]
    } else {
        &[]
    };
    let meanings: String = MEANINGS
        .iter()
        .chain(relaxed)
        .map(|(term, meaning)| format!("<dt>{term}</dt><dd>{meaning}</dd>"))
        .collect();
    let models: Vec<&str> = comparison
        .sections
        .iter()
        .map(|s| short(&s.model))
        .collect();
    let interrupted = if comparison.interrupted {
        "<p class=\"verdict bad\">Interrupted: the results are incomplete.</p>"
    } else {
        ""
    };
    let same = if comparison.flags.seconds.is_some() {
        "With a budget of seconds the number of steps depends on the machine."
    } else {
        "All results except timings are reproduced exactly, for any number of threads."
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{} - gwg compare</title>\n<style>\n{STYLE}{MORE}</style>\n</head>\n<body>\n<main>\n\
         <header><p class=\"kind\">gwg compare {}</p><h1>Comparison of samplers</h1><p>{}; seed {}, {}, beta {}</p>{interrupted}</header>\n\
         {body}\n\
         <section><h2>Definitions</h2><dl class=\"terms\">{meanings}</dl>\
         <p>All results are in <code>compare.csv</code>, the curves in <code>curves.csv</code>, the flags in <code>compare.toml</code>, for <code>gwg compare --config</code>.</p></section>\n\
         <section><h2>Reproduce</h2><p>{same}</p><pre><code>{}</code></pre></section>\n\
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
