use crate::chains::full;
use crate::plan::RunError;
use crate::threads::Threads;
use gwg_core::Symbol;

/// Cells of the largest table of which every block of chains has a copy: 8 MiB.
const MOST_COPIED: usize = 1 << 20;

/// Cells of the largest table: 512 MiB.
const MOST: usize = 1 << 26;

/// Cells that one thread counts in at a time.
const CELLS_PER_PART: usize = 1 << 14;

/// How the symbols of a run's draws are counted. It depends on the model alone, not on the number of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counting {
    /// Every block of chains counts its draws as they are made. With two states always: there are as many cells as sites.
    PerBlock,
    /// The draws of all chains are counted together after each round, for which their states are kept.
    PerRound,
    /// Not at all: the table would be too large.
    Off,
}

impl Counting {
    pub(crate) fn of(sites: usize, states: usize) -> Self {
        match sites.saturating_mul(states) {
            _ if states == 2 => Self::PerBlock,
            cells if cells <= MOST_COPIED => Self::PerBlock,
            cells if cells <= MOST => Self::PerRound,
            _ => Self::Off,
        }
    }
}

/// How often each site had each symbol, over all draws of some chains.
///
/// Integers: the sum is the same in any order. With two states only the ones are counted.
#[derive(Clone, Debug)]
pub(crate) struct SymbolCounts {
    sites: usize,
    states: usize,
    /// Empty where nothing is counted.
    counts: Vec<u64>,
    /// Counts of the latest draws, in bytes (two states only).
    recent: Vec<u8>,
    draws_in_recent: u8,
}

impl SymbolCounts {
    /// The table of a whole run.
    pub(crate) fn of_run(sites: usize, states: usize) -> Result<Self, RunError> {
        Self::new(sites, states, Counting::of(sites, states) != Counting::Off)
    }

    /// The table of one block.
    pub(crate) fn of_block(sites: usize, states: usize) -> Result<Self, RunError> {
        let counting = Counting::of(sites, states);
        Self::new(sites, states, counting == Counting::PerBlock)
    }

    fn new(sites: usize, states: usize, counted: bool) -> Result<Self, RunError> {
        let cells = |each| sites.checked_mul(if counted { each } else { 0 });
        let (all, recent) = if states == 2 { (1, 1) } else { (states, 0) };
        Ok(Self {
            sites,
            states,
            counts: full(cells(all), 0)?,
            recent: full(cells(recent), 0)?,
            draws_in_recent: 0,
        })
    }

    /// Counts one draw.
    pub(crate) fn add<S: Symbol>(&mut self, x: &[S]) {
        if self.states == 2 {
            for (count, &s) in self.recent.iter_mut().zip(x) {
                *count = count.wrapping_add(s.index() as u8);
            }
            self.draws_in_recent += 1;
            if self.draws_in_recent == u8::MAX {
                self.flush();
            }
        } else {
            add_row(&mut self.counts, x, self.states);
        }
    }

    /// Counts many draws, of more than two states. Threads share the sites: the table is written once, whatever their number.
    pub(crate) fn add_all<S: Symbol>(&mut self, x: &[S], threads: &Threads) {
        let (sites, states) = (self.sites, self.states);
        let sites_per_part = (CELLS_PER_PART / states).max(1);
        let parts = self.counts.chunks_mut(sites_per_part * states);
        let mut parts: Vec<(usize, &mut [u64])> =
            (0..).step_by(sites_per_part).zip(parts).collect();
        threads.each(&mut parts, |(first, counts)| {
            for x in x.chunks_exact(sites) {
                add_row(counts, &x[*first..], states);
            }
        });
    }

    fn flush(&mut self) {
        for (count, recent) in self.counts.iter_mut().zip(&mut self.recent) {
            *count += u64::from(std::mem::take(recent));
        }
        self.draws_in_recent = 0;
    }

    /// Adds the counts of `other`, and clears them.
    pub(crate) fn merge(&mut self, other: &mut Self) {
        other.flush();
        for (a, b) in self.counts.iter_mut().zip(&other.counts) {
            *a += b;
        }
        other.counts.fill(0);
    }

    /// The counts, with those of the latest draws.
    pub(crate) fn counts(&mut self) -> &[u64] {
        self.flush();
        &self.counts
    }

    /// Goes on from `counts` of so many states; false where they are of another shape, or larger.
    pub(crate) fn restore(&mut self, counts: Vec<u64>, states: u64) -> bool {
        let fits = counts.len() == self.counts.len() && counts.iter().all(|&count| count <= states);
        self.counts = counts;
        fits
    }

    pub(crate) fn into_counts(mut self) -> Vec<u64> {
        self.flush();
        self.counts
    }
}

/// One draw of as many sites as there are rows of counts.
fn add_row<S: Symbol>(counts: &mut [u64], x: &[S], states: usize) {
    for (row, symbol) in counts.chunks_exact_mut(states).zip(x) {
        if let Some(count) = row.get_mut(symbol.index()) {
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::{Bits, SplitMix64};
    use proptest::prelude::*;
    use std::num::NonZeroUsize;

    /// Draws, and how often each site had each symbol in them.
    fn drawn<S: Symbol>(
        sites: usize,
        states: usize,
        draws: usize,
        seed: u64,
    ) -> (Vec<S>, Vec<u64>) {
        let mut bits = SplitMix64::new(seed);
        let mut plain = vec![0; sites * states];
        let mut all = Vec::new();
        for k in 0..draws * sites {
            let symbol = bits.below(states);
            plain[k % sites * states + symbol] += 1;
            all.push(S::from_index(symbol));
        }
        (all, plain)
    }

    proptest! {
        #[test]
        fn counts_are_the_plain_sums(states in 2usize..4, sites in 1usize..40, draws in 0usize..600, seed in any::<u64>()) {
            let (x, mut plain) = drawn::<u8>(sites, states, draws, seed);
            let mut parts = [(); 2].map(|()| SymbolCounts::of_block(sites, states).unwrap());
            for (t, x) in x.chunks(sites).enumerate() {
                parts[t % 2].add(x);
            }
            let [mut all, mut other] = parts;
            all.merge(&mut other);
            if states == 2 {
                plain = plain.chunks(2).map(|c| c[1]).collect();
            }
            prop_assert_eq!(all.into_counts(), plain);
        }

        #[test]
        fn many_draws_are_counted_by_any_number_of_threads(
            states in 3usize..9000, sites in 1usize..40, draws in 0usize..20, threads in 1usize..4, seed in any::<u64>(),
        ) {
            let (x, plain) = drawn::<u16>(sites, states, draws, seed);
            let threads = Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap();
            let mut counts = SymbolCounts::of_run(sites, states).unwrap();
            counts.add_all(&x, &threads);
            prop_assert_eq!(counts.into_counts(), plain);
        }
    }

    #[test]
    fn large_tables_are_not_copied_and_very_large_ones_not_made() {
        assert_eq!(Counting::of(20, 5000), Counting::PerBlock);
        assert_eq!(Counting::of(1_000_000, 3), Counting::PerRound);
        assert_eq!(Counting::of(1_000_000, 65_536), Counting::Off);
        assert_eq!(Counting::of(usize::MAX, 3), Counting::Off);
        assert_eq!(Counting::of(1 << 30, 2), Counting::PerBlock);
        let cells = |made: Result<SymbolCounts, RunError>| made.unwrap().into_counts().len();
        assert_eq!(cells(SymbolCounts::of_block(500_000, 3)), 0);
        assert_eq!(cells(SymbolCounts::of_run(500_000, 3)), 1_500_000);
        assert_eq!(cells(SymbolCounts::of_run(1 << 20, 1 << 16)), 0);
    }
}
