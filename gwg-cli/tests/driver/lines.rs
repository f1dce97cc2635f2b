//! The command by a line of words, run in a folder.

use crate::command::{gwg, ok};
use std::path::Path;

/// What it prints, where it ends well.
pub(crate) fn run(folder: &Path, args: &str) -> String {
    ok(folder, &args.split_whitespace().collect::<Vec<_>>())
}

/// An error of the command line or of a file, which says all this.
pub(crate) fn refused(folder: &Path, args: &str, said: &[&str]) {
    let out = gwg(folder, &args.split_whitespace().collect::<Vec<_>>());
    let error = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{args}: {error}");
    assert!(
        said.iter().all(|part| error.contains(part)),
        "{args}: {error}"
    );
}
