//! Output files that are written atomically.

use crate::failure::Failure;
use crate::hidden;
use gwg_chains::publish;
use gwg_models::io::{visible, visible_path};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// True for `-`, standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// True for a device or a pipe, which is written to directly instead of being replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

/// True for a pipe in a folder; those of the shell (`>(command)`) have a reader, and a path that leads nowhere.
#[cfg(unix)]
fn is_named_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let found = path.canonicalize().and_then(fs::metadata);
    found.is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_named_pipe(_: &Path) -> bool {
    false
}

/// Checks the path of an output file or folder before the run, so that a bad path costs no time.
pub(crate) fn check(flag: &str, path: &Path, force: bool) -> Result<(), Failure> {
    let shown = visible_path(path);
    if is_named_pipe(path) {
        return Err(Failure::usage(format!(
            "{flag} {shown}: found a named pipe, which is written to only while something reads it; name a file, or - for standard output where the flag allows it"
        )));
    }
    if is_stdout(path) || is_special(path) {
        return Ok(());
    }
    if path.symlink_metadata().is_ok() && !force {
        return Err(Failure::usage(format!(
            "{flag} {shown}: already exists; choose another path, or overwrite it with --force"
        )));
    }
    let folder = folder_of(path);
    match fs::metadata(&folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => {
            return Err(Failure::usage(format!(
                "{flag} {shown}: {} is a file, not a folder; choose another path",
                visible_path(&folder)
            )));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::usage(format!(
                "{flag} {shown}: the folder {} does not exist; create it first",
                visible_path(&folder)
            )));
        }
        Err(error) => {
            return Err(Failure::usage(format!(
                "{flag} {shown}: cannot read the folder {}: {error}; choose another path",
                visible_path(&folder)
            )));
        }
    }
    hidden::clean(path);
    check_writable(path).map_err(|error| {
        Failure::usage(format!(
            "{flag} {shown}: cannot write to the folder {}: {error}; choose another path",
            visible_path(&folder)
        ))
    })
}

/// Checks the path of an output that must be a file.
pub(crate) fn check_file(flag: &str, path: &Path, force: bool) -> Result<(), Failure> {
    check(flag, path, force)?;
    if path.is_dir() || path.file_name().is_none() {
        return Err(Failure::usage(format!(
            "{flag} {}: is a folder; name a file",
            visible_path(path)
        )));
    }
    Ok(())
}

/// Checks the path of a checkpoint: a file, which may be the one that the run is resumed from.
pub(crate) fn check_checkpoint(
    path: &Path,
    resumed: Option<&Path>,
    force: bool,
) -> Result<(), Failure> {
    let why = "standard output has the results; name a file";
    refuse_stdout("--checkpoint", path, why)?;
    if is_special(path) {
        return Err(Failure::usage(format!(
            "--checkpoint {}: found a device or a pipe, of which nothing can be read again; name a file",
            visible_path(path)
        )));
    }
    let own = resumed.is_some_and(|resumed| place(resumed) == place(path));
    check_file("--checkpoint", path, force || own)
}

/// Rejects `-` for an output that cannot be written to standard output.
pub(crate) fn refuse_stdout(flag: &str, path: &Path, why: &str) -> Result<(), Failure> {
    if is_stdout(path) {
        return Err(Failure::usage(format!("{flag} -: {why}")));
    }
    Ok(())
}

/// Rejects outputs with the same path, or inside another.
pub(crate) fn check_apart(outputs: &[(&str, Option<&Path>)]) -> Result<(), Failure> {
    let mut taken: Vec<(&str, PathBuf)> = Vec::new();
    for &(flag, path) in outputs {
        let Some(path) = path.filter(|path| !is_stdout(path) && !is_special(path)) else {
            continue;
        };
        let place = place(path);
        let within = |there: &Path| place.starts_with(there) || there.starts_with(&place);
        if let Some((first, _)) = taken.iter().find(|(_, there)| within(there)) {
            return Err(Failure::usage(format!(
                "{flag} {}: is also the path of {first}, or one is inside the other; use a different path for each output",
                visible_path(path)
            )));
        }
        taken.push((flag, place));
    }
    Ok(())
}

/// A normalized path, equal for all spellings of the same location.
fn place(path: &Path) -> PathBuf {
    let folder = folder_of(path);
    let folder = folder.canonicalize().unwrap_or(folder);
    path.file_name()
        .map_or_else(|| folder.clone(), |name| folder.join(name))
}

/// Creates the temporary file of the output, and removes it.
fn check_writable(path: &Path) -> std::io::Result<()> {
    let partial = hidden::beside(path, "partial");
    let _held = create(&partial)?;
    fs::remove_file(&partial)
}

/// Creates a temporary file and holds it until the second is dropped.
fn create(partial: &Path) -> std::io::Result<(fs::File, Option<fs::File>)> {
    hidden::made(partial, |partial| match fs::File::create_new(partial) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            // Left over from a killed process with the same id.
            fs::remove_file(partial)?;
            fs::File::create_new(partial)
        }
        file => file,
    })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Writes `text` to a temporary file next to `path` and renames it once it is on the disk; `-` is standard output. Without `force`, what has
/// appeared at the path since it was checked stays.
pub(crate) fn write(flag: &str, path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    if is_stdout(path) {
        return print(text);
    }
    write_bytes(flag, path, text.as_bytes(), force)
}

/// Writes text to a file, or to standard output without one.
pub(crate) fn text(
    flag: &str,
    path: Option<&Path>,
    text: &str,
    force: bool,
) -> Result<(), Failure> {
    match path {
        Some(path) => write(flag, path, text, force),
        None => print(text),
    }
}

/// Writes bytes in the same way; not to standard output.
pub(crate) fn bytes(flag: &str, path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    write_bytes(flag, path, bytes, force)
}

/// Puts `bytes` in place of what is at `path`, in the same way.
pub(crate) fn replace(flag: &str, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_bytes(flag, path, bytes, true)
}

/// [`write()`] of bytes to a file.
pub(crate) fn write_bytes(
    flag: &str,
    path: &Path,
    bytes: &[u8],
    force: bool,
) -> Result<(), Failure> {
    let failed = |error| Failure::run(format!("{flag} {}: {error}", visible_path(path)));
    if is_special(path) {
        return fs::write(path, bytes).map_err(failed);
    }
    let partial = hidden::beside(path, "partial");
    let done = create(&partial)
        .and_then(|(mut file, held)| file.write_all(bytes).map(|()| held))
        .and_then(|held| publish::sync(&partial).map(|()| held))
        .and_then(|_held| {
            if force {
                fs::rename(&partial, path)
            } else {
                publish::rename_new(&partial, path)
            }
        });
    done.map_err(|error| {
        let _ = fs::remove_file(&partial);
        if error.kind() == ErrorKind::AlreadyExists {
            return Failure::run(format!(
                "{flag} {}: appeared during the run and is not replaced; name another path, or overwrite it with --force",
                visible_path(path)
            ));
        }
        failed(error)
    })
}

/// The fields of a value as JSON.
pub(crate) fn fields(value: &impl Serialize) -> Result<Map<String, Value>, serde_json::Error> {
    serde_json::to_value(value).and_then(serde_json::from_value)
}

/// Writes the results of a command: as JSON to the path of `--summary`, and as a table to standard output, unless that has the JSON.
pub(crate) fn results(
    summary: Option<&Path>,
    force: bool,
    result: &impl Serialize,
    table: impl FnOnce() -> String,
) -> Result<(), Failure> {
    let mut failed = Vec::new();
    if let Some(path) = summary {
        failed.extend(write_json(path, force, result).err());
    }
    if !summary.is_some_and(is_stdout) {
        failed.extend(show(&table()).err());
    }
    Failure::of_all(failed)
}

fn write_json(path: &Path, force: bool, result: &impl Serialize) -> Result<(), Failure> {
    let failed = |error| Failure::run(format!("--summary {}: {error}", visible_path(path)));
    let object = serde_json::to_value(result).map_err(failed)?;
    write("--summary", path, &format!("{object:#}\n"), force)
}

/// Prints lines of text for a terminal, whatever they quote of files.
pub(crate) fn show(text: &str) -> Result<(), Failure> {
    let lines = text.split('\n').map(visible);
    print(&lines.collect::<Vec<_>>().join("\n"))
}

/// Prints to standard output; a closed pipe is not an error.
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
    fn devices_are_written_to_and_not_replaced() {
        let null = Path::new("/dev/null");
        assert!(is_special(null));
        assert!(check("--summary", null, false).is_ok());
        assert!(!is_special(Path::new("Cargo.toml")) && !is_special(Path::new("src")));
    }

    #[test]
    fn different_spellings_of_a_path_are_the_same_output() {
        let root = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "../x/a"].map(|name| root.path().join("x").join(name));
        fs::create_dir(root.path().join("x")).unwrap();
        let distinct = |a: &Path, b: &Path| check_apart(&[("--a", Some(a)), ("--b", Some(b))]);
        assert!(matches!(distinct(&a, &b), Err(Failure::Usage(_))));
        assert!(distinct(&a, &root.path().join("a")).is_ok());
        assert!(distinct(Path::new("-"), Path::new("-")).is_ok());
        let null = Path::new("/dev/null");
        assert!(distinct(null, null).is_ok());
        assert!(check_apart(&[("--a", Some(&a)), ("--b", None)]).is_ok());
    }

    #[test]
    fn what_has_appeared_is_not_replaced() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("s.json");
        check("--summary", &path, false).unwrap();
        fs::write(&path, "theirs").unwrap();
        let failure = write("--summary", &path, "ours", false).unwrap_err();
        assert!(matches!(failure, Failure::Run(why) if why.contains("appeared during the run")));
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        write("--summary", &path, "ours", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_check_leaves_no_files() {
        let root = tempfile::tempdir().unwrap();
        check_file("--summary", &root.path().join("s.json"), false).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
        let folder = check_file("--summary", root.path(), true);
        assert!(matches!(folder, Err(Failure::Usage(_))));
    }
}
