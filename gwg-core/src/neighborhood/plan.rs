use crate::kernel::StateVisitor;

/// The data that a kernel with several sites per step keeps in addition to the two evaluations.
#[derive(Debug, Default)]
pub(crate) struct Plan<'a, R> {
    /// The move indices drawn, at the current state.
    pub(crate) path: &'a mut [u32],
    /// Those of the reverse path, at the proposal.
    pub(crate) back: &'a mut [u32],
    /// The number of moves in `path`.
    pub(crate) length: usize,
    /// The intended number of moves.
    pub(crate) intended: usize,
    /// False if no draw gives the reverse path.
    pub(crate) returns: bool,
    /// The log-probability of `path`.
    pub(crate) forth: f64,
    /// Scratch, with unspecified content between two calls.
    pub(crate) scratch: &'a mut [R],
    /// The tuning parameter; 0 before the first `init`.
    pub(crate) tuning: f64,
    /// The number of adaptations of the tuning parameter so far.
    pub(crate) adaptations: u64,
    /// The probability that the last proposal was accepted.
    pub(crate) acceptance: f64,
    /// The position in a cyclical schedule.
    pub(crate) phase: usize,
}

impl<R> Plan<'_, R> {
    /// Visits what outlives a step.
    #[inline(always)]
    pub(crate) fn visit<V: StateVisitor>(&mut self, visitor: &mut V) {
        let Self {
            path: _,
            back: _,
            length: _,
            intended: _,
            returns: _,
            forth: _,
            scratch: _,
            tuning,
            adaptations,
            acceptance,
            phase,
        } = self;
        visitor.real(tuning);
        visitor.word(adaptations);
        visitor.real(acceptance);
        visitor.count(phase);
    }
}
