//! What can be wrong with a file of edges.

use super::Format;

/// A violated rule of edge lists, at the line given by the error. Vertices are numbered from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// No line except blanks and comments.
    #[error("no header: {format}")]
    NoHeader {
        /// The format of the file.
        format: Format,
    },
    /// The file is in a format that is not read.
    #[error("found {found}; {remedy}")]
    Unread {
        /// The format.
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
    /// An edge with a weight among edges without, or vice versa.
    #[error(
        "an edge {} weight, but that at line {first} has {}; give every edge its weight, or none (all are 1 then)",
        if *weighted { "with a" } else { "without a" },
        if *weighted { "none" } else { "one" }
    )]
    Mixed {
        /// True if this edge has a weight.
        weighted: bool,
        /// The line of the first edge.
        first: usize,
    },
    /// An edge from a vertex to itself.
    #[error(
        "edge {vertex} {vertex}: a vertex cannot be its own neighbor; remove the line (in an Ising model it is a constant, as s^2 = 1; fields are given by the key `fields`)"
    )]
    SelfLoop {
        /// The vertex.
        vertex: usize,
    },
    /// An edge that was listed before, in either direction.
    #[error("edge {from} {to}: already at line {first}; list each edge once, in one direction")]
    Repeated {
        /// One end.
        from: usize,
        /// The other end.
        to: usize,
        /// The line where it was listed first.
        first: usize,
    },
    /// A matrix that is stated in full, and is not symmetric.
    #[error(
        "entry {row} {column} is {found}, but entry {column} {row} is {mirrored}; a coupling is the same in both directions: list both alike, or one of them in a file that is `symmetric`"
    )]
    Asymmetric {
        /// The row, from 1.
        row: usize,
        /// The column, from 1.
        column: usize,
        /// The entry.
        found: f64,
        /// The entry of the transposed place; 0 if it is not listed.
        mirrored: f64,
    },
    /// The sum of several biases is not finite.
    #[error("bias {i} {j}: the sum of all biases of this pair is not finite")]
    Sum {
        /// One variable, from 0.
        i: usize,
        /// The other, from 0.
        j: usize,
    },
    /// More edges than the header declares.
    #[error("edge number {found}, but the header declares {promised} edges")]
    TooMany {
        /// The number of this edge.
        found: usize,
        /// The number of edges in the header.
        promised: usize,
    },
    /// Fewer edges than the header declares.
    #[error("the file ends after {found} edges, but the header declares {promised}")]
    TooFew {
        /// The number of edges.
        found: usize,
        /// The number of edges in the header.
        promised: usize,
    },
}
