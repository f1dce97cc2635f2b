//! `gwg models` and `gwg samplers`.

use crate::failure::Failure;
use crate::outputs;
use gwg_registry::grammar::KeyEntry;
use std::fmt::Write;

pub(crate) fn models() -> Result<(), Failure> {
    let mut text = String::from(
        "MODEL is name:key=value,... or the path of a .safetensors model file (rbm and rbm-categorical: W, b, c; ising-dense: J, h;\npotts-dense: J, h), or of a .dat file of adabmDCA (Potts models).\n",
    );
    for entry in gwg_registry::models() {
        let _ = write!(
            text,
            "\n{}  {}\n  {}\n",
            entry.name, entry.meaning, entry.formula
        );
        text.push_str(&keys(entry.keys));
    }
    outputs::print(&text)
}

pub(crate) fn samplers() -> Result<(), Failure> {
    let mut text = String::from(
        "SAMPLER is name[:key=value,...]. A key set to `auto` is adapted during warm-up and fixed afterwards.\n\
         A cycle of samplers: `20*gwg+3*gibbs+pas`, 20 steps of the first, then 3 of the second, then 1 of the third.\n\
         A mixture of samplers: `0.9*gwg|0.1*window2`, each step is of the first with probability 0.9, else of the second.\n",
    );
    for entry in gwg_registry::samplers() {
        let _ = write!(
            text,
            "\n{}  {}\n  cost: {}\n  when: {}\n",
            entry.name, entry.meaning, entry.cost, entry.when
        );
        if !entry.aliases.is_empty() {
            let _ = writeln!(text, "  alias: {}", entry.aliases.join(", "));
        }
        text.push_str(&keys(entry.keys));
    }
    outputs::print(&text)
}

/// One line per key: default, meaning, allowed values.
pub(crate) fn keys(keys: &[KeyEntry]) -> String {
    let row = |k: &KeyEntry| {
        let must = || "(required)".to_owned();
        let default = k.default.map_or_else(must, |d| format!("= {d}"));
        let meaning = format!("{} ({})", k.meaning, k.allowed);
        vec![format!("    {}", k.name), default, meaning]
    };
    left_aligned(&keys.iter().map(row).collect::<Vec<_>>())
}

/// Left-aligns all columns, because the last one is prose.
pub(crate) fn left_aligned(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    let width = |c: usize| {
        rows.iter()
            .filter_map(|r| r.get(c))
            .map(|s| s.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or(0))
        .map(width)
        .collect();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &w)| format!("{cell:<w$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Formats names and descriptions in two columns.
pub(crate) fn described(rows: &[(String, String)]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|(k, v)| vec![k.clone(), v.clone()])
        .collect();
    left_aligned(&rows)
}
