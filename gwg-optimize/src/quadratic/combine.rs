//! Recombination of two states by the connected parts in which they differ.

use super::state::State;
use super::weight::Weight;
use gwg_core::{Bits, SplitMix64};

/// Work space of [`combine`].
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The part of each site, from 1; 0 where the states agree, or the site has no part yet.
    of: Vec<u32>,
    sites: Vec<u32>,
}

/// Takes from `other` every connected part of the sites with different spins that lowers the energy of `state`, and one that leaves it as it is with
/// probability 1/2. Parts do not touch each other, so the result is the best of all ways to choose a parent for each part. Of a symmetric model, `turned`
/// takes `other` with all spins turned over. The number of parts. Cost: `O(couplings)`.
///
/// Source: the moves of Houdayer (2001), and partition crossover (Whitley, Hains, Howe 2009).
pub(crate) fn combine<W: Weight>(
    state: &mut State<'_, W>,
    other: &State<'_, W>,
    turned: bool,
    parts: &mut Parts,
    random: &mut SplitMix64,
) -> usize {
    let sites = state.sites.len();
    parts.of.clear();
    parts.of.resize(sites, 0);
    let differs =
        |i: usize, state: &State<'_, W>| (state.sites[i].spin != other.sites[i].spin) != turned;
    // Marked beforehand: the search below changes spins.
    for i in 0..sites {
        if !differs(i, state) {
            parts.of[i] = u32::MAX;
        }
    }
    let mut count = 0;
    for first in 0..sites {
        if parts.of[first] != 0 {
            continue;
        }
        count += 1;
        parts.collect(first, count, state);
        let gain = parts.gain(count, state);
        let even = gain.abs() <= state.model.least.wide();
        if gain > state.model.least.wide() || even && random.next_u64() >> 63 == 1 {
            for k in 0..parts.sites.len() {
                state.flip(parts.sites[k] as usize);
            }
        }
    }
    if !W::EXACT {
        state.refresh();
    }
    count as usize
}

impl Parts {
    /// The sites of the part of a site.
    fn collect<W: Weight>(&mut self, first: usize, part: u32, state: &State<'_, W>) {
        self.sites.clear();
        self.sites.push(first as u32);
        self.of[first] = part;
        let mut next = 0;
        while let Some(&i) = self.sites.get(next) {
            next += 1;
            for &(j, _) in state.model.neighbors(i as usize) {
                if self.of[j as usize] == 0 {
                    self.of[j as usize] = part;
                    self.sites.push(j);
                }
            }
        }
    }

    /// Half of what turning over the part takes off the energy: couplings inside of it do not count.
    fn gain<W: Weight>(&self, part: u32, state: &State<'_, W>) -> f64 {
        let mut sum = 0.0;
        for &i in &self.sites {
            let site = state.sites[i as usize];
            let around = state.model.neighbors(i as usize).iter();
            let within = around.filter(|(j, _)| self.of[*j as usize] == part);
            let field = within.fold(site.field, |sum, &(j, w)| {
                sum - w * state.sites[j as usize].spin
            });
            sum += (field * site.spin).wide();
        }
        sum
    }
}

/// Houdayer's move: turns over, in both states, the connected part of a random site among those in which they differ (of a symmetric model, or agree, as
/// often as not). The sum of their energies stays. Nothing happens where the part is more than half of all sites.
pub(crate) fn houdayer<W: Weight>(
    a: &mut State<'_, W>,
    b: &mut State<'_, W>,
    parts: &mut Parts,
    random: &mut SplitMix64,
) {
    let sites = a.sites.len();
    let turned = a.model.symmetric && random.next_u64() >> 63 == 1;
    parts.of.clear();
    let pairs = a.sites.iter().zip(&b.sites);
    let agree = pairs.map(|(a, b)| (a.spin != b.spin) == turned);
    parts
        .of
        .extend(agree.map(|agree| if agree { u32::MAX } else { 0 }));
    let first = random.below(sites);
    if parts.of[first] != 0 {
        return;
    }
    parts.collect(first, 1, a);
    if 2 * parts.sites.len() > sites {
        return;
    }
    for &i in &parts.sites {
        a.flip(i as usize);
        b.flip(i as usize);
    }
}
