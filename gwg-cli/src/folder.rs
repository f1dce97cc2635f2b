//! Output folders that are written atomically.

use crate::failure::Failure;
use crate::outputs;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One file of an output folder.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The target of `--out`.
#[derive(Clone, Copy)]
pub(crate) struct Folder<'f> {
    pub(crate) path: &'f Path,
    /// The command that writes the folder.
    pub(crate) command: &'static str,
    /// A file that identifies the folder as written by the command.
    pub(crate) table: &'static str,
    /// Whether to replace an existing folder.
    pub(crate) force: bool,
}

impl Folder<'_> {
    /// Checks the path before the run, so that a bad path costs no time.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Self {
            path,
            command,
            table,
            force,
        } = *self;
        let shown = path.display();
        outputs::refuse_stdout(
            "--out",
            path,
            "a folder cannot be standard output; name a folder",
        )?;
        if path.file_name().is_none() {
            return Err(Failure::usage(format!(
                "--out {shown}: not a folder name; name a folder that does not exist yet"
            )));
        }
        outputs::check("--out", path, force)?;
        if path.symlink_metadata().is_ok() && !self.ours() {
            return Err(Failure::usage(format!(
                "--out {shown}: exists, but was not written by {command} (it has no {table}), so --force does not replace it; choose another path"
            )));
        }
        Ok(())
    }

    /// True if the folder is empty or contains the identifying file.
    fn ours(&self) -> bool {
        let path = self.path;
        let is_folder = path.symlink_metadata().is_ok_and(|m| m.is_dir());
        let empty = || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
        is_folder && (path.join(self.table).is_file() || empty())
    }

    /// Writes the files to a temporary folder next to the path and renames it into place.
    pub(crate) fn write(&self, files: &[File]) -> Result<(), Failure> {
        self.check()?;
        let path = self.path;
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
}

fn filled(folder: &Path, files: &[File]) -> io::Result<()> {
    fs::create_dir(folder)?;
    for file in files {
        fs::write(folder.join(&file.name), &file.text)?;
    }
    Ok(())
}

/// Swaps the new folder in for the old one, which is removed only once the new one is in place.
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

    const TABLE: &str = "table.csv";

    fn at(path: &Path, force: bool) -> Folder<'_> {
        Folder {
            path,
            command: "a command",
            table: TABLE,
            force,
        }
    }

    fn files(text: &str) -> [File; 1] {
        [File {
            name: TABLE.into(),
            text: text.into(),
        }]
    }

    #[test]
    fn a_folder_is_replaced_only_with_force_and_if_the_command_wrote_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("out");
        at(&path, false).write(&files("1")).unwrap();
        let again = at(&path, false).write(&files("2"));
        assert!(matches!(again, Err(Failure::Usage(_))));
        at(&path, true).write(&files("2")).unwrap();
        assert_eq!(fs::read_to_string(path.join(TABLE)).unwrap(), "2");
        let entries = fs::read_dir(root.path()).unwrap().count();
        assert_eq!(entries, 1, "no temporary folder remains");

        let foreign = root.path().join("home");
        fs::create_dir(&foreign).unwrap();
        at(&foreign, true).write(&files("3")).unwrap();
        fs::remove_file(foreign.join(TABLE)).unwrap();
        fs::write(foreign.join("letter.txt"), "dear").unwrap();
        let over = at(&foreign, true).write(&files("4"));
        assert!(matches!(over, Err(Failure::Usage(_))));
        assert!(foreign.join("letter.txt").is_file());
    }

    #[test]
    fn a_failed_write_leaves_no_temporary_folder() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("out");
        let mut bad = Vec::from(files("x"));
        bad.push(File {
            name: "no/such/place".into(),
            text: "x".into(),
        });
        assert!(matches!(at(&path, false).write(&bad), Err(Failure::Run(_))));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
