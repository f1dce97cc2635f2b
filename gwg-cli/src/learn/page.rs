//! The page of a training run: self-contained, without network access, scripts or fonts.

mod curves;
mod facts;
mod meanings;
mod mosaic;
mod pictures;
mod scores;

#[cfg(test)]
mod tests;

use super::engine::{Engine, Figures};
use super::history::History;
use crate::data::Rows;
use crate::flags::{LearnFlags, Shape};
use crate::report::text::{escape, number, plural};
use crate::report::{STYLE, breakable, section};
use gwg_models::io::visible_path;

/// Styles in addition to the shared style sheet.
const MORE: &str = "
.grid2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1.5rem 2.5rem; align-items: start; }
.grid2 figure { max-width: 32rem; }
.mosaics { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1rem 2rem; align-items: start; }
.mosaics figure { max-width: 26rem; }
.mosaic { width: 100%; height: auto; shape-rendering: crispEdges; margin-bottom: .4rem; }
.mosaic path { fill: none; stroke: currentColor; }
.mosaic .edge { fill: var(--paper); stroke: var(--rule); vector-effect: non-scaling-stroke; }
.mosaic .one { color: var(--ink); }
td.text { text-align: left; white-space: normal; }
th:last-child { text-align: left; }
";

/// Seconds between two readings of a page that is still written.
const REFRESH: u64 = 5;

/// How far the run is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    Running,
    /// All updates are made.
    Done,
    /// The data are reproduced as well as `--pearson` says.
    Enough,
    Interrupted,
    /// It ended by an error.
    Failed(String),
}

/// What is on the page.
pub(super) struct Page<'p> {
    pub(super) flags: &'p LearnFlags,
    pub(super) rows: &'p Rows,
    pub(super) image: Option<Shape>,
    pub(super) engine: &'p dyn Engine,
    pub(super) state: State,
    pub(super) seconds: f64,
    /// The update of the checkpoint that the run began at, if any.
    pub(super) resumed: Option<u64>,
    pub(super) history: &'p History,
    /// Figures of the whole run.
    pub(super) facts: &'p Figures,
    pub(super) warnings: Vec<String>,
}

impl Page<'_> {
    /// Renders the page.
    ///
    /// # Cost
    /// At most 1000 points per figure, 36 images of each kind, and a pass over the couplings.
    pub(super) fn render(&self) -> String {
        let kind = breakable(&escape(&self.flags.kind));
        let data = breakable(&escape(&visible_path(&self.flags.data)));
        let refresh = match self.state {
            State::Running => format!("<meta http-equiv=\"refresh\" content=\"{REFRESH}\">\n"),
            _ => String::new(),
        };
        let warnings = &self.warnings;
        let figures = self.figures();
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{refresh}\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{} of {} - gwg learn</title>\n<style>\n{STYLE}{MORE}</style>\n</head>\n<body>\n<main>\n\
             <header><p class=\"kind\">gwg learn {}</p><h1>{kind}</h1><p>Learned from <b>{data}</b> by persistent contrastive divergence</p>{}</header>\n\
             {}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n</main>\n</body>\n</html>\n",
            escape(&self.flags.kind),
            escape(&visible_path(&self.flags.data)),
            env!("CARGO_PKG_VERSION"),
            self.verdict(!warnings.is_empty()),
            section("warnings", "Warnings", &warned(warnings)),
            section("result", "Figures", &facts::result(&figures)),
            curves::section(self.history, self.flags.updates as u64),
            pictures::section(self),
            section("data", "The data", &facts::data(self)),
            section("run", "The run", &facts::settings(self)),
            section(
                "definitions",
                "Definitions",
                &meanings::list(&figures, self.history)
            ),
            section("again", "Reproduce", &facts::command(self)),
        )
    }

    /// The figures of the last update and of the whole run.
    fn figures(&self) -> Vec<(&str, f64)> {
        let facts = self.facts.values.iter().copied();
        self.history.last().chain(facts).collect()
    }

    /// How far the run is, in one line.
    fn verdict(&self, warned: bool) -> String {
        let (made, all) = (self.engine.updates(), self.flags.updates);
        let time = format!("{} s", number(self.seconds, 3));
        let (class, text) = match &self.state {
            State::Running => (
                "",
                format!(
                    "Running: update {made} of {all} after {time}. This page is updated every few seconds, and reloads itself"
                ),
            ),
            State::Done => (
                "good",
                format!("{} in {time}", plural(made as usize, "update")),
            ),
            State::Enough => (
                "good",
                format!(
                    "{made} of at most {all} updates in {time}: Pearson's correlation has reached the value of --pearson"
                ),
            ),
            State::Interrupted => (
                "bad",
                format!(
                    "Interrupted after update {made} of {all}, {time}: the model is that of this update{}",
                    self.on()
                ),
            ),
            State::Failed(why) => (
                "bad",
                format!(
                    "Failed after update {made} of {all}, {time}: {}",
                    escape(why)
                ),
            ),
        };
        let class = if warned && class == "good" {
            "warn"
        } else {
            class
        };
        format!("<p class=\"verdict {class}\">{text}.</p>")
    }

    /// How an interrupted run goes on.
    fn on(&self) -> String {
        self.flags
            .checkpoint
            .as_ref()
            .map_or_else(String::new, |path| {
                format!(
                    "; the same command with --resume {} --force goes on",
                    escape(&visible_path(path))
                )
            })
    }
}

fn warned(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return "<p>No warnings.</p>".to_owned();
    }
    let items = warnings.iter().map(|w| format!("<li>{}</li>", escape(w)));
    format!("<ul class=\"advice\">{}</ul>", items.collect::<String>())
}
