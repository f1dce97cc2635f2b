//! The report of a run: a self-contained HTML page without network access, scripts or fonts.
//!
//! Equal inputs give equal bytes. User input is escaped, and undefined values are labeled as such.

pub(crate) mod axis;
mod facts;
pub(crate) mod frame;
mod lags;
mod lattice;
mod notes;
mod ranks;
mod series;
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

pub(crate) use self::facts::quote;

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

/// States of a model whose sites form a lattice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture<'a> {
    /// States a site can take, 2 or more.
    pub(crate) states: usize,
    /// Rows of the lattice.
    pub(crate) rows: usize,
    /// Columns of the lattice.
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
    /// The states of a lattice model.
    pub(crate) picture: Option<Picture<'a>>,
}

pub(crate) const STYLE: &str = include_str!("report/style.css");

/// Renders the page.
///
/// # Cost
/// One sort of all draws and one Fourier transform per chain for each series. The page has at most about 0.3 MB per
/// series and 0.1 MB per picture, regardless of the number of draws.
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
    let picture = report.picture.as_ref().map(lattice::section);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{model}, {sampler} - gwg sample</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><p class=\"kind\">gwg sample</p><h1>{}</h1><p>Sampler <b>{sampler}</b></p>{}</header>\n\
         {}\n{}\n{}\n{series}\n{}\n{}\n</main>\n</body>\n</html>\n",
        breakable(&model),
        verdict::verdict(report.result),
        section("advice", "Warnings", &verdict::advice(report.result)),
        section("statistics", "Statistics", &verdict::table(report.result))
            + &verdict::sites(report.result),
        section("run", "The run", &facts::list(report.result)),
        picture.unwrap_or_default(),
        notes::sections(report)
    )
}

fn section(id: &str, heading: &str, body: &str) -> String {
    format!("<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{heading}</h2>{body}</section>")
}

/// Escapes text and allows line breaks after the separators of specifications and paths.
pub(crate) fn breakable(text: &str) -> String {
    [":", ",", "/"].iter().fold(text.to_owned(), |text, joint| {
        text.replace(joint, &format!("{joint}<wbr>"))
    })
}
