//! Errors of files.

use std::io;
use std::path::{Path, PathBuf};

use super::edges::LineFault;
use super::files::Packer;
use super::numbers::NumbersFault;
use super::tensors::Kind;
use super::text::{Shown, Size};
use super::uai::UaiFault;
use crate::ModelError;

/// The reason why a file was rejected or not written. The message is complete: there is no further source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// The system failed to read the file.
    #[error("{}: cannot be read: {error}", Shown(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The system failed to write the file; nothing new is left under its name.
    #[error("{}: cannot be written: {error}", Shown(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// A model of a kind that has no file format.
    #[error(
        "{}: a model of kind `{model}` cannot be written to a file: its spec defines it completely; allowed are {}",
        Shown(path),
        Kind::names()
    )]
    NoKind {
        /// The file that was to be written.
        path: PathBuf,
        /// The model.
        model: &'static str,
    },
    /// A folder.
    #[error("{}: a folder, but a file is needed; name a file in it", Shown(path))]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A pipe, a device or standard input without a byte.
    #[error(
        "{}: found nothing; {} can be read only once, so save it to a file if it is needed twice",
        Shown(path),
        once(path)
    )]
    NothingPiped {
        /// The path.
        path: PathBuf,
    },
    /// A pipe or a device with too many bytes.
    #[error(
        "{}: more than {}, the most that is read of what is not a regular file; save it to a file",
        Shown(path), Size(*limit)
    )]
    Endless {
        /// The path.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// A file in gzip's format that unpacks to far more than it has.
    #[error(
        "{}: unpacks to more than {}, the most that is unpacked of the {packed} bytes of this gzip file; unpack it with gunzip",
        Shown(path), Size(*limit)
    )]
    Unpacked {
        /// The file.
        path: PathBuf,
        /// Its length.
        packed: u64,
        /// The most bytes that are unpacked.
        limit: u64,
    },
    /// A damaged file in gzip's format.
    #[error(
        "{}: begins like a gzip file, but cannot be unpacked ({error}); copy it again",
        Shown(path)
    )]
    Packed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: io::Error,
    },
    /// A file in a packed format that is not read, or packed by gzip twice.
    #[error(
        "{}: packed by {}{}, but only one layer of gzip is unpacked here; unpack it with `{}`, to a file or to a pipe, whose path is `-`",
        Shown(path), packer.name(), if *packer == Packer::Gzip { " twice" } else { "" }, packer.command()
    )]
    OtherPacker {
        /// The file.
        path: PathBuf,
        /// What packed it.
        packer: Packer,
    },
    /// The file does not fit into memory.
    #[error("{}: {bytes} bytes do not fit into memory", Shown(path))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// The content violates a rule of model files.
    #[error("{}: {fault}", Shown(path))]
    Model {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        fault: ModelFault,
    },
    /// A line violates a rule of edge lists.
    #[error("{}:{line}: {fault}", Shown(path))]
    Edges {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: LineFault,
    },
    /// A line violates a rule of the UAI format.
    #[error("{}:{line}: {fault}", Shown(path))]
    Uai {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: UaiFault,
    },
    /// A list of numbers violates a rule.
    #[error("{}: {fault}", Shown(path))]
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

fn once(path: &Path) -> &'static str {
    if path == Path::new("-") {
        "standard input"
    } else {
        "a pipe"
    }
}
