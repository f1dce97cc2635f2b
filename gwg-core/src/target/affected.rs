/// The moves whose exact differences a move has changed, with their new differences: a list in memory provided by the
/// caller.
///
/// The list is collected first and used afterwards: the model's code per entry is then a few instructions that the
/// compiler inlines into its loop, and weights are computed with vector instructions.
#[derive(Debug)]
pub struct AffectedMoves<'s, R> {
    moves: &'s mut [u32],
    differences: &'s mut [R],
    count: usize,
}

impl<'s, R: Copy> AffectedMoves<'s, R> {
    /// Creates an empty list; its capacity is the shorter of the two lengths.
    #[inline(always)]
    pub fn new(moves: &'s mut [u32], differences: &'s mut [R]) -> Self {
        Self {
            moves,
            differences,
            count: 0,
        }
    }

    /// Appends the move with index `m` and its new difference `d`.
    ///
    /// A model must not append more than [`Local::max_affected`](crate::Local::max_affected) moves: with debug
    /// assertions this panics; without them, the move is not appended.
    #[inline(always)]
    pub fn push(&mut self, m: usize, d: R) {
        if let (Some(slot), Some(difference)) = (
            self.moves.get_mut(self.count),
            self.differences.get_mut(self.count),
        ) {
            (*slot, *difference) = (m as u32, d);
            self.count += 1;
        } else {
            debug_assert!(false, "more moves affected than Local::max_affected");
        }
    }

    /// The number of moves in the list.
    #[inline(always)]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// True if the list is empty.
    #[inline(always)]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The moves and their differences, in the order in which they were appended.
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = (usize, R)> {
        let all = self.moves.iter().zip(&*self.differences);
        all.take(self.count).map(|(&m, &d)| (m as usize, d))
    }

    /// Removes those moves appended since the list had `from` entries for which `keep` returns false.
    #[inline(always)]
    pub fn retain_from(&mut self, from: usize, keep: impl Fn(usize) -> bool) {
        let mut kept = from;
        for k in from..self.count {
            let (Some(&m), Some(&d)) = (self.moves.get(k), self.differences.get(k)) else {
                break;
            };
            if keep(m as usize)
                && let (Some(slot), Some(difference)) =
                    (self.moves.get_mut(kept), self.differences.get_mut(kept))
            {
                (*slot, *difference) = (m, d);
                kept += 1;
            }
        }
        self.count = kept;
    }

    /// Replaces each difference appended since the list had `from` entries by `change(m, d)`.
    #[inline(always)]
    pub fn map_from(&mut self, from: usize, mut change: impl FnMut(usize, R) -> R) {
        let all = self.moves.iter().zip(self.differences.iter_mut());
        for (&m, d) in all.take(self.count).skip(from) {
            *d = change(m as usize, *d);
        }
    }

    /// Sorts the moves from the one numbered `from` on, removes duplicates, and sets their differences to
    /// `difference(m)`.
    #[inline(always)]
    pub fn merge_from(&mut self, from: usize, mut difference: impl FnMut(usize) -> R) {
        let Some(moves) = self.moves.get_mut(from..self.count) else {
            return;
        };
        moves.sort_unstable();
        let (mut kept, mut last) = (0, None);
        for k in 0..moves.len() {
            let Some(&m) = moves.get(k) else { break };
            if last == Some(m) {
                continue;
            }
            last = Some(m);
            if let (Some(slot), Some(d)) =
                (moves.get_mut(kept), self.differences.get_mut(from + kept))
            {
                (*slot, *d) = (m, difference(m as usize));
                kept += 1;
            }
        }
        self.count = from + kept;
    }

    /// The moves, and the whole memory for differences: the numbers past the last move are unspecified.
    #[inline(always)]
    pub(crate) fn parts(&mut self) -> (&[u32], &[R]) {
        (
            self.moves.get(..self.count).unwrap_or(&[]),
            self.differences,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::AffectedMoves;

    #[test]
    #[cfg_attr(debug_assertions, should_panic(expected = "Local::max_affected"))]
    fn pushes_beyond_the_capacity_are_ignored() {
        let (mut moves, mut differences) = ([0; 2], [0.0; 3]);
        let mut list = AffectedMoves::new(&mut moves, &mut differences);
        (0..3).for_each(|m| list.push(m, 1.0));
        assert!(list.iter().eq([(0, 1.0), (1, 1.0)]));
    }
}
