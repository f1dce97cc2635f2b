//! Files that appear whole or not at all.

use crate::failure::Failure;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// True for `-`, standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// True for a device or a pipe, which is written to and never replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

/// Refuses a path before hours are spent on what was to be written there.
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
    if !folder.is_dir() {
        return Err(Failure::usage(format!(
            "{flag} {shown}: the folder {} does not exist; make it first",
            folder.display()
        )));
    }
    Ok(())
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
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = folder_of(path).join(format!(".{name}.{}.partial", std::process::id()));
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
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
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
}
