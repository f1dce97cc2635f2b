//! Independent draws of all sites.

use super::FactorizedCategorical;
use crate::classes::outcomes;
use crate::conditional::{put, state, weigh};
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, Space, StepCounts, Target};

/// The most states of a site.
const STATES: usize = 256;

/// The weights of a site's states and their sum; `row` has its logits.
#[inline(always)]
fn weights<'w, R: Real>(row: &[R], beta: R, weights: &'w mut [f64; STATES]) -> (&'w [f64], f64) {
    let weights = weights.get_mut(..row.len()).unwrap_or(&mut []);
    for (w, logit) in weights.iter_mut().zip(row) {
        *w = beta.to_f64() * logit.to_f64();
    }
    let total = weigh(weights);
    (weights, total)
}

/// One class: every sweep is an independent draw from the target, each site with 53 random bits.
impl<R: Real> Sweep for FactorizedCategorical<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        _: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let mut memory = [0.0; STATES];
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            for (i, row) in self.logits.chunks(self.space.states()).enumerate() {
                let (weights, total) = weights(row, w.beta, &mut memory);
                counts.sites_changed += put(w.x, i, w.held.or(i, state(weights, total, bits)));
            }
            counts.accepted += 1;
            let f = self.log_prob(w.x);
            w.set_log_prob(f);
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        let all = [(0..self.space.sites()).collect()];
        let conditional = |_: &[u8], site: usize, p: &mut Vec<f64>| {
            let row = self.logits.chunks(self.space.states()).nth(site);
            let mut memory = [0.0; STATES];
            let (weights, total) = weights(row.unwrap_or(&[]), beta, &mut memory);
            p.extend(weights.iter().map(|w| w / total));
        };
        outcomes(&all, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}
