//! Giving finished files and folders their names: at every moment there is the old one or the new one, whole.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Renames `from` to `to`, where there must be nothing.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where something is at `to`, also if it has just appeared; errors of the file system.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    point();
    match exclusive(from, to) {
        Err(error) if is_unsupported(&error) => {}
        done => return done,
    }
    // Without the system's help there is a moment between the two.
    if to.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Exchanges two files or folders in one operation.
///
/// # Errors
/// [`io::ErrorKind::Unsupported`] where the system or the file system cannot; errors of the file system. Nothing has happened then.
pub fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    point();
    exchanged(one, other).map_err(|error| {
        if is_unsupported(&error) {
            io::ErrorKind::Unsupported.into()
        } else {
            error
        }
    })
}

/// Waits until what was written in a file or below a folder is on the disk.
///
/// # Errors
/// Errors of the file system, also those of earlier writes.
pub fn sync(path: &Path) -> io::Result<()> {
    point();
    #[cfg(target_os = "linux")]
    if path.is_dir() {
        // One call for tens of thousands of files.
        return Ok(rustix::fs::syncfs(File::open(path)?)?);
    }
    sync_each(path)
}

fn sync_each(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            sync_each(&entry?.path())?;
        }
    }
    sync_name(path)
}

/// Waits until a file, or the names in a folder, are on the disk.
///
/// # Errors
/// Errors of the file system.
pub fn sync_name(path: &Path) -> io::Result<()> {
    point();
    if cfg!(unix) || path.is_file() {
        match File::open(path)?.sync_all() {
            // Some file systems keep no folders that could be waited for.
            Err(error) if path.is_dir() && is_unsupported(&error) => {}
            done => return done,
        }
    }
    Ok(())
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
    )
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn flagged(from: &Path, to: &Path, flags: rustix::fs::RenameFlags) -> io::Result<()> {
    use rustix::fs::{CWD, renameat_with};
    Ok(renameat_with(CWD, from, CWD, to, flags)?)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exclusive(from: &Path, to: &Path) -> io::Result<()> {
    flagged(from, to, rustix::fs::RenameFlags::NOREPLACE)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchanged(one: &Path, other: &Path) -> io::Result<()> {
    #[cfg(test)]
    if std::env::var_os("GWG_TEST_NO_EXCHANGE").is_some() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    flagged(one, other, rustix::fs::RenameFlags::EXCHANGE)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exclusive(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchanged(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Stands between two operations on files: in tests the process can be made to end here, as by a kill.
#[inline]
pub(crate) fn point() {
    #[cfg(test)]
    {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static PASSED: AtomicUsize = AtomicUsize::new(0);
        let passed = PASSED.fetch_add(1, Ordering::SeqCst).to_string();
        if std::env::var("GWG_TEST_ABORT_AT").is_ok_and(|at| at == passed) {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_replaced_and_both_are_kept() {
        let root = tempfile::tempdir().unwrap();
        let [a, b, c] = ["a", "b", "c"].map(|name| root.path().join(name));
        fs::write(&a, "a").unwrap();
        fs::write(&b, "b").unwrap();
        let kind = rename_new(&a, &b).unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&b).unwrap(), b"b");
        rename_new(&a, &c).unwrap();
        match exchange(&b, &c) {
            Ok(()) => assert_eq!(fs::read(&b).unwrap(), b"a"),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::Unsupported),
        }
        sync(root.path()).unwrap();
        sync_each(root.path()).unwrap();
        sync(&b).unwrap();
        assert!(exchange(&b, &a).is_err() && rename_new(&a, &c).is_err());
    }
}
