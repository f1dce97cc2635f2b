/// The bonds to be followed at once.
const WAITING: usize = 32;

/// Sets of sites that are joined by bonds, some of them at a time: bonds wait in a list, to which each is written and in which those that do
/// not join are overwritten. A branch for each would be unpredictable.
pub(crate) struct Joins<'p> {
    parents: &'p mut [u32],
    waiting: [(u32, u32); WAITING],
    len: usize,
}

impl<'p> Joins<'p> {
    /// Every site is a set of its own. `parents[i] <= i` holds from here on: a root is the first site of its set.
    #[inline(always)]
    pub(crate) fn new(parents: &'p mut [u32]) -> Self {
        separate(parents);
        Self {
            parents,
            waiting: [(0, 0); WAITING],
            len: 0,
        }
    }

    /// Adds a bond, if it `joins`.
    #[inline(always)]
    pub(crate) fn add(&mut self, bond: (u32, u32), joins: bool) {
        if let Some(slot) = self.waiting.get_mut(self.len) {
            *slot = bond;
        }
        self.len += usize::from(joins);
        if self.len == WAITING {
            self.follow();
        }
    }

    /// Joins what is waiting, and makes the root of every site its parent.
    #[inline(always)]
    pub(crate) fn finish(mut self) {
        self.follow();
        flatten(self.parents);
    }

    #[inline(always)]
    fn follow(&mut self) {
        for &(a, b) in self.waiting.iter().take(self.len) {
            join(self.parents, a, b);
        }
        self.len = 0;
    }
}

/// Makes every site a set of its own.
#[inline(always)]
fn separate(parents: &mut [u32]) {
    for (site, parent) in (0u32..).zip(parents) {
        *parent = site;
    }
}

/// Joins the sets of two sites, by Rem's algorithm with splicing: the two paths to the roots are climbed in turns, and shortened on the way
/// (Patwary, Blair, Manne 2010, who find it the fastest).
#[inline(always)]
fn join(parents: &mut [u32], a: u32, b: u32) {
    let (mut low, mut high) = (a, b);
    let (mut low_parent, mut high_parent) = (parent(parents, low), parent(parents, high));
    while low_parent != high_parent {
        if low_parent > high_parent {
            (low, high) = (high, low);
            (low_parent, high_parent) = (high_parent, low_parent);
        }
        // Parents only decrease: the loop ends.
        if let Some(slot) = parents.get_mut(high as usize) {
            *slot = low_parent;
        }
        if high == high_parent {
            return;
        }
        high = high_parent;
        high_parent = parent(parents, high);
    }
}

/// Makes the root of every site its parent.
#[inline(always)]
fn flatten(parents: &mut [u32]) {
    for site in 0..parents.len() {
        let above = parent(parents, site as u32);
        let root = parent(parents, above);
        if let Some(slot) = parents.get_mut(site) {
            *slot = root;
        }
    }
}

#[inline(always)]
fn parent(parents: &[u32], site: u32) -> u32 {
    parents.get(site as usize).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bits, SplitMix64};

    #[test]
    fn sets_are_those_of_relabeling_every_site() {
        let mut bits = SplitMix64::new(2);
        for round in 0..2_000 {
            let n = 1 + bits.below(40);
            let mut parents = std::vec![u32::MAX; n];
            separate(&mut parents);
            let mut labels: std::vec::Vec<u32> = (0..n as u32).collect();
            for _ in 0..bits.below(2 * n) {
                let (a, b) = (bits.below(n), bits.below(n));
                join(&mut parents, a as u32, b as u32);
                let (new, old) = (labels[a].min(labels[b]), labels[a].max(labels[b]));
                labels
                    .iter_mut()
                    .filter(|l| **l == old)
                    .for_each(|l| *l = new);
            }
            flatten(&mut parents);
            assert_eq!(parents, labels, "round {round}");
        }
    }
}
