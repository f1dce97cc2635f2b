//! Sweeps of a graph by colors.

use super::SparseIsing;
use super::schedule::{Feels, Schedule};
use crate::classes::outcomes;
use crate::conditional::{bit, put};
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, StepCounts, Target, math};

/// The number of sites of a class that are drawn together.
const SITES: usize = 16;

/// `P(x_i = 1)` of sites with these local fields.
#[inline(always)]
fn probabilities<const N: usize>(beta: f64, feels: &[Feels; N]) -> [f64; N] {
    let mut p = [0.0; N];
    math::sigmoid_slice(&feels.map(|f| 2.0 * beta * f.field), &mut p);
    p
}

impl<R: Real> SparseIsing<R> {
    #[inline(always)]
    fn schedule(&self) -> &Schedule<R> {
        self.schedule.get_or_init(|| Schedule::new(self))
    }
}

impl<R: Real> Schedule<R> {
    /// Returns the number of sites changed, and `f`.
    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        x: &mut [u8],
        beta: f64,
        held: Held<'_, u8>,
        bits: &mut B,
    ) -> (u64, f64) {
        let (mut rows, mut neighbors) = (&self.rows[..], &self.neighbors[..]);
        let (mut hops, mut f) = (0, 0.0);
        for &sites in &self.classes {
            let (class, rest) = rows.split_at_checked(sites).unwrap_or((&[], &[]));
            rows = rest;
            for group in class.chunks(SITES) {
                let mut feels = [Feels::default(); SITES];
                for (feels, row) in feels.iter_mut().zip(group) {
                    *feels = row.feels(x, &mut neighbors);
                }
                let p = probabilities(beta, &feels);
                for ((row, feels), p) in group.iter().zip(&feels).zip(p) {
                    let new = held.or(row.site as usize, bit(p, bits));
                    hops += put(x, row.site as usize, new);
                    f += [-feels.settled, feels.settled][usize::from(new & 1)];
                }
            }
        }
        (hops, f)
    }
}

/// Sweeps of a graph by colors, chosen greedily: sites with many neighbors first, each in the first class that
/// contains none of them. The sites of a class are drawn from `p(x_i = 1 | rest) = sigmoid(2 beta g_i)` with 53
/// random bits each.
///
/// Local fields are recomputed in f64, and `f` is computed from the same sums. The classes are determined when the
/// first walkers are prepared, in `O(edges + sites log(sites))`; a sweep costs two products per edge and draws every
/// site.
impl<R: Real> Sweep for SparseIsing<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    fn prepare(&self, batch: &mut dyn SweepBatch<R, u8>, _: &mut [R]) {
        let _ = self.schedule();
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            let f = self.log_prob(row.x);
            row.set_log_prob(f);
        }
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        _: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let schedule = self.schedule();
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            let (hops, f) = schedule.sweep(w.x, w.beta.to_f64(), w.held, bits);
            counts.sites_changed += hops;
            counts.accepted += 1;
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
        let schedule = self.schedule();
        let mut sites = schedule.rows.iter().map(|row| row.site as usize);
        let classes: Vec<Vec<usize>> = schedule
            .classes
            .iter()
            .map(|&count| sites.by_ref().take(count).collect())
            .collect();
        let conditional = |x: &[u8], site: usize, p: &mut Vec<f64>| {
            let mut neighbors = &schedule.neighbors[..];
            for row in &schedule.rows {
                let feels = row.feels(x, &mut neighbors);
                if row.site as usize == site {
                    let [one] = probabilities(beta.to_f64(), &[feels]);
                    p.extend([1.0 - one, one]);
                }
            }
        };
        outcomes(&classes, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}
