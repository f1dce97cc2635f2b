use crate::kernel::StateVisitor;

/// What a kernel that changes several sites a step keeps beside the two evaluations.
#[derive(Debug, Default)]
pub(crate) struct Plan<'a, R> {
    /// The move indices drawn, at `here`.
    pub(crate) path: &'a mut [u32],
    /// Those that lead back, at `there`.
    pub(crate) back: &'a mut [u32],
    /// How many of them.
    pub(crate) length: usize,
    /// How many were asked for.
    pub(crate) intended: usize,
    /// False where no draw leads back.
    pub(crate) returns: bool,
    /// The log-probability of `path`.
    pub(crate) forth: f64,
    /// Numbers that hold nothing between two calls.
    pub(crate) scratch: &'a mut [R],
    /// The tuning parameter; 0 before the first `init`.
    pub(crate) tuning: f64,
    /// How often the tuning parameter was adapted.
    pub(crate) adaptations: u64,
    /// The probability that the last proposal was accepted.
    pub(crate) acceptance: f64,
    /// Where a cyclical schedule stands.
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
