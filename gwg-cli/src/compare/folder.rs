//! A folder that appears whole or not at all.

use crate::failure::Failure;
use crate::outputs;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file without which a folder is not one of ours.
pub(super) const TABLE: &str = "compare.csv";

/// One file of it.
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
}

/// Refuses a path before time is spent on what was to be written there.
pub(super) fn check(path: &Path, force: bool) -> Result<(), Failure> {
    let shown = path.display();
    if outputs::is_stdout(path) {
        return Err(Failure::usage(
            "--out -: a folder cannot be standard output; name a folder, or take --summary - for JSON",
        ));
    }
    if path.file_name().is_none() {
        return Err(Failure::usage(format!(
            "--out {shown}: a folder of its own is needed, which does not exist yet"
        )));
    }
    outputs::check("--out", path, force)?;
    if path.symlink_metadata().is_ok() && !ours(path) {
        return Err(Failure::usage(format!(
            "--out {shown}: exists and is not a folder that gwg compare wrote (no {TABLE} in it), so that --force does not replace it; choose another path"
        )));
    }
    Ok(())
}

/// A folder with our table, or with nothing.
fn ours(path: &Path) -> bool {
    let is_folder = path.symlink_metadata().is_ok_and(|m| m.is_dir());
    let empty = || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    is_folder && (path.join(TABLE).is_file() || empty())
}

/// Writes the files beside `path` and renames them there as a whole.
pub(super) fn write(path: &Path, force: bool, files: &[File]) -> Result<(), Failure> {
    check(path, force)?;
    let hidden = |ending: &str| -> PathBuf {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.{}.{ending}", std::process::id()))
    };
    let (partial, old) = (hidden("partial"), hidden("old"));
    filled(&partial, files)
        .and_then(|()| swapped(path, &partial, &old))
        .map_err(|error| {
            let _ = fs::remove_dir_all(&partial);
            Failure::run(format!("--out {}: {error}", path.display()))
        })
}

fn filled(folder: &Path, files: &[File]) -> io::Result<()> {
    fs::create_dir(folder)?;
    for file in files {
        fs::write(folder.join(&file.name), &file.text)?;
    }
    Ok(())
}

/// Puts the new folder in place of an old one, which stays until the new one stands.
fn swapped(path: &Path, partial: &Path, old: &Path) -> io::Result<()> {
    if path.symlink_metadata().is_err() {
        return fs::rename(partial, path);
    }
    fs::rename(path, old)?;
    if let Err(error) = fs::rename(partial, path) {
        let _ = fs::rename(old, path);
        return Err(error);
    }
    fs::remove_dir_all(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> [File; 1] {
        [File {
            name: TABLE.into(),
            text: text.into(),
        }]
    }

    #[test]
    fn a_folder_is_replaced_by_force_alone_and_only_if_it_is_ours() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("out");
        write(&path, false, &files("1")).unwrap();
        assert!(matches!(
            write(&path, false, &files("2")),
            Err(Failure::Usage(_))
        ));
        write(&path, true, &files("2")).unwrap();
        assert_eq!(fs::read_to_string(path.join(TABLE)).unwrap(), "2");
        let entries = fs::read_dir(root.path()).unwrap().count();
        assert_eq!(entries, 1, "nothing hidden is left");

        let foreign = root.path().join("home");
        fs::create_dir(&foreign).unwrap();
        write(&foreign, true, &files("3")).unwrap();
        fs::remove_file(foreign.join(TABLE)).unwrap();
        fs::write(foreign.join("letter.txt"), "dear").unwrap();
        assert!(matches!(
            write(&foreign, true, &files("4")),
            Err(Failure::Usage(_))
        ));
        assert!(foreign.join("letter.txt").is_file());
    }
}
