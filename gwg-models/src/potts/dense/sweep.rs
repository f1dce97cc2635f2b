//! Sweeps of the sites in turn.

use super::DensePotts;
use crate::classes::outcomes;
use crate::conditional::{put, state, weigh};
use crate::number::byte;
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Space, StepCounts, Target};
use gwg_linalg::{Scalar, axpy};

/// The largest number of states of a site.
const STATES: usize = 256;

impl<R: Scalar> DensePotts<R> {
    /// The weights of a site's states given all others, by their slopes, and their sum.
    #[inline(always)]
    fn weights<'w>(
        &self,
        slopes: &[R],
        beta: f64,
        weights: &'w mut [f64; STATES],
    ) -> (&'w [f64], f64) {
        let weights = weights.get_mut(..slopes.len()).unwrap_or(&mut []);
        for (w, g) in weights.iter_mut().zip(slopes) {
            *w = beta * g.to_f64();
        }
        let total = weigh(weights);
        (weights, total)
    }
}

/// Gibbs sampling of every site in ascending order: each class is one site, as every pair of sites is coupled. A site is drawn from `softmax_a(beta g_ia)` with 53
/// random bits; with zero couplings, a sweep draws an independent state.
///
/// Slopes are computed from the state at the start of a sweep, and follow the changes: `2 (sites)^2 states` additions at most. With too little
/// scratch, `log_prob` is NaN and the walkers do not move.
impl<R: Scalar> Sweep for DensePotts<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    fn sweep_scratch_len(&self, _: usize) -> usize {
        self.field.len()
    }

    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        scratch: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let q = self.space.states();
        let mut memory = [0.0; STATES];
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut row = batch.row(k);
            let Some(slopes) = scratch.get_mut(..self.field.len()) else {
                row.set_log_prob(f64::NAN);
                continue;
            };
            self.slopes(row.x, slopes);
            let beta = row.beta.to_f64();
            for site in 0..self.space.sites() {
                let own = slopes.get(site * q..(site + 1) * q).unwrap_or(&[]);
                let (weights, total) = self.weights(own, beta, &mut memory);
                let new = row.held.or(site, state(weights, total, bits));
                let old = byte(row.x, site);
                if put(row.x, site, new) == 1 {
                    counts.sites_changed += 1;
                    axpy(R::TWO, self.row(site, u16::from(new)), slopes);
                    axpy(-R::TWO, self.row(site, u16::from(old)), slopes);
                }
            }
            counts.accepted += 1;
            let f = self.log_prob(row.x);
            row.set_log_prob(f);
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        let q = self.space.states();
        let classes: Vec<Vec<usize>> = (0..self.space.sites()).map(|site| vec![site]).collect();
        let conditional = |x: &[u8], site: usize, p: &mut Vec<f64>| {
            let mut slopes = vec![R::ZERO; self.field.len()];
            self.slopes(x, &mut slopes);
            let mut memory = [0.0; STATES];
            let own = slopes.get(site * q..(site + 1) * q).unwrap_or(&[]);
            let (weights, total) = self.weights(own, beta.to_f64(), &mut memory);
            p.extend(weights.iter().map(|w| w / total));
        };
        outcomes(&classes, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}
