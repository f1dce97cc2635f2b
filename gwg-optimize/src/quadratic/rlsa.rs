//! Regularized Langevin simulated annealing: all sites flip at once, each by itself, about as many as a given number.

use super::anneal::Schedule;
use super::state::State;
use super::weight::Weight;
use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};

/// About so many sites flip at a time, at most; each annealing draws its own number.
const MOST: usize = 30;

/// Anneals the state: at each step, a site flips with probability `1 / (1 + exp(-(g_i - g_(d)) / tau))` of its gain `g_i` and the d-th largest gain, without a test of
/// acceptance. Ends in a local minimum next to the best state on the way. A move is an update of a site.
///
/// Source: Feng and Yang (2025), Regularized Langevin dynamics for combinatorial optimization.
pub(crate) fn langevin<W: Weight>(
    state: &mut State<'_, W>,
    schedule: Schedule,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
) {
    let sites = state.sites.len();
    let rank = 1 + random.below(MOST.min(sites / 2).max(1));
    let mut best = state.clone();
    let mut gains: Vec<f64> = Vec::with_capacity(sites);
    let mut flips = Vec::new();
    for k in 0..schedule.sweeps {
        let rate = 2.0 / schedule.temperature(k).max(f64::MIN_POSITIVE);
        gains.clear();
        gains.extend(state.sites.iter().map(|site| site.gain().wide()));
        let (_, &mut least, _) = gains.select_nth_unstable_by(rank - 1, |a, b| b.total_cmp(a));
        flips.clear();
        for (i, site) in state.sites.iter().enumerate() {
            let odds = (rate * (least - site.gain().wide())).exp();
            if random.unit::<f64>() * (1.0 + odds) < 1.0 {
                flips.push(i);
            }
        }
        flips.iter().for_each(|&i| state.flip(i));
        if state.energy < best.energy {
            best.clone_from(state);
        }
        if budget.spend(sites as u64) {
            break;
        }
    }
    if best.energy < state.energy {
        state.clone_from(&best);
    }
    state.settle();
}
