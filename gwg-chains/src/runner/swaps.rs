use gwg_core::temper::Pair;

/// The statistics of the swaps of replicas while sampling, over all chains.
#[derive(Clone, Debug, PartialEq)]
pub struct SwapStatistics {
    /// The inverse temperatures, the target's first.
    pub betas: Vec<f64>,
    /// Swaps between each level and the next.
    pub pairs: Vec<Pair>,
    /// How often a replica went from the target's temperature to the hottest and back. Without round trips, no state from the hottest
    /// temperature reaches the target's.
    pub round_trips: u64,
}

impl SwapStatistics {
    /// The accepted share of the swaps proposed between each level and the next; `None` if none was proposed.
    #[must_use]
    pub fn swap_acceptance(&self) -> Vec<Option<f64>> {
        let share = |p: &Pair| (p.tried > 0).then(|| p.swapped as f64 / p.tried as f64);
        self.pairs.iter().map(share).collect()
    }
}
