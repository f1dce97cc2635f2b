//! The indicators of one chain.

use super::bits::Series;
use super::cells::Cells;
use gwg_core::Symbol;
use serde::{Deserialize, Serialize};

/// The indicators of one chain, (byte of eight draws, indicator): the earliest draw of a byte is its highest bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChainBits {
    #[serde(with = "serde_bytes")]
    rows: Vec<u8>,
    /// The draws since the last whole byte.
    #[serde(with = "serde_bytes")]
    latest: Vec<u8>,
    pub(super) kept: usize,
    seen: usize,
    /// Every draw with a number that this divides is kept.
    pub(super) every: usize,
}

impl ChainBits {
    pub(super) fn new(cells: usize) -> Self {
        Self {
            rows: Vec::new(),
            latest: vec![0; cells],
            kept: 0,
            seen: 0,
            every: 1,
        }
    }

    /// Adds a draw; where there are `most` already, every second one goes.
    pub(super) fn add<S: Symbol>(&mut self, x: &[S], cells: &Cells, most: usize) {
        if self.seen.is_multiple_of(self.every) {
            if self.kept == most {
                self.halve(cells.len());
            }
            cells.append(x, &mut self.latest);
            self.kept += 1;
            if self.kept.is_multiple_of(8) {
                self.rows.extend_from_slice(&self.latest);
            }
        }
        self.seen += 1;
    }

    /// Whether these can be the bits of `draws` draws.
    pub(super) fn fits(&self, draws: usize, cells: usize, most: usize) -> bool {
        self.seen == draws
            && self.every.is_power_of_two()
            && self.kept <= most
            && self.kept == draws.div_ceil(self.every)
            && self.latest.len() == cells
            && self.rows.len() == self.kept / 8 * cells
    }

    /// Drops every second draw that is kept.
    pub(super) fn halve(&mut self, cells: usize) {
        let mut bytes = vec![0; cells];
        for draw in (0..self.kept).step_by(2) {
            let from = draw / 8 * cells;
            let (row, shift) = match self.rows.get(from..from + cells) {
                Some(row) => (row, 7 - draw % 8),
                None => (&self.latest[..], self.kept % 8 - 1 - draw % 8),
            };
            for (byte, bits) in bytes.iter_mut().zip(row) {
                *byte = *byte << 1 | (bits >> shift & 1);
            }
            if draw % 16 == 14 {
                // This row has been read: it is at or after the one written.
                let to = draw / 16 * cells;
                self.rows[to..to + cells].copy_from_slice(&bytes);
            }
        }
        self.kept = self.kept.div_ceil(2);
        self.rows.truncate(self.kept / 8 * cells);
        self.latest = bytes;
        self.every *= 2;
    }

    pub(super) fn series(&self, cell: usize, cells: usize, len: usize) -> Series {
        let whole = self.rows.iter().skip(cell).step_by(cells).copied();
        let left = self.kept % 8;
        let rest = (left > 0).then(|| self.latest[cell] << (8 - left));
        Series::collect(whole.chain(rest).take(len.div_ceil(8)), len)
    }

    /// Keeps what is of the first `draws` draws.
    pub(super) fn cut(&mut self, draws: usize, cells: usize) {
        let kept = draws.div_ceil(self.every);
        self.seen = self.seen.min(draws);
        if kept >= self.kept {
            return;
        }
        let start = kept / 8 * cells;
        let gone = if let Some(row) = self.rows.get(start..start + cells) {
            self.latest.copy_from_slice(row);
            self.rows.truncate(start);
            8 - kept % 8
        } else {
            self.kept - kept
        };
        for bits in &mut self.latest {
            *bits = bits.checked_shr(gone as u32).unwrap_or(0);
        }
        self.kept = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(chain: &ChainBits, cells: usize) -> Vec<Vec<u8>> {
        let series = |cell| chain.series(cell, cells, chain.kept);
        let all = (0..cells).map(|cell| series(cell).numbers().map(|b| b as u8).collect());
        all.collect()
    }

    proptest! {
        #[test]
        fn every_second_draw_is_kept_once_there_is_no_room(
            draws in 0usize..300, half in 1usize..5, back in 0usize..40, seed in any::<u64>(),
        ) {
            let (cells, most) = (Cells::new(3, 2, 3), 16 * half);
            let symbol = |t: usize, c: usize| (seed.rotate_left((t * 7 + c) as u32) & 1) as u8;
            let mut chain = ChainBits::new(3);
            for t in 0..draws {
                chain.add(&[symbol(t, 0), symbol(t, 1), symbol(t, 2)], &cells, most);
            }
            prop_assert!(chain.fits(draws, 3, most));
            prop_assert!(chain.every == 1 || chain.kept > most / 2);
            let left = draws.saturating_sub(back);
            chain.cut(left, 3);
            for again in 0..2 {
                let kept = |c| (0..left).step_by(chain.every).map(|t| symbol(t, c)).collect::<Vec<u8>>();
                prop_assert_eq!(numbers(&chain, 3), (0..3).map(kept).collect::<Vec<_>>(), "{}", again);
                chain.halve(3);
            }
        }
    }
}
