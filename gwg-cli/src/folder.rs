//! Folders of results that appear whole or not at all.

use crate::failure::Failure;
use crate::outputs;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One file of a folder.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// What `--out` names.
#[derive(Clone, Copy)]
pub(crate) struct Folder<'f> {
    pub(crate) path: &'f Path,
    /// The command that writes it.
    pub(crate) command: &'static str,
    /// The file without which a folder is not one of the command's.
    pub(crate) table: &'static str,
    /// Replace it if it exists.
    pub(crate) force: bool,
}

impl Folder<'_> {
    /// Refuses a path before time is spent on what was to be written there.
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
                "--out {shown}: a folder of its own is needed, which does not exist yet"
            )));
        }
        outputs::check("--out", path, force)?;
        if path.symlink_metadata().is_ok() && !self.ours() {
            return Err(Failure::usage(format!(
                "--out {shown}: exists and is not a folder that {command} wrote (no {table} in it), so that --force does not replace it; choose another path"
            )));
        }
        Ok(())
    }

    /// A folder with our table, or with nothing.
    fn ours(&self) -> bool {
        let path = self.path;
        let is_folder = path.symlink_metadata().is_ok_and(|m| m.is_dir());
        let empty = || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
        is_folder && (path.join(self.table).is_file() || empty())
    }

    /// Writes the files beside the path and renames them there as a whole.
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
    fn a_folder_is_replaced_by_force_alone_and_only_if_it_is_ours() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("out");
        at(&path, false).write(&files("1")).unwrap();
        let again = at(&path, false).write(&files("2"));
        assert!(matches!(again, Err(Failure::Usage(_))));
        at(&path, true).write(&files("2")).unwrap();
        assert_eq!(fs::read_to_string(path.join(TABLE)).unwrap(), "2");
        let entries = fs::read_dir(root.path()).unwrap().count();
        assert_eq!(entries, 1, "nothing hidden is left");

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
    fn nothing_is_left_where_a_file_cannot_be_written() {
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
