//! What a file is, by its first bytes: for the message that refuses it.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::edges::Format;
use super::files::Packer;
use super::npy::{MAGIC, ZIP};
use super::text::unmarked;
use super::uai::is_uai;

/// The most bytes that are looked at.
const START: u64 = 4096;

/// The apparent content of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Content {
    /// A model file: see [`tensors`](super::tensors).
    Model,
    /// A NumPy array, `.npy`.
    Array,
    /// A zip archive, such as NumPy's `.npz`.
    Archive,
    /// A graph: see [`edges`](super::edges).
    Graph,
    /// A factor graph: see [`uai`](super::uai).
    Factors,
    /// A JSON object.
    Json,
    /// An HTML page.
    Page,
    /// A file in the HDF5 format.
    Hdf5,
    /// A file packed by xz, bzip2, zstd or lzip, or by gzip twice.
    Packed(Packer),
    /// Other text.
    Text,
    /// Other bytes.
    Other,
}

impl Content {
    /// The content of a regular file, as its first bytes suggest; those of a gzip file are unpacked. `None` of anything else, and
    /// of a file that is empty or cannot be read.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        // Opening a pipe would wait for its other end.
        if !path.metadata().is_ok_and(|found| found.is_file()) {
            return None;
        }
        let file = File::open(path).ok()?;
        let mut start = Vec::new();
        file.take(START).read_to_end(&mut start).ok()?;
        if start.starts_with(b"\x1f\x8b") {
            let mut unpacked = Vec::new();
            // The end is cut off: an error there leaves what was unpacked before.
            let _ = MultiGzDecoder::new(&start[..])
                .take(START)
                .read_to_end(&mut unpacked);
            start = unpacked;
            if start.starts_with(b"\x1f\x8b\x08") {
                return Some(Self::Packed(Packer::Gzip));
            }
        }
        (!start.is_empty()).then(|| Self::of_start(&start))
    }

    /// The content that starts with these bytes.
    #[must_use]
    pub fn of_start(start: &[u8]) -> Self {
        // First: the length of a header may have any bytes.
        if start.get(8) == Some(&b'{') && start[4..8] == [0; 4] {
            return Self::Model;
        }
        if start.starts_with(MAGIC) {
            return Self::Array;
        }
        if start.starts_with(ZIP) {
            return Self::Archive;
        }
        if start.starts_with(b"\x89HDF\r\n\x1a\n") {
            return Self::Hdf5;
        }
        if let Some(packer) = Packer::of_start(start) {
            return Self::Packed(packer);
        }
        if is_uai(start) {
            return Self::Factors;
        }
        let start = unmarked(start);
        // The last character may be cut.
        let text = match std::str::from_utf8(start) {
            Ok(text) => text,
            Err(error) if error.valid_up_to() + 4 > start.len() => {
                std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return Self::Other,
        };
        Self::of_text(text)
    }

    fn of_text(text: &str) -> Self {
        let trimmed = text.trim_start();
        if trimmed.starts_with('{') {
            return Self::Json;
        }
        if trimmed.starts_with('<') {
            return Self::Page;
        }
        let lines = text.lines().map(|line| line.split(['#', '%']).next());
        let mut lines = lines.flatten().filter(|line| !line.trim().is_empty());
        let first = lines.next().unwrap_or_default();
        let words: Vec<_> = first.split_whitespace().collect();
        let numbers = words.iter().all(|word| word.parse::<u64>().is_ok());
        if Format::of(text) != Format::List || (words.len() == 2 && numbers) {
            Self::Graph
        } else {
            Self::Text
        }
    }
}

/// The content with an article.
impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Model => "a model file (safetensors)",
            Self::Array => "a NumPy array (.npy)",
            Self::Archive => "a zip archive, such as NumPy's .npz",
            Self::Graph => "a graph",
            Self::Factors => "a factor graph (UAI)",
            Self::Json => "a JSON text",
            Self::Page => "an HTML page",
            Self::Hdf5 => "an HDF5 file",
            Self::Packed(Packer::Gzip) => "a file that was packed by gzip twice",
            Self::Packed(packer) => return write!(f, "a file packed by {}", packer.name()),
            Self::Text => "a text file",
            Self::Other => "a file of an unknown format",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_told_by_their_first_bytes() {
        for (start, content) in [
            (&b"\x93NUMPY\x01\0"[..], Content::Array),
            (b"PK\x03\x04..", Content::Archive),
            (b"\x50\0\0\0\0\0\0\0{\"W\":", Content::Model),
            (b"\x89HDF\r\n\x1a\n", Content::Hdf5),
            (b"\xfd7zXZ\0..", Content::Packed(Packer::Xz)),
            (b"BZh91AY", Content::Packed(Packer::Bzip2)),
            (b"\x28\xb5\x2f\xfd..", Content::Packed(Packer::Zstd)),
            (b"\nMARKOV 3", Content::Factors),
            (b"\xef\xbb\xbf# Gset\n4 3\n1 2 1\n", Content::Graph),
            (b"c a graph\np col 3 1\n", Content::Graph),
            (b"%%MatrixMarket matrix coordinate", Content::Graph),
            (b"# vartype=SPIN\n0 0 1.5\n", Content::Graph),
            (b" {\"model\": 1}", Content::Json),
            (b"<!DOCTYPE html>", Content::Page),
            (b"0.5 1 2\n", Content::Text),
            (b"\x80\x02}q\0", Content::Other),
            (
                "a word cut \u{e9}".as_bytes().split_last().unwrap().1,
                Content::Text,
            ),
        ] {
            assert_eq!(Content::of_start(start), content, "{start:?}");
        }
    }

    #[test]
    fn packed_files_are_seen_through_and_folders_are_not_opened() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Content::of(folder.path()), None);
        let path = folder.path().join("g.gz");
        let file = File::create(&path).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        let edges = (1..40_000).map(|i| format!("{i} {}\n", i * i % 40_001));
        encoder.write_all(b"40000 39999\n").unwrap();
        encoder
            .write_all(edges.collect::<String>().as_bytes())
            .unwrap();
        encoder.finish().unwrap();
        assert_eq!(Content::of(&path), Some(Content::Graph));
        let twice = folder.path().join("g.gz.gz");
        let file = File::create(&twice).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(&std::fs::read(&path).unwrap()).unwrap();
        encoder.finish().unwrap();
        assert_eq!(Content::of(&twice), Some(Content::Packed(Packer::Gzip)));
    }
}
