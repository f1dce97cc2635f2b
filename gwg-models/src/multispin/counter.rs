//! Counts of ones in each of 64 lanes.

use super::words::{GROUP, Words};

/// Counts of groups below `2^(LEVELS + 2)`.
const LEVELS: usize = 48;

/// How often each lane of each word of a group was one.
///
/// Groups are added four at a time: five operations for each. Level `k` has bit `k + 2` of the counts and, where bit `k` of the number of additions is one, a group that
/// is still to be added to it.
pub(super) struct Counter<W: Words> {
    ones: W::Group,
    twos: W::Group,
    sum: [W::Group; LEVELS],
    held: [W::Group; LEVELS],
    additions: u64,
}

impl<W: Words> Counter<W> {
    pub(super) fn new(words: W) -> Self {
        let zero = words.splat(0);
        Self {
            ones: zero,
            twos: zero,
            sum: [zero; LEVELS],
            held: [zero; LEVELS],
            additions: 0,
        }
    }

    #[inline(always)]
    pub(super) fn add(&mut self, words: W, [a, b, c, d]: [W::Group; 4]) {
        let (ones, first) = words.full_add(self.ones, a, b);
        let (ones, second) = words.full_add(ones, c, d);
        let (twos, mut fours) = words.full_add(self.twos, first, second);
        (self.ones, self.twos) = (ones, twos);
        let full = self.additions.trailing_ones() as usize;
        for (sum, held) in self.sum.iter_mut().zip(&self.held).take(full) {
            (*sum, fours) = words.full_add(*sum, *held, fours);
        }
        if let Some(held) = self.held.get_mut(full) {
            *held = fours;
        }
        self.additions += 1;
    }

    /// The counts of lane `k` of all words of the group together, for every `k`.
    pub(super) fn totals(&self, words: W) -> [u64; 64] {
        let mut totals = [0; 64];
        let mut add = |group, weight: u32| {
            for word in words.store(group) {
                for (lane, total) in totals.iter_mut().enumerate() {
                    *total += (word >> lane & 1) << weight;
                }
            }
        };
        add(self.ones, 0);
        add(self.twos, 1);
        // Levels above have never been reached.
        let used = (u64::BITS - self.additions.leading_zeros()) as usize;
        for (level, (&sum, &held)) in self.sum.iter().zip(&self.held).take(used).enumerate() {
            let weight = level as u32 + 2;
            add(sum, weight);
            if self.additions >> level & 1 == 1 {
                add(held, weight);
            }
        }
        totals
    }
}

/// The ones of each lane of words.
pub(super) fn ones<W: Words>(words: W, all: impl Iterator<Item = u64>) -> [u64; 64] {
    let (mut counter, mut four, mut filled) = (Counter::new(words), [[0; GROUP]; 4], 0);
    for word in all {
        four.as_flattened_mut()[filled] = word;
        filled += 1;
        if filled == 4 * GROUP {
            counter.add(words, four.map(|group| words.load(group)));
            (four, filled) = ([[0; GROUP]; 4], 0);
        }
    }
    counter.add(words, four.map(|group| words.load(group)));
    counter.totals(words)
}

#[cfg(test)]
mod tests {
    use super::super::words::Plain;
    use super::*;
    use gwg_core::{Bits, SplitMix64};

    #[test]
    fn every_lane_is_counted() {
        for count in [0, 1, 3, 4, 5, 63, 64, 1000] {
            let mut bits = SplitMix64::new(count);
            let all: Vec<u64> = (0..count).map(|_| bits.next_u64()).collect();
            let found = ones(Plain, all.iter().copied());
            for (lane, found) in found.into_iter().enumerate() {
                let wanted = all.iter().filter(|&word| word >> lane & 1 == 1).count();
                assert_eq!(found, wanted as u64, "lane {lane} of {count} words");
            }
        }
    }
}
