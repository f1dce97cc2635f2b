//! R-hat during a run, for the progress line.

use gwg_chains::diagnostics::{self, Draws, MIN_DRAWS};
use gwg_chains::{Batch, KeptDraws};
use std::time::{Duration, Instant};

/// Time between two computations, as a multiple of the time that one takes.
const RARER: u32 = 20;

/// Values of a quantity that are kept for it, of all chains together.
const KEPT: usize = 1 << 16;

/// The largest R-hat over the recorded quantities, of at most a few hundred draws spread over the run. It is computed again only after
/// many times as long as the last computation took.
#[derive(Default)]
pub(super) struct RunningRhat {
    /// `None` where there is no memory for it.
    draws: Option<KeptDraws>,
    chains: usize,
    largest: Option<f64>,
    computed: Option<(Instant, Duration)>,
}

impl RunningRhat {
    pub(super) fn add<S>(&mut self, batch: &Batch<'_, S>) {
        // Not earlier: by now the run has checked that there is memory for this many chains.
        if self.draws.is_none() && self.chains == 0 {
            let most = (KEPT / batch.chains).max(MIN_DRAWS * 8);
            let names = batch.quantities.names();
            self.draws = KeptDraws::new(names, batch.chains, most, Some(most)).ok();
        }
        self.chains = batch.chains;
        if let Some(draws) = &mut self.draws {
            let values = batch.quantities.iter().map(|(_, values)| values);
            draws.add(values, batch.draws);
        }
    }

    /// `None` where no R-hat is defined.
    pub(super) fn largest(&mut self) -> Option<f64> {
        let now = Instant::now();
        let recent = |(last, took): (Instant, Duration)| now - last < took * RARER;
        if !self.computed.is_some_and(recent) {
            let draws = self.draws.clone();
            let all = draws.map(KeptDraws::finish).unwrap_or_default();
            let of = |values| rhat(values, self.chains);
            self.largest = all.iter().filter_map(|(_, v)| of(v)).reduce(f64::max);
            self.computed = Some((now, now.elapsed()));
        }
        self.largest
    }
}

fn rhat(values: &[f64], chains: usize) -> Option<f64> {
    let draws = Draws::from_flat(values, chains, values.len() / chains.max(1));
    draws.ok().and_then(|draws| diagnostics::rhat(&draws))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_all_quantities_counts() {
        let good = vec![0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0];
        let bad: Vec<f64> = [good[..4].to_vec(), vec![9.0, 8.0, 9.0, 8.0]].concat();
        let quantities = [("good".to_owned(), good), ("bad".to_owned(), bad.clone())];
        let quantities = quantities.into_iter().collect();
        let batch: Batch<'_> = Batch {
            first_draw: 0,
            draws: 4,
            chains: 2,
            sites: 1,
            x: &[],
            quantities: &quantities,
            accepted: &[],
            sites_changed: &[],
        };
        let mut running = RunningRhat::default();
        assert_eq!(running.largest(), None);
        running.computed = None;
        running.add(&batch);
        let alone = rhat(&bad, 2);
        assert!(alone > Some(1.5));
        assert_eq!(running.largest(), alone);
    }
}
