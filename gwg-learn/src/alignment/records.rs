//! Sequences as they are in a file, before their letters are checked.

use std::ops::Range;

use gwg_models::io::excerpt;

use super::fault::{AlignmentFault, Place};

/// One sequence.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) name: String,
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// Its letters in [`Records::text`].
    pub(super) letters: Range<usize>,
}

/// All sequences of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) rows: Vec<Record>,
    /// The letters of all sequences, without blanks and line ends.
    pub(super) text: Vec<u8>,
}

impl Records {
    pub(super) fn begin(&mut self, name: String, line: usize) {
        let end = self.text.len();
        self.rows.push(Record {
            name,
            line,
            letters: end..end,
        });
    }

    /// Adds letters to the last sequence; blanks are skipped.
    pub(super) fn add(&mut self, letters: &[u8]) {
        let visible = letters
            .iter()
            .filter(|letter| !letter.is_ascii_whitespace());
        self.text.extend(visible);
        if let Some(last) = self.rows.last_mut() {
            last.letters.end = self.text.len();
        }
    }

    pub(super) fn letters(&self, record: &Record) -> &[u8] {
        self.text.get(record.letters.clone()).unwrap_or_default()
    }

    pub(super) fn place(&self, row: usize) -> Place {
        let record = self.rows.get(row);
        Place {
            sequence: row + 1,
            name: record.map_or_else(String::new, |record| excerpt(&record.name)),
            line: record.map_or(0, |record| record.line),
        }
    }

    /// The number of columns, if all sequences have the same.
    pub(super) fn columns(&self) -> Result<usize, AlignmentFault> {
        let first = self.rows.first().ok_or(AlignmentFault::NoSequence)?;
        let needed = first.letters.len();
        for (row, record) in self.rows.iter().enumerate() {
            let (at, found) = (self.place(row), record.letters.len());
            if found == 0 {
                return Err(AlignmentFault::Empty { at });
            }
            if found != needed {
                return Err(AlignmentFault::Length { at, found, needed });
            }
        }
        Ok(needed)
    }
}

/// The lines of a text with their numbers, from 1; a line ends with LF, CR LF, or CR alone.
pub(super) fn lines(mut rest: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut number = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        number += 1;
        let end = rest.iter().position(|&b| b == b'\n' || b == b'\r');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        let skipped = if after.starts_with(b"\r\n") { 2 } else { 1 };
        rest = after.get(skipped..).unwrap_or_default();
        Some((number, line))
    })
}

/// A line as a message shows it.
pub(super) fn shown(line: &[u8]) -> String {
    excerpt(&String::from_utf8_lossy(line.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_three_ways() {
        let found: Vec<_> = lines(b"a\r\nb\rc\n\nd").collect();
        let wanted: [(usize, &[u8]); 5] = [(1, b"a"), (2, b"b"), (3, b"c"), (4, b""), (5, b"d")];
        assert_eq!(found, wanted);
    }
}
