//! Sweeps of the sites in turn.

use super::{DenseIsing, four};
use crate::classes::outcomes;
use crate::conditional::{bit, put};
use crate::number::{at, spin};
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, StepCounts, Target};
use gwg_linalg::{Scalar, axpy};

/// Gibbs sampling of every site in ascending order: each class is one site, as every pair of sites is coupled. A site is 1 with probability `sigmoid(beta u_i)`,
/// drawn with 53 random bits; with zero couplings, a sweep draws an independent state.
///
/// Slopes are computed from the state at the start of a sweep, and follow the changes: `2 n^2` additions at most. With too little scratch, `log_prob` is
/// NaN and the walkers do not move.
impl<R: Scalar> Sweep for DenseIsing<R> {
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
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut row = batch.row(k);
            let Some(slopes) = scratch.get_mut(..self.field.len()) else {
                row.set_log_prob(f64::NAN);
                continue;
            };
            self.slopes(row.x, slopes);
            let beta = row.beta.to_f64();
            for site in 0..self.field.len() {
                let p = Real::sigmoid(beta * at(slopes, site).to_f64());
                let new = row.held.or(site, bit(p, bits));
                if put(row.x, site, new) == 1 {
                    counts.sites_changed += 1;
                    axpy(
                        four::<R>() * (spin::<R>(new) + spin(new)),
                        self.row(site),
                        slopes,
                    );
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
        let classes: Vec<Vec<usize>> = (0..self.field.len()).map(|site| vec![site]).collect();
        let conditional = |x: &[u8], site: usize, p: &mut Vec<f64>| {
            let mut slopes = vec![R::ZERO; self.field.len()];
            self.slopes(x, &mut slopes);
            let one = Real::sigmoid(beta.to_f64() * at(&slopes, site).to_f64());
            p.extend([1.0 - one, one]);
        };
        outcomes(&classes, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}
