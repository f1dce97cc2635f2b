//! The command, run in a folder.

use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn gwg(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap()
}

/// What it prints, where it ends well.
pub(crate) fn ok(folder: &Path, args: &[&str]) -> String {
    let out = gwg(folder, args);
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{args:?}: {said}");
    String::from_utf8(out.stdout).unwrap()
}
