//! Simulated annealing by sweeps of Metropolis updates.

use super::state::State;
use super::weight::Weight;
use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};
use std::sync::LazyLock;

/// Draws of the exponential distribution: the midpoints of so many intervals of equal probability. A search needs no finer ones.
const DRAWS: usize = 1024;

static EXPONENTIAL: LazyLock<[f32; DRAWS]> =
    LazyLock::new(|| std::array::from_fn(|k| -((k as f32 + 0.5) / DRAWS as f32).ln()));

/// Temperatures in equal steps from hot to cold, in units of the energy of the core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    pub(crate) hot: f64,
    pub(crate) cold: f64,
    pub(crate) sweeps: usize,
}

impl Schedule {
    pub(super) fn temperature(&self, sweep: usize) -> f64 {
        let done = (sweep as f64 + 0.5) / self.sweeps as f64;
        self.hot + (self.cold - self.hot) * done
    }
}

/// Anneals the state, as far as the budget goes, and ends in a local minimum. A move is an update of a site.
pub(crate) fn anneal<W: Weight>(
    state: &mut State<'_, W>,
    schedule: Schedule,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
) {
    for k in 0..schedule.sweeps {
        sweep(state, schedule.temperature(k), random);
        if budget.spend(state.sites.len() as u64) {
            break;
        }
    }
    state.settle();
}

/// One Metropolis update of each site at a temperature.
pub(crate) fn sweep<W: Weight>(
    state: &mut State<'_, W>,
    temperature: f64,
    random: &mut SplitMix64,
) {
    let draws = &*EXPONENTIAL;
    // A flip costs twice the gain that it loses.
    let half = (0.5 * temperature) as f32;
    let never = W::of(f64::from(-half * draws[0]));
    for i in 0..state.sites.len() {
        let gain = state.sites[i].gain();
        if gain < never {
            continue;
        }
        let draw = draws[random.next_u32() as usize % DRAWS];
        if gain > W::default() || -gain.wide() as f32 <= half * draw {
            state.flip(i);
        }
    }
}
