//! Rows as bit planes, so that Hamming distances are computed by exclusive or of words.

/// Sites per word.
const WORD: usize = 64;

/// Rows of symbols below `2^planes`: for every 64 sites, one word per plane, with the planes adjacent.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    words: Vec<u64>,
    per_row: usize,
    planes: usize,
}

/// One bit of each of up to 64 symbols.
fn word(group: &[u8], plane: usize) -> u64 {
    let (eights, rest) = group.as_chunks::<8>();
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    let mut word = 0;
    for (k, eight) in eights
        .iter()
        .chain((!rest.is_empty()).then_some(&tail))
        .enumerate()
    {
        let ones = u64::from_le_bytes(*eight) >> plane & 0x0101_0101_0101_0101;
        // The multiplication moves the lowest bit of byte i to bit 56 + i; no two terms overlap.
        word |= (ones.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * k);
    }
    word
}

/// Number of planes for symbols below `states`.
pub(super) fn planes(states: usize) -> usize {
    (states.max(2) - 1).ilog2() as usize + 1
}

impl Packed {
    pub(super) fn new(rows: &[u8], sites: usize, planes: usize) -> Self {
        let per_row = sites.div_ceil(WORD) * planes;
        let mut words = Vec::with_capacity(rows.len() / sites * per_row);
        for row in rows.chunks_exact(sites) {
            for group in row.chunks(WORD) {
                for plane in 0..planes {
                    words.push(word(group, plane));
                }
            }
        }
        Self {
            words,
            per_row,
            planes,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.words.len() / self.per_row
    }

    fn row(&self, i: usize) -> &[u64] {
        &self.words[i * self.per_row..(i + 1) * self.per_row]
    }

    /// Computes the distances of row `i` of `self` to the rows of `other` from `first` on.
    pub(super) fn distances(&self, i: usize, other: &Self, first: usize, out: &mut Vec<u32>) {
        out.clear();
        pulp::Arch::new().dispatch(Distances {
            row: self.row(i),
            others: &other.words[first * other.per_row..],
            planes: self.planes,
            out,
        });
    }
}

struct Distances<'s> {
    row: &'s [u64],
    others: &'s [u64],
    planes: usize,
    out: &'s mut Vec<u32>,
}

impl pulp::WithSimd for Distances<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        match self.planes {
            1 => self.fixed::<1>(),
            2 => self.fixed::<2>(),
            3 => self.fixed::<3>(),
            _ => self.any(),
        }
    }
}

// Plain loops, because closures that are not inlined would be compiled without the wide instructions.
impl Distances<'_> {
    #[inline(always)]
    fn fixed<const PLANES: usize>(self) {
        let (row, _) = self.row.as_chunks::<PLANES>();
        for other in self.others.chunks_exact(self.row.len()) {
            let (other, _) = other.as_chunks::<PLANES>();
            let mut distance = 0;
            for (a, b) in row.iter().zip(other) {
                distance += differing(a, b);
            }
            self.out.push(distance);
        }
    }

    #[inline(always)]
    fn any(self) {
        for other in self.others.chunks_exact(self.row.len()) {
            let groups = self.row.chunks_exact(self.planes);
            let mut distance = 0;
            for (a, b) in groups.zip(other.chunks_exact(self.planes)) {
                distance += differing(a, b);
            }
            self.out.push(distance);
        }
    }
}

/// Number of sites of a group at which any plane differs.
#[inline(always)]
fn differing(a: &[u64], b: &[u64]) -> u32 {
    let mut seen = 0;
    for (a, b) in a.iter().zip(b) {
        seen |= a ^ b;
    }
    seen.count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::{Bits, SplitMix64};

    #[test]
    fn distances_are_those_of_the_symbols() {
        let mut bits = SplitMix64::new(1);
        for states in [2, 3, 4, 5, 8, 9, 21, 256] {
            for sites in [1, 5, 63, 64, 65, 200] {
                let mut draw = || -> Vec<u8> {
                    let symbols = 0..sites * 4;
                    symbols.map(|_| bits.below(states) as u8).collect()
                };
                let (a, b) = (draw(), draw());
                let pack = |rows: &[u8]| Packed::new(rows, sites, planes(states));
                let (packed_a, packed_b) = (pack(&a), pack(&b));
                let mut out = Vec::new();
                for (i, x) in a.chunks(sites).enumerate() {
                    packed_a.distances(i, &packed_b, 1, &mut out);
                    let plain = b.chunks(sites).skip(1);
                    let plain = plain.map(|y| gwg_chains::hamming(x, y) as u32);
                    assert_eq!(out, plain.collect::<Vec<_>>(), "{states} {sites}");
                }
            }
        }
    }

    #[test]
    fn number_of_planes() {
        let found = [0, 1, 2, 3, 4, 5, 8, 9, 256].map(planes);
        assert_eq!(found, [1, 1, 1, 2, 2, 3, 3, 4, 8]);
    }
}
