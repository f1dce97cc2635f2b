//! Temporary files and folders next to outputs, `.NAME.PROCESS.partial`: held by the process that writes them, and cleaned after one that was killed.

use crate::session::note;
use gwg_models::io::visible_path;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// Extensions of the files in output folders.
pub(crate) const WRITTEN: [&str; 4] = ["csv", "html", "svg", "toml"];

/// The temporary path of an output: `ending` is `partial`, or `old` for what it replaces.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.{ending}", std::process::id()))
}

/// Attempts to hold what was made before another process removes it.
const ATTEMPTS: usize = 100;

/// Makes a temporary file or folder and holds it until the second is dropped.
pub(crate) fn made<T>(
    path: &Path,
    make: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<(T, Option<File>)> {
    for _ in 0..ATTEMPTS {
        let made = make(path)?;
        let held = hold(path);
        if held.is_some() {
            return Ok((made, held));
        }
        // Either there are no locks, or another process took it for a leftover before it was held, and is about to remove it.
        sleep(Duration::from_millis(10));
        if path.symlink_metadata().is_ok() {
            return Ok((made, None));
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Marks a file or folder as in use until the result is dropped or the process ends; `None` where another process uses it, or where there are no locks.
fn hold(path: &Path) -> Option<File> {
    let file = File::open(path).ok()?;
    lock(&file).ok()?;
    // It may have been removed between the two.
    path.symlink_metadata().is_ok().then_some(file)
}

#[cfg(unix)]
fn lock(file: &File) -> io::Result<()> {
    use rustix::fs::{FlockOperation, flock};
    Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

#[cfg(not(unix))]
fn lock(_: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Removes what processes that were killed left next to an output, and says so.
pub(crate) fn clean(path: &Path) {
    let Some(name) = path.file_name() else {
        return;
    };
    let prefix = format!(".{}.", name.to_string_lossy());
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // A folder that cannot be read is refused elsewhere.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let hidden = entry.file_name();
        let left = hidden.to_string_lossy();
        let rest = left.strip_prefix(&prefix).unwrap_or_default();
        let process = rest
            .strip_suffix(".partial")
            .or_else(|| rest.strip_suffix(".old"));
        let numbered =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !process.is_some_and(numbered) {
            continue;
        }
        let path = path.with_file_name(&hidden);
        // Opening a pipe would wait for its other end.
        let plain = |found: fs::Metadata| found.is_file() || found.is_dir();
        if !path.symlink_metadata().is_ok_and(plain) {
            continue;
        }
        let Some(_held) = hold(&path) else {
            continue;
        };
        let removed = match path.symlink_metadata() {
            Ok(found) if found.is_file() => fs::remove_file(&path),
            Ok(found) if found.is_dir() && stranger(&path).is_ok_and(|s| s.is_none()) => {
                fs::remove_dir_all(&path)
            }
            _ => continue,
        };
        if removed.is_ok() {
            let shown = visible_path(&path);
            note(&format!(
                "{shown} was removed: a run that was killed had left it"
            ));
        }
    }
}

/// The first entry of a folder that is not a file of a kind that commands write.
pub(crate) fn stranger(folder: &Path) -> io::Result<Option<fs::DirEntry>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.path().extension().map(OsStr::to_owned);
        let written = kind.is_some_and(|kind| WRITTEN.iter().any(|known| kind == **known));
        if !(written && entry.file_type()?.is_file()) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_or_not_ours_stays() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("s.json");
        for name in [
            ".s.json.1.partial",
            ".s.json.2.partial",
            ".s.json.x.partial",
            ".ss.json.1.partial",
            "s.json",
        ] {
            fs::write(root.path().join(name), "").unwrap();
        }
        fs::create_dir(root.path().join(".s.json.3.old")).unwrap();
        fs::create_dir(root.path().join(".s.json.4.old")).unwrap();
        fs::write(root.path().join(".s.json.4.old/letter.txt"), "dear").unwrap();
        let held = hold(&root.path().join(".s.json.2.partial")).unwrap();
        clean(&path);
        drop(held);
        let names = fs::read_dir(root.path()).unwrap().flatten();
        let mut names: Vec<String> = names
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                ".s.json.2.partial",
                ".s.json.4.old",
                ".s.json.x.partial",
                ".ss.json.1.partial",
                "s.json"
            ]
        );
    }
}
