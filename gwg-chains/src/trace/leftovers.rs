//! Hidden folders next to the path of a trace: of this run, of others that go on, and of runs that were killed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::TraceError;
use super::ours::{foreign, stranger};
use crate::publish::{point, rename_new};

/// Hidden names tried before giving up.
const ATTEMPTS: u32 = 1000;

/// A trace that is being written.
pub(super) const PARTIAL: &str = "partial";

/// An old trace that was moved aside.
pub(super) const REPLACED: &str = "replaced";

/// A folder that this process holds: others see by its lock, which the system releases when the process ends, that it is in use.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) path: PathBuf,
    /// The folder, wherever it is now; `None` where the system opens no folders.
    file: Option<Arc<Locked>>,
}

/// A folder with a lock, if there are locks.
#[derive(Debug)]
struct Locked(File);

#[cfg(unix)]
impl Drop for Locked {
    /// A child process that is being started shares the lock, and would hold it a moment longer.
    fn drop(&mut self) {
        let _ = rustix::fs::flock(&self.0, rustix::fs::FlockOperation::Unlock);
    }
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
                Ok(Lock::Held(file)) => {
                    let file = Some(Arc::new(file));
                    return Ok(Self { path, file });
                }
                Ok(Lock::Unknown(file)) => {
                    let file = file.map(Arc::new);
                    return Ok(Self { path, file });
                }
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

impl Held {
    /// Holds a folder that is there; `None` if another process does.
    pub(super) fn existing(path: &Path) -> std::io::Result<Option<Self>> {
        let file = match lock(path)? {
            Lock::Held(file) => Some(file),
            Lock::Unknown(file) => file,
            Lock::Elsewhere => return Ok(None),
        };
        let (path, file) = (path.to_owned(), file.map(Arc::new));
        Ok(Some(Self { path, file }))
    }

    /// Whether the folder is still the one at its path.
    #[cfg(unix)]
    pub(super) fn is_present(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let Some(Ok(held)) = self.file.as_ref().map(|file| file.0.metadata()) else {
            return self.path.is_dir();
        };
        let there = fs::metadata(&self.path);
        there.is_ok_and(|there| (there.dev(), there.ino()) == (held.dev(), held.ino()))
    }

    /// Whether there is a folder at its path.
    #[cfg(not(unix))]
    pub(super) fn is_present(&self) -> bool {
        self.path.is_dir()
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
    Held(Locked),
    /// Another process holds the folder, or has removed it.
    Elsewhere,
    /// There are no locks: nothing is taken for a leftover there.
    Unknown(Option<Locked>),
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
        Ok(()) if folder.is_dir() => Ok(Lock::Held(Locked(file))),
        Ok(()) | Err(rustix::io::Errno::WOULDBLOCK) => Ok(Lock::Elsewhere),
        Err(_) => Ok(Lock::Unknown(Some(Locked(file)))),
    }
}

#[cfg(not(unix))]
fn lock(_: &Path) -> std::io::Result<Lock> {
    Ok(Lock::Unknown(None))
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
            Ok(Lock::Held(lock)) => Some(lock),
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
