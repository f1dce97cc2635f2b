//! A self-contained HTML page.

use super::tables::{self, Table};
use super::{Results, words};
use crate::report::text::escape;
use std::fmt::Write;

const STYLE: &str = include_str!("../report/style.css");

pub(super) fn render(results: &Results, figures: &[(&str, String)]) -> String {
    let lines = words::conclusions(results);
    let (verdict, rest) = lines
        .split_first()
        .map_or(("", &[][..]), |(v, rest)| (v.as_str(), rest));
    let class = if results.judgment.violations.is_empty() {
        "good"
    } else {
        "bad"
    };
    let said: String = rest
        .iter()
        .map(|line| format!("<li>{}</li>", escape(line)))
        .collect();
    let tables: String = tables::all(results).iter().map(table).collect();
    let charts: String = figures
        .iter()
        .map(|(_, svg)| format!("<figure>{svg}</figure>"))
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Theory and enumeration - gwg verify</title>\n<style>\n{STYLE}\
         .figures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1rem 2rem; }}\n\
         </style>\n</head>\n<body>\n<main>\n\
         <header><p class=\"kind\">gwg verify</p><h1>The efficiency theorem of Gibbs-With-Gradients, checked by enumeration</h1>\
         <p>Targets and functions from seed {}.</p><p class=\"verdict {class}\">{}</p></header>\n\
         <section><h2>Conclusions</h2><ul class=\"advice\">{said}</ul></section>\n\
         <section><h2>Figures</h2><div class=\"figures\">{charts}</div></section>\n{tables}\
         {SOURCES}</main>\n</body>\n</html>\n",
        results.seed,
        escape(verdict),
    )
}

const SOURCES: &str = "<section><h2>Sources</h2><ul class=\"sources\">\
    <li>W. Grathwohl, K. Swersky, M. Hashemi, D. Duvenaud, C. Maddison, Oops I Took A Gradient: Scalable Sampling for Discrete \
    Distributions, ICML 2021: the theorem.</li>\
    <li>G. Zanella, Informed proposals for local MCMC in discrete spaces, JASA 115 (2020): the kernel Q.</li></ul></section>\n";

fn table(table: &Table) -> String {
    let mut rows = String::new();
    for (k, row) in table.rows.iter().enumerate() {
        let tag = if k == 0 { "th scope=\"col\"" } else { "td" };
        let end = if k == 0 { "th" } else { "td" };
        let mut cells = String::new();
        for (c, cell) in row.iter().enumerate() {
            let _ = if c == 0 && k > 0 {
                write!(cells, "<th scope=\"row\">{}</th>", escape(cell))
            } else {
                write!(cells, "<{tag}>{}</{end}>", escape(cell))
            };
        }
        let _ = write!(rows, "<tr>{cells}</tr>");
    }
    format!(
        "<section><h2>{}</h2><p>{}</p><div class=\"scroll\"><table>{rows}</table></div></section>\n",
        escape(&table.heading),
        escape(&table.notes)
    )
}
