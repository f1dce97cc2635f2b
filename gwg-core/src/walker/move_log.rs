use crate::Move;

/// The most recent moves of a walker's kernel, for other kernels with a state of the same chain that
/// [`follow`](crate::Kernel::follow) them.
///
/// By default a walker has no log ([`Walker::log_moves_to`](crate::Walker::log_moves_to) adds one): without it, a
/// kernel spends one comparison per accepted step. The memory is [`WORDS`](Self::WORDS) words: the number of moves so
/// far, and a ring buffer of the last [`MOVES`](Self::MOVES).
#[derive(Debug, Default)]
pub struct MoveLog<'a>(Option<&'a mut [u64; MoveLog::WORDS]>);

impl<'a> MoveLog<'a> {
    /// True with the feature `move-log`. Without it kernels log nothing, and their code is smaller.
    pub const ENABLED: bool = cfg!(feature = "move-log");
    /// The capacity, in moves.
    pub const MOVES: usize = 64;
    /// The number of words of memory.
    pub const WORDS: usize = Self::MOVES + 1;

    /// Creates a log in `words`; no log if there are fewer than [`WORDS`](Self::WORDS) words.
    #[inline]
    #[must_use]
    pub fn new(words: &'a mut [u64]) -> Self {
        Self(words.first_chunk_mut())
    }

    /// The memory, for [`count`](Self::count) and [`since`](Self::since); empty without a log.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        self.0.as_deref().map_or(&[], |words| words)
    }

    /// Appends a move that has been made.
    #[inline(always)]
    pub fn add(&mut self, mv: Move) {
        if let (true, Some(words)) = (Self::ENABLED, &mut self.0) {
            write(words, mv.site, mv.from, mv.to);
        }
    }

    /// Appends all moves from the old to the current symbols of some sites.
    #[inline(always)]
    pub(crate) fn add_changes(&mut self, moves: impl Iterator<Item = Move>) {
        if Self::ENABLED && self.0.is_some() {
            for mv in moves {
                if !mv.is_idle() {
                    self.add(mv);
                }
            }
        }
    }

    /// The number of moves so far; lost moves count as one more than the capacity.
    #[must_use]
    pub fn count(words: &[u64]) -> u64 {
        words.first().copied().unwrap_or(0)
    }

    /// Records that moves were made without being logged: readers that have not seen them find too many moves to follow.
    pub fn lose(words: &mut [u64]) {
        if let Some(count) = words.first_mut() {
            *count += Self::WORDS as u64;
        }
    }

    /// The moves since there were `seen` of them, in order; `None` if there are more than `most` or more than the capacity.
    #[must_use]
    pub fn since(words: &[u64], seen: u64, most: usize) -> Option<impl Iterator<Item = Move>> {
        let count = Self::count(words);
        let new = count.wrapping_sub(seen);
        let kept = usize::try_from(new).is_ok_and(|new| new <= most.min(Self::MOVES));
        let ring = words.get(1..Self::WORDS).filter(|_| kept)?;
        Some((0..new).map(move |k| {
            let place = (seen.wrapping_add(k) % Self::MOVES as u64) as usize;
            unpacked(ring.get(place).copied().unwrap_or(0))
        }))
    }
}

/// Not inlined: without a log it is never called. A [`Move`] would be passed by a pointer to a copy.
#[inline(never)]
fn write(words: &mut [u64; MoveLog::WORDS], site: usize, from: u16, to: u16) {
    let [count, ring @ ..] = words;
    let Ok(site) = u32::try_from(site) else {
        *count += MoveLog::WORDS as u64;
        return;
    };
    if let Some(slot) = ring.get_mut((*count % MoveLog::MOVES as u64) as usize) {
        *slot = u64::from(site) << 32 | u64::from(from) << 16 | u64::from(to);
    }
    *count += 1;
}

const fn unpacked(word: u64) -> Move {
    Move {
        site: (word >> 32) as usize,
        from: (word >> 16) as u16,
        to: word as u16,
    }
}

#[cfg(all(test, feature = "move-log"))]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn nth(k: usize) -> Move {
        Move {
            site: 70_000 * k,
            from: k as u16,
            to: u16::MAX - k as u16,
        }
    }

    #[test]
    fn the_last_moves_are_read_back_in_order() {
        let mut words = [0; MoveLog::WORDS];
        for k in 0..150 {
            MoveLog::new(&mut words).add(nth(k));
            for seen in (k + 1).saturating_sub(MoveLog::MOVES)..=k + 1 {
                let found: Vec<Move> = MoveLog::since(&words, seen as u64, 64).unwrap().collect();
                let made: Vec<Move> = (seen..=k).map(nth).collect();
                assert_eq!(found, made, "{seen}..={k}");
            }
        }
    }

    #[test]
    fn moves_that_are_too_many_or_lost_are_not_read() {
        let mut words = [0; MoveLog::WORDS];
        (0..100).for_each(|k| MoveLog::new(&mut words).add(nth(k)));
        assert_eq!(MoveLog::count(&words), 100);
        assert!(
            MoveLog::since(&words, 35, 64).is_none(),
            "more than are kept"
        );
        assert!(MoveLog::since(&words, 36, 64).is_some());
        assert!(
            MoveLog::since(&words, 97, 2).is_none(),
            "more than asked for"
        );
        let seen = MoveLog::count(&words);
        MoveLog::lose(&mut words);
        assert!(MoveLog::since(&words, seen, 64).is_none(), "lost");
        let seen = MoveLog::count(&words);
        assert_eq!(MoveLog::since(&words, seen, 64).unwrap().count(), 0);
    }

    #[test]
    fn too_little_memory_is_no_log() {
        let mut words = [7; MoveLog::WORDS - 1];
        MoveLog::new(&mut words).add(nth(1));
        assert_eq!(words, [7; MoveLog::WORDS - 1]);
    }
}
