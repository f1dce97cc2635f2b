//! Sweeps of a graph by colors.

use super::FactorGraph;
use crate::classes::outcomes;
use crate::coloring;
use crate::conditional::{put, state, weigh};
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, Space, StepCounts, Target};

/// The largest number of states of a site.
const STATES: usize = 256;

/// The sites in the order of a sweep, class by class.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// The number of sites of each class.
    classes: Vec<usize>,
    order: Vec<u32>,
}

impl Schedule {
    fn new<R: Real>(model: &FactorGraph<R>) -> Self {
        let sites = model.space.sites();
        let degree = |i| model.ends(i).len();
        let color = coloring::greedy(sites, degree, |i| model.neighbors(i));
        let mut order: Vec<u32> = (0..sites as u32).collect();
        order.sort_by_key(|&i| (color[i as usize], i));
        let mut classes = vec![0; color.iter().max().map_or(0, |&last| last + 1)];
        for color in color {
            classes[color] += 1;
        }
        Self { classes, order }
    }
}

impl<R: Real> FactorGraph<R> {
    fn schedule(&self) -> &Schedule {
        self.schedule.get_or_init(|| Schedule::new(self))
    }

    /// The weights of a site's states given all others, and their sum.
    #[inline(always)]
    fn conditional<'w>(
        &self,
        x: &[u8],
        site: usize,
        beta: f64,
        weights: &'w mut [f64; STATES],
    ) -> (&'w [f64], f64) {
        let states = self.space.states_at(site);
        let weights = weights.get_mut(..states).unwrap_or(&mut []);
        for (a, w) in (0..).zip(weights.iter_mut()) {
            *w = beta * self.local_field(x, site, a);
        }
        let total = weigh(weights);
        (weights, total)
    }
}

/// Sweeps of a graph by colors, chosen greedily: sites with many neighbors first, each in the first class that
/// contains none of them. Each site is drawn from `p(x_i = a | rest) = softmax_a(beta g_i(a))` with 53 random bits.
///
/// Local fields are recomputed in f64. The classes are determined when the first chains are prepared, in
/// `O(edges + sites log(sites))`; a sweep costs one addition per state and end of an edge, and draws every site.
impl<R: Real> Sweep for FactorGraph<R> {
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
        let mut memory = [0.0; STATES];
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut row = batch.row(k);
            let beta = row.beta.to_f64();
            for &site in &schedule.order {
                let site = site as usize;
                let (weights, total) = self.conditional(row.x, site, beta, &mut memory);
                let new = row.held.or(site, state(weights, total, bits));
                counts.sites_changed += put(row.x, site, new);
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
        let schedule = self.schedule();
        let mut sites = schedule.order.iter().map(|&site| site as usize);
        let classes: Vec<Vec<usize>> = schedule
            .classes
            .iter()
            .map(|&count| sites.by_ref().take(count).collect())
            .collect();
        let conditional = |x: &[u8], site: usize, p: &mut Vec<f64>| {
            let mut memory = [0.0; STATES];
            let (weights, total) = self.conditional(x, site, beta.to_f64(), &mut memory);
            p.extend(weights.iter().map(|w| w / total));
        };
        outcomes(&classes, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}
