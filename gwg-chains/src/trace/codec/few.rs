//! Deflate for chunks of few small symbols: one block of literals, with the Huffman code of their frequencies.
//!
//! States of chains that move well hardly repeat, so that the search of zlib for repeats finds little and takes all the time. Here 8 bytes of 0 and 1 are
//! gathered to one byte, whose code is looked up.

use super::bits::BitWriter;
use super::huffman::{self, Code};

/// The end of a block, in the alphabet of literals and lengths.
const END: usize = 256;

/// Literals have fewer values than this.
const MOST: usize = 16;

/// Chunks whose bytes have few values, gathered.
#[derive(Debug)]
pub(super) struct Few {
    /// Bits of a value: 1, 2 or 4.
    width: usize,
    /// Bytes of the chunk.
    len: usize,
    /// `8 / width` bytes of the chunk in each, the first in the least significant bits; zeros after the last.
    gathered: Vec<u8>,
    /// The codes of the values, then that of the end.
    codes: [Code; MOST + 1],
    /// Bits of all codes.
    coded: usize,
    /// See [`is_varied`](Self::is_varied).
    varied: bool,
}

/// Gathered bytes of at least this effective number, as many equally frequent ones as collide as often, have few short repeats.
const VARIED: u128 = 32;

impl Few {
    /// `None` where the chunk is empty or has a byte of 16 or more.
    pub(super) fn new(raw: &[u8]) -> Option<Self> {
        let width = match raw.iter().fold(0, |all, byte| all | byte) {
            _ if raw.is_empty() => return None,
            0..=1 => 1,
            2..=3 => 2,
            4..=15 => 4,
            _ => return None,
        };
        let gathered = gather(raw, width);
        let bytes = histogram(&gathered);
        let counts = frequencies(&bytes, width, raw.len());
        let codes = huffman::codes(&counts);
        let pairs = counts.iter().zip(&codes);
        Some(Self {
            width,
            len: raw.len(),
            gathered,
            codes,
            coded: pairs.map(|(n, code)| n * code.length as usize).sum(),
            varied: width < 4 && is_varied(&bytes),
        })
    }

    /// Bytes of the stream without its header, of about 30.
    pub(super) fn size(&self) -> usize {
        self.coded.div_ceil(8)
    }

    /// Whether gathered bytes are so varied that zlib finds no distant repeats at fast levels, where it knows the last place of any four bytes only: of four
    /// values below 4 these are always near.
    pub(super) fn is_varied(&self) -> bool {
        self.varied
    }

    /// Appends the stream.
    pub(super) fn deflate(&self, out: &mut Vec<u8>) {
        let mut bits = BitWriter::new(out);
        self.write_header(&mut bits);
        let per = 8 / self.width;
        let whole = self.gathered.get(..self.len / per).unwrap_or_default();
        let table = self.table(per);
        bits.put_all(whole, &table);
        if let Some(rest) = self.gathered.get(whole.len()) {
            let code = self.together(*rest, self.len % per);
            bits.put(code);
        }
        bits.put(self.codes[MOST]);
        bits.finish();
    }

    /// The codes of all gathered bytes of so many values.
    fn table(&self, values: usize) -> [Code; 256] {
        std::array::from_fn(|byte| self.together(byte as u8, values))
    }

    /// The codes of the first values of a gathered byte, one after the other.
    fn together(&self, byte: u8, values: usize) -> Code {
        let value = |i: usize| usize::from(byte) >> (i * self.width) & ((1 << self.width) - 1);
        (0..values).fold(Code::default(), |all, i| all.then(self.codes[value(i)]))
    }

    /// The last block, with a code of its own (RFC 1951, 3.2.7).
    fn write_header(&self, bits: &mut BitWriter<'_>) {
        let plain = |bits: &mut BitWriter<'_>, value: u32, length: u32| {
            bits.put(Code {
                bits: value,
                length,
            });
        };
        plain(bits, 1, 1);
        plain(bits, 2, 2);
        // 257 literals and lengths, 1 distance, 19 lengths of the codes of lengths.
        plain(bits, 0, 5);
        plain(bits, 0, 5);
        plain(bits, 15, 4);
        for symbol in huffman::LENGTHS_ORDER {
            let used = huffman::LENGTHS.contains(&symbol);
            plain(bits, if used { 4 } else { 0 }, 3);
        }
        let (values, end) = self.codes.split_at(MOST);
        for code in values {
            bits.put(huffman::of_length(code.length));
        }
        // 240 lengths of 0: 138 and 102.
        for zeros in [138, END as u32 - MOST as u32 - 138] {
            bits.put(huffman::of_length(huffman::ZEROS));
            plain(bits, zeros - 11, 7);
        }
        for code in end {
            bits.put(huffman::of_length(code.length));
        }
        // No distance is used.
        bits.put(huffman::of_length(0));
    }
}

/// `8 / width` values of so many bits in a byte, the first in the least significant bits.
fn gather(raw: &[u8], width: usize) -> Vec<u8> {
    match width {
        1 => gathered::<8>(raw, 0x0102_0408_1020_4080, 56),
        2 => gathered::<4>(raw, 0x0104_1040, 24),
        _ => gathered::<2>(raw, 0x0110, 8),
    }
}

/// The product moves the bits of byte `i` to `shift + i * width`, and no two to one place.
fn gathered<const N: usize>(raw: &[u8], factor: u64, shift: u32) -> Vec<u8> {
    let one = |bytes: &[u8; N]| {
        let word = bytes
            .iter()
            .rev()
            .fold(0, |word, &b| word << 8 | u64::from(b));
        (word.wrapping_mul(factor) >> shift) as u8
    };
    let (whole, rest) = raw.as_chunks::<N>();
    let mut all = Vec::with_capacity(whole.len() + 1);
    all.extend(whole.iter().map(one));
    if !rest.is_empty() {
        let mut last = [0; N];
        last.iter_mut().zip(rest).for_each(|(to, &from)| *to = from);
        all.push(one(&last));
    }
    all
}

/// How often each byte occurs.
fn histogram(bytes: &[u8]) -> [usize; 256] {
    // Equal neighbors do not wait for each other.
    let mut counts = [[0_u32; 256]; 4];
    let (whole, rest) = bytes.as_chunks::<4>();
    for four in whole {
        for (counts, &byte) in counts.iter_mut().zip(four) {
            counts[usize::from(byte)] += 1;
        }
    }
    for &byte in rest {
        counts[0][usize::from(byte)] += 1;
    }
    std::array::from_fn(|byte| counts.iter().map(|counts| counts[byte] as usize).sum())
}

fn is_varied(bytes: &[usize; 256]) -> bool {
    let square = |n: usize| n as u128 * n as u128;
    let total = bytes.iter().sum();
    bytes.iter().map(|&n| square(n)).sum::<u128>() * VARIED <= square(total)
}

/// How often each value occurs among the `len` gathered ones, then that of the end.
fn frequencies(bytes: &[usize; 256], width: usize, len: usize) -> [usize; MOST + 1] {
    let per = 8 / width;
    let mut counts = [0; MOST + 1];
    for (byte, n) in bytes.iter().enumerate() {
        for i in 0..per {
            counts[byte >> (i * width) & ((1 << width) - 1)] += n;
        }
    }
    counts[0] -= bytes.iter().sum::<usize>() * per - len;
    counts[MOST] = 1;
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::DeflateDecoder;
    use proptest::prelude::*;
    use std::io::Read;

    fn check(raw: &[u8]) {
        let few = Few::new(raw).unwrap();
        let mut packed = vec![77];
        few.deflate(&mut packed);
        assert!((few.size()..few.size() + 40).contains(&packed.len()));
        let mut decoder = DeflateDecoder::new(&packed[1..]);
        let mut found = Vec::new();
        decoder.read_to_end(&mut found).unwrap();
        assert_eq!(found, raw);
        assert_eq!(
            decoder.total_in() as usize,
            packed.len() - 1,
            "trailing bytes"
        );
    }

    #[test]
    fn all_short_chunks_of_one_or_two_values() {
        for len in 1..=10_usize {
            for bits in 0..1_u32 << len {
                for (low, high) in [(0, 1), (1, 3), (0, 15)] {
                    let value = |i: usize| if bits >> i & 1 == 0 { low } else { high };
                    check(&(0..len).map(value).collect::<Vec<u8>>());
                }
            }
        }
    }

    #[test]
    fn only_chunks_of_small_values() {
        assert!(Few::new(&[]).is_none());
        assert!(Few::new(&[0, 16]).is_none());
        assert!(Few::new(&[255; 100]).is_none());
    }

    proptest! {
        #[test]
        fn any_small_values_are_read_back(
            values in 1_u8..=16, skew in 1_u32..6, bytes in prop::collection::vec(any::<u8>(), 1..3000),
        ) {
            let small = |b: u8| ((f64::from(b) / 256.0).powi(skew as i32) * f64::from(values)) as u8;
            check(&bytes.into_iter().map(small).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn rare_values_have_codes_too() {
        for value in 1..16 {
            let mut raw = vec![0; 1 << 17];
            raw[12_345] = value;
            check(&raw);
            for i in 0..16 {
                raw[2 * i] = i as u8;
            }
            check(&raw);
        }
    }
}
