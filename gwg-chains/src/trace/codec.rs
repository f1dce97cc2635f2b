//! Chunks to and from bytes.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Write};

use flate2::GzBuilder;
use flate2::bufread::GzDecoder;

use super::Compression;

/// The most bytes that one byte of a deflate stream can expand to.
pub(super) const DEFLATE_RATIO: usize = 1032;

/// In the gzip header: no time, and "unknown" for the system, so that equal chunks are equal files.
const UNKNOWN_SYSTEM: u8 = 255;

pub(super) fn encode(raw: &[u8], compression: Compression) -> io::Result<Cow<'_, [u8]>> {
    let Compression::Gzip(level) = compression else {
        return Ok(Cow::Borrowed(raw));
    };
    let header = GzBuilder::new().mtime(0).operating_system(UNKNOWN_SYSTEM);
    let mut encoder = header.write(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(raw)?;
    encoder.finish().map(Cow::Owned)
}

/// Exactly `expected` bytes from `source`, or what is wrong with it. Memory grows with what is really there.
pub(super) fn decode(source: impl Read, gzip: bool, expected: usize) -> Result<Vec<u8>, String> {
    let mut source = BufReader::new(source);
    if !gzip {
        return exactly(&mut source, expected).map_err(|e| e.to_string())?;
    }
    let mut decoder = GzDecoder::new(source);
    let raw = exactly(&mut decoder, expected).map_err(|e| format!("broken gzip data ({e})"))??;
    match decoder.into_inner().fill_buf() {
        Ok([]) => Ok(raw),
        Ok(_) => Err("bytes after the end of the gzip data".to_owned()),
        Err(e) => Err(e.to_string()),
    }
}

fn exactly(source: &mut impl Read, expected: usize) -> io::Result<Result<Vec<u8>, String>> {
    let mut raw = Vec::new();
    source.take(expected as u64 + 1).read_to_end(&mut raw)?;
    Ok(match raw.len() {
        n if n == expected => Ok(raw),
        n if n < expected => Err(format!("only {n} bytes")),
        _ => Err(format!("more than {expected} bytes")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let raw: Vec<u8> = (0..5000_u32).map(|i| (i * i % 7) as u8).collect();
        for level in [1, 9] {
            let packed = encode(&raw, Compression::Gzip(level)).unwrap();
            assert!(packed.len() < raw.len());
            assert_eq!(&packed[4..8], [0; 4], "time");
            assert_eq!(packed[9], UNKNOWN_SYSTEM);
            assert_eq!(decode(&packed[..], true, raw.len()).unwrap(), raw);
        }
        assert_eq!(decode(&raw[..], false, raw.len()).unwrap(), raw);
    }

    #[test]
    fn a_bomb_stops_at_its_size() {
        let packed = encode(&[0; 1 << 20], Compression::Gzip(9)).unwrap();
        assert_eq!(
            decode(&packed[..], true, 10).unwrap_err(),
            "more than 10 bytes"
        );
        assert!((1 << 20) <= packed.len() * DEFLATE_RATIO);
    }

    #[test]
    fn damage_is_told() {
        let packed = encode(&[7; 100], Compression::Gzip(1))
            .unwrap()
            .into_owned();
        for cut in 0..packed.len() {
            assert!(decode(&packed[..cut], true, 100).is_err(), "cut at {cut}");
        }
        let mut longer = packed.clone();
        longer.push(0);
        assert!(
            decode(&longer[..], true, 100)
                .unwrap_err()
                .contains("after the end")
        );
        let mut flipped = packed;
        let crc = flipped.len() - 8;
        flipped[crc] ^= 1;
        assert!(decode(&flipped[..], true, 100).is_err());
        assert_eq!(decode(&[1, 2][..], false, 3).unwrap_err(), "only 2 bytes");
    }
}
