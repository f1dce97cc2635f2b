//! Rows of symbols that are compared many symbols at a time.

use crate::Data;

/// The number of symbols that are compared at a time.
pub(crate) const WIDTH: usize = 32;

/// Rows whose length is a multiple of [`WIDTH`]; all have the same symbols at the end.
pub(crate) struct Padded {
    pub(crate) blocks: usize,
    pub(crate) symbols: Vec<[u8; WIDTH]>,
}

impl Padded {
    pub(crate) fn new(data: &Data) -> Self {
        let blocks = data.sites().div_ceil(WIDTH);
        let mut symbols = Vec::with_capacity(data.rows().saturating_mul(blocks));
        for row in data.symbols().chunks_exact(data.sites()) {
            for part in row.chunks(WIDTH) {
                let mut block = [0; WIDTH];
                block[..part.len()].copy_from_slice(part);
                symbols.push(block);
            }
        }
        Self { blocks, symbols }
    }

    /// The blocks of each row.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &[[u8; WIDTH]]> {
        self.symbols.chunks_exact(self.blocks)
    }
}

/// Whether two rows differ at no more than `most` sites.
#[inline(always)]
pub(crate) fn differ_by_at_most(a: &[[u8; WIDTH]], b: &[[u8; WIDTH]], most: usize) -> bool {
    let mut differences = 0;
    for (a, b) in a.iter().zip(b) {
        differences += of_block(a, b);
        if differences > most {
            return false;
        }
    }
    true
}

/// The number of sites at which two rows differ.
#[inline(always)]
pub(crate) fn differences(a: &[[u8; WIDTH]], b: &[[u8; WIDTH]]) -> usize {
    a.iter().zip(b).map(|(a, b)| of_block(a, b)).sum()
}

#[inline(always)]
fn of_block(a: &[u8; WIDTH], b: &[u8; WIDTH]) -> usize {
    let mut differences = 0_u8;
    for (a, b) in a.iter().zip(b) {
        differences += u8::from(a != b);
    }
    differences.into()
}
