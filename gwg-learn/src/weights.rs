//! Weights of sequences that resemble each other.

use std::ops::Range;

use gwg_chains::Threads;

use crate::Data;
use crate::packed::Packed;

/// The parts into which the work is divided, for any number of threads.
const PARTS: usize = 64;

/// The identity above which two sequences share their weight, as in adabmDCA.
pub const DEFAULT_IDENTITY: f64 = 0.8;

/// One weight for each row: `1 / #{rows with an identity strictly above `identity`}`, the row itself included.
///
/// The identity of two rows is the fraction of sites with equal symbols, where gaps count as symbols. The sum of the weights is the
/// effective number of rows. Pass the weights to [`Data::with_weights`].
///
/// # Cost
/// `O(rows^2 sites)` comparisons of symbols, 64 at a time: 13600 rows of 53 sites take about 0.3 s on one thread. Memory of about 130 bytes per row.
#[must_use]
pub fn sequence_weights(data: &Data, identity: f64, threads: &Threads) -> Vec<f64> {
    let Some(most) = most_differences(data.sites(), identity) else {
        return vec![1.0; data.rows()];
    };
    let rows = Packed::new(data);
    let mut parts: Vec<Part> = parts(data.rows()).map(Part::new).collect();
    threads.each(&mut parts, |part| part.count(&rows, most));
    let mut similar = vec![1_u32; data.rows()];
    for part in &parts {
        let counts = similar.iter_mut().skip(part.rows.start);
        counts.zip(&part.similar).for_each(|(sum, n)| *sum += n);
    }
    similar.into_iter().map(|n| 1.0 / f64::from(n)).collect()
}

/// The most differences of two rows whose identity is above `identity`; `None` if not even equal rows are.
fn most_differences(sites: usize, identity: f64) -> Option<usize> {
    let above = |differences: &usize| (sites - differences) as f64 / sites as f64 > identity;
    (0..=sites).take_while(above).last()
}

/// Ranges of rows with about the same number of pairs `i < j` each.
fn parts(rows: usize) -> impl Iterator<Item = Range<usize>> {
    let bound = move |part: usize| {
        let left = 1.0 - part as f64 / PARTS as f64;
        rows - (rows as f64 * left.sqrt()) as usize
    };
    (0..PARTS).map(move |part| bound(part)..bound(part + 1))
}

struct Part {
    rows: Range<usize>,
    /// For each row from the first of `rows` on, the number of other rows that are similar to it, in the pairs of this part.
    similar: Vec<u32>,
}

impl Part {
    fn new(rows: Range<usize>) -> Self {
        let similar = Vec::new();
        Self { rows, similar }
    }

    /// Counts the pairs that differ at no more than `most` sites.
    fn count(&mut self, rows: &Packed, most: usize) {
        self.similar = vec![0; rows.rows().len() - self.rows.start];
        let own = rows
            .rows()
            .enumerate()
            .take(self.rows.end)
            .skip(self.rows.start);
        for ((i, row), k) in own.zip(0..) {
            let mut near = 0;
            let mut others = self.similar.iter_mut().skip(k + 1);
            rows.differences(row, i + 1, |differences| {
                let close = u32::from(differences <= most);
                near += close;
                if let Some(other) = others.next() {
                    *other += close;
                }
            });
            if let Some(own) = self.similar.get_mut(k) {
                *own += near;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroUsize;

    fn by_definition(data: &Data, identity: f64) -> Vec<f64> {
        let weight = |i: usize| {
            let close = |&j: &usize| {
                let pairs = data.row(i).iter().zip(data.row(j));
                let equal = pairs.filter(|(a, b)| a == b).count();
                j == i || equal as f64 / data.sites() as f64 > identity
            };
            1.0 / (0..data.rows()).filter(close).count() as f64
        };
        (0..data.rows()).map(weight).collect()
    }

    fn random(rows: usize, sites: usize) -> Data {
        let mut state = 1_u64;
        let mut symbol = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            u8::from((state >> 33).is_multiple_of(6))
        };
        let symbols = (0..rows * sites).map(|_| symbol()).collect();
        Data::new(symbols, sites, 2).unwrap()
    }

    #[test]
    fn weights_are_those_of_the_definition_for_any_number_of_threads() {
        for sites in [1, 10, 32, 33, 64, 70] {
            let data = random(99, sites);
            for identity in [-1.0, 0.0, 0.6, 0.7, 0.8, 0.99, 1.0] {
                let wanted = by_definition(&data, identity);
                let found = sequence_weights(&data, identity, &Threads::one());
                assert_eq!(found, wanted, "{sites} {identity}");
                let three = Threads::new(NonZeroUsize::new(3).unwrap()).unwrap();
                assert_eq!(sequence_weights(&data, identity, &three), wanted);
            }
        }
    }

    #[test]
    fn the_threshold_is_strict() {
        let data = Data::new([[1; 10], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]].concat(), 10, 2).unwrap();
        let weights = |identity| sequence_weights(&data, identity, &Threads::one());
        assert_eq!(weights(0.8), [1.0, 1.0]);
        assert_eq!(weights(0.79), [0.5, 0.5]);
    }

    #[test]
    fn parts_cover_all_rows() {
        for rows in [1, 2, 63, 64, 65, 1000] {
            let covered: Vec<usize> = parts(rows).flatten().collect();
            assert_eq!(covered, (0..rows).collect::<Vec<_>>());
        }
    }
}
