//! Tabu search: the best flip of those that are not forbidden, improving or not.

use super::buckets::Buckets;
use super::state::State;
use super::weight::Weight;
use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};

/// Moves that a flipped site stays as it is: a share of the sites, and at random up to so many more.
const SHARE: usize = 100;
const SPREAD: usize = 10;

/// The best state on the way from this one until `patience` moves have found nothing better than all before. Cost of a move: the neighbors of a site, and all sites
/// where gains are not integers of few values.
///
/// Source: Glover, Lu, Hao (2010), Diversification-driven tabu search for unconstrained binary quadratic problems.
pub(crate) fn tabu<'m, W: Weight>(
    mut state: State<'m, W>,
    patience: u64,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
) -> State<'m, W> {
    let mut best = state.clone();
    let mut open = Open::new(&state);
    let mut since = 0;
    while since < patience && !budget.spend(1) {
        let least = best.energy - 1e-9 * best.energy.abs().max(1.0);
        let Some(site) = open.choose(&state, best.energy, random) else {
            break;
        };
        open.flip(&mut state, site, random);
        since += 1;
        if state.energy < if W::EXACT { best.energy } else { least } {
            // Copied once the descent is over: most moves of it are followed by a better one.
            if open.is_minimum(&state, random) {
                best.clone_from(&state);
                since = 0;
            }
        }
    }
    if state.energy < best.energy {
        best = state;
    }
    best.settle();
    best
}

/// The sites that may be flipped.
struct Open {
    buckets: Option<Buckets>,
    /// The move from which on each site may be flipped again.
    until: Vec<u64>,
    /// Where there are buckets: the sites that come back at each of the next moves.
    back: Vec<Vec<u32>>,
    now: u64,
    tenure: usize,
}

impl Open {
    fn new<W: Weight>(state: &State<'_, W>) -> Self {
        let sites = state.sites.len();
        let tenure = (sites / SHARE).clamp(1, 1000).min(sites / 4);
        let mut buckets = Buckets::new(state.model);
        if let Some(buckets) = &mut buckets {
            for (i, site) in state.sites.iter().enumerate() {
                buckets.insert(i, site.gain());
            }
        }
        Self {
            buckets,
            until: vec![0; sites],
            back: vec![Vec::new(); tenure + SPREAD + 1],
            now: 0,
            tenure,
        }
    }

    fn choose<W: Weight>(
        &mut self,
        state: &State<'_, W>,
        best: f64,
        random: &mut SplitMix64,
    ) -> Option<usize> {
        if let Some(buckets) = &mut self.buckets {
            return buckets.best(random);
        }
        let mut found: Option<(usize, W)> = None;
        let mut ties = 1;
        for (i, site) in state.sites.iter().enumerate() {
            let gain = site.gain();
            match found {
                Some((_, most)) if gain < most => continue,
                Some((_, most)) if gain == most => {
                    ties += 1;
                    if random.below(ties) > 0 {
                        continue;
                    }
                }
                _ => ties = 1,
            }
            // A forbidden flip that gives the best of all is allowed.
            if self.until[i] <= self.now || state.energy - 2.0 * gain.wide() < best {
                found = Some((i, gain));
            }
        }
        found.map(|(i, _)| i)
    }

    fn flip<W: Weight>(&mut self, state: &mut State<'_, W>, site: usize, random: &mut SplitMix64) {
        let tenure = (self.tenure + random.below(SPREAD)).min(state.sites.len() - 1);
        self.now += 1;
        self.until[site] = self.now + tenure as u64;
        let Some(buckets) = &mut self.buckets else {
            return state.flip(site);
        };
        buckets.remove(site, state.sites[site].gain());
        state.flip_seen(site, |j, before, after| {
            if before != after && buckets.has(j) {
                buckets.remove(j, before);
                buckets.insert(j, after);
            }
        });
        let slots = self.back.len();
        self.back[(self.now as usize + tenure) % slots].push(site as u32);
        let returned = &mut self.back[self.now as usize % slots];
        for i in returned.drain(..) {
            buckets.insert(i as usize, state.sites[i as usize].gain());
        }
    }

    fn is_minimum<W: Weight>(&mut self, state: &State<'_, W>, random: &mut SplitMix64) -> bool {
        match &mut self.buckets {
            Some(buckets) => buckets
                .best(random)
                .is_none_or(|i| state.sites[i].gain() <= state.model.least),
            None => state.sites.iter().all(|s| s.gain() <= state.model.least),
        }
    }
}
