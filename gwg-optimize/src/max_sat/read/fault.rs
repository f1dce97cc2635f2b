//! What can be wrong with a file of a formula.

use std::path::PathBuf;

use gwg_models::io::{IoError, visible_path};

use crate::max_sat::ClauseFault;

/// Why a file was rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaxSatFileError {
    /// The system failed to read the file.
    #[error(transparent)]
    Read(#[from] IoError),
    /// The content is no formula.
    #[error("{}:{line}: {fault}", visible_path(path))]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: MaxSatFault,
    },
}

/// A violated rule of formulas in DIMACS format.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MaxSatFault {
    /// Bytes that are not text.
    #[error("not text: byte {byte} of the file is not UTF-8")]
    NotText {
        /// The first such byte, from 0.
        byte: usize,
    },
    /// Clauses before a header, or none at all.
    #[error(
        "no header: a formula must have a line `p cnf V C` or `p wcnf V C top` before its clauses; in the weighted format without it, hard clauses begin with `h`, or the file's name ends in `.wcnf`"
    )]
    NoHeader,
    /// A line `p` of another form.
    #[error("found `{found}`, allowed is `p cnf V C`, `p wcnf V C` or `p wcnf V C top`")]
    Header {
        /// The line.
        found: String,
    },
    /// A second line `p`, or one after clauses without a header.
    #[error(
        "a line `p` {}; keep one, before all clauses",
        if *first == 0 { "after clauses".to_owned() } else { format!("after that at line {first}") }
    )]
    SecondHeader {
        /// The line of the first, or 0.
        first: usize,
    },
    /// A word that should be an integer.
    #[error("{what}: found `{found}`, allowed is an integer from {min} to {max}")]
    Integer {
        /// The meaning of the word.
        what: &'static str,
        /// The word.
        found: String,
        /// The smallest allowed value.
        min: i64,
        /// The largest allowed value.
        max: i64,
    },
    /// A weight that is not a number.
    #[error("weight: found `{found}`, allowed is {allowed}")]
    Weight {
        /// The word.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A clause without 0 at the end of its line.
    #[error(
        "found no 0 at the end of the line; without a line `p`, each line is a weight or `h`, literals and 0"
    )]
    Unended,
    /// More clauses than the header declares.
    #[error("clause number {found}, but the header declares {promised} clauses")]
    TooMany {
        /// The number of this clause.
        found: usize,
        /// The number of clauses in the header.
        promised: usize,
    },
    /// Fewer clauses than the header declares.
    #[error(
        "the file ends after {found} clauses, but the header declares {promised}; every clause ends with 0"
    )]
    TooFew {
        /// The number of clauses.
        found: usize,
        /// The number of clauses in the header.
        promised: usize,
    },
    /// A rule of clauses.
    #[error(transparent)]
    Clause(#[from] ClauseFault),
}
