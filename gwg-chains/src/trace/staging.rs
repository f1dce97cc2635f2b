//! The hidden folder that a trace is written to, and its renaming at the end.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::TraceError;
use super::parse::is_group;

/// Hidden names tried before giving up.
const ATTEMPTS: u32 = 1000;

/// A folder next to `target` that is renamed to it, or removed when dropped.
#[derive(Debug)]
pub(super) struct Staging {
    target: PathBuf,
    folder: PathBuf,
    force: bool,
    published: bool,
}

impl Staging {
    /// Refuses early what [`publish`](Self::publish) would refuse after hours of sampling.
    pub(super) fn new(target: &Path, force: bool) -> Result<Self, TraceError> {
        check_free(target, force)?;
        let create = |path: &Path| fs::create_dir(path);
        let folder = hidden(target, "partial", create, "create the folder")?;
        Ok(Self {
            target: target.to_owned(),
            folder,
            force,
            published: false,
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives the folder its name, in place of a Zarr group that may be there.
    ///
    /// The old group is moved aside first and back again should the renaming fail, so that one of the two is always whole.
    pub(super) fn publish(mut self) -> Result<(), TraceError> {
        let replaced = if check_free(&self.target, self.force)? {
            let aside = |path: &Path| fs::rename(&self.target, path);
            Some(hidden(
                &self.target,
                "replaced",
                aside,
                "move the old trace to",
            )?)
        } else {
            None
        };
        if let Err(cause) = fs::rename(&self.folder, &self.target) {
            if let Some(old) = &replaced {
                fs::rename(old, &self.target).map_err(TraceError::io("move back", old))?;
            }
            return Err(TraceError::io("rename the finished trace to", &self.target)(cause));
        }
        self.published = true;
        match replaced {
            Some(old) => {
                fs::remove_dir_all(&old).map_err(TraceError::io("remove the old trace", &old))
            }
            None => Ok(()),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.published {
            // The error cannot be reported here; what remains is a hidden folder.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Whether there is something to replace at `path`; an error if it must not be.
fn check_free(path: &Path, force: bool) -> Result<bool, TraceError> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(TraceError::io("look at", path)(e)),
    };
    if !force {
        return Err(TraceError::Exists {
            path: path.to_owned(),
        });
    }
    let found = match kind {
        kind if kind.is_symlink() => "a symbolic link",
        kind if !kind.is_dir() => "not a folder",
        _ if !is_group(path) => "a folder that is no Zarr 3 group",
        _ => return Ok(true),
    };
    Err(TraceError::NotATrace {
        path: path.to_owned(),
        found,
    })
}

/// Makes `.NAME.KIND-PROCESS-COUNT` next to `target` by `make`, with the first unused count.
fn hidden(
    target: &Path,
    kind: &str,
    make: impl Fn(&Path) -> std::io::Result<()>,
    action: &'static str,
) -> Result<PathBuf, TraceError> {
    let Some(name) = target.file_name() else {
        let allowed = "it must end in a name that a folder can be given";
        return Err(TraceError::spec("path", target.display(), allowed));
    };
    let mut count = 0;
    loop {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{kind}-{}-{count}", std::process::id()));
        let path = target.with_file_name(hidden);
        match make(&path) {
            Ok(()) => return Ok(path),
            Err(e) if taken(&e) && count < ATTEMPTS => count += 1,
            Err(e) => return Err(TraceError::io(action, &path)(e)),
        }
    }
}

fn taken(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty
    )
}
