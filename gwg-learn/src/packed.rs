//! Rows of symbols as bits, so that 64 sites are compared at a time.

use crate::Data;

/// Rows as groups of 64 sites, each of as many words as a symbol has bits: bit `k` of word `p` is bit `p` of the symbol of site `k`.
pub(crate) struct Packed {
    /// The bits of a symbol.
    planes: usize,
    per_row: usize,
    words: Vec<u64>,
}

impl Packed {
    pub(crate) fn new(data: &Data) -> Self {
        Self::with_states(data, data.states())
    }

    /// Rows to be compared with others that have up to `states` states.
    pub(crate) fn with_states(data: &Data, states: usize) -> Self {
        let planes = (states.max(2) - 1).ilog2() as usize + 1;
        let per_row = data.sites().div_ceil(64) * planes;
        let mut words = vec![0; data.rows() * per_row];
        let rows = data.symbols().chunks_exact(data.sites());
        for (row, words) in rows.zip(words.chunks_exact_mut(per_row)) {
            for (sites, group) in row.chunks(64).zip(words.chunks_exact_mut(planes)) {
                for (k, &symbol) in sites.iter().enumerate() {
                    for (plane, word) in group.iter_mut().enumerate() {
                        *word |= u64::from(symbol >> plane & 1) << k;
                    }
                }
            }
        }
        Self {
            planes,
            per_row,
            words,
        }
    }

    /// The words of each row.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.words.chunks_exact(self.per_row)
    }

    /// Calls `each` with the number of sites at which `row` differs from each row of `self` from `first` on.
    pub(crate) fn differences(&self, row: &[u64], first: usize, each: impl FnMut(usize)) {
        let others = self.words.get(first * self.per_row..).unwrap_or_default();
        let planes = self.planes;
        pulp::Arch::new().dispatch(Compare {
            row,
            others,
            planes,
            each,
        });
    }
}

struct Compare<'a, F> {
    row: &'a [u64],
    others: &'a [u64],
    planes: usize,
    each: F,
}

impl<F: FnMut(usize)> pulp::WithSimd for Compare<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        match self.planes {
            1 => self.fixed::<1>(),
            2 => self.fixed::<2>(),
            3 => self.fixed::<3>(),
            4 => self.fixed::<4>(),
            5 => self.fixed::<5>(),
            6 => self.fixed::<6>(),
            7 => self.fixed::<7>(),
            _ => self.fixed::<8>(),
        }
    }
}

impl<F: FnMut(usize)> Compare<'_, F> {
    #[inline(always)]
    fn fixed<const PLANES: usize>(mut self) {
        let (row, _) = self.row.as_chunks::<PLANES>();
        for other in self.others.chunks_exact(self.row.len()) {
            let (other, _) = other.as_chunks::<PLANES>();
            let mut differences = 0;
            for (a, b) in row.iter().zip(other) {
                let mut differ = 0;
                for (a, b) in a.iter().zip(b) {
                    differ |= a ^ b;
                }
                differences += differ.count_ones();
            }
            (self.each)(differences as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_those_of_the_symbols() {
        for states in [2, 3, 4, 5, 16, 17, 21, 64, 65, 128, 129, 256] {
            for sites in [1, 63, 64, 65, 130] {
                let symbol = |k: usize| ((k * k + k / 7) % 263 % states) as u8;
                let data = Data::new((0..9 * sites).map(symbol).collect(), sites, states).unwrap();
                let packed = Packed::new(&data);
                let row = packed.rows().next().unwrap();
                let mut found = Vec::new();
                packed.differences(row, 2, |n| found.push(n));
                let differ = |k| {
                    data.row(0)
                        .iter()
                        .zip(data.row(k))
                        .filter(|(a, b)| a != b)
                        .count()
                };
                assert_eq!(found, (2..9).map(differ).collect::<Vec<_>>());
            }
        }
    }
}
