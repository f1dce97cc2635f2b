//! Reads and writes whole files.

mod input;
mod packer;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::IoError;

pub(super) use input::read;
pub use packer::Packer;

/// Reads a whole input, as all readers of this module do: a file, a pipe or `-`, standard input, unpacked if gzip packed it.
///
/// # Errors
/// [`IoError`], with the path.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, IoError> {
    read(path)
}

/// Writes a file atomically: under its name it is complete or does not exist.
///
/// # Errors
/// [`IoError::Write`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    write(path, bytes)
}

/// Writes to a temporary file next to `path`, then renames it: `path` has either the old or the new content, complete.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    write_beside(path, bytes).map_err(|error| IoError::Write {
        path: path.to_owned(),
        error,
    })
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (beside, mut file) = create_beside(path)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Best effort: the error to report is the one above.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Creates a file in the same directory (a rename must not cross file systems), under a hidden name.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    const ATTEMPTS: u32 = 64;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut attempt = 0;
    loop {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.partial", std::process::id()));
        let beside = path.with_file_name(hidden);
        match File::create_new(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            Err(e) => return Err(e),
        }
    }
}
