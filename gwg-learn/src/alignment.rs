//! Aligned sequences: proteins, RNA, DNA, or letters of any alphabet.

mod a2m;
mod alphabet;
mod clustal;
mod encode;
mod fasta;
mod fault;
mod named;
mod numerical;
mod options;
mod records;
mod stockholm;
mod write;

use std::collections::HashSet;
use std::path::Path;

use gwg_models::io::read_bytes;

use crate::{Data, DataError};

pub use alphabet::{Alphabet, AlphabetError};
pub use fault::{AlignmentError, AlignmentFault, Place};
pub use options::{AlignmentFormat, AlignmentOptions, UnknownLetters};
pub use write::{fasta_text, write_fasta};

/// Aligned sequences as rows of symbols.
#[derive(Clone, Debug, PartialEq)]
pub struct Alignment {
    names: Vec<String>,
    symbols: Vec<u8>,
    sites: usize,
    alphabet: Alphabet,
    dropped: Vec<usize>,
    replaced: usize,
}

/// Reads an alignment in FASTA, A2M, A3M, Stockholm, Clustal, or the numerical format of bmDCA; packed by gzip or not.
///
/// # Cost
/// `O(bytes)`.
///
/// # Errors
/// [`AlignmentError`], with the line and the sequence.
pub fn read_alignment(
    path: &Path,
    options: &AlignmentOptions,
) -> Result<Alignment, AlignmentError> {
    let bytes = read_bytes(path)?;
    let mut options = options.clone();
    options.format = options.format.or_else(|| AlignmentFormat::of_name(path));
    parse_alignment(&bytes, &options).map_err(|fault| AlignmentError::Content {
        path: path.to_owned(),
        fault,
    })
}

/// Parses the content of a file: [`read_alignment`].
///
/// # Errors
/// The violated rule.
pub fn parse_alignment(
    bytes: &[u8],
    options: &AlignmentOptions,
) -> Result<Alignment, AlignmentFault> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let format = AlignmentFormat::of(text, options.format);
    let records = match format {
        AlignmentFormat::Numerical => return numerical::parse(text, options.alphabet.as_ref()),
        AlignmentFormat::Stockholm => stockholm::parse(text)?,
        AlignmentFormat::Clustal => clustal::parse(text)?,
        AlignmentFormat::Fasta | AlignmentFormat::A2m => fasta::parse(text)?,
    };
    let guessed = format == AlignmentFormat::Fasta && options.format != Some(format);
    if format == AlignmentFormat::A2m || (guessed && a2m::is_a2m(&records)) {
        return encode::encode(&a2m::match_columns(&records), options);
    }
    encode::encode(&records, options)
}

impl Alignment {
    /// The name of each sequence.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The symbols, row-major, shape (rows, sites).
    #[must_use]
    pub fn symbols(&self) -> &[u8] {
        &self.symbols
    }

    /// The symbols of each sequence.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.symbols.chunks_exact(self.sites.max(1))
    }

    /// The number of columns.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// The letters of the symbols.
    #[must_use]
    pub fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// The sequences of the file, from 0, that were dropped because of unknown letters.
    #[must_use]
    pub fn dropped(&self) -> &[usize] {
        &self.dropped
    }

    /// How many unknown letters were read as gaps.
    #[must_use]
    pub fn replaced(&self) -> usize {
        self.replaced
    }

    /// The letters of all sequences.
    pub fn sequences(&self) -> impl Iterator<Item = String> {
        self.rows().map(|row| self.alphabet.decode(row))
    }

    /// The fraction of gaps in each sequence; 0 in an alphabet without a gap.
    #[must_use]
    pub fn gap_fractions(&self) -> Vec<f64> {
        let gap = self.alphabet.gap();
        let gaps = |row: &[u8]| row.iter().filter(|&&s| Some(s) == gap).count();
        self.rows()
            .map(|row| gaps(row) as f64 / self.sites as f64)
            .collect()
    }

    /// The rows, from 0, that repeat no earlier row.
    #[must_use]
    pub fn distinct_rows(&self) -> Vec<usize> {
        let mut seen = HashSet::with_capacity(self.names.len());
        let rows = self.rows().enumerate();
        rows.filter_map(|(k, row)| seen.insert(row).then_some(k))
            .collect()
    }

    /// The alignment of these rows, in this order; rows that do not exist are skipped.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self {
            names: Vec::with_capacity(rows.len()),
            symbols: Vec::with_capacity(rows.len().saturating_mul(self.sites)),
            sites: self.sites,
            alphabet: self.alphabet.clone(),
            dropped: self.dropped.clone(),
            replaced: self.replaced,
        };
        for &row in rows {
            let range =
                row.saturating_mul(self.sites)..row.saturating_add(1).saturating_mul(self.sites);
            if let (Some(name), Some(symbols)) = (self.names.get(row), self.symbols.get(range)) {
                selected.names.push(name.clone());
                selected.symbols.extend_from_slice(symbols);
            }
        }
        selected
    }

    /// The rows with equal weights.
    ///
    /// # Errors
    /// Those of [`Data::new`]: of an alignment without rows, as [`select`](Self::select) can make one.
    pub fn data(&self) -> Result<Data, DataError> {
        Data::new(self.symbols.clone(), self.sites, self.alphabet.states())
    }
}
