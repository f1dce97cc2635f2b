//! R-hat during a run, for the progress line.

use gwg_chains::Batch;
use gwg_chains::diagnostics::{self, Draws};
use std::time::{Duration, Instant};

/// Time between two computations, as a multiple of the time that one takes.
const RARER: u32 = 20;

/// The largest R-hat over the recorded quantities. It is computed again only after many times as long as the last computation took.
#[derive(Default)]
pub(super) struct RunningRhat {
    /// Draws of each quantity, of each chain.
    draws: Vec<Vec<Vec<f64>>>,
    largest: Option<f64>,
    computed: Option<(Instant, Duration)>,
}

impl RunningRhat {
    pub(super) fn add<S>(&mut self, batch: &Batch<'_, S>) {
        // Not earlier: by now the run has checked that there is memory for this many chains.
        self.draws.resize_with(batch.quantities.len(), || {
            let mut chains = Vec::new();
            chains.resize_with(batch.chains, Vec::new);
            chains
        });
        for (chains, (_, values)) in self.draws.iter_mut().zip(batch.quantities.iter()) {
            for (all, new) in chains.iter_mut().zip(values.chunks_exact(batch.draws)) {
                all.extend_from_slice(new);
            }
        }
    }

    /// `None` where no R-hat is defined.
    pub(super) fn largest(&mut self) -> Option<f64> {
        let now = Instant::now();
        let recent = |(last, took): (Instant, Duration)| now - last < took * RARER;
        if !self.computed.is_some_and(recent) {
            let all = self.draws.iter().filter_map(|chains| rhat(chains));
            self.largest = all.reduce(f64::max);
            self.computed = Some((now, now.elapsed()));
        }
        self.largest
    }
}

fn rhat(chains: &[Vec<f64>]) -> Option<f64> {
    let rows: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
    Draws::new(&rows).ok().and_then(|d| diagnostics::rhat(&d))
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
        let alone = rhat(&[bad[..4].to_vec(), bad[4..].to_vec()]);
        assert!(alone > Some(1.5));
        assert_eq!(running.largest(), alone);
    }
}
