/// The moves whose exact difference a move has changed, with their new differences: a list in memory of the caller's.
///
/// Collected first and used afterwards: what a model does for each of them is then a few instructions, small enough to be
/// compiled into its loop, and weights are computed many at once where there are vectors.
#[derive(Debug)]
pub struct AffectedMoves<'s, R> {
    moves: &'s mut [u32],
    differences: &'s mut [R],
    count: usize,
}

impl<'s, R: Copy> AffectedMoves<'s, R> {
    /// An empty list with room for as many moves as the shorter of the two slices.
    #[inline(always)]
    pub fn new(moves: &'s mut [u32], differences: &'s mut [R]) -> Self {
        Self {
            moves,
            differences,
            count: 0,
        }
    }

    /// Adds the move with index `m`, whose difference is `d` now.
    ///
    /// A model that adds more than [`Local::max_affected`](crate::Local::max_affected) moves is wrong: with debug
    /// assertions this panics; without them the move is not added.
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

    /// True where nothing was added.
    #[inline(always)]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The moves and their differences, in the order in which they were added.
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = (usize, R)> {
        let all = self.moves.iter().zip(&*self.differences);
        all.take(self.count).map(|(&m, &d)| (m as usize, d))
    }

    /// Drops those of the moves added since the list had `from` of them for which `keep` is false.
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

    /// Replaces each difference added since the list had `from` moves by `change(m, d)`.
    #[inline(always)]
    pub fn map_from(&mut self, from: usize, mut change: impl FnMut(usize, R) -> R) {
        let all = self.moves.iter().zip(self.differences.iter_mut());
        for (&m, d) in all.take(self.count).skip(from) {
            *d = change(m as usize, *d);
        }
    }

    /// Sorts the moves added since the list had `from` of them, keeps one of each, and replaces their differences by
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

    /// The moves, and the numbers of all the room there is for differences: those beyond the moves hold anything.
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
    fn no_more_moves_than_there_is_room_for() {
        let (mut moves, mut differences) = ([0; 2], [0.0; 3]);
        let mut list = AffectedMoves::new(&mut moves, &mut differences);
        (0..3).for_each(|m| list.push(m, 1.0));
        assert!(list.iter().eq([(0, 1.0), (1, 1.0)]));
    }
}
