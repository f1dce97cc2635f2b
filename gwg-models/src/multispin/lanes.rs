//! Configurations of chains as bits of words, and back.

use gwg_core::Symbol;

/// Sites that are moved together, and chains.
const SIDE: usize = 8;

/// Transposes 8 x 8 bits: bit `j` of byte `i` becomes bit `i` of byte `j`.
const fn transpose(mut x: u64) -> u64 {
    let t = (x ^ (x >> 7)) & 0x00aa_00aa_00aa_00aa;
    x ^= t ^ (t << 7);
    let t = (x ^ (x >> 14)) & 0x0000_cccc_0000_cccc;
    x ^= t ^ (t << 14);
    let t = (x ^ (x >> 28)) & 0x0000_0000_f0f0_f0f0;
    x ^ t ^ (t << 28)
}

/// Writes, to bit `lane` of word `site`, the symbol of that site in the configuration that `row(lane)` returns; bits of lanes without a configuration are 0.
pub(super) fn gather<'x, S: Symbol>(words: &mut [u64], row: impl Fn(usize) -> Option<&'x [S]>) {
    words.fill(0);
    for eight in 0..64 / SIDE {
        let rows: [Option<&[S]>; SIDE] = std::array::from_fn(|k| row(eight * SIDE + k));
        if rows.iter().all(Option::is_none) {
            continue;
        }
        for (block, words) in words.chunks_mut(SIDE).enumerate() {
            let mut square = [0_u8; SIDE];
            for (byte, row) in square.iter_mut().zip(&rows) {
                let symbols = row.and_then(|row| row.get(block * SIDE..)).unwrap_or(&[]);
                for (k, &symbol) in symbols.iter().take(words.len()).enumerate() {
                    *byte |= u8::from(symbol != S::default()) << k;
                }
            }
            let turned = transpose(u64::from_le_bytes(square)).to_le_bytes();
            for (word, byte) in words.iter_mut().zip(turned) {
                *word |= u64::from(byte) << (eight * SIDE);
            }
        }
    }
}

/// Writes bit `lane` of every word to a configuration.
pub(super) fn scatter<S: Symbol>(words: &[u64], lane: usize, x: &mut [S]) {
    for (symbol, word) in x.iter_mut().zip(words) {
        *symbol = S::from_index((word >> lane & 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::{Bits, SplitMix64};

    #[test]
    fn configurations_survive_the_way_there_and_back() {
        for (sites, lanes) in [(1, 1), (7, 64), (8, 9), (33, 64), (64, 5), (100, 63)] {
            let mut bits = SplitMix64::new(sites as u64);
            let draw = |bits: &mut SplitMix64| (0..sites).map(|_| bits.below(2) as u8).collect();
            let rows: Vec<Vec<u8>> = (0..lanes).map(|_| draw(&mut bits)).collect();
            let mut words = vec![!0; sites];
            gather(&mut words, |lane| rows.get(lane).map(Vec::as_slice));
            for (site, word) in words.iter().enumerate() {
                for lane in 0..64 {
                    let wanted = rows.get(lane).map_or(0, |row| row[site]);
                    assert_eq!(word >> lane & 1, u64::from(wanted));
                }
            }
            for (lane, row) in rows.iter().enumerate() {
                let mut back = vec![7_u8; sites];
                scatter(&words, lane, &mut back);
                assert_eq!(&back, row);
            }
        }
    }
}
