//! Formulas in DIMACS format, with and without weights.

mod fault;
mod words;

use std::path::Path;

use gwg_models::io::read_bytes;

use super::{Clauses, MAX_VARIABLES, MaxSat, Weight};
pub use fault::{MaxSatFault, MaxSatFileError};
use words::Header;

type Refused = (usize, MaxSatFault);

/// What a file without a line `p` is, if no line of it begins with `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Headerless {
    /// An error: a `cnf` file that lost its header looks like it.
    Refused,
    /// The format of 2022 without a hard clause.
    Weighted,
}

/// Reads a formula: `p cnf V C` (all clauses are soft, of weight 1), `p wcnf V C [top]` (a weight before each clause; those of weight `top` and above are
/// hard), or the format of the MaxSAT Evaluations since 2022 (no line `p`; before each clause `h`, hard, or a weight). A file without `p` and `h` is
/// of the latter if its name ends in `.wcnf`, packed or not. Cost: `O(bytes)`.
///
/// ```text
/// c a comment
/// p wcnf 3 2 10
/// 10 1 -2 0
/// 3 2 3 0
/// ```
///
/// Clauses end with 0 and may span lines where there is a header, which states their number; SATLIB's `%` ends a file.
///
/// # Errors
/// [`MaxSatFileError`], with the line.
pub fn read_max_sat(path: &Path) -> Result<MaxSat, MaxSatFileError> {
    let bytes = read_bytes(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let headerless = if name.trim_end_matches(".gz").ends_with(".wcnf") {
        Headerless::Weighted
    } else {
        Headerless::Refused
    };
    MaxSat::parse(&bytes, headerless).map_err(|(line, fault)| MaxSatFileError::Content {
        path: path.to_owned(),
        line,
        fault,
    })
}

impl MaxSat {
    /// Parses the content of a file that [`read_max_sat`] reads.
    ///
    /// # Errors
    /// The line, from 1, and the rule that it violates.
    pub fn parse(bytes: &[u8], headerless: Headerless) -> Result<Self, (usize, MaxSatFault)> {
        let text = words::text(bytes)?;
        let mut reading = Reading::default();
        let mut lines = 0;
        for (line, text) in (1..).zip(text.lines()) {
            let words = text.trim();
            lines = line;
            match words.bytes().next() {
                None | Some(b'c') => {}
                Some(b'%') => break,
                Some(b'p') => reading.begin(line, words).map_err(|fault| (line, fault))?,
                Some(_) => {
                    if reading.header.is_none() {
                        let weighted = headerless == Headerless::Weighted;
                        reading.header = Some(words::without_header(line, bytes, weighted)?);
                    }
                    reading.read(line, words).map_err(|fault| (line, fault))?;
                }
            }
        }
        reading.end(lines)
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    header: Option<Header>,
    header_line: usize,
    clauses: Clauses,
    /// Clauses of the file, of which some are not kept.
    found: usize,
    /// The clause that has not ended: its weight once that is read, its literals, and its last line.
    weight: Option<Weight>,
    literals: Vec<i64>,
    line: usize,
}

impl Reading {
    /// A line that begins with `p`.
    fn begin(&mut self, line: usize, words: &str) -> Result<(), MaxSatFault> {
        if self.header.is_some() {
            let first = self.header_line;
            return Err(MaxSatFault::SecondHeader { first });
        }
        (self.header, self.header_line) = (Some(words::header(words)?), line);
        Ok(())
    }

    /// A line of clauses.
    fn read(&mut self, line: usize, words: &str) -> Result<(), MaxSatFault> {
        let Some(header) = self.header else {
            return Err(MaxSatFault::NoHeader);
        };
        self.line = line;
        for word in words.split_whitespace() {
            if self.weight.is_none() {
                self.weight = Some(match header {
                    Header::Cnf { .. } => Weight::Soft(1.0),
                    Header::Wcnf { top, .. } => words::weight(word, top)?,
                    Header::Headerless => words::weight_or_hard(word)?,
                });
                if !matches!(header, Header::Cnf { .. }) {
                    continue;
                }
            }
            match words::literal(word, header.variables().unwrap_or(MAX_VARIABLES))? {
                0 => self.push()?,
                literal => self.literals.push(literal),
            }
        }
        if header == Header::Headerless && self.weight.is_some() {
            return Err(MaxSatFault::Unended);
        }
        Ok(())
    }

    /// The end of a clause.
    fn push(&mut self) -> Result<(), MaxSatFault> {
        self.found += 1;
        let promised = self.header.and_then(Header::clauses);
        if let Some(promised) = promised
            && self.found > promised
        {
            let found = self.found;
            return Err(MaxSatFault::TooMany { found, promised });
        }
        let weight = self.weight.take().unwrap_or(Weight::Soft(1.0));
        self.clauses.push(&self.literals, weight)?;
        self.literals.clear();
        Ok(())
    }

    /// The end of the file.
    fn end(mut self, lines: usize) -> Result<MaxSat, Refused> {
        let Some(header) = self.header else {
            return Err((1, MaxSatFault::NoHeader));
        };
        // Many programs write the last clause without its 0. A weight alone is no clause.
        let complete = header.clauses() == Some(self.found);
        if self.weight.is_some() && (complete || !self.literals.is_empty()) {
            let line = self.line;
            self.push().map_err(|fault| (line, fault))?;
        }
        if let Some(promised) = header.clauses()
            && self.found < promised
        {
            let found = self.found;
            return Err((lines.max(1), MaxSatFault::TooFew { found, promised }));
        }
        let variables = header.variables().unwrap_or(self.clauses.variables());
        MaxSat::new(variables, self.clauses).map_err(|fault| (lines.max(1), fault.into()))
    }
}
