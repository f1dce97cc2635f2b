//! Independent draws of all bits.

use super::Factorized;
use crate::classes::outcomes;
use crate::conditional::{bit, put};
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, StepCounts, Target, math};

/// The number of sites drawn together.
const SITES: usize = 16;

/// The probabilities of 1 of a group of sites.
#[inline(always)]
fn probabilities<R: Real>(logits: &[R], beta: R) -> [f64; SITES] {
    let (mut scaled, mut p) = ([0.0; SITES], [0.0; SITES]);
    for (scaled, logit) in scaled.iter_mut().zip(logits) {
        *scaled = beta.to_f64() * logit.to_f64();
    }
    math::sigmoid_slice(&scaled, &mut p);
    p
}

/// One class: every sweep is an independent draw from the target, each site with 53 random bits.
impl<R: Real> Sweep for Factorized<R> {
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
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            let chunks = w.x.chunks_mut(SITES).zip(self.logits.chunks(SITES));
            for ((x, logits), first) in chunks.zip((0..).step_by(SITES)) {
                let p = probabilities(logits, w.beta);
                for (i, &p) in p.iter().enumerate().take(logits.len()) {
                    counts.sites_changed += put(x, i, w.held.or(first + i, bit(p, bits)));
                }
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
        let all = [(0..self.logits.len()).collect()];
        let conditional = |_: &[u8], site: usize, p: &mut Vec<f64>| {
            let [one, ..] = probabilities(self.logits.get(site..).unwrap_or(&[]), beta);
            p.extend([1.0 - one, one]);
        };
        outcomes(&all, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}
