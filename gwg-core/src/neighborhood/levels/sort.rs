//! Sorts all moves into their levels.

use super::{FOLLOWED, Levels, POSITION_BITS};
use crate::leveled::MAX_LEVELS;

impl Levels<'_> {
    /// Sorts all moves by level, and by index within a level. The first `levels` levels are in use.
    pub(in crate::neighborhood) fn fill(
        &mut self,
        (levels, frozen): (usize, Option<usize>),
        mut weight: impl FnMut(usize) -> u64,
        level: impl Fn(usize) -> usize,
    ) {
        self.frozen = frozen.unwrap_or(MAX_LEVELS);
        for (level, slot) in self.weight.iter_mut().enumerate().take(levels) {
            *slot = weight(level);
        }
        if FOLLOWED {
            self.sort(level);
        } else {
            self.sort_level_by_level(levels, level);
        }
        self.count(levels);
    }

    /// Ends a series of level changes.
    #[inline(always)]
    pub(in crate::neighborhood) fn changed(&mut self, levels: usize) {
        if !FOLLOWED {
            self.count(levels);
        }
    }

    // One copy of the code on small machines.
    #[inline(never)]
    pub(super) fn count(&mut self, levels: usize) {
        self.total = 0;
        for (bounds, &weight) in self.start.windows(2).zip(&*self.weight).take(levels) {
            if let [start, end] = bounds {
                let members = u64::from(end.wrapping_sub(*start));
                self.total = self.total.wrapping_add(members.wrapping_mul(weight));
            }
        }
    }

    /// Sorts in two passes (counting sort).
    pub(super) fn sort(&mut self, level: impl Fn(usize) -> usize) {
        // `start` first contains the size of each level, then its end, which is decremented down to its start: the
        // last move is placed first.
        *self.start = [0; 2 * MAX_LEVELS];
        for (m, place) in self.place.iter_mut().enumerate() {
            let level = level(m) % MAX_LEVELS;
            *place = (level as u32) << POSITION_BITS;
            self.start[level] += 1;
        }
        let mut end = 0;
        for start in &mut *self.start {
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

    /// Sorts in one pass per level: less code, and nothing to clear.
    pub(super) fn sort_level_by_level(&mut self, levels: usize, level: impl Fn(usize) -> usize) {
        let mut position = 0;
        for (k, start) in self.start.iter_mut().enumerate() {
            *start = position;
            if k >= levels {
                continue;
            }
            for (m, place) in self.place.iter_mut().enumerate() {
                if level(m) == k {
                    *place = (k as u32) << POSITION_BITS | position;
                    if let Some(slot) = self.order.get_mut(position as usize) {
                        *slot = m as u32;
                    }
                    position += 1;
                }
            }
        }
    }
}
