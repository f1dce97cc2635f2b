//! What can be wrong with a file.

use std::io;
use std::path::PathBuf;

use super::numbers::NumbersFault;
use super::tensors::Kind;
use super::uai::UaiFault;
use crate::ModelError;

/// Why a file was refused or not written. The message is whole: it has no further source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// The system could not read it.
    #[error("{}: cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The system could not write it; nothing is left under this name that was not there before.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A model of a kind that no file holds.
    #[error(
        "{}: a model of kind `{model}` is not written to files, its spec says all; files hold {}",
        path.display(), Kind::names()
    )]
    NoKind {
        /// The file that was to be written.
        path: PathBuf,
        /// The model.
        model: &'static str,
    },
    /// A folder, a device or a pipe.
    #[error("{}: not a regular file", path.display())]
    NotAFile {
        /// What it is called.
        path: PathBuf,
    },
    /// Longer than memory.
    #[error("{}: {bytes} bytes do not fit into memory", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// The content breaks a rule of model files.
    #[error("{}: {fault}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// The broken rule.
        fault: ModelFault,
    },
    /// A line breaks a rule of edge lists.
    #[error("{}:{line}: {fault}", path.display())]
    Edges {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The broken rule.
        fault: LineFault,
    },
    /// A line breaks a rule of the UAI format.
    #[error("{}:{line}: {fault}", path.display())]
    Uai {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The broken rule.
        fault: UaiFault,
    },
    /// A list of numbers breaks a rule.
    #[error("{}: {fault}", path.display())]
    Numbers {
        /// The file.
        path: PathBuf,
        /// The broken rule.
        fault: NumbersFault,
    },
}

/// A rule of model files that is broken; the rules are those of [`Kind`]. Indices count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFault {
    /// No byte.
    #[error("the file is empty; a model file in the safetensors format is expected")]
    Empty,
    /// The format itself is broken.
    #[error("not a safetensors file: {reason}")]
    NotSafetensors {
        /// How.
        reason: String,
    },
    /// The file ends too early.
    #[error(
        "the file is truncated: its header promises {promised} bytes of tensors, {found} are there; copy or export it again"
    )]
    Truncated {
        /// The bytes that the header speaks of.
        promised: u64,
        /// The bytes that follow it.
        found: u64,
    },
    /// No `kind` in the metadata, none given, and the tensors leave it open; or one that is unknown.
    #[error(
        "metadata `kind`: {}; allowed are {}; it holds {present}: name the kind with --kind or write it to the metadata",
        found.as_ref().map_or("missing, and the tensors do not tell it".to_owned(), |found| format!("found `{found}`")),
        Kind::names()
    )]
    UnknownKind {
        /// What stands there.
        found: Option<String>,
        /// The tensors of the file, with shapes.
        present: String,
    },
    /// The metadata say one thing and the caller another.
    #[error("metadata `kind`: found `{found}`, but `{asked}` was asked for; leave out --kind")]
    OtherKind {
        /// The kind of the metadata.
        found: Kind,
        /// The kind asked for.
        asked: Kind,
    },
    /// A tensor of the kind is not there.
    #[error("tensor `{tensor}` is missing: kind `{kind}` needs {}; the file holds {present}", kind.rule())]
    Missing {
        /// The tensor.
        tensor: &'static str,
        /// The kind of the model.
        kind: Kind,
        /// The tensors of the file, with shapes.
        present: String,
    },
    /// A tensor that the kind does not know, and that would be ignored silently.
    #[error("tensor `{tensor}` is not part of kind `{kind}`, which has {}; remove it from the file", kind.rule())]
    Unknown {
        /// The tensor.
        tensor: String,
        /// The kind of the model.
        kind: Kind,
    },
    /// Neither `F32` nor `F64`.
    #[error(
        "tensor `{tensor}`: found type {found}, allowed are F32 and F64; convert it before saving (torch: `.float()`, numpy: `.astype('float32')`)"
    )]
    Type {
        /// The tensor.
        tensor: &'static str,
        /// Its type.
        found: String,
    },
    /// The wrong number of dimensions.
    #[error("tensor `{tensor}`: found shape {found:?}, allowed is {allowed}")]
    Rank {
        /// The tensor.
        tensor: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape of the rule.
        allowed: &'static str,
    },
    /// A dimension of size 0.
    #[error("tensor `{tensor}`: found shape {found:?}, every size must be at least 1")]
    ZeroSize {
        /// The tensor.
        tensor: &'static str,
        /// Its shape.
        found: Vec<usize>,
    },
    /// Sizes that do not fit those of another tensor, or one another.
    #[error("tensor `{tensor}`: found shape {found:?}, allowed is {allowed:?}, because {because}")]
    Shape {
        /// The tensor.
        tensor: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that fits.
        allowed: Vec<usize>,
        /// What it follows from.
        because: String,
    },
    /// An entry that no model of the kind can have; checked in the precision that was asked for.
    #[error("tensor {0}")]
    Content(ModelError),
}

/// A rule of edge lists that is broken, at the line the error names. Vertices count from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// No line but blanks and comments.
    #[error("no header: the first line must be `n m`, the numbers of vertices and of edges")]
    NoHeader,
    /// Bytes that are no text.
    #[error("not text: byte {byte} of the file is not UTF-8")]
    NotText {
        /// The first such byte, from 0.
        byte: usize,
    },
    /// Too few or too many words in a line.
    #[error("found {found} words, allowed is `{allowed}`")]
    Words {
        /// Their number.
        found: usize,
        /// What the line should be.
        allowed: &'static str,
    },
    /// A word that should be a whole number.
    #[error("{what}: found `{found}`, allowed is an integer from {min} to {max}")]
    Integer {
        /// What it stands for.
        what: &'static str,
        /// The word.
        found: String,
        /// The smallest.
        min: usize,
        /// The largest.
        max: usize,
    },
    /// A weight that is no number, NaN or infinite.
    #[error("weight: found `{found}`, allowed is a finite number")]
    Weight {
        /// The word.
        found: String,
    },
    /// An edge with a weight among edges without, or the other way round.
    #[error(
        "an edge {} weight, but that at line {first} has {}; give every edge its weight, or none (all are 1 then)",
        if *weighted { "with a" } else { "without a" },
        if *weighted { "none" } else { "one" }
    )]
    Mixed {
        /// Whether this edge has a weight.
        weighted: bool,
        /// The line of the first edge.
        first: usize,
    },
    /// An edge from a vertex to itself.
    #[error("edge {vertex} {vertex}: a vertex cannot be its own neighbor; remove the line")]
    SelfLoop {
        /// The vertex.
        vertex: usize,
    },
    /// An edge that was there before, in this order of its ends or the other.
    #[error("edge {from} {to}: already at line {first}; an edge stands once, in one direction")]
    Repeated {
        /// One end.
        from: usize,
        /// The other end.
        to: usize,
        /// The line where it stands first.
        first: usize,
    },
    /// More edges than the header says.
    #[error("edge number {found}, but the header promises {promised} edges")]
    TooMany {
        /// The number of this edge.
        found: usize,
        /// What the header says.
        promised: usize,
    },
    /// Fewer edges than the header says.
    #[error("the file ends after {found} edges, but the header promises {promised}")]
    TooFew {
        /// The number of edges.
        found: usize,
        /// What the header says.
        promised: usize,
    },
}
