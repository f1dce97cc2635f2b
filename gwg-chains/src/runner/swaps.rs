use gwg_core::temper::Pair;

/// What became of the swaps of replicas, all chains together, while sampling.
#[derive(Clone, Debug, PartialEq)]
pub struct SwapStatistics {
    /// The inverse temperatures, the target's first.
    pub betas: Vec<f64>,
    /// Swaps between each level and the next.
    pub pairs: Vec<Pair>,
    /// How often a replica went from the target's temperature to the hottest and came back. On a ladder on which none
    /// does, no state comes down from the hot end.
    pub round_trips: u64,
}

impl SwapStatistics {
    /// Share of the swaps tried between each level and the next that were made; `None` where none was tried.
    #[must_use]
    pub fn swap_acceptance(&self) -> Vec<Option<f64>> {
        let share = |p: &Pair| (p.tried > 0).then(|| p.swapped as f64 / p.tried as f64);
        self.pairs.iter().map(share).collect()
    }
}
