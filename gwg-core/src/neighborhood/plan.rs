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
    /// The tuning by the distance of moves.
    pub(crate) distance: ByDistance,
}

/// The state of a tuning that maximizes the mean distance of accepted moves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ByDistance {
    /// The second tuning parameter.
    pub(crate) exponent: f64,
    /// The running mean of the acceptance.
    pub(crate) acceptance: f64,
    /// The running means of the squared slopes.
    pub(crate) squares: [f64; 2],
    /// True if the next step is to note its slopes: after an adaptation.
    pub(crate) wanted: bool,
    /// True if a step has noted them.
    pub(crate) noted: bool,
    /// What it noted.
    pub(crate) slopes: [f64; 2],
    /// The probability that its proposal was accepted.
    pub(crate) of: f64,
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
            distance,
        } = self;
        visitor.real(tuning);
        visitor.word(adaptations);
        visitor.real(acceptance);
        visitor.count(phase);
        let ByDistance {
            exponent,
            acceptance: mean,
            squares: [first, second],
            wanted,
            noted,
            slopes: [by_tuning, by_exponent],
            of,
        } = distance;
        for number in [exponent, mean, first, second, by_tuning, by_exponent, of] {
            visitor.real(number);
        }
        visitor.flag(wanted);
        visitor.flag(noted);
    }
}
