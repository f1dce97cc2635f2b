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
    /// The words of a [`ByDistance`]; none where a proposal is not tuned by distance.
    pub(crate) distance: &'a mut [u64],
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
    /// What the last step that noted its slopes found.
    pub(crate) slopes: [f64; 2],
    /// The probability that its proposal was accepted.
    pub(crate) of: f64,
    pub(crate) next: Next,
}

/// What a tuning by distance waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Next {
    /// A first adaptation.
    #[default]
    Nothing,
    /// A step, which is to note its slopes: after an adaptation.
    Step,
    /// An adaptation, by the slopes that a step has noted.
    Adaptation,
}

impl ByDistance {
    pub(crate) const WORDS: usize = 8;

    /// The exponent alone; 0 of no words.
    #[inline(always)]
    pub(crate) fn exponent_in(words: &[u64]) -> f64 {
        words.first().map_or(0.0, |&word| f64::from_bits(word))
    }

    /// True if the next step is to note its slopes.
    #[inline(always)]
    pub(crate) fn waits_for_step(words: &[u64]) -> bool {
        words.get(7) == Some(&1)
    }

    pub(crate) fn load(words: &[u64]) -> Self {
        let Some(&[numbers @ .., next]) = words.first_chunk::<{ Self::WORDS }>() else {
            return Self::default();
        };
        let [exponent, acceptance, a, b, c, d, of] = numbers.map(f64::from_bits);
        Self {
            exponent,
            acceptance,
            squares: [a, b],
            slopes: [c, d],
            of,
            next: match next {
                1 => Next::Step,
                2 => Next::Adaptation,
                _ => Next::Nothing,
            },
        }
    }

    pub(crate) fn store(self, words: &mut [u64]) {
        let Self {
            exponent,
            acceptance,
            squares: [a, b],
            slopes: [c, d],
            of,
            next,
        } = self;
        let Some(words) = words.first_chunk_mut::<{ Self::WORDS }>() else {
            return;
        };
        let [numbers @ .., last] = words;
        *numbers = [exponent, acceptance, a, b, c, d, of].map(f64::to_bits);
        *last = match next {
            Next::Nothing => 0,
            Next::Step => 1,
            Next::Adaptation => 2,
        };
    }
}

impl<R> Plan<'_, R> {
    /// Visits what outlives a step and is not in a slice of memory.
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
            distance: _,
        } = self;
        visitor.real(tuning);
        visitor.word(adaptations);
        visitor.real(acceptance);
        visitor.count(phase);
    }
}
