//! What can be wrong with a trace.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use thiserror::Error;

/// A trace that cannot be written or read, with the file and the field at fault.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TraceError {
    /// The file system returned an error.
    #[error("trace: cannot {action} {}: {cause}", path.display())]
    Io {
        /// The operation, as in "create the folder".
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The path to write to exists and `force` is not set.
    #[error("trace: {} exists; choose another path, remove it, or allow it to be replaced", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// The path to replace is not a trace that this library wrote, or holds something else, too.
    #[error(
        "trace: {} is not replaced: it is {found}, and only a trace that gwg wrote, with nothing else in it, may be; choose another path or remove it yourself",
        path.display()
    )]
    NotATrace {
        /// The path.
        path: PathBuf,
        /// What is there instead.
        found: String,
    },
    /// What is to be read is no folder with a `zarr.json`.
    #[error("trace: {} is {found}; a trace is a folder with a file zarr.json", path.display())]
    NoTrace {
        /// The path.
        path: PathBuf,
        /// What is there instead.
        found: &'static str,
    },
    /// A trace without draws does not replace another one.
    #[error("trace: {} stays as it was: there are no draws to replace it with", path.display())]
    NothingDrawn {
        /// The path.
        path: PathBuf,
    },
    /// Another process writes the trace at the path.
    #[error("trace: {} is being written by another run; choose another path or end that run", path.display())]
    InUse {
        /// The path.
        path: PathBuf,
    },
    /// The folder of the trace has been moved, exchanged or removed while it was written.
    #[error("trace: {} was moved, replaced or removed by another program while it was written; nothing more is written", path.display())]
    Lost {
        /// The folder.
        path: PathBuf,
    },
    /// A writer is used after an error.
    #[error("trace: {} is not written any more after an earlier error; continue it from its last sync", path.display())]
    Failed {
        /// The path.
        path: PathBuf,
    },
    /// A file is put into a trace that is not at its path yet.
    #[error("trace: {} is not there yet; sync it with draws before putting files into it", path.display())]
    Unpublished {
        /// The path.
        path: PathBuf,
    },
    /// The trace to continue is not one of the same spec.
    #[error(
        "trace: {} cannot be continued: {field} is {found} there and {needed} in this run; continue it with the settings that it was begun with",
        path.display()
    )]
    Differs {
        /// The trace.
        path: PathBuf,
        /// What differs.
        field: String,
        /// Its value in the trace.
        found: String,
        /// Its value in the spec.
        needed: String,
    },
    /// A field of the [`TraceSpec`](super::TraceSpec), or the path, breaks its bound.
    #[error("trace: {field} is {found}; {allowed}")]
    Spec {
        /// The field.
        field: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        allowed: String,
    },
    /// A [`Batch`](super::Batch) has another size than its trace.
    #[error("trace: {field} of the batch after draw {after} is {found}; {allowed}")]
    Batch {
        /// The field.
        field: &'static str,
        /// Draws written before.
        after: usize,
        /// Its size.
        found: usize,
        /// What it may be.
        allowed: String,
    },
    /// A zarr.json that is not JSON.
    #[error("trace: {} is not JSON: {cause}; the trace is damaged, write it again", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: serde_json::Error,
    },
    /// A zarr.json that does not describe a trace.
    #[error("trace: {}: {field} is {found}; {allowed}", path.display())]
    Metadata {
        /// The file.
        path: PathBuf,
        /// The key, with dots between levels.
        field: String,
        /// Its value, shortened.
        found: String,
        /// What it may be.
        allowed: String,
    },
    /// A chunk that does not hold what its array's zarr.json says.
    #[error("trace: chunk {}: {found}; {allowed}", path.display())]
    Chunk {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        found: String,
        /// What it should be.
        allowed: String,
    },
    /// A number that no run records.
    #[error("trace: {}: found {found}; allowed are {allowed}; the trace is damaged, write it again", path.display())]
    Value {
        /// The array.
        path: PathBuf,
        /// The number and its place.
        found: String,
        /// What it may be.
        allowed: String,
    },
    /// A statistic or chunk that the trace does not have.
    #[error("trace: {} has no {what}; {allowed}", path.display())]
    Missing {
        /// The trace.
        path: PathBuf,
        /// What was requested.
        what: String,
        /// What there is.
        allowed: String,
    },
}

impl TraceError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io {
            action,
            path: path.to_owned(),
            cause,
        }
    }

    pub(super) fn spec(field: &'static str, found: impl ToString, allowed: &str) -> Self {
        Self::Spec {
            field,
            found: found.to_string(),
            allowed: allowed.to_owned(),
        }
    }

    pub(super) fn metadata(path: &Path, field: &str, found: Option<&Value>, allowed: &str) -> Self {
        Self::Metadata {
            path: path.to_owned(),
            field: field.to_owned(),
            found: found.map_or_else(|| "missing".to_owned(), shortened),
            allowed: allowed.to_owned(),
        }
    }

    pub(super) fn chunk(path: &Path, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::Chunk {
            path: path.to_owned(),
            found: found.into(),
            allowed: allowed.into(),
        }
    }
}

/// A hostile file must not fill the terminal.
fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
