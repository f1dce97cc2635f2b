//! The files that a model was built from, so that a run does not go on with others.

use crate::failure::Failure;
use gwg_models::io::{visible, visible_path};
use gwg_registry::{ModelSpec, SamplerSpec};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A file, by its length and checksum.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct ModelFile {
    path: String,
    bytes: u64,
    /// CRC-32, hexadecimal.
    crc32: String,
}

impl ModelFile {
    /// The regular files that a model and a sampler were built from; what was read from a pipe cannot be read again.
    pub(super) fn all(spec: &ModelSpec, sampler: &SamplerSpec) -> Result<Vec<Self>, Failure> {
        let files = [spec.files(), sampler.files()].concat();
        let regular = files.iter().filter(|path| path.is_file());
        let read = |path| Self::read(path).map_err(|error| unreadable(path, &error));
        regular.map(|path| read(path)).collect()
    }

    fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let (mut crc, mut buffer) = (flate2::Crc::new(), vec![0; 1 << 16]);
        let mut bytes = 0;
        loop {
            let n = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            crc.update(buffer.get(..n).unwrap_or_default());
            bytes += n as u64;
        }
        Ok(Self {
            path: path.to_string_lossy().into_owned(),
            bytes,
            crc32: format!("{:08x}", crc.sum()),
        })
    }

    /// Refuses a file that is not the one of the run that was saved.
    pub(crate) fn check(saved: &[Self], here: &[Self]) -> Result<(), Failure> {
        let mut pairs = saved.iter().zip(here);
        let Some((old, new)) =
            pairs.find(|(old, new)| (old.bytes, &old.crc32) != (new.bytes, &new.crc32))
        else {
            return Ok(());
        };
        Err(Failure::usage(format!(
            "--resume: {}: a file of the model or the sampler has changed: the run was saved with {} bytes of CRC-32 {}, here there are {} of CRC-32 {}; put the old file back, or begin a new run",
            visible(&new.path),
            old.bytes,
            visible(&old.crc32),
            new.bytes,
            new.crc32
        )))
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("{}: cannot be read: {error}", visible_path(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g,1.txt");
        std::fs::write(&path, "2 1\n1 2 1\n").unwrap();
        let spec = ModelSpec::parse(&format!("ising-file:path=\"{}\"", path.display())).unwrap();
        let sampler = SamplerSpec::sweeps();
        let before = ModelFile::all(&spec, &sampler).unwrap();
        assert_eq!((before.len(), before[0].bytes), (1, 10));
        assert!(ModelFile::check(&before, &ModelFile::all(&spec, &sampler).unwrap()).is_ok());
        std::fs::write(&path, "2 1\n1 2 3\n").unwrap();
        let refused =
            ModelFile::check(&before, &ModelFile::all(&spec, &sampler).unwrap()).unwrap_err();
        assert!(
            refused
                .said()
                .contains("a file of the model or the sampler has changed")
        );
        let none = ModelSpec::parse("ising-lattice:side=3").unwrap();
        assert_eq!(ModelFile::all(&none, &sampler).unwrap(), []);
    }
}
