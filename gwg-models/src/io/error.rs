//! Errors of files.

use std::io;
use std::path::PathBuf;

use super::numbers::NumbersFault;
use super::tensors::Kind;
use super::uai::UaiFault;
use crate::ModelError;

/// The reason why a file was rejected or not written. The message is complete: there is no further source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// The system failed to read the file.
    #[error("{}: cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The system failed to write the file; nothing new is left under its name.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// A model of a kind that has no file format.
    #[error(
        "{}: a model of kind `{model}` cannot be written to a file: its spec defines it completely; allowed are {}",
        path.display(), Kind::names()
    )]
    NoKind {
        /// The file that was to be written.
        path: PathBuf,
        /// The model.
        model: &'static str,
    },
    /// A directory, a device or a pipe.
    #[error("{}: not a regular file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file does not fit into memory.
    #[error("{}: {bytes} bytes do not fit into memory", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// The content violates a rule of model files.
    #[error("{}: {fault}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        fault: ModelFault,
    },
    /// A line violates a rule of edge lists.
    #[error("{}:{line}: {fault}", path.display())]
    Edges {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: LineFault,
    },
    /// A line violates a rule of the UAI format.
    #[error("{}:{line}: {fault}", path.display())]
    Uai {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: UaiFault,
    },
    /// A list of numbers violates a rule.
    #[error("{}: {fault}", path.display())]
    Numbers {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        fault: NumbersFault,
    },
}

/// A violated rule of model files; the rules are those of [`Kind`]. Indices are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFault {
    /// The file has no bytes.
    #[error("the file is empty; a model file in the safetensors format is expected")]
    Empty,
    /// The file is not in the safetensors format.
    #[error("not a safetensors file: {reason}")]
    NotSafetensors {
        /// The reason.
        reason: String,
    },
    /// The file ends too early.
    #[error(
        "the file is truncated: its header declares {promised} bytes of tensors, but {found} follow; copy or export it again"
    )]
    Truncated {
        /// The number of bytes according to the header.
        promised: u64,
        /// The number of bytes after the header.
        found: u64,
    },
    /// The metadata have no `kind`, none was given, and the tensors do not determine it; or it is unknown.
    #[error(
        "metadata `kind`: {}; allowed are {}; the file contains {present}; set the kind with --kind or in the metadata",
        found.as_ref().map_or("missing, and the tensors do not determine it".to_owned(), |found| format!("found `{found}`")),
        Kind::names()
    )]
    UnknownKind {
        /// The `kind` of the metadata.
        found: Option<String>,
        /// The tensors of the file, with shapes.
        present: String,
    },
    /// The kind in the metadata differs from the requested one.
    #[error("metadata `kind`: found `{found}`, but `{asked}` was requested; omit --kind")]
    OtherKind {
        /// The kind in the metadata.
        found: Kind,
        /// The requested kind.
        asked: Kind,
    },
    /// A tensor of the kind is missing.
    #[error("tensor `{tensor}` is missing: kind `{kind}` needs {}; the file contains {present}", kind.rule())]
    Missing {
        /// The tensor.
        tensor: &'static str,
        /// The kind of the model.
        kind: Kind,
        /// The tensors of the file, with shapes.
        present: String,
    },
    /// A tensor that is not part of the kind, and would otherwise be silently ignored.
    #[error("tensor `{tensor}` is not part of kind `{kind}`, which has {}; remove it from the file", kind.rule())]
    Unknown {
        /// The tensor.
        tensor: String,
        /// The kind of the model.
        kind: Kind,
    },
    /// An element type other than `F32` and `F64`.
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
        /// The required shape.
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
    /// A shape that does not match that of another tensor, or is inconsistent in itself.
    #[error("tensor `{tensor}`: found shape {found:?}, allowed is {allowed:?}, because {because}")]
    Shape {
        /// The tensor.
        tensor: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The matching shape.
        allowed: Vec<usize>,
        /// The reason for it.
        because: String,
    },
    /// An entry that is invalid for the kind, in the requested precision.
    #[error("tensor {0}")]
    Content(ModelError),
}

/// A violated rule of edge lists, at the line given by the error. Vertices are numbered from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// No line except blanks and comments.
    #[error("no header: the first line must be `n m`, the numbers of vertices and of edges")]
    NoHeader,
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
    #[error("edge {vertex} {vertex}: a vertex cannot be its own neighbor; remove the line")]
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
