//! What a problem and its searches are for the driver.

/// Which values are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sense {
    /// Large values.
    Max,
    /// Small values.
    Min,
}

impl Sense {
    /// True if `a` is better than `b`.
    #[must_use]
    pub fn better(self, a: f64, b: f64) -> bool {
        match self {
            Self::Max => a > b,
            Self::Min => a < b,
        }
    }

    /// `max` or `min`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Min => "min",
        }
    }
}

/// Moves between two calls of `stop` in [`Search::restart`], about: what `--moves` counts.
pub const MOVES_PER_CALL: u64 = 1000;

/// A problem with a way to search it.
pub trait Search: Send + Sync {
    /// Sites of a solution.
    fn sites(&self) -> usize;

    /// States of a site.
    fn states(&self) -> usize;

    /// Whether the value is to be large or small.
    fn sense(&self) -> Sense;

    /// The value that a user reads (cut, energy, size of a set, conflicts, weight of unsatisfied clauses), and whether `x` is feasible. `x` has one
    /// symbol per site, below [`states`](Self::states). Cost: that of reading the problem once.
    fn value(&self, x: &[u8]) -> (f64, bool);

    /// One restart: searches from a state drawn from `seed` (or from `start`) until `stop()` is true, and calls `found(value, x)` with every feasible
    /// improvement on what this restart has found.
    ///
    /// What it finds until the k-th call of `stop` is a function of `seed`, `start` and `k` alone. `stop` is called about every [`MOVES_PER_CALL`]
    /// moves, at least every few hundredths of a second. A restart may end before: the driver begins another.
    fn restart(
        &self,
        seed: u64,
        start: Option<&[u8]>,
        found: &mut dyn FnMut(f64, &[u8]),
        stop: &dyn Fn() -> bool,
    );

    /// A value that no solution is better than, where there is one that is simple to see: a run ends where it is reached.
    fn bound(&self) -> Option<f64> {
        None
    }
}
