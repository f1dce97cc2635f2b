//! Chunks of an array from their files, with memory bounded by what the files really hold.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;

use super::codec::{DEFLATE_RATIO, decode};
use super::error::TraceError;
use super::parse::ArrayInfo;

/// The most chunks of an array that may be missing: a few words of JSON must not cause days of work.
const MAX_MISSING: usize = 1 << 14;

/// The most bytes of an array that may be missing: they must not fill the memory either.
const MAX_MISSING_BYTES: usize = 1 << 28;

/// What of an array has been missing so far.
#[derive(Debug, Default)]
pub(super) struct Missing {
    chunks: usize,
    bytes: usize,
}

impl ArrayInfo {
    /// Bytes of one chunk before compression, at most [`MAX_CHUNK_BYTES`](super::MAX_CHUNK_BYTES) by what `read` checked.
    pub(super) fn chunk_bytes(&self) -> usize {
        self.chunk.iter().product::<usize>() * self.fill.len()
    }

    /// Chunks along a dimension.
    pub(super) fn grid(&self, dimension: usize) -> usize {
        self.shape[dimension].div_ceil(self.chunk[dimension])
    }

    fn chunk_path(&self, index: &[usize]) -> PathBuf {
        let parts: Vec<String> = index.iter().map(usize::to_string).collect();
        let separator = self.separator.to_string();
        self.folder
            .join(format!("c{separator}{}", parts.join(&separator)))
    }

    /// Whether the file of a chunk is there and long enough to hold it. What is not there counts as `needed` bytes of fill value.
    pub(super) fn probe(
        &self,
        index: &[usize],
        needed: usize,
        missing: &mut Missing,
    ) -> Result<bool, TraceError> {
        let path = self.chunk_path(index);
        let length = match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_file() => {
                return Err(TraceError::chunk(&path, "not a file", self.expectation()));
            }
            Ok(metadata) => usize::try_from(metadata.len()).unwrap_or(usize::MAX),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                self.count(index, needed, missing)?;
                return Ok(false);
            }
            Err(e) => return Err(TraceError::io("look at", &path)(e)),
        };
        let ratio = if self.gzip { DEFLATE_RATIO } else { 1 };
        if length.saturating_mul(ratio) < self.chunk_bytes() {
            let found = format!("a file of {length} bytes");
            return Err(TraceError::chunk(&path, found, self.expectation()));
        }
        Ok(true)
    }

    fn count(
        &self,
        index: &[usize],
        bytes: usize,
        missing: &mut Missing,
    ) -> Result<(), TraceError> {
        missing.chunks += 1;
        missing.bytes = missing.bytes.saturating_add(bytes);
        if missing.chunks <= MAX_MISSING && missing.bytes <= MAX_MISSING_BYTES {
            return Ok(());
        }
        let found = format!("missing, after {} more that were", missing.chunks - 1);
        let allowed =
            format!("at most {MAX_MISSING} chunks, of {MAX_MISSING_BYTES} bytes together, may be");
        Err(TraceError::chunk(&self.chunk_path(index), found, allowed))
    }

    /// The bytes of a chunk; `None` where its file is missing, which counts as `needed` bytes of fill value.
    pub(super) fn load(
        &self,
        index: &[usize],
        needed: usize,
        missing: &mut Missing,
    ) -> Result<Option<Vec<u8>>, TraceError> {
        if !self.probe(index, needed, missing)? {
            return Ok(None);
        }
        let path = self.chunk_path(index);
        let file = File::open(&path).map_err(TraceError::io("open", &path))?;
        match decode(file, self.gzip, self.chunk_bytes()) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(found) => Err(TraceError::chunk(&path, found, self.expectation())),
        }
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
