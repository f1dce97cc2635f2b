/// Makes every site a set of its own. `parents[i] <= i` holds from here on: a root is the first site of its set.
#[inline(always)]
pub(crate) fn separate(parents: &mut [u32]) {
    for (site, parent) in (0u32..).zip(parents) {
        *parent = site;
    }
}

/// Joins the sets of two sites, by Rem's algorithm with splicing: the two paths to the roots are climbed in turns, and shortened on the way
/// (Patwary, Blair, Manne 2010, who find it the fastest).
#[inline(always)]
pub(crate) fn join(parents: &mut [u32], a: u32, b: u32) {
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
pub(crate) fn flatten(parents: &mut [u32]) {
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
