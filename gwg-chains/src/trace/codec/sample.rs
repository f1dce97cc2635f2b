//! What zlib makes of a chunk, from two pieces of it.

use flate2::{Compress, Compression, FlushCompress};

/// How much of each half of a chunk is compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Bytes before the piece, in which zlib finds repeats.
    before: usize,
    /// Bytes of the piece.
    piece: usize,
}

/// As far back as zlib looks.
pub(super) const LONG: Extent = Extent {
    before: 32 << 10,
    piece: 16 << 10,
};

/// For few and varied symbols, of which zlib knows no distant repeats.
pub(super) const SHORT: Extent = Extent {
    before: 2 << 10,
    piece: 4 << 10,
};

/// What zlib makes of some bytes of a chunk.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sampled {
    bytes: usize,
    compressed: usize,
}

/// Of a piece in each half of the chunk; `None` where the chunk is so short that the whole of it takes as long.
pub(super) fn compressed(raw: &[u8], level: u32, extent: Extent) -> Option<Sampled> {
    let Extent { before, piece } = extent;
    let both = before + piece;
    let half = raw.len() / 2;
    let begin = half.checked_sub(both)? / 2;
    let mut all = Sampled::default();
    for half in [raw.get(..half)?, raw.get(half..)?] {
        let (window, piece) = half.get(begin..begin + both)?.split_at(before);
        let mut zlib = Compress::new(Compression::new(level), false);
        let mut out = Vec::with_capacity(2 * both);
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
