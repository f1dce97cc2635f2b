//! What can be wrong with a file.

use crate::QuadraticError;
use gwg_models::io::{IoError, NpyFault, visible_path};
use std::path::PathBuf;

/// The reason why a problem was not read. The message is complete: there is no further source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be read, or is no graph.
    #[error("{0}")]
    Io(IoError),
    /// A line violates a rule of the format.
    #[error("{}:{line}: {fault}", visible_path(path))]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: Fault,
    },
    /// The terms make no problem.
    #[error("{}: {error}", visible_path(path))]
    Terms {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: QuadraticError,
    },
    /// The graph is too large for the search.
    #[error(
        "{}: the complement of the {vertices} vertices that may be in a larger clique has {edges} edges, allowed are {most}; a graph of fewer vertices, or with more edges, is needed",
        visible_path(path)
    )]
    Complement {
        /// The file.
        path: PathBuf,
        /// The vertices that are left.
        vertices: usize,
        /// The edges of their complement.
        edges: u64,
        /// The most that are allowed.
        most: u64,
    },
}

impl From<IoError> for ReadError {
    fn from(error: IoError) -> Self {
        Self::Io(error)
    }
}

/// A violated rule of a format, at the line given by the error. Variables are numbered as in the file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A format or a part of one that is not read.
    #[error("found {found}; {remedy}")]
    Unread {
        /// What it is.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Bytes that are not text.
    #[error("not text: byte {byte} of the file is not UTF-8")]
    NotText {
        /// The first such byte, from 0.
        byte: usize,
    },
    /// A wrong number of words in a line.
    #[error("found {found} words, allowed is `{allowed}`")]
    Words {
        /// The number of words.
        found: usize,
        /// The required form.
        allowed: &'static str,
    },
    /// A word that should be an integer.
    #[error("{what}: found `{found}`, allowed is an integer from {min} to {max}")]
    Integer {
        /// The meaning of the word.
        what: &'static str,
        /// The word.
        found: String,
        /// The smallest allowed value.
        min: usize,
        /// The largest allowed value.
        max: usize,
    },
    /// A weight that is not a finite number.
    #[error("weight: found `{found}`, allowed is a finite number")]
    Weight {
        /// The word.
        found: String,
    },
    /// More or fewer lines than the header says.
    #[error("found {found} {what}, but the header says {promised}; correct the one or the other")]
    Count {
        /// What is counted.
        what: &'static str,
        /// How many there are, or the first too many.
        found: usize,
        /// How many the header says.
        promised: usize,
    },
    /// A pair that was listed before, in either order.
    #[error("pair {i} {j}: already at line {first}; list each pair once")]
    Repeated {
        /// One variable.
        i: usize,
        /// The other.
        j: usize,
        /// The line where it was listed first.
        first: usize,
    },
    /// A coupler with the larger variable first.
    #[error("coupler {i} {j}: the smaller variable is first in this format; write `{j} {i}`")]
    Order {
        /// The first variable.
        i: usize,
        /// The second.
        j: usize,
    },
    /// A word that is not what the grammar has in its place.
    #[error("found {found}, allowed is {allowed}")]
    Grammar {
        /// The word.
        found: String,
        /// What may be in its place.
        allowed: &'static str,
    },
    /// Not an array of numbers.
    #[error("{0}")]
    Array(NpyFault),
}
