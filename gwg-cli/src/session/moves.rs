//! Acceptance and sites changed over a run, by intervals of draws, in bounded memory.

use gwg_chains::Batch;

/// Most intervals of a chain; even.
const INTERVALS: usize = 256;
/// Most intervals of all chains, down to [`FEWEST`] per chain.
const ALL: usize = 1 << 18;
/// Least number of intervals of a chain; even.
const FEWEST: usize = 4;

/// Means over intervals of draws, for each chain. As the run gets longer, neighboring intervals are merged.
#[derive(Clone, Debug, Default)]
pub(crate) struct MoveHistory {
    chains: usize,
    /// The first draw seen, and the number after that of the last.
    draws: (usize, usize),
    /// Draws of an interval, a power of two.
    width: usize,
    /// Most intervals.
    most: usize,
    /// Draws seen of each interval, the same for all chains.
    seen: Vec<u64>,
    /// Sums over the draws of an interval, (interval, chain) row-major.
    accepted: Vec<f64>,
    sites_changed: Vec<f64>,
}

/// An interval of draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval<'a> {
    /// Number of its first draw that was seen.
    pub(crate) first: usize,
    /// The number after that of its last draw that was seen.
    pub(crate) end: usize,
    /// Its draws that were seen, at least 1.
    pub(crate) seen: u64,
    /// Sums over these draws of each chain: share of accepted steps, sites changed per step.
    pub(crate) accepted: &'a [f64],
    pub(crate) sites_changed: &'a [f64],
}

impl MoveHistory {
    pub(crate) fn chains(&self) -> usize {
        self.chains
    }

    /// The intervals of which draws were seen, in order.
    pub(crate) fn intervals(&self) -> impl Iterator<Item = Interval<'_>> {
        let rows = self.accepted.chunks_exact(self.chains.max(1));
        let rows = rows.zip(self.sites_changed.chunks_exact(self.chains.max(1)));
        let all = self.seen.iter().zip(rows).enumerate();
        all.filter(|(_, (seen, _))| **seen > 0)
            .map(|(k, (&seen, (accepted, sites_changed)))| Interval {
                first: (k * self.width).max(self.draws.0),
                end: ((k + 1) * self.width).min(self.draws.1),
                seen,
                accepted,
                sites_changed,
            })
    }

    /// Adds the draws of a batch.
    pub(super) fn add<S>(&mut self, batch: &Batch<'_, S>) {
        let draws = batch.draws;
        let complete = batch.accepted.len() == batch.chains * draws
            && batch.sites_changed.len() == batch.chains * draws;
        if !complete || batch.chains == 0 {
            return;
        }
        if self.chains != batch.chains {
            let most = (ALL / batch.chains).clamp(FEWEST, INTERVALS) / 2 * 2;
            *self = Self {
                chains: batch.chains,
                draws: (batch.first_draw, batch.first_draw),
                width: 1,
                most,
                ..Self::default()
            };
        }
        self.draws.1 = batch.first_draw + draws;
        for draw in 0..draws {
            let interval = self.interval(batch.first_draw + draw);
            self.seen[interval] += 1;
            for chain in 0..self.chains {
                let (to, from) = (interval * self.chains + chain, chain * draws + draw);
                self.accepted[to] += batch.accepted[from];
                self.sites_changed[to] += batch.sites_changed[from];
            }
        }
    }

    /// The interval of a draw, after making room for it.
    fn interval(&mut self, draw: usize) -> usize {
        while draw / self.width >= self.most {
            self.merge();
        }
        let interval = draw / self.width;
        if interval >= self.seen.len() {
            self.seen.resize(interval + 1, 0);
            self.accepted.resize((interval + 1) * self.chains, 0.0);
            self.sites_changed.resize((interval + 1) * self.chains, 0.0);
        }
        interval
    }

    /// Merges pairs of neighboring intervals.
    fn merge(&mut self) {
        self.width *= 2;
        self.seen = self.seen.chunks(2).map(|pair| pair.iter().sum()).collect();
        for sums in [&mut self.accepted, &mut self.sites_changed] {
            let pairs = sums.chunks(2 * self.chains);
            let merged = pairs.flat_map(|pair| {
                let (one, two) = pair.split_at(self.chains);
                let two = two.iter().copied().chain(std::iter::repeat(0.0));
                one.iter().zip(two).map(|(a, b)| a + b)
            });
            *sums = merged.collect();
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Adds draws `first..end` of chains whose figures are known, `size` draws at a time.
    pub(crate) fn fed(chains: usize, draws: std::ops::Range<usize>, size: usize) -> MoveHistory {
        let mut history = MoveHistory::default();
        let mut first = draws.start;
        while first < draws.end {
            let n = size.min(draws.end - first);
            let made = |of: fn(usize, usize) -> f64| -> Vec<f64> {
                (0..chains)
                    .flat_map(|c| (first..first + n).map(move |d| of(c, d)))
                    .collect()
            };
            let accepted = made(|c, d| ((c + d) % 2) as f64);
            let sites_changed = made(|c, d| (c * 10 + d % 3) as f64);
            let quantities = gwg_chains::QuantityDraws::default();
            history.add::<u8>(&Batch {
                first_draw: first,
                draws: n,
                chains,
                sites: 1,
                x: &[],
                quantities: &quantities,
                accepted: &accepted,
                sites_changed: &sites_changed,
            });
            first += n;
        }
        history
    }

    #[test]
    fn short_runs_are_kept_draw_by_draw() {
        let history = fed(2, 0..3, 2);
        let all: Vec<_> = history.intervals().collect();
        assert_eq!(all.len(), 3);
        assert_eq!((all[2].first, all[2].end, all[2].seen), (2, 3, 1));
        assert_eq!(
            (all[2].accepted, all[2].sites_changed),
            (&[0.0, 1.0][..], &[2.0, 12.0][..])
        );
    }

    #[test]
    fn long_runs_are_merged_and_keep_their_sums() {
        for (draws, size) in [(256, 100), (257, 1), (100_000, 99)] {
            let history = fed(3, 0..draws, size);
            let all: Vec<_> = history.intervals().collect();
            assert!(
                all.len() <= INTERVALS && all.len() > INTERVALS / 2,
                "{draws}"
            );
            assert_eq!(all.iter().map(|i| i.seen).sum::<u64>(), draws as u64);
            assert_eq!((all[0].first, all[all.len() - 1].end), (0, draws));
            for interval in &all {
                let mine = interval.first..interval.end;
                assert_eq!(mine.len() as u64, interval.seen);
                let expected: usize = mine.map(|d| 20 + d % 3).sum();
                assert_eq!(interval.sites_changed[2], expected as f64, "{interval:?}");
            }
        }
    }

    #[test]
    fn memory_is_bounded_for_many_chains_and_a_resumed_run_begins_late() {
        let many = fed(100_000, 0..9, 9);
        assert!(many.intervals().count() <= FEWEST && many.accepted.len() <= 100_000 * FEWEST);
        let late = fed(1, 5000..5100, 50);
        let all: Vec<_> = late.intervals().collect();
        assert_eq!((all[0].first, all[all.len() - 1].end), (5000, 5100));
        assert_eq!(all.iter().map(|i| i.seen).sum::<u64>(), 100);
        assert_eq!(MoveHistory::default().intervals().count(), 0);
    }
}
