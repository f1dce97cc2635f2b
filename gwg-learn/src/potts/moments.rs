//! One- and two-site frequencies.

use super::chains::PottsChains;
use super::pairs::split_pairs;
use crate::Data;
use gwg_chains::Threads;
use gwg_core::Real;

/// Frequencies of the symbols of single sites, shape (L, q), and of all pairs `i < j`, shape (L (L - 1) / 2, q, q), row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// Of single sites.
    pub single: Vec<f32>,
    /// Of pairs.
    pub pair: Vec<f32>,
}

impl Moments {
    /// The weighted frequencies of data, mixed with those of uniform independent sites: `(1 - pseudocount) f + pseudocount u`.
    ///
    /// # Cost
    /// `O(rows L^2)`, shared by the threads.
    #[must_use]
    pub fn new(data: &Data, pseudocount: f64, threads: &Threads) -> Self {
        let (sites, q) = (data.sites(), data.states());
        let keep = 1.0 - pseudocount;
        let uniform = pseudocount / q as f64;
        let single = data.frequencies();
        let single = single.iter().map(|f| (keep * f + uniform) as f32).collect();
        let mut pair = vec![0.0; sites * (sites - 1) / 2 * q * q];
        let smoothed = |f: f64| keep * f + uniform / q as f64;
        pair_frequencies(data, &mut pair, smoothed, threads);
        Self { single, pair }
    }
}

/// Writes `map` of the weighted frequency of each pair of symbols, of all pairs of sites, in the order of [`PairPotts::coupling`](super::PairPotts::coupling).
pub(crate) fn pair_frequencies<R: Real>(
    data: &Data,
    out: &mut [R],
    map: impl Fn(f64) -> f64 + Sync,
    threads: &Threads,
) {
    let (sites, q, total) = (data.sites(), data.states(), data.effective_rows());
    // Columns, so that a pair is two contiguous slices.
    let column = |site| data.symbols().iter().skip(site).step_by(sites).copied();
    let columns: Vec<Vec<u8>> = (0..sites).map(|site| column(site).collect()).collect();
    let parts = split_pairs(out, sites, q * q);
    let mut parts: Vec<_> = parts.into_iter().enumerate().collect();
    threads.each(&mut parts, |(i, part)| {
        let mut sums = vec![0.0_f64; q * q];
        for (block, later) in part.chunks_exact_mut(q * q).zip(&columns[*i + 1..]) {
            sums.fill(0.0);
            for ((&a, &b), &weight) in columns[*i].iter().zip(later).zip(data.weights()) {
                sums[usize::from(a) * q + usize::from(b)] += weight;
            }
            for (f, sum) in block.iter_mut().zip(&sums) {
                *f = R::from_f64(map(sum / total));
            }
        }
    });
}

/// The frequencies of single sites among chains.
pub(super) fn singles(chains: &PottsChains, sites: usize, q: usize) -> Vec<f32> {
    let mut counts = vec![0_u32; sites * q];
    for block in chains.blocks() {
        for (i, counts) in counts.chunks_exact_mut(q).enumerate() {
            for &a in block.site(i) {
                counts[usize::from(a)] += 1;
            }
        }
    }
    let all = chains.len() as f32;
    counts.iter().map(|&n| n as f32 / all).collect()
}

/// Tables that counts are spread over, so that equal pairs in a row do not wait for each other.
const SPREAD: usize = 4;

/// Counts of pairs of symbols.
pub(super) struct PairCounts {
    q: usize,
    counts: Vec<u32>,
}

impl PairCounts {
    pub(super) fn new(q: usize) -> Self {
        Self {
            q,
            counts: vec![0; SPREAD * q * q],
        }
    }

    /// The numbers of chains with each pair of symbols at two sites, shape (q, q).
    pub(super) fn of(&mut self, chains: &PottsChains, i: usize, j: usize) -> &[u32] {
        let (q, len) = (self.q, self.q * self.q);
        self.counts.fill(0);
        let (first, rest) = self.counts.split_at_mut(len);
        let (second, rest) = rest.split_at_mut(len);
        let (third, fourth) = rest.split_at_mut(len);
        let place = |a: u8, b: u8| usize::from(a) * q + usize::from(b);
        for block in chains.blocks() {
            let (a, b) = (block.site(i).as_chunks(), block.site(j).as_chunks());
            for (&[a0, a1, a2, a3], &[b0, b1, b2, b3]) in a.0.iter().zip(b.0) {
                first[place(a0, b0)] += 1;
                second[place(a1, b1)] += 1;
                third[place(a2, b2)] += 1;
                fourth[place(a3, b3)] += 1;
            }
            for (&a, &b) in a.1.iter().zip(b.1) {
                first[place(a, b)] += 1;
            }
        }
        let others = second.iter().zip(third.iter()).zip(fourth.iter());
        for (n, ((b, c), d)) in first.iter_mut().zip(others) {
            *n += b + c + d;
        }
        &self.counts[..len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_of_data_and_of_chains_agree() {
        let (sites, q, threads) = (5, 3, Threads::one());
        let uniform = vec![1.0; sites * q];
        let chains = PottsChains::new((sites, q), 1037, 3, &uniform, &threads);
        let data = Data::new(chains.rows(), sites, q).unwrap();
        let moments = Moments::new(&data, 0.0, &threads);
        assert_eq!(singles(&chains, sites, q), moments.single);
        let (mut counts, mut pair) = (PairCounts::new(q), 0);
        for i in 0..sites {
            for j in i + 1..sites {
                let counts = counts.of(&chains, i, j);
                let block = &moments.pair[pair * q * q..][..q * q];
                for (&n, &f) in counts.iter().zip(block) {
                    assert_eq!((f64::from(n) / 1037.0) as f32, f);
                }
                pair += 1;
            }
        }
    }

    #[test]
    fn pseudocounts_keep_the_marginals() {
        let data = Data::new(vec![0, 1, 2, 1], 2, 3).unwrap();
        let data = data.with_weights(vec![3.0, 1.0]).unwrap();
        let moments = Moments::new(&data, 0.5, &Threads::one());
        for a in 0..3 {
            let sum: f32 = moments.pair[a * 3..a * 3 + 3].iter().sum();
            assert!((sum - moments.single[a]).abs() < 1e-6);
        }
        assert!((moments.single[0] - (0.5 * 0.75 + 0.5 / 3.0)).abs() < 1e-6);
    }
}
