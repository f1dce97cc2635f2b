//! Whole inputs, read from a file, a pipe or standard input, and unpacked if they are packed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::Packer;
use crate::io::error::IoError;

/// The most bytes that are read of what is not a regular file, and the most that gzip unpacks to: 1 GiB.
const MOST: u64 = 1 << 30;
/// What gzip may unpack to in any case: 64 MiB.
const ALWAYS: u64 = 64 << 20;
/// Above that, at most so many bytes of each packed one. Text is packed to a tenth, arrays of zeros to a thousandth.
const RATIO: u64 = 100;

/// The path that is standard input.
const STANDARD_INPUT: &str = "-";

/// Reads a whole input: a regular file, whatever its size; up to 1 GiB of a pipe or a device; `-` is standard input.
/// Bytes in gzip's format are unpacked.
///
/// Memory is reserved before it is used.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, IoError> {
    let bytes = if path == Path::new(STANDARD_INPUT) {
        stream(path, io::stdin().lock())?
    } else {
        let failed = failed(path);
        // Before it is opened: that of a folder says little.
        if path.is_dir() {
            let path = path.to_owned();
            return Err(IoError::NotAFile { path });
        }
        let file = File::open(path).map_err(&failed)?;
        let found = file.metadata().map_err(&failed)?;
        if found.is_file() {
            regular(path, file, found.len())?
        } else {
            stream(path, file)?
        }
    };
    let (bytes, packer) = if is_packed(&bytes) {
        let bytes = unpack(path, &bytes)?;
        let twice = is_packed(&bytes).then_some(Packer::Gzip);
        (bytes, twice)
    } else {
        (bytes, None)
    };
    match packer.or_else(|| Packer::of_start(&bytes)) {
        Some(packer) => Err(IoError::OtherPacker {
            path: path.to_owned(),
            packer,
        }),
        None => Ok(bytes),
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> IoError {
    move |error| IoError::Read {
        path: path.to_owned(),
        error,
    }
}

/// A file that grows meanwhile is read up to its old length: the parser then reports the truncated end.
fn regular(path: &Path, file: File, len: u64) -> Result<Vec<u8>, IoError> {
    let mut bytes = Vec::new();
    let room = usize::try_from(len).ok();
    room.and_then(|len| bytes.try_reserve_exact(len).ok())
        .ok_or_else(|| IoError::TooLarge {
            path: path.to_owned(),
            bytes: len,
        })?;
    let mut whole = file.take(len);
    whole.read_to_end(&mut bytes).map_err(failed(path))?;
    if len == 0 {
        // Files of the system that are made as they are read have no length.
        return stream_to(path, whole.into_inner(), MOST);
    }
    Ok(bytes)
}

/// What can be read only once.
fn stream(path: &Path, source: impl Read) -> Result<Vec<u8>, IoError> {
    let bytes = stream_to(path, source, MOST)?;
    if bytes.is_empty() {
        let path = path.to_owned();
        return Err(IoError::NothingPiped { path });
    }
    Ok(bytes)
}

fn stream_to(path: &Path, source: impl Read, limit: u64) -> Result<Vec<u8>, IoError> {
    match bounded(source, limit) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(IoError::Endless {
            path: path.to_owned(),
            limit,
        }),
        Err(error) => Err(failed(path)(error)),
    }
}

/// All bytes of a source; `None` if there are more than `limit`.
fn bounded(source: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= limit))
}

/// True for the first bytes of gzip's format, unless they are the length of a safetensors header.
fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08") && bytes.get(8) != Some(&b'{')
}

fn unpack(path: &Path, packed: &[u8]) -> Result<Vec<u8>, IoError> {
    let len = packed.len() as u64;
    let limit = len.saturating_mul(RATIO).clamp(ALWAYS, MOST);
    match bounded(MultiGzDecoder::new(packed), limit) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(IoError::Unpacked {
            path: path.to_owned(),
            packed: len,
            limit,
        }),
        Err(error) => Err(IoError::Packed {
            path: path.to_owned(),
            error,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn packed_bytes_are_told_by_their_content() {
        let path = Path::new("x");
        let twice = [packed(b"3 1\n"), packed(b"1 2\n")].concat();
        assert!(is_packed(&twice) && !is_packed(b"3 1\n") && !is_packed(b""));
        assert!(
            !is_packed(b"\x1f\x8b\x08\0\0\0\0\0{}"),
            "a safetensors header"
        );
        assert_eq!(unpack(path, &twice).unwrap(), b"3 1\n1 2\n");
        let broken = unpack(path, &twice[..twice.len() - 3]);
        assert!(matches!(broken, Err(IoError::Packed { .. })));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_at_the_limit() {
        let path = Path::new("bomb");
        let zeros = packed(&vec![0; ALWAYS as usize]);
        assert_eq!(unpack(path, &zeros).unwrap().len() as u64, ALWAYS);
        let bomb = packed(&vec![0; ALWAYS as usize + 1]);
        let refused = unpack(path, &bomb).unwrap_err().to_string();
        assert!(refused.contains("64 MiB"), "{refused}");
    }

    #[test]
    fn other_packers_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g.txt.xz");
        for (bytes, said) in [
            (b"\xfd7zXZ\0\0\x04".to_vec(), "packed by xz"),
            (packed(b"BZh91AY&SY"), "packed by bzip2"),
            (packed(&packed(b"3 1\n")), "packed by gzip twice"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let refused = read(&path).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn a_stream_is_read_to_its_limit() {
        assert_eq!(bounded(io::repeat(7).take(9), 9).unwrap(), Some(vec![7; 9]));
        assert_eq!(bounded(io::repeat(7), 9).unwrap(), None);
        let endless = stream_to(Path::new("zero"), io::repeat(0), 9).unwrap_err();
        assert!(matches!(endless, IoError::Endless { limit: 9, .. }));
        let empty = stream(Path::new("-"), io::empty()).unwrap_err();
        assert!(empty.to_string().contains("standard input"), "{empty}");
    }
}
