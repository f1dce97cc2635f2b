//! Output folders that are written atomically.

use crate::failure::Failure;
use crate::{hidden, outputs};
use gwg_chains::publish;
use gwg_models::io::visible_path;
use std::fs;
use std::io;
use std::path::Path;

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
            force,
            ..
        } = *self;
        let shown = visible_path(path);
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
        if path.symlink_metadata().is_ok()
            && let Some(why) = self.foreign()
        {
            return Err(Failure::usage(format!(
                "--out {shown}: exists, but was not written by {command} ({why}), so --force does not replace it; choose another path"
            )));
        }
        Ok(())
    }

    /// What of the path the command did not write; `None` if it is a folder that is empty, or has the identifying file and no file of a
    /// kind that is not written.
    fn foreign(&self) -> Option<String> {
        let path = self.path;
        if !path.symlink_metadata().is_ok_and(|m| m.is_dir()) {
            return Some("it is no folder".to_owned());
        }
        let empty = fs::read_dir(path).map(|mut entries| entries.next().is_none());
        if !empty.is_ok_and(|empty| empty) && !path.join(self.table).is_file() {
            return Some(format!("it has no {}", self.table));
        }
        match hidden::stranger(path) {
            Ok(stranger) => stranger.map(|entry| format!("it has {}", entry.file_name().display())),
            Err(error) => Some(format!("it cannot be listed: {error}")),
        }
    }

    /// Writes the files to a temporary folder next to the path and renames it into place.
    pub(crate) fn write(&self, files: &[File]) -> Result<(), Failure> {
        self.check()?;
        let path = self.path;
        let (partial, old) = (hidden::beside(path, "partial"), hidden::beside(path, "old"));
        filled(&partial, files)
            .and_then(|_held| swapped(path, &partial, &old))
            .map_err(|error| {
                let _ = fs::remove_dir_all(&partial);
                Failure::run(format!("--out {}: {error}", visible_path(path)))
            })
    }
}

/// Held until the result is dropped.
fn filled(folder: &Path, files: &[File]) -> io::Result<Option<fs::File>> {
    let ((), held) = hidden::made(folder, |folder| fs::create_dir(folder))?;
    for file in files {
        fs::write(folder.join(&file.name), &file.text)?;
    }
    publish::sync(folder)?;
    Ok(held)
}

/// Exchanges the new folder for the old one, which is removed only once the new one is in place.
fn swapped(path: &Path, partial: &Path, old: &Path) -> io::Result<()> {
    if path.symlink_metadata().is_err() {
        return publish::rename_new(partial, path);
    }
    match publish::exchange(partial, path) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        done => return done.and_then(|()| fs::remove_dir_all(partial)),
    }
    publish::rename_new(path, old)?;
    if let Err(error) = publish::rename_new(partial, path) {
        let _ = publish::rename_new(old, path);
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
        fs::write(foreign.join(TABLE), "").unwrap();
        let Err(Failure::Usage(why)) = at(&foreign, true).write(&files("5")) else {
            panic!("a folder with a letter was replaced");
        };
        assert!(why.contains("(it has letter.txt)"), "{why}");
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
