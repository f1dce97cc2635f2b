//! What can be wrong with an alignment.

use std::path::PathBuf;

use gwg_models::io::{IoError, visible_path};

/// The reason why an alignment was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// The file cannot be read, or not be unpacked.
    #[error(transparent)]
    Io(#[from] IoError),
    /// Its content violates a rule.
    #[error("{}: {fault}", visible_path(.path))]
    Content {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        fault: AlignmentFault,
    },
}

/// A violated rule of alignments. Lines and sites are counted from 1, sequences from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentFault {
    /// There is at least one sequence.
    #[error(
        "no sequence; allowed are FASTA, A2M, A3M, Stockholm, Clustal and numerical alignments"
    )]
    NoSequence,
    /// A FASTA file begins with a header, after comments.
    #[error(
        "line {line}: found `{found}` before the first header; a FASTA file begins with a line `>name`, Stockholm with `# STOCKHOLM 1.0`, Clustal with `CLUSTAL`"
    )]
    BeforeHeader {
        /// The line.
        line: usize,
        /// The text.
        found: String,
    },
    /// Every sequence has letters.
    #[error(
        "{at}: the sequence is empty; remove its header, or copy the file again if it is truncated"
    )]
    Empty {
        /// The sequence.
        at: Place,
    },
    /// All sequences have the same length.
    #[error(
        "{at}: found {found} columns, but the first sequence has {needed}; align the sequences, or read the file as A2M if letters in lower case are insertions"
    )]
    Length {
        /// The sequence.
        at: Place,
        /// The number of its columns.
        found: usize,
        /// The number of columns of the first sequence.
        needed: usize,
    },
    /// All letters are in the alphabet.
    #[error(
        "{at}, column {column}: found `{found}`, allowed are the letters {allowed}; name another alphabet, drop such sequences, or read unknown letters as gaps"
    )]
    Letter {
        /// The sequence.
        at: Place,
        /// The column, from 1.
        column: usize,
        /// The letter.
        found: String,
        /// The alphabet.
        allowed: String,
    },
    /// At least one sequence has only letters of the alphabet.
    #[error(
        "all {rows} sequences have letters that are not in the alphabet {allowed}; name another alphabet"
    )]
    NoneValid {
        /// The number of sequences.
        rows: usize,
        /// The alphabet.
        allowed: String,
    },
    /// Unknown letters are gaps only in an alphabet with a gap.
    #[error(
        "the alphabet {alphabet} has no gap `-`, so unknown letters cannot be read as gaps; drop such sequences"
    )]
    NoGap {
        /// The alphabet.
        alphabet: String,
    },
    /// The letters determine the alphabet, or it is given.
    #[error(
        "the letters {found} fit none of the alphabets protein, rna, dna and 01; name the alphabet"
    )]
    Alphabet {
        /// The letters that occur.
        found: String,
    },
    /// A Stockholm file ends with `//`.
    #[error(
        "the alignment does not end with a line `//`; copy the file again if it is truncated, or add the line"
    )]
    NoTerminator,
    /// There is one alignment in a file.
    #[error(
        "line {line}: a second alignment begins; allowed is one, so split the file after its line {end}"
    )]
    Second {
        /// The line where it begins.
        line: usize,
        /// The line `//` before.
        end: usize,
    },
    /// A line has a name and letters.
    #[error("line {line}: found `{found}`, allowed is a name, blanks and letters")]
    Line {
        /// The line.
        line: usize,
        /// The line's text.
        found: String,
    },
    /// A number of a numerical alignment.
    #[error("line {line}: found `{found}`, allowed is {allowed}")]
    Number {
        /// The line.
        line: usize,
        /// The word.
        found: String,
        /// The allowed values.
        allowed: String,
    },
    /// A numerical alignment has as many rows, and each row as many numbers, as its first line states.
    #[error("line {line}: found {found} {what}, but the first line states {needed}")]
    Count {
        /// The line.
        line: usize,
        /// The number found.
        found: usize,
        /// What is counted.
        what: &'static str,
        /// The number needed.
        needed: usize,
    },
    /// A numerical alignment has as many states as the alphabet has letters.
    #[error(
        "line 1: found {found} states, but the alphabet has {allowed}; name an alphabet with {found} letters"
    )]
    States {
        /// The number of states.
        found: usize,
        /// The alphabet, or what is known without one.
        allowed: String,
    },
}

/// A sequence of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The sequence, from 1.
    pub sequence: usize,
    /// Its name, as shown.
    pub name: String,
    /// The line on which it begins, from 1.
    pub line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {}, sequence {} (`{}`)",
            self.line, self.sequence, self.name
        )
    }
}
