use crate::Bits;
use crate::leveled::{Levels, MAX_LEVELS};

/// Positions take the low bits of a place, the level the high ones.
const POSITION_BITS: u32 = 32 - MAX_LEVELS.trailing_zeros();
const POSITION: u32 = (1 << POSITION_BITS) - 1;

/// Moves sorted by level, each level with a weight.
///
/// A move goes one level up by trading places with the last of its level, whose end then moves down by one.
#[derive(Debug)]
pub(super) struct Classes<'a> {
    /// The moves, level after level.
    order: &'a mut [u32],
    /// The level of each move and its position in `order`, packed: one access for both.
    place: &'a mut [u32],
    /// Where each level begins; the levels past the last are empty.
    start: [u32; 2 * MAX_LEVELS],
    weight: [u64; MAX_LEVELS],
    total: u64,
}

impl<'a> Classes<'a> {
    pub(super) const MAX_MOVES: usize = POSITION as usize;

    /// On two slices of one entry a move each.
    pub(super) fn new(order: &'a mut [u32], place: &'a mut [u32]) -> Self {
        Self {
            order,
            place,
            start: [0; 2 * MAX_LEVELS],
            weight: [0; MAX_LEVELS],
            total: 0,
        }
    }

    /// The sum of all weights.
    #[inline(always)]
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The weight of a move on a level.
    #[inline(always)]
    pub(super) fn weight_of(&self, level: usize) -> u64 {
        self.weight[level % MAX_LEVELS]
    }

    /// The weight of a move.
    #[inline(always)]
    pub(super) fn weight(&self, m: usize) -> u64 {
        self.weight_of(self.level(m))
    }

    /// Sorts all moves, those of one level by their index. The first so many levels are in use.
    pub(super) fn fill(
        &mut self,
        mut weight: impl FnMut(usize) -> u64,
        levels: usize,
        level: impl Fn(usize) -> usize,
    ) {
        for (level, slot) in self.weight.iter_mut().enumerate().take(levels) {
            *slot = weight(level);
        }
        // A level has first its size there, then its end, which is counted down to its start: its last move comes first.
        self.start = [0; 2 * MAX_LEVELS];
        for (m, place) in self.place.iter_mut().enumerate() {
            let level = level(m) % MAX_LEVELS;
            *place = (level as u32) << POSITION_BITS;
            self.start[level] += 1;
        }
        self.total = 0;
        let mut end = 0;
        for (k, start) in self.start.iter_mut().enumerate() {
            let weight = self.weight[k % MAX_LEVELS];
            self.total = self
                .total
                .wrapping_add(u64::from(*start).wrapping_mul(weight));
            end += *start;
            *start = end;
        }
        for (m, place) in self.place.iter_mut().enumerate().rev() {
            let start = &mut self.start[(*place >> POSITION_BITS) as usize % MAX_LEVELS];
            *start = start.wrapping_sub(1);
            *place |= *start;
            if let Some(slot) = self.order.get_mut(*start as usize) {
                *slot = m as u32;
            }
        }
    }

    /// A move in proportion to its weight, where the first so many levels are in use; `None` where no weight is positive.
    #[inline(always)]
    pub(super) fn draw<B: Bits + ?Sized>(&self, levels: usize, bits: &mut B) -> Option<usize> {
        if self.total == 0 {
            return None;
        }
        let threshold = ((u128::from(bits.next_u64()) * u128::from(self.total)) >> 64) as u64;
        let (mut end, mut level) = (0u64, 0);
        for k in 0..levels.min(MAX_LEVELS) {
            let members = self.start[k + 1].wrapping_sub(self.start[k]);
            end = end.wrapping_add(u64::from(members).wrapping_mul(self.weight[k]));
            level += usize::from(end <= threshold);
        }
        let level = level % MAX_LEVELS;
        let (start, end) = (self.start[level], self.start[level + 1]);
        let position = start as usize + bits.below(end.wrapping_sub(start) as usize);
        self.order.get(position).map(|&m| m as usize)
    }
}

impl Levels for Classes<'_> {
    #[inline(always)]
    fn level(&self, m: usize) -> usize {
        self.place
            .get(m)
            .map_or(0, |place| (place >> POSITION_BITS) as usize)
    }

    // One copy on a small machine.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn set_level(&mut self, m: usize, to: usize) {
        let Some(&place) = self.place.get(m) else {
            return;
        };
        let to = to % MAX_LEVELS;
        let mut level = (place >> POSITION_BITS) as usize;
        let mut position = place & POSITION;
        self.total = self
            .total
            .wrapping_add(self.weight[to])
            .wrapping_sub(self.weight[level % MAX_LEVELS]);
        while level != to {
            // One level up or down, without a branch: which of the two it is cannot be foreseen.
            let up = usize::from(to > level);
            let boundary = &mut self.start[(level + up) % (2 * MAX_LEVELS)];
            let edge = boundary.wrapping_sub(up as u32);
            *boundary = edge.wrapping_add(1 - up as u32);
            if let Some(slot) = self.order.get_mut(edge as usize) {
                let other = core::mem::replace(slot, m as u32);
                if let Some(slot) = self.order.get_mut(position as usize) {
                    *slot = other;
                }
                if let Some(place) = self.place.get_mut(other as usize) {
                    *place = (level as u32) << POSITION_BITS | position;
                }
            }
            position = edge;
            level = if up == 1 { level + 1 } else { level - 1 };
        }
        if let Some(place) = self.place.get_mut(m) {
            *place = (to as u32) << POSITION_BITS | position;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::{vec, vec::Vec};

    fn consistent(classes: &Classes<'_>, levels: &[usize]) {
        let mut total = 0;
        for (m, &level) in levels.iter().enumerate() {
            assert_eq!(classes.level(m), level);
            let position = classes.place[m] & POSITION;
            assert_eq!(classes.order[position as usize], m as u32);
            assert!((classes.start[level]..classes.start[level + 1]).contains(&position));
            total += classes.weight[level];
        }
        assert_eq!(classes.total, total);
    }

    proptest! {
        #[test]
        fn moves_stay_sorted_under_any_changes(
            start in prop::collection::vec(0usize..7, 1..40),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..7), 0..60),
        ) {
            let mut levels = start;
            let n = levels.len();
            let (mut order, mut place) = (vec![u32::MAX; n], vec![u32::MAX; n]);
            let mut classes = Classes::new(&mut order, &mut place);
            let mut weight = [0; MAX_LEVELS];
            weight[..7].copy_from_slice(&[3, 1, 0, 50, 7, 1 << 40, 2]);
            classes.fill(|k| weight[k], 7, |m| levels[m]);
            consistent(&classes, &levels);
            for (index, level) in changes {
                let m = index.index(n);
                levels[m] = level;
                classes.set_level(m, level);
                consistent(&classes, &levels);
            }
        }
    }

    #[test]
    fn moves_are_drawn_in_proportion_to_their_weight() {
        let levels = [0usize, 1, 2, 3, 3, 3, 1, 0, 2, 3];
        let (mut order, mut place) = ([0; 10], [0; 10]);
        let mut classes = Classes::new(&mut order, &mut place);
        let mut weight = [0; MAX_LEVELS];
        weight[..4].copy_from_slice(&[5, 1, 0, 2]);
        classes.fill(|k| weight[k], 4, |m| levels[m]);
        let mut bits = crate::SplitMix64::new(5);
        let draws = 100_000;
        let mut counts: Vec<u32> = vec![0; 10];
        for _ in 0..draws {
            counts[classes.draw(4, &mut bits).unwrap()] += 1;
        }
        let mut chi2 = 0.0;
        for (m, &count) in counts.iter().enumerate() {
            let expected = f64::from(draws) * weight[levels[m]] as f64 / classes.total() as f64;
            if expected == 0.0 {
                assert_eq!(count, 0);
            } else {
                chi2 += (f64::from(count) - expected).powi(2) / expected;
            }
        }
        // 8 cells, 7 degrees of freedom: exceeded with probability 1e-6.
        assert!(chi2 < 40.5, "{chi2}");
    }

    #[test]
    fn nothing_is_drawn_where_no_weight_is_positive() {
        let (mut order, mut place) = ([0; 3], [0; 3]);
        let mut classes = Classes::new(&mut order, &mut place);
        classes.fill(|_| 0, 1, |_| 0);
        assert_eq!(classes.draw(1, &mut crate::SplitMix64::new(0)), None);
    }
}
