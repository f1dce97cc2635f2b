//! Bits in a stream of bytes.

use super::huffman::Code;

/// Appends codes to bytes, the first bit in the least significant place.
#[derive(Debug)]
pub(super) struct BitWriter<'o> {
    out: &'o mut Vec<u8>,
    /// Fewer than 8 bits between calls.
    waiting: u64,
    count: u32,
}

impl<'o> BitWriter<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self {
            out,
            waiting: 0,
            count: 0,
        }
    }

    pub(super) fn put(&mut self, code: Code) {
        self.add(code);
        while self.count >= 8 {
            self.out.push(self.waiting as u8);
            self.waiting >>= 8;
            self.count -= 8;
        }
    }

    /// Appends the code of each byte.
    pub(super) fn put_all(&mut self, bytes: &[u8], table: &[Code; 256]) {
        // Two codes of 24 bits and 7 that wait fit into a word.
        let (pairs, rest) = bytes.as_chunks::<2>();
        let longest = table.iter().map(|code| code.length as usize).max();
        let begin = self.out.len();
        let most = begin + bytes.len() * longest.unwrap_or(0) / 8 + 16;
        self.out.resize(most, 0);
        let mut at = begin;
        for &[a, b] in pairs {
            self.add(table[usize::from(a)]);
            self.add(table[usize::from(b)]);
            if let Some(to) = self.out.get_mut(at..at + 8) {
                to.copy_from_slice(&self.waiting.to_le_bytes());
            }
            let whole = self.count / 8;
            at += whole as usize;
            self.waiting >>= whole * 8;
            self.count %= 8;
        }
        self.out.truncate(at);
        for &byte in rest {
            self.put(table[usize::from(byte)]);
        }
    }

    /// Fills the last byte with zeros.
    pub(super) fn finish(self) {
        if self.count > 0 {
            self.out.push(self.waiting as u8);
        }
    }

    #[inline]
    fn add(&mut self, code: Code) {
        self.waiting |= u64::from(code.bits) << self.count;
        self.count += code.length;
    }
}
