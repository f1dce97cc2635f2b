//! Moves between the calls of `stop`.

use crate::MOVES_PER_CALL;

/// Calls `stop` each time so many moves have been made.
pub(crate) struct Budget<'b> {
    stop: &'b dyn Fn() -> bool,
    since: u64,
    ended: bool,
}

impl<'b> Budget<'b> {
    pub(crate) fn new(stop: &'b dyn Fn() -> bool) -> Self {
        Self {
            stop,
            since: 0,
            ended: false,
        }
    }

    /// Counts moves; true once the search is to end.
    #[inline]
    pub(crate) fn spend(&mut self, moves: u64) -> bool {
        self.since += moves;
        while self.since >= MOVES_PER_CALL && !self.ended {
            self.since -= MOVES_PER_CALL;
            self.ended = (self.stop)();
        }
        self.ended
    }

    pub(crate) const fn ended(&self) -> bool {
        self.ended
    }
}
