//! The report of a run: a self-contained HTML page without network access, scripts or fonts.
//!
//! Equal inputs give equal bytes. User input is escaped, and undefined values are labeled as such.

pub(crate) mod axis;
mod curves;
mod density;
mod evolution;
mod facts;
pub(crate) mod frame;
mod lags;
mod moves;
mod notes;
mod picture;
mod ranks;
mod series;
mod sites;
mod swaps;
pub(crate) mod text;
mod trace;
mod verdict;

#[cfg(test)]
mod contrast;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::result as sound_result;

use self::text::escape;
use crate::sample::RunResult;
use crate::session::MoveHistory;

pub(crate) use self::facts::quote;
pub(crate) use self::picture::state_color;

/// A recorded quantity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series<'a> {
    /// Its name, such as `hamming`.
    pub(crate) name: &'a str,
    /// What it is, as a clause.
    pub(crate) description: &'a str,
    /// (chain, draw), row-major.
    pub(crate) values: &'a [f64],
}

/// States of a model whose sites are arranged in rows and columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture<'a> {
    /// States a site can take, 2 or more.
    pub(crate) states: usize,
    /// Rows of sites.
    pub(crate) rows: usize,
    /// Columns of sites.
    pub(crate) columns: usize,
    /// Last states of some chains from chain 0 on, `rows * columns` values each, row-major; the first four are shown.
    pub(crate) chains: &'a [&'a [u16]],
    /// Mean of each site, or one row of state frequencies per site.
    pub(crate) means: Option<&'a [f64]>,
}

/// The contents of a report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report<'a> {
    /// The results of the run.
    pub(crate) result: &'a RunResult,
    /// Recorded quantities, in display order.
    pub(crate) series: &'a [Series<'a>],
    /// Acceptance and sites changed over the run.
    pub(crate) moves: &'a MoveHistory,
    /// The shape in which the sites are arranged, row-major, if they are.
    pub(crate) grid: Option<&'a [usize]>,
    /// The states, if they are arranged in rows and columns.
    pub(crate) picture: Option<Picture<'a>>,
}

pub(crate) const STYLE: &str = include_str!("report/style.css");

/// Renders the page.
///
/// # Cost
/// For each series, two to six times its statistics, for ESS against draws. The page has at most about 0.4 MB per series and 0.1 MB per
/// picture, regardless of the number of draws.
#[must_use]
pub(crate) fn render(report: &Report<'_>) -> String {
    let settings = &report.result.settings;
    let model = escape(&settings.model);
    let sampler = escape(&settings.sampler);
    let kept = settings.draws.div_ceil(report.result.every);
    let series: String = report
        .series
        .iter()
        .enumerate()
        .map(|(i, s)| series::section(i, s, settings.chains, kept))
        .collect();
    let picture = report.picture.as_ref().map(picture::section);
    let swaps = report.result.tempering.as_ref().map(swaps::section);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{model}, {sampler} - gwg sample</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><p class=\"kind\">gwg sample {}</p><h1>{}</h1><p>Sampler <b>{}</b></p>{}</header>\n\
         {}\n{}\n{}\n{}\n{}\n{series}\n{}\n{}\n</main>\n</body>\n</html>\n",
        escape(&settings.version),
        breakable(&model),
        breakable(&sampler),
        verdict::verdict(report.result),
        section("advice", "Warnings", &verdict::advice(report.result)),
        section("statistics", "Statistics", &verdict::table(report.result))
            + &sites::section(report),
        section("run", "The run", &facts::list(report.result)),
        moves::section(report.moves),
        swaps.unwrap_or_default(),
        picture.unwrap_or_default(),
        notes::sections(report)
    )
}

/// A section with its heading; `body` is HTML.
pub(crate) fn section(id: &str, heading: &str, body: &str) -> String {
    format!("<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{heading}</h2>{body}</section>")
}

/// A table that scrolls in a box of its own, with its caption above; `rows` are HTML, and `id` is unique in the page.
pub(crate) fn table(id: &str, caption: &str, head: &[&str], rows: &str) -> String {
    let head: String = head
        .iter()
        .map(|title| format!("<th scope=\"col\">{title}</th>"))
        .collect();
    format!(
        "<p class=\"caption\" id=\"{id}-caption\">{caption}</p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}-caption\"><table>\
         <thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// Escapes text and allows line breaks after the separators of specifications and paths.
pub(crate) fn breakable(text: &str) -> String {
    [":", ",", "/"].iter().fold(text.to_owned(), |text, joint| {
        text.replace(joint, &format!("{joint}<wbr>"))
    })
}
