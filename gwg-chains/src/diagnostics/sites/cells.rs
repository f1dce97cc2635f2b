//! The indicators of a state that are judged.

use crate::generator::distinct;
use gwg_core::{Bits, SplitMix64, Symbol};

/// Indicators at most.
const MOST: usize = 10_000;

/// Alphabets up to this size are judged symbol by symbol.
const MOST_SYMBOLS: usize = 32;

/// Random halves of a larger alphabet.
const HALVES: usize = 8;

/// A fixed seed: all runs of one shape have the same indicators.
const SEED: u64 = 0x5173_5EED;

/// Indicators of a state: for each of some sites, one bit for each of its symbols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells {
    /// The sites; `None`: all.
    chosen: Option<Vec<u32>>,
    sites: usize,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Of the symbol 1.
    One,
    /// Of the symbols 0, 1, ..
    Each(usize),
    /// Of each of [`HALVES`] random halves of the alphabet: one bit each, by symbol.
    Halves(Vec<u8>),
}

impl Cells {
    /// At most `most` indicators, and at most 10,000, but at least those of one site.
    pub(super) fn new(sites: usize, states: usize, most: usize) -> Self {
        let mut bits = SplitMix64::new(SEED);
        let kind = match states {
            0..=2 => Kind::One,
            3..=MOST_SYMBOLS => Kind::Each(states),
            _ => Kind::Halves((0..states).map(|_| bits.next_u64() as u8).collect()),
        };
        let mut cells = Self {
            chosen: None,
            sites,
            kind,
        };
        let wanted = wanted(cells.width(), most);
        cells.chosen = (wanted < sites).then(|| {
            let chosen = distinct(sites, wanted, &mut bits).into_iter();
            chosen.map(|site| site as u32).collect()
        });
        cells
    }

    /// Whether [`new`](Self::new) takes all sites.
    pub(super) fn of_all(sites: usize, states: usize, most: usize) -> bool {
        let width = match states {
            0..=2 => 1,
            3..=MOST_SYMBOLS => states,
            _ => HALVES,
        };
        wanted(width, most) >= sites
    }

    /// The number of indicators of a site.
    fn width(&self) -> usize {
        match self.kind {
            Kind::One => 1,
            Kind::Each(states) => states,
            Kind::Halves(_) => HALVES,
        }
    }

    /// The number of sites.
    pub(super) fn sites(&self) -> usize {
        self.chosen.as_ref().map_or(self.sites, Vec::len)
    }

    /// The number of indicators.
    pub(super) fn len(&self) -> usize {
        self.sites() * self.width()
    }

    /// The site of an indicator, and the symbol if it is of one. The indicators of one symbol at all sites follow each other.
    pub(super) fn place(&self, cell: usize) -> (usize, Option<usize>) {
        let (which, k) = (cell / self.sites(), cell % self.sites());
        let site = match &self.chosen {
            Some(sites) => sites[k] as usize,
            None => k,
        };
        let symbol = match self.kind {
            Kind::One => Some(1),
            Kind::Each(_) => Some(which),
            Kind::Halves(_) => None,
        };
        (site, symbol)
    }

    /// Appends the indicators of `x` to the bits of `into`, a byte for each indicator.
    pub(super) fn append<S: Symbol>(&self, x: &[S], into: &mut [u8]) {
        let rows = into.chunks_exact_mut(self.sites());
        match &self.chosen {
            None => rows.enumerate().for_each(|(which, row)| {
                self.append_one(which, x.iter().copied(), row);
            }),
            Some(sites) => rows.enumerate().for_each(|(which, row)| {
                let x = sites.iter().map(|&site| x[site as usize]);
                self.append_one(which, x, row);
            }),
        }
    }

    /// One indicator of all sites: a loop that vectorizes.
    #[inline(always)]
    fn append_one<S: Symbol>(&self, which: usize, x: impl Iterator<Item = S>, row: &mut [u8]) {
        let pairs = row.iter_mut().zip(x);
        let wanted = which as u16;
        match &self.kind {
            Kind::One => pairs.for_each(|(bits, symbol)| {
                *bits = *bits << 1 | (symbol.widen() as u8 & 1);
            }),
            Kind::Each(_) => pairs.for_each(|(bits, symbol)| {
                *bits = *bits << 1 | u8::from(symbol.widen() == wanted);
            }),
            Kind::Halves(halves) => pairs.for_each(|(bits, symbol)| {
                let in_each = halves.get(symbol.index()).copied().unwrap_or(0);
                *bits = *bits << 1 | (in_each >> which & 1);
            }),
        }
    }
}

/// How many sites are judged, of so many indicators each.
fn wanted(width: usize, most: usize) -> usize {
    (most.min(MOST) / width).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indicators_are_of_all_sites_or_of_a_subset_of_many() {
        for (sites, states, len, asked) in [
            (5, 2, 5, 5),
            (5, 3, 15, 5),
            (5, 5000, 40, 5),
            (20_000, 2, 10_000, 10_000),
            (20_000, 3, 9_999, 3_333),
        ] {
            let cells = Cells::new(sites, states, usize::MAX);
            assert_eq!((cells.len(), cells.sites()), (len, asked));
            let places: Vec<usize> = (0..asked).map(|c| cells.place(c).0).collect();
            assert!(places.is_sorted() && places[asked - 1] < sites);
            assert_eq!(cells.place(len - 1).0, places[asked - 1]);
            assert_eq!(cells, Cells::new(sites, states, usize::MAX));
            assert_eq!(Cells::of_all(sites, states, usize::MAX), asked == sites);
        }
        assert_eq!(Cells::new(5, 2, 0).len(), 1);
    }

    #[test]
    fn indicators_are_those_of_the_symbols() {
        let x = [0_u8, 2, 1];
        let mut each = [0; 9];
        let cells = Cells::new(3, 3, 9);
        cells.append(&x, &mut each);
        assert_eq!(each, [1, 0, 0, 0, 0, 1, 0, 1, 0]);
        cells.append(&[1_u8, 2, 1], &mut each);
        assert_eq!(each, [2, 0, 0, 1, 0, 3, 0, 3, 0]);
        assert_eq!(cells.place(5), (2, Some(1)));
        let cells = Cells::new(2, 2, 2);
        let mut ones = [0; 2];
        cells.append(&[1_u8, 0], &mut ones);
        assert_eq!((ones, cells.place(1)), ([1, 0], (1, Some(1))));
    }

    #[test]
    fn halves_split_a_large_alphabet() {
        let cells = Cells::new(1, 5000, 100);
        let mut ones = [0_usize; HALVES];
        for symbol in 0..5000_u16 {
            let mut bits = [0; HALVES];
            cells.append(&[symbol], &mut bits);
            for (ones, bit) in ones.iter_mut().zip(bits) {
                *ones += usize::from(bit);
            }
        }
        // Binomial, sd 35: five of them.
        assert!(ones.iter().all(|n| n.abs_diff(2500) < 177), "{ones:?}");
    }
}
