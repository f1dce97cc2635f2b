//! Hidden folders next to the path of a trace: of this run, of others that go on, and of runs that were killed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::TraceError;
use super::ours::{foreign, stranger};
use crate::publish::{point, rename_new};

/// Hidden names tried before giving up.
const ATTEMPTS: u32 = 1000;

/// A trace that is being written.
pub(super) const PARTIAL: &str = "partial";

/// An old trace that was moved aside.
pub(super) const REPLACED: &str = "replaced";

/// A hidden folder that this process holds: others see by its lock, which the system releases when the process ends, that it is in use.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) path: PathBuf,
    _lock: Option<File>,
}

impl Held {
    /// Makes `.NAME.KIND-PROCESS-COUNT` next to `target` by `make`, with the first unused count.
    pub(super) fn new(
        target: &Path,
        kind: &str,
        make: impl Fn(&Path) -> std::io::Result<()>,
        action: &'static str,
    ) -> Result<Self, TraceError> {
        let name = name_of(target)?;
        let mut count = 0;
        loop {
            let mut hidden = prefix(name, kind);
            hidden.push(format!("{}-{count}", std::process::id()));
            let path = target.with_file_name(hidden);
            let made = make(&path);
            point();
            match made.and_then(|()| lock(&path)) {
                Ok(Lock::Held(lock)) => return Ok(Self { path, _lock: lock }),
                // Another process took it for a leftover before it was locked.
                Ok(Lock::Elsewhere) if count < ATTEMPTS => count += 1,
                Err(e) if taken(&e) && count < ATTEMPTS => count += 1,
                Ok(Lock::Elsewhere) => {
                    let error = std::io::Error::from(ErrorKind::ResourceBusy);
                    return Err(TraceError::io(action, &path)(error));
                }
                Err(e) => return Err(TraceError::io(action, &path)(e)),
            }
        }
    }
}

fn taken(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty
    )
}

fn name_of(target: &Path) -> Result<&std::ffi::OsStr, TraceError> {
    target.file_name().ok_or_else(|| {
        let allowed = "it must end in a name that a folder can be given";
        TraceError::spec("path", target.display(), allowed)
    })
}

fn prefix(name: &std::ffi::OsStr, kind: &str) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(format!(".{kind}-"));
    prefix
}

enum Lock {
    Held(Option<File>),
    Elsewhere,
}

#[cfg(unix)]
fn lock(folder: &Path) -> std::io::Result<Lock> {
    use rustix::fs::{FlockOperation, flock};
    let file = match File::open(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Lock::Elsewhere),
        file => file?,
    };
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        // It may have been removed between the two.
        Ok(()) if folder.is_dir() => Ok(Lock::Held(Some(file))),
        Ok(()) | Err(rustix::io::Errno::WOULDBLOCK) => Ok(Lock::Elsewhere),
        // A file system without locks: nothing is taken for a leftover there.
        Err(_) => Ok(Lock::Held(None)),
    }
}

#[cfg(not(unix))]
fn lock(_: &Path) -> std::io::Result<Lock> {
    Ok(Lock::Held(None))
}

/// Cleans what killed runs left next to `target`: removes traces that they did not finish, and old ones that were replaced; puts an old one back
/// that was moved aside while there is nothing at the path. Returns what was done, as sentences.
///
/// Folders of processes that go on are locked, and stay; so does what this library did not write.
pub(super) fn clean(target: &Path) -> Result<Vec<String>, TraceError> {
    let name = name_of(target)?;
    let parent = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut done = Vec::new();
    // The folder is not there, or not readable: creating the trace will say so.
    let Ok(entries) = fs::read_dir(parent) else {
        return Ok(done);
    };
    let mut found: Vec<(bool, PathBuf)> = Vec::new();
    for entry in entries.flatten() {
        let hidden = entry.file_name();
        let of = |kind| is_hidden(&hidden, &prefix(name, kind));
        if of(REPLACED) || of(PARTIAL) {
            found.push((of(REPLACED), target.with_file_name(&hidden)));
        }
    }
    found.sort();
    for (replaced, path) in found {
        let folder = path.symlink_metadata().is_ok_and(|m| m.is_dir());
        // Held until it is gone, so that of several runs one cleans it.
        let Some(_lock) = folder.then(|| lock(&path)).and_then(|lock| match lock {
            Ok(Lock::Held(Some(lock))) => Some(lock),
            _ => None,
        }) else {
            continue;
        };
        if replaced && target.symlink_metadata().is_err() && foreign(&path).is_none() {
            point();
            rename_new(&path, target).map_err(TraceError::io("move back", &path))?;
            done.push(format!(
                "{} was put back: a run that was to replace it was killed",
                target.display()
            ));
        } else if unfinished(&path) {
            point();
            remove(&path)?;
            done.push(format!(
                "{} was removed: a run that was killed had left it",
                path.display()
            ));
        }
    }
    Ok(done)
}

/// Removes a folder; another process may have begun to.
pub(super) fn remove(path: &Path) -> Result<(), TraceError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(TraceError::io("remove the folder", path)(error))
        }
        _ => Ok(()),
    }
}

fn is_hidden(name: &std::ffi::OsStr, prefix: &std::ffi::OsStr) -> bool {
    let rest = name
        .as_encoded_bytes()
        .strip_prefix(prefix.as_encoded_bytes());
    rest.is_some_and(|rest| {
        let mut numbers = rest.split(|&byte| byte == b'-');
        let number = |part: Option<&[u8]>| {
            part.is_some_and(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
        };
        number(numbers.next()) && number(numbers.next()) && numbers.next().is_none()
    })
}

/// Whether a folder is a trace, or the beginning or the rest of one.
fn unfinished(folder: &Path) -> bool {
    stranger(folder, &mut Vec::new()).is_none()
}
