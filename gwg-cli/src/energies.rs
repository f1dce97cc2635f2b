//! `gwg energies`: `log_prob` of each row of data.

use crate::csv::quoted;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::EnergiesFlags;
use crate::outputs;
use crate::scored::{Reading, Scored};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn run(flags: &EnergiesFlags) -> Result<(), Failure> {
    let out = flags.out.as_deref();
    if let Some(path) = out {
        outputs::check_file("--out", path, flags.force)?;
        let model = Path::new(&flags.model.model);
        outputs::check_apart(&[("MODEL", Some(model)), ("--out", Some(path))])?;
        outputs::check_apart(&[("DATA", Some(&flags.data)), ("--out", Some(path))])?;
    }
    let alphabet = flags.alphabet.as_deref();
    let model = Scored::read(&flags.model, alphabet)?;
    let reading = Reading {
        packed: flags.packed,
        alphabet,
        unknown: flags.unknown,
    };
    let rows = model.rows(&flags.data, reading)?;
    outputs::text("--out", out, &csv(&model, &rows), flags.force)
}

/// One line per row: its number in the file, from 0, its name in an alignment, and both figures.
fn csv(model: &Scored, rows: &Rows) -> String {
    let alignment = rows.alignment.as_ref();
    let name = if alignment.is_some() { "name," } else { "" };
    let mut text = format!("row,{name}log_prob,energy\n");
    let dropped = alignment.map_or(&[][..], |a| a.dropped());
    let mut names = alignment.into_iter().flat_map(|a| a.names());
    let kept = (0..).filter(|row| dropped.binary_search(row).is_err());
    for (row, number) in (0..rows.data.rows()).zip(kept) {
        let f = model.log_prob(rows.data.row(row));
        let name = names.next().map(|name| quoted(name) + ",");
        let name = name.unwrap_or_default();
        // The energy of f = 0 is 0, not -0.
        let _ = writeln!(text, "{number},{name}{f},{}", 0.0 - f);
    }
    text
}
