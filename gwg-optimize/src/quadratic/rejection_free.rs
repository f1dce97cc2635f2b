//! Simulated annealing by the n-fold way: time advances to the next flip, so that cold sweeps cost as little as they change.

use super::anneal::{Schedule, anneal};
use super::buckets::Buckets;
use super::state::State;
use super::weight::Weight;
use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};

/// Anneals the state as single Metropolis updates of random sites do, as many in a sweep as there are sites: at each temperature, the number of updates to
/// the next flip is geometric, and what would be beyond the sweep is drawn anew at the next temperature. A move is a flip. Models whose gains are no integers of few values
/// are annealed by sweeps.
///
/// Source: Bortz, Kalos, Lebowitz (1975).
pub(crate) fn anneal_rejection_free<W: Weight>(
    state: &mut State<'_, W>,
    schedule: Schedule,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
) {
    let Some(mut buckets) = Buckets::new(state.model) else {
        return anneal(state, schedule, random, budget);
    };
    for (i, site) in state.sites.iter().enumerate() {
        buckets.insert(i, site.gain());
    }
    let sites = state.sites.len() as f64;
    'sweeps: for k in 0..schedule.sweeps {
        let beta = 1.0 / schedule.temperature(k).max(f64::MIN_POSITIVE);
        let mut left = sites;
        if budget.spend(1) {
            break;
        }
        loop {
            let rates = || {
                buckets
                    .rows()
                    .map(|(gain, row)| (rate(gain, beta) * row.len() as f64, row))
            };
            let total: f64 = rates().map(|(rate, _)| rate).sum();
            left -= updates_to_flip(total / sites, random.unit());
            if left < 0.0 {
                break;
            }
            let mut at = random.unit::<f64>() * total;
            let chosen = rates().find(|(rate, _)| {
                at -= rate;
                at < 0.0
            });
            let Some((_, row)) = chosen else { break };
            let site = row[random.below(row.len())] as usize;
            flip(state, &mut buckets, site);
            if budget.spend(1) {
                break 'sweeps;
            }
        }
    }
    state.settle();
}

/// The probability that an update of a site of this gain flips it.
pub(super) fn rate(gain: i32, beta: f64) -> f64 {
    (2.0 * beta * f64::from(gain)).min(0.0).exp()
}

/// The number of updates up to and with the first flip, where each flips with this probability.
fn updates_to_flip(probability: f64, unit: f64) -> f64 {
    if probability >= 1.0 {
        return 1.0;
    }
    (((1.0 - unit).ln() / (-probability).ln_1p()).floor() + 1.0).max(1.0)
}

fn flip<W: Weight>(state: &mut State<'_, W>, buckets: &mut Buckets, site: usize) {
    buckets.remove(site, state.sites[site].gain());
    state.flip_seen(site, |j, before, after| {
        if before != after {
            buckets.remove(j, before);
            buckets.insert(j, after);
        }
    });
    buckets.insert(site, state.sites[site].gain());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_geometric() {
        let mut random = SplitMix64::new(3);
        for p in [1.0, 0.5, 0.03] {
            let draws = 200_000;
            let mut counts = [0.0; 3];
            for _ in 0..draws {
                let k = updates_to_flip(p, random.unit()) as usize;
                if let Some(count) = counts.get_mut(k - 1) {
                    *count += 1.0 / f64::from(draws);
                }
            }
            for (k, found) in counts.into_iter().enumerate() {
                let exact = p * (1.0_f64 - p).powi(k as i32);
                let error = (exact * (1.0 - exact) / f64::from(draws)).sqrt();
                assert!(
                    (found - exact).abs() <= 5.0 * error + 1e-9,
                    "{p} {k}: {found}"
                );
            }
        }
        assert_eq!(updates_to_flip(0.0, 0.5), f64::INFINITY);
    }
}
