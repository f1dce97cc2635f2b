//! The result of a training run: a table, or JSON.

use super::engine::Figures;
use super::history::{HistoryRows, LastRow};
use crate::report::text::number;
use gwg_models::io::visible_path;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Serialize)]
pub(super) struct LearnResult<'r> {
    pub(super) kind: &'r str,
    pub(super) rows: usize,
    pub(super) effective_rows: f64,
    pub(super) sites: usize,
    pub(super) states: usize,
    pub(super) updates: u64,
    pub(super) seconds: f64,
    pub(super) interrupted: bool,
    #[serde(flatten)]
    pub(super) last: LastRow<'r>,
    #[serde(flatten)]
    pub(super) facts: &'r Figures,
    pub(super) warnings: Vec<String>,
    pub(super) history: HistoryRows<'r>,
    pub(super) config: Value,
    pub(super) version: &'static str,
}

impl LearnResult<'_> {
    pub(super) fn table(&self, out: &Path) -> String {
        let mut text = format!(
            "kind     {}\ndata     {} rows ({:.1} effective) of {} sites with {} states\nupdates  {} in {:.1} s\n",
            self.kind,
            self.rows,
            self.effective_rows,
            self.sites,
            self.states,
            self.updates,
            self.seconds
        );
        let facts = self.facts.values.iter().copied();
        for (name, value) in self.last.0.last().chain(facts) {
            let _ = writeln!(text, "{:<8} {}", label(name), number(value, 4));
        }
        let _ = writeln!(text, "model    {}", visible_path(out));
        for warning in &self.warnings {
            let _ = writeln!(text, "! {warning}");
        }
        text
    }
}

/// The name of a figure in the table, where the data and the model are other lines.
fn label(name: &str) -> &str {
    match name {
        "data" => "mean f of data",
        "model" => "mean f of chains",
        name => name,
    }
}
