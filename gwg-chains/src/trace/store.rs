//! Chunks of an array from their files, with memory bounded by what the files really hold.

use std::fs::{self, File, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::codec::{DEFLATE_RATIO, decode};
use super::error::TraceError;
use super::parse::ArrayInfo;

/// Bytes from which a file may be found to be sparse: below, file systems round as they like.
const SPARSE_FROM: u64 = 1 << 20;

/// A file that has so many times the bytes that it occupies is sparse.
const SPARSE_RATIO: u64 = 16;

impl ArrayInfo {
    /// Bytes of one chunk before compression, at most [`MAX_CHUNK_BYTES`](super::MAX_CHUNK_BYTES) by what `read` checked.
    pub(super) fn chunk_bytes(&self) -> usize {
        self.chunk.iter().product::<usize>() * self.data_type.bytes()
    }

    /// Chunks along a dimension.
    pub(super) fn grid(&self, dimension: usize) -> usize {
        self.shape[dimension].div_ceil(self.chunk[dimension])
    }

    /// The names of a chunk's file and of the folders to it, from the array's.
    fn chunk_names(&self, index: &[usize]) -> Vec<String> {
        let names = index.iter().map(usize::to_string);
        let names: Vec<String> = std::iter::once("c".to_owned()).chain(names).collect();
        match self.separator {
            '/' => names,
            separator => vec![names.join(&separator.to_string())],
        }
    }

    /// The file of a chunk, which is there and long enough to hold it. What the trace does not hold itself is refused: chunks that are
    /// missing, links to elsewhere, and files that are mostly holes.
    pub(super) fn probe(&self, index: &[usize]) -> Result<PathBuf, TraceError> {
        let mut path = self.folder.clone();
        let names = self.chunk_names(index);
        let refused =
            |path: &Path, found: &str| Err(TraceError::chunk(path, found, self.expectation()));
        for (k, name) in names.iter().enumerate() {
            path.push(name);
            let metadata = match fs::symlink_metadata(&path) {
                Err(e) if e.kind() == ErrorKind::NotFound => {
                    path.extend(&names[k + 1..]);
                    return refused(&path, "missing");
                }
                found => found.map_err(TraceError::io("look at", &path))?,
            };
            if metadata.is_symlink() {
                return refused(&path, "a symbolic link");
            }
            if k + 1 < names.len() {
                continue;
            }
            if !metadata.is_file() {
                return refused(&path, "not a file");
            }
            if is_sparse(&metadata) {
                return refused(&path, "a sparse file");
            }
            let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
            let ratio = if self.gzip { DEFLATE_RATIO } else { 1 };
            if length.saturating_mul(ratio) < self.chunk_bytes() {
                return refused(&path, &format!("a file of {length} bytes"));
            }
        }
        Ok(path)
    }

    /// The bytes of a chunk.
    pub(super) fn load(&self, index: &[usize]) -> Result<Vec<u8>, TraceError> {
        let path = self.probe(index)?;
        let file = File::open(&path).map_err(TraceError::io("open", &path))?;
        decode(file, self.gzip, self.chunk_bytes())
            .map_err(|found| TraceError::chunk(&path, found, self.expectation()))
    }

    fn expectation(&self) -> String {
        let coding = if self.gzip { "gzipped" } else { "uncompressed" };
        let (bytes, json) = (self.chunk_bytes(), self.folder.join("zarr.json"));
        format!(
            "{} makes it {bytes} bytes, {coding}; the trace is damaged, write it again",
            json.display()
        )
    }
}

#[cfg(unix)]
fn is_sparse(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let occupied = metadata.blocks().saturating_mul(512);
    metadata.len() >= SPARSE_FROM && occupied < metadata.len() / SPARSE_RATIO
}

#[cfg(not(unix))]
fn is_sparse(_: &Metadata) -> bool {
    false
}
