//! Formats where every line has the name of its sequence, which may go on in later blocks.

use std::collections::HashMap;

use super::fault::AlignmentFault;
use super::records::{Records, shown};

/// Sequences by name, in the order of their first lines.
#[derive(Debug, Default)]
pub(super) struct Blocks<'t> {
    rows: Vec<(usize, &'t [u8], Vec<u8>)>,
    by_name: HashMap<&'t [u8], usize>,
}

impl<'t> Blocks<'t> {
    /// Adds the letters of a trimmed line.
    pub(super) fn add(&mut self, line: usize, bytes: &'t [u8]) -> Result<(), AlignmentFault> {
        let blank = bytes.iter().position(u8::is_ascii_whitespace);
        let Some((name, letters)) = blank.map(|at| bytes.split_at(at)) else {
            let found = shown(bytes);
            return Err(AlignmentFault::Line { line, found });
        };
        let next = self.rows.len();
        let row = *self.by_name.entry(name).or_insert(next);
        if row == next {
            self.rows.push((line, name, Vec::new()));
        }
        if let Some((_, _, sequence)) = self.rows.get_mut(row) {
            sequence.extend(
                letters
                    .iter()
                    .filter(|letter| !letter.is_ascii_whitespace()),
            );
        }
        Ok(())
    }

    pub(super) fn records(self) -> Records {
        let mut records = Records::default();
        for (line, name, letters) in self.rows {
            records.begin(String::from_utf8_lossy(name).into_owned(), line);
            records.add(&letters);
        }
        records
    }
}
