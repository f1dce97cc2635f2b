//! Distances of samples to known rows.

use gwg_chains::Threads;

use crate::Data;
use crate::packed::Packed;

/// For each row of `samples`, the smallest Hamming distance to a row of `natural`, and the first such row, from 0.
///
/// Samples that are copies of natural rows have the distance 0.
///
/// # Cost
/// `O(samples.rows() natural.rows() sites)` comparisons of symbols, 64 at a time. The same result for any number of threads.
///
/// # Panics
/// If the two have different numbers of sites.
#[must_use]
pub fn nearest_rows(samples: &Data, natural: &Data, threads: &Threads) -> Vec<(usize, usize)> {
    assert_eq!(samples.sites(), natural.sites(), "rows of the same sites");
    let bits = samples.states().max(natural.states());
    let pack = |data: &Data| Packed::with_states(data, bits);
    let (samples, natural) = (pack(samples), pack(natural));
    let mut found: Vec<_> = samples.rows().map(|row| (row, (usize::MAX, 0))).collect();
    threads.each(&mut found, |(row, nearest)| {
        let mut k = 0;
        natural.differences(row, 0, |differences| {
            if differences < nearest.0 {
                *nearest = (differences, k);
            }
            k += 1;
        });
    });
    found.into_iter().map(|(_, nearest)| nearest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_row_is_the_first_of_the_smallest_distance() {
        let sites = 70;
        let symbol = |k: usize| ((k * k + k / 7) % 97 % 3) as u8;
        let natural = Data::new((0..40 * sites).map(symbol).collect(), sites, 3).unwrap();
        let others = (0..9 * sites).map(|k| symbol(k + 3));
        let symbols = natural.row(7).iter().copied().chain(others).collect();
        let samples = Data::new(symbols, sites, 3).unwrap();
        let threads = Threads::all().unwrap();
        let found = nearest_rows(&samples, &natural, &threads);
        for (row, found) in found.iter().enumerate() {
            let distance = |k: usize| {
                let pairs = samples.row(row).iter().zip(natural.row(k));
                pairs.filter(|(a, b)| a != b).count()
            };
            assert_eq!(Some(*found), (0..40).map(|k| (distance(k), k)).min());
        }
        assert_eq!(found[0].0, 0);
    }
}
