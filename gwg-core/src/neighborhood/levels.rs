mod sort;

use crate::kernel::StateVisitor;
use crate::leveled::MAX_LEVELS;
use crate::{Bits, Error, Memory, MemoryLayout};

/// Positions occupy the low bits of a `place`, the level the high bits.
const POSITION_BITS: u32 = 32 - MAX_LEVELS.trailing_zeros();
const POSITION: u32 = (1 << POSITION_BITS) - 1;

/// True if speed matters more than code size: the total is then updated with every change of a level. Otherwise it is
/// recomputed, which gives the same number because it is a sum of integers.
const FOLLOWED: bool = cfg!(target_pointer_width = "64");

/// Moves sorted by level, each level with a weight.
///
/// A move goes up one level by exchanging its place with the last move of its level, whose end then decreases by one.
#[derive(Debug)]
pub struct Levels<'a> {
    /// The moves, level by level.
    order: &'a mut [u32],
    /// The level of each move and its position in `order`, packed: one access for both.
    place: &'a mut [u32],
    /// Where each level begins; the levels past the last are empty.
    start: &'a mut Starts,
    /// The weight of a move on each level.
    weight: &'a mut Weights,
    total: u64,
    /// The level whose moves stay on it; `MAX_LEVELS` if there is none.
    frozen: usize,
}

type Starts = [u32; 2 * MAX_LEVELS];
type Weights = [u64; MAX_LEVELS];

impl<'a> Levels<'a> {
    pub(super) const MAX_MOVES: usize = POSITION as usize;

    /// The memory for `moves` moves.
    pub(super) const fn layout(moves: usize) -> MemoryLayout {
        MemoryLayout {
            reals: 0,
            words: MAX_LEVELS,
            indices: 2 * moves + 2 * MAX_LEVELS,
            moves: 0,
        }
    }

    pub(super) fn new<R>(memory: &mut Memory<'a, R>, moves: usize) -> Result<Self, Error> {
        Ok(Self {
            order: memory.indices(moves)?,
            place: memory.indices(moves)?,
            start: memory.index_array()?,
            weight: memory.word_array()?,
            total: 0,
            frozen: MAX_LEVELS,
        })
    }

    /// The number of moves.
    #[inline(always)]
    pub(super) fn moves(&self) -> usize {
        self.place.len()
    }

    /// The sum of all weights.
    #[inline(always)]
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Visits what is not in the memory slices.
    #[inline(always)]
    pub(super) fn visit<V: StateVisitor>(&mut self, visitor: &mut V) {
        let Self {
            order: _,
            place: _,
            start: _,
            weight: _,
            total,
            frozen,
        } = self;
        visitor.word(total);
        visitor.count(frozen);
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

    /// Draws a move with probability proportional to its weight, where the first `levels` levels are in use; `None`
    /// if no weight is positive.
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

impl Levels<'_> {
    /// The level of move `m`.
    #[inline(always)]
    #[must_use]
    pub fn level(&self, m: usize) -> usize {
        self.place
            .get(m)
            .map_or(0, |place| (place >> POSITION_BITS) as usize)
    }

    /// Moves `m` to another level. A move on the frozen level stays there.
    // One copy of the code on small machines.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub fn set_level(&mut self, m: usize, to: usize) {
        let Some(&place) = self.place.get(m) else {
            return;
        };
        let to = to % MAX_LEVELS;
        let mut level = (place >> POSITION_BITS) as usize;
        if level == self.frozen {
            return;
        }
        let mut position = place & POSITION;
        if FOLLOWED {
            self.total = self
                .total
                .wrapping_add(self.weight[to])
                .wrapping_sub(self.weight[level % MAX_LEVELS]);
        }
        while level != to {
            // One level up or down, without a branch, which would be unpredictable.
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

    /// Memory for `n` moves, filled with arbitrary values.
    struct OwnedLevels {
        words: Vec<u64>,
        indices: Vec<u32>,
    }

    impl OwnedLevels {
        fn new(moves: usize) -> Self {
            let layout = Levels::layout(moves);
            Self {
                words: vec![u64::MAX; layout.words],
                indices: vec![u32::MAX; layout.indices],
            }
        }

        fn classes(&mut self, moves: usize) -> Levels<'_> {
            let mut memory = Memory::<f64> {
                words: &mut self.words,
                indices: &mut self.indices,
                ..Memory::default()
            };
            Levels::new(&mut memory, moves).unwrap()
        }
    }

    fn consistent(classes: &Levels<'_>, levels: &[usize]) {
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
            let mut owned = OwnedLevels::new(n);
            let mut classes = owned.classes(n);
            let weight = [3, 1, 0, 50, 7, 1 << 40, 2];
            classes.fill((7, None), |k| weight[k], |m| levels[m]);
            consistent(&classes, &levels);
            let sorted = (classes.order.to_vec(), classes.place.to_vec(), *classes.start);
            classes.sort(|m| levels[m]);
            prop_assert_eq!(&sorted, &(classes.order.to_vec(), classes.place.to_vec(), *classes.start));
            classes.sort_level_by_level(7, |m| levels[m]);
            prop_assert_eq!(&sorted, &(classes.order.to_vec(), classes.place.to_vec(), *classes.start));
            for (index, level) in changes {
                let m = index.index(n);
                levels[m] = level;
                classes.set_level(m, level);
                classes.changed(7);
                consistent(&classes, &levels);
                let followed = classes.total;
                classes.count(7);
                prop_assert_eq!(followed, classes.total);
            }
        }
    }

    #[test]
    fn moves_are_drawn_in_proportion_to_their_weight() {
        let levels = [0usize, 1, 2, 3, 3, 3, 1, 0, 2, 3];
        let mut owned = OwnedLevels::new(10);
        let mut classes = owned.classes(10);
        let weight = [5, 1, 0, 2];
        classes.fill((4, None), |k| weight[k], |m| levels[m]);
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
        let mut owned = OwnedLevels::new(3);
        let mut classes = owned.classes(3);
        classes.fill((1, None), |_| 0, |_| 0);
        assert_eq!(classes.draw(1, &mut crate::SplitMix64::new(0)), None);
    }
}
