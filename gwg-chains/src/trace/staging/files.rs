//! Files of the trace.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::Staging;
use crate::publish::{point, sync, sync_name};
use crate::trace::error::TraceError;
use crate::trace::ours::TEMPORARY;

/// Paths of files are relative to the trace.
impl Staging {
    /// An error if the folder is not at its path any more: what is written there then is no part of this trace.
    pub(in crate::trace) fn present(&self) -> Result<(), TraceError> {
        if self.folder.is_present() {
            return Ok(());
        }
        let path = self.folder().to_owned();
        Err(TraceError::Lost { path })
    }

    /// Writes a file that no reader looks for yet.
    pub(in crate::trace) fn create(&self, file: &str, bytes: &[u8]) -> Result<(), TraceError> {
        self.present()?;
        point();
        self.with_parents(file, |path| fs::write(path, bytes), "write")
    }

    /// Writes a file that takes the place of another one at the next [`commit`](Self::commit).
    pub(in crate::trace) fn replace(&mut self, file: &str, bytes: &[u8]) -> Result<(), TraceError> {
        let temporary = self.temporary();
        self.create(&temporary, bytes)?;
        self.waiting.push((temporary, file.to_owned()));
        Ok(())
    }

    /// Gives the files that wait for it their names, one by one, each in one operation. They and all others are on the disk before, and their names after.
    pub(in crate::trace) fn commit(&mut self) -> Result<(), TraceError> {
        self.flush()?;
        for (temporary, file) in std::mem::take(&mut self.waiting) {
            self.rename(&temporary, &file)?;
        }
        self.flush()
    }

    /// Writes a file of the trace's folder itself so that there is the old one or the new one, whole, at every moment, and waits until it is on the disk.
    pub(in crate::trace) fn replace_now(
        &mut self,
        file: &str,
        bytes: &[u8],
    ) -> Result<(), TraceError> {
        let temporary = self.temporary();
        self.create(&temporary, bytes)?;
        let disk = |path: &Path| sync_name(path).map_err(TraceError::io("write to the disk", path));
        disk(&self.folder().join(&temporary))?;
        self.rename(&temporary, file)?;
        if self.waiting.is_empty() {
            // It is made again when it is needed.
            let _ = fs::remove_dir(self.folder().join(TEMPORARY));
        }
        disk(self.folder())
    }

    /// A name that no file has.
    fn temporary(&mut self) -> String {
        self.temporaries += 1;
        format!("{TEMPORARY}/{}", self.temporaries)
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), TraceError> {
        self.present()?;
        point();
        let from = self.folder().join(from);
        self.with_parents(to, |to| fs::rename(&from, to), "replace")
    }

    /// Waits until all files are on the disk.
    pub(in crate::trace) fn flush(&self) -> Result<(), TraceError> {
        sync(self.folder()).map_err(TraceError::io("write to the disk", self.folder()))
    }

    /// Removes the files that a killed writer left.
    pub(in crate::trace) fn remove_temporaries(&self) -> Result<(), TraceError> {
        self.present()?;
        let folder = self.folder().join(TEMPORARY);
        absent(fs::remove_dir_all(&folder)).map_err(TraceError::io("remove", &folder))
    }

    /// Removes the entries of a folder that are numbers from `first` on.
    pub(in crate::trace) fn remove_numbers(
        &self,
        folder: &str,
        first: usize,
    ) -> Result<(), TraceError> {
        self.present()?;
        let folder = self.folder().join(folder);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(TraceError::io("list", &folder))?,
        };
        for entry in entries {
            let entry = entry.map_err(TraceError::io("list", &folder))?;
            let number = entry.file_name().to_str().map(str::parse::<usize>);
            if !number.is_some_and(|n| n.is_ok_and(|n| n >= first)) {
                continue;
            }
            let path = entry.path();
            point();
            let removed = match entry.file_type() {
                Ok(kind) if kind.is_dir() => fs::remove_dir_all(&path),
                _ => fs::remove_file(&path),
            };
            absent(removed).map_err(TraceError::io("remove", &path))?;
        }
        Ok(())
    }

    fn with_parents(
        &self,
        file: &str,
        write: impl Fn(&Path) -> io::Result<()>,
        action: &'static str,
    ) -> Result<(), TraceError> {
        let path = self.folder().join(file);
        let written = match write(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.create_parents(Path::new(file))?;
                write(&path)
            }
            written => written,
        };
        written.map_err(TraceError::io(action, &path))
    }

    /// Creates the folders that a file needs below the trace's folder, but not that one: where it has vanished, so has what was written. Begins at the
    /// innermost folder: of a chunk, the outer ones mostly exist.
    fn create_parents(&self, file: &Path) -> Result<(), TraceError> {
        let Some(parent) = file.parent().filter(|p| !p.as_os_str().is_empty()) else {
            return Ok(());
        };
        let folder = self.folder().join(parent);
        let created = match fs::create_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.create_parents(parent)?;
                fs::create_dir(&folder)
            }
            created => created,
        };
        match created {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(TraceError::io("create the folder", &folder)(error))
            }
            _ => Ok(()),
        }
    }
}

fn absent(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
