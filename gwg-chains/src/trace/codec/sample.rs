//! What zlib makes of a chunk, from two pieces of it.

use flate2::{Compress, Compression, FlushCompress};

/// Bytes before a piece, in which zlib finds repeats: its window.
const BEFORE: usize = 32 << 10;

/// Bytes of a piece.
const PIECE: usize = 16 << 10;

/// What zlib makes of some bytes of a chunk.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sampled {
    bytes: usize,
    compressed: usize,
}

/// Of a piece in each half of the chunk; `None` where the chunk is so short that the whole of it takes as long.
pub(super) fn compressed(raw: &[u8], level: u32) -> Option<Sampled> {
    let half = raw.len() / 2;
    let (before, piece) = (half.checked_sub(BEFORE + PIECE)? / 2, BEFORE + PIECE);
    let mut all = Sampled::default();
    for half in [raw.get(..half)?, raw.get(half..)?] {
        let (window, piece) = half.get(before..before + piece)?.split_at(BEFORE);
        let mut zlib = Compress::new(Compression::new(level), false);
        let mut out = Vec::with_capacity(2 * (BEFORE + PIECE));
        zlib.compress_vec(window, &mut out, FlushCompress::Sync)
            .ok()?;
        let begin = out.len();
        zlib.compress_vec(piece, &mut out, FlushCompress::Sync)
            .ok()?;
        all.bytes += piece.len();
        all.compressed += out.len() - begin;
    }
    Some(all)
}

impl Sampled {
    /// Whether zlib makes chunks of `len` bytes smaller than `size` by more than 15 %.
    pub(super) fn is_smaller(self, size: usize, len: usize) -> bool {
        let product = |a: usize, b: usize| a as u128 * b as u128;
        product(self.compressed, len) * 100 < product(size, self.bytes) * 85
    }

    /// Whether zlib saves 3 % or more.
    pub(super) fn saves(self) -> bool {
        self.compressed * 100 <= self.bytes * 97
    }
}
