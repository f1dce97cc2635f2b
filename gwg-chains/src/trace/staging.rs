//! The folder that a trace is written to: hidden at first, then at its path.

mod files;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::TraceError;
use super::leftovers::{self, Held, PARTIAL, REPLACED};
use super::ours::{TEMPORARY, foreign};
use crate::publish::{exchange, point, rename_new, sync_name};

/// A folder next to `target` that is renamed to it, or removed when dropped before that. It is held as long as this value lives.
#[derive(Debug)]
pub(super) struct Staging {
    target: PathBuf,
    folder: Held,
    force: bool,
    published: bool,
    cleaned: Vec<String>,
    /// Files that take the places of others: their names now and then.
    waiting: Vec<(String, String)>,
    temporaries: usize,
}

impl Staging {
    /// Refuses early what [`publish`](Self::publish) would refuse after hours of sampling, and cleans what killed runs left.
    pub(super) fn new(target: &Path, force: bool) -> Result<Self, TraceError> {
        let cleaned = leftovers::clean(target)?;
        check_free(target, force)?;
        let create = |path: &Path| fs::create_dir(path);
        let folder = Held::new(target, PARTIAL, create, "create the folder")?;
        Ok(Self {
            target: target.to_owned(),
            folder,
            force,
            published: false,
            cleaned,
            waiting: Vec::new(),
            temporaries: 0,
        })
    }

    /// Takes up the trace at `target`, and cleans what killed runs left.
    pub(super) fn resume(target: &Path) -> Result<Self, TraceError> {
        let cleaned = leftovers::clean(target)?;
        let path = || target.to_owned();
        let missing = |found| TraceError::NoTrace {
            path: path(),
            found,
        };
        if !target.exists() {
            return Err(missing("missing"));
        }
        if !target.is_dir() {
            return Err(missing("a file"));
        }
        let held = Held::existing(target).map_err(TraceError::io("open", target))?;
        let staging = Self {
            target: path(),
            folder: held.ok_or_else(|| TraceError::InUse { path: path() })?,
            force: false,
            published: true,
            cleaned,
            waiting: Vec::new(),
            temporaries: 0,
        };
        Ok(staging)
    }

    /// Whether the folder is at its path.
    pub(super) fn is_published(&self) -> bool {
        self.published
    }

    /// The folder, to see whether it is still at its path.
    pub(super) fn held(&self) -> Held {
        self.folder.clone()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder.path
    }

    pub(super) fn cleaned(&self) -> &[String] {
        &self.cleaned
    }

    /// Gives the folder its name, in place of a trace that may be there, once all of it is on the disk.
    ///
    /// Old and new are exchanged in one operation. Where the file system cannot, the old one is moved aside first; a run that is killed right
    /// after that leaves nothing at the path, but both next to it, and the next run there puts the old one back.
    pub(super) fn publish(&mut self) -> Result<(), TraceError> {
        self.present()?;
        self.flush()?;
        let replaced = if check_free(&self.target, self.force)? {
            Some(self.exchange()?)
        } else {
            rename_new(self.folder(), &self.target).map_err(|cause| {
                if cause.kind() == ErrorKind::AlreadyExists {
                    let path = self.target.clone();
                    return TraceError::Exists { path };
                }
                TraceError::io("rename the finished trace to", &self.target)(cause)
            })?;
            None
        };
        self.published = true;
        self.folder.path.clone_from(&self.target);
        let parent = self.folder().parent().filter(|p| *p != Path::new(""));
        let parent = parent.unwrap_or(Path::new("."));
        sync_name(parent).map_err(TraceError::io("write to the disk", parent))?;
        match replaced {
            Some(old) => {
                point();
                leftovers::remove(&old)
            }
            None => Ok(()),
        }
    }

    /// Puts the new trace in place of the old one, and returns where the old one is.
    fn exchange(&self) -> Result<PathBuf, TraceError> {
        let (folder, target) = (self.folder(), &self.target);
        match exchange(folder, target) {
            Ok(()) => return Ok(folder.to_owned()),
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(cause) => return Err(TraceError::io("exchange for the new trace", target)(cause)),
        }
        let aside = |path: &Path| rename_new(target, path);
        let old = Held::new(target, REPLACED, aside, "move the old trace to")?;
        if let Err(cause) = rename_new(folder, target) {
            rename_new(&old.path, target).map_err(TraceError::io("move back", &old.path))?;
            return Err(TraceError::io("rename the finished trace to", target)(
                cause,
            ));
        }
        // Under this name it is never put back, also when only a part of it is left. The name has just become free.
        let done = rename_new(&old.path, folder);
        done.map_err(TraceError::io("move aside", &old.path))?;
        Ok(folder.to_owned())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.published {
            if self.folder.is_present() {
                let _ = fs::remove_dir_all(self.folder().join(TEMPORARY));
            }
        } else {
            // The error cannot be reported here; what remains is a hidden folder, which the next run on this path removes.
            let _ = fs::remove_dir_all(self.folder());
        }
    }
}

/// Whether there is a trace to replace at `path`; an error if what is there must not be.
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
        kind if kind.is_symlink() => Some("a symbolic link".to_owned()),
        kind if !kind.is_dir() => Some("not a folder".to_owned()),
        _ => foreign(path),
    };
    let Some(found) = found else {
        return match Held::existing(path).map_err(TraceError::io("open", path))? {
            Some(_) => Ok(true),
            None => Err(TraceError::InUse {
                path: path.to_owned(),
            }),
        };
    };
    Err(TraceError::NotATrace {
        path: path.to_owned(),
        found,
    })
}

#[cfg(test)]
mod tests;
