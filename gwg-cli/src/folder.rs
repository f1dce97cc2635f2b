//! Folders of results that appear whole or not at all.

use crate::failure::Failure;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file to be: its name and its content.
pub(crate) type File = (String, String);

/// Refuses a folder before anything is computed for it: where one of `names` is in it, or it is no folder.
pub(crate) fn check(flag: &str, folder: &Path, names: &[&str], force: bool) -> Result<(), Failure> {
    let shown = folder.display();
    let parent = parent_of(folder);
    if !parent.is_dir() {
        return Err(Failure::usage(format!(
            "{flag} {shown}: the folder {} does not exist; make it first",
            parent.display()
        )));
    }
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        return Err(Failure::usage(format!(
            "{flag} {shown}: exists and is no folder; choose another path"
        )));
    }
    let there = |name: &&&str| folder.join(name).symlink_metadata().is_ok();
    match names.iter().find(there) {
        Some(name) if !force => Err(Failure::usage(format!(
            "{flag} {shown}: holds a {name} already; choose another folder, or overwrite it with --force"
        ))),
        _ => Ok(()),
    }
}

fn parent_of(folder: &Path) -> PathBuf {
    match folder.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Writes all files to a folder beside `folder`, which then takes its name; a folder that exists gets the files one by one,
/// once all have been written, and keeps what else it holds.
pub(crate) fn write(flag: &str, folder: &Path, files: &[File]) -> Result<(), Failure> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let partial = parent_of(folder).join(format!(".{name}.{}.partial", std::process::id()));
    let done = fill(&partial, files).and_then(|()| settle(&partial, folder, files));
    done.map_err(|error| {
        let _ = fs::remove_dir_all(&partial);
        Failure::run(format!("{flag} {}: {error}", folder.display()))
    })
}

fn fill(partial: &Path, files: &[File]) -> io::Result<()> {
    fs::create_dir(partial)?;
    for (name, text) in files {
        fs::write(partial.join(name), text)?;
    }
    Ok(())
}

fn settle(partial: &Path, folder: &Path, files: &[File]) -> io::Result<()> {
    if !folder.is_dir() {
        return fs::rename(partial, folder);
    }
    for (name, _) in files {
        fs::rename(partial.join(name), folder.join(name))?;
    }
    fs::remove_dir(partial)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> Vec<File> {
        ["a.csv", "b.svg"].map(|n| (n.into(), text.into())).to_vec()
    }

    fn message(result: Result<(), Failure>) -> String {
        match result {
            Err(Failure::Usage(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_folder_appears_whole_and_is_kept() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("out");
        let names = ["a.csv", "b.svg"];
        assert!(check("--out", &folder, &names, false).is_ok());
        write("--out", &folder, &files("first")).unwrap();
        assert!(message(check("--out", &folder, &names, false)).contains("a.csv already"));
        assert!(check("--out", &folder, &names, true).is_ok());
        fs::write(folder.join("mine.txt"), "mine").unwrap();
        write("--out", &folder, &files("second")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("b.svg")).unwrap(), "second");
        assert_eq!(fs::read_to_string(folder.join("mine.txt")).unwrap(), "mine");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_left_where_a_file_cannot_be_written() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("out");
        let bad = [
            ("good".into(), "x".into()),
            ("no/such/place".into(), "x".into()),
        ];
        assert!(matches!(
            write("--out", &folder, &bad),
            Err(Failure::Run(_))
        ));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "mine").unwrap();
        assert!(message(check("--out", &file, &[], true)).contains("no folder"));
        let deep = place.path().join("none/out");
        assert!(message(check("--out", &deep, &[], true)).contains("does not exist"));
    }
}
