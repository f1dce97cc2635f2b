//! Chunks to and from bytes.

mod bits;
mod few;
mod huffman;
mod sample;

use few::Few;
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Write};

use flate2::bufread::GzDecoder;
use flate2::{Crc, GzBuilder};

use super::Compression;

/// The most bytes that one byte of a deflate stream can expand to.
pub(super) const DEFLATE_RATIO: usize = 1032;

/// In the gzip header: no time, and "unknown" for the system, so that equal chunks are equal files.
const UNKNOWN_SYSTEM: u8 = 255;

/// A header of gzip without a name, a time or anything else: its mark, deflate, no flags, no time, no level, the system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, UNKNOWN_SYSTEM];

/// Higher levels are for small files and not for fast runs.
const FAST: u32 = 2;

/// The bytes of a chunk in its file: the same for the same chunk.
///
/// At fast levels zlib first compresses samples of the chunk. Where symbols are few and it finds few repeats, literals alone are about as small, or smaller,
/// and many times as fast; where it saves nothing, the chunk is stored.
pub(super) fn encode(raw: &[u8], compression: Compression) -> io::Result<Cow<'_, [u8]>> {
    let level = match compression {
        Compression::None => return Ok(Cow::Borrowed(raw)),
        Compression::Gzip(level) => level,
    };
    if level > FAST {
        return by_zlib(raw, level);
    }
    let few = Few::new(raw);
    let extent = match &few {
        Some(few) if few.is_varied() => sample::SHORT,
        _ => sample::LONG,
    };
    let Some(sampled) = sample::compressed(raw, level, extent) else {
        return by_zlib(raw, level);
    };
    match few {
        Some(few) if !sampled.is_smaller(few.size(), raw.len()) => {
            Ok(Cow::Owned(by_few(&few, raw)))
        }
        None if !sampled.saves() => by_zlib(raw, 0),
        _ => by_zlib(raw, level),
    }
}

fn by_zlib(raw: &[u8], level: u32) -> io::Result<Cow<'_, [u8]>> {
    let header = GzBuilder::new().mtime(0).operating_system(UNKNOWN_SYSTEM);
    let mut encoder = header.write(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(raw)?;
    encoder.finish().map(Cow::Owned)
}

fn by_few(few: &Few, raw: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(raw);
    let mut out = Vec::with_capacity(few.size() + 256);
    out.extend(HEADER);
    few.deflate(&mut out);
    out.extend(crc.sum().to_le_bytes());
    out.extend(crc.amount().to_le_bytes());
    out
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

    /// Numbers that do not repeat.
    fn numbers(n: usize) -> impl Iterator<Item = u32> {
        let next = |s: &u64| Some(s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        std::iter::successors(Some(1), next)
            .map(|s| (s >> 33) as u32)
            .take(n)
    }

    fn packed(raw: &[u8]) -> Vec<u8> {
        let packed = encode(raw, Compression::default()).unwrap().into_owned();
        assert_eq!(packed[..10], HEADER, "as zlib writes it at this level");
        assert!(decode(&packed[..], true, raw.len()).unwrap() == raw);
        packed
    }

    #[test]
    fn states_without_repeats_are_literals() {
        for values in [2, 3, 4, 10] {
            let raw: Vec<u8> = numbers(1 << 20).map(|n| (n % values) as u8).collect();
            let few = by_few(&Few::new(&raw).unwrap(), &raw);
            assert!(packed(&raw) == few);
            assert!(few.len() < by_zlib(&raw, 2).unwrap().len());
        }
    }

    #[test]
    fn states_of_long_runs_are_left_to_zlib() {
        let runs = numbers(1 << 20).flat_map(|n| vec![(n % 2) as u8; (n >> 8) as usize % 100]);
        let raw: Vec<u8> = runs.take(1 << 20).collect();
        for raw in [raw, vec![1; 1 << 20]] {
            let zlib = by_zlib(&raw, 2).unwrap();
            assert!(packed(&raw) == *zlib);
            assert!(zlib.len() < Few::new(&raw).unwrap().size());
        }
    }

    #[test]
    fn what_zlib_makes_much_smaller_is_left_to_it() {
        let mut by_literals = 0;
        for (sites, values) in [
            (37, 2),
            (61, 2),
            (100, 2),
            (1000, 2),
            (10_000, 2),
            (61, 3),
            (1000, 4),
        ] {
            for changed in [0, 10] {
                // One in `changed` symbols is new from draw to draw.
                let mut state: Vec<u8> = numbers(sites).map(|n| (n % values) as u8).collect();
                let mut raw = Vec::new();
                let mut next = numbers(1 << 20);
                while raw.len() < 1 << 20 {
                    raw.extend(&state);
                    for symbol in state.iter_mut().filter(|_| changed > 0) {
                        let n = next.next().unwrap_or(0);
                        if n.is_multiple_of(changed) {
                            *symbol = (n / changed % values) as u8;
                        }
                    }
                }
                let few = by_few(&Few::new(&raw).unwrap(), &raw);
                let (zlib, made) = (by_zlib(&raw, 2).unwrap(), packed(&raw));
                assert!(made == few || made == *zlib);
                by_literals += usize::from(made == few);
                // 15 %, and the error of a sample.
                let (made, zlib) = (made.len(), zlib.len());
                assert!(
                    made * 80 <= zlib * 100,
                    "{sites} {values} {changed}: {made} {zlib}"
                );
            }
        }
        assert!((1..14).contains(&by_literals), "{by_literals}");
    }

    #[test]
    fn what_does_not_shrink_is_stored() {
        let raw: Vec<u8> = numbers(1 << 20).map(|n| n as u8).collect();
        let stored = encode(&raw, Compression::Gzip(1)).unwrap();
        assert!(stored.len() < raw.len() + 200);
        assert!(decode(&stored[..], true, raw.len()).unwrap() == raw);
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
