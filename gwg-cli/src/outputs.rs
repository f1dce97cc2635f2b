//! Files that appear whole or not at all.

use crate::failure::Failure;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// True for `-`, standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// True for a device or a pipe, which is written to and never replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

/// Refuses a path before hours are spent on what was to be written there, a folder's as well as a file's.
pub(crate) fn check(flag: &str, path: &Path, force: bool) -> Result<(), Failure> {
    if is_stdout(path) || is_special(path) {
        return Ok(());
    }
    let shown = path.display();
    if path.symlink_metadata().is_ok() && !force {
        return Err(Failure::usage(format!(
            "{flag} {shown}: exists already; choose another path, or overwrite it with --force"
        )));
    }
    let folder = folder_of(path);
    match fs::metadata(&folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => {
            return Err(Failure::usage(format!(
                "{flag} {shown}: {} is a file, not a folder; choose another path",
                folder.display()
            )));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::usage(format!(
                "{flag} {shown}: the folder {} does not exist; make it first",
                folder.display()
            )));
        }
        Err(error) => {
            return Err(Failure::usage(format!(
                "{flag} {shown}: the folder {}: {error}; choose another path",
                folder.display()
            )));
        }
    }
    tried(path).map_err(|error| {
        Failure::usage(format!(
            "{flag} {shown}: nothing can be written in the folder {}: {error}; choose another path",
            folder.display()
        ))
    })
}

/// The same for what can be nothing but a file.
pub(crate) fn check_file(flag: &str, path: &Path, force: bool) -> Result<(), Failure> {
    check(flag, path, force)?;
    if path.is_dir() || path.file_name().is_none() {
        return Err(Failure::usage(format!(
            "{flag} {}: a folder is there; name a file",
            path.display()
        )));
    }
    Ok(())
}

/// Refuses `-` where what is written is not for standard output.
pub(crate) fn refuse_stdout(flag: &str, path: &Path, why: &str) -> Result<(), Failure> {
    if is_stdout(path) {
        return Err(Failure::usage(format!("{flag} -: {why}")));
    }
    Ok(())
}

/// Refuses outputs of which one would replace another.
pub(crate) fn check_apart(outputs: &[(&str, Option<&Path>)]) -> Result<(), Failure> {
    let mut taken: Vec<(&str, PathBuf)> = Vec::new();
    for &(flag, path) in outputs {
        let Some(path) = path.filter(|path| !is_stdout(path) && !is_special(path)) else {
            continue;
        };
        let place = place(path);
        if let Some((first, _)) = taken.iter().find(|(_, there)| *there == place) {
            return Err(Failure::usage(format!(
                "{flag} {}: that is where {first} is to be written; give each a path of its own",
                path.display()
            )));
        }
        taken.push((flag, place));
    }
    Ok(())
}

/// A path by which the same place is known however it was spelled.
fn place(path: &Path) -> PathBuf {
    let folder = folder_of(path);
    let folder = folder.canonicalize().unwrap_or(folder);
    path.file_name()
        .map_or_else(|| folder.clone(), |name| folder.join(name))
}

/// Makes the file in which the output begins, and removes it.
fn tried(path: &Path) -> std::io::Result<()> {
    let partial = partial_of(path);
    if let Err(error) = fs::File::create_new(&partial) {
        if error.kind() != ErrorKind::AlreadyExists {
            return Err(error);
        }
        // What a process of the same number left when it was killed.
        fs::remove_file(&partial)?;
        fs::File::create_new(&partial)?;
    }
    fs::remove_file(&partial)
}

/// Where an output begins, beside the path that it is renamed to.
fn partial_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    folder_of(path).join(format!(".{name}.{}.partial", std::process::id()))
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Writes `text` beside `path` and renames it there; `-` is standard output.
pub(crate) fn write(flag: &str, path: &Path, text: &str) -> Result<(), Failure> {
    if is_stdout(path) {
        return print(text);
    }
    let failed = |error| Failure::run(format!("{flag} {}: {error}", path.display()));
    if is_special(path) {
        return fs::write(path, text).map_err(failed);
    }
    let partial = partial_of(path);
    let done = fs::write(&partial, text).and_then(|()| fs::rename(&partial, path));
    done.map_err(|error| {
        let _ = fs::remove_file(&partial);
        failed(error)
    })
}

/// Prints to standard output; a reader that has gone away is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::run(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_written_to_and_never_replaced() {
        let null = Path::new("/dev/null");
        assert!(is_special(null));
        assert!(check("--summary", null, false).is_ok());
        assert!(!is_special(Path::new("Cargo.toml")) && !is_special(Path::new("src")));
    }

    #[test]
    fn one_place_is_known_however_it_is_spelled() {
        let root = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "../x/a"].map(|name| root.path().join("x").join(name));
        fs::create_dir(root.path().join("x")).unwrap();
        let apart = |a: &Path, b: &Path| check_apart(&[("--a", Some(a)), ("--b", Some(b))]);
        assert!(matches!(apart(&a, &b), Err(Failure::Usage(_))));
        assert!(apart(&a, &root.path().join("a")).is_ok());
        assert!(apart(Path::new("-"), Path::new("-")).is_ok());
        let null = Path::new("/dev/null");
        assert!(apart(null, null).is_ok());
        assert!(check_apart(&[("--a", Some(&a)), ("--b", None)]).is_ok());
    }

    #[test]
    fn a_check_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        check_file("--summary", &root.path().join("s.json"), false).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
        let folder = check_file("--summary", root.path(), true);
        assert!(matches!(folder, Err(Failure::Usage(_))));
    }
}
