use crate::{Bits, Real, pick, pick::FAN};

/// Two groups of eight numbers: what the eight children sum up to, and the prefix sums of that.
const NODE: usize = 2 * FAN;
/// Levels of nodes above the leaves: enough for `8^12` leaves.
const LEVELS: usize = 12;

/// Weights under a tree of partial sums, eight children a node.
///
/// Every sum is a function of the leaves alone, made anew (never added to) when a leaf changes: the
/// tree does not drift, and after any history has the bits of one built from its leaves.
#[derive(Debug)]
pub(super) struct Tree<'a, R> {
    leaves: &'a mut [[R; FAN]],
    nodes: &'a mut [[R; NODE]],
    /// Where each level of nodes starts, the lowest first.
    starts: [usize; LEVELS],
    depth: usize,
}

/// Numbers of memory for a tree of so many leaves.
pub(super) const fn tree_len(leaves: usize) -> usize {
    let groups = if leaves == 0 { 1 } else { leaves.div_ceil(FAN) };
    let mut nodes = 0;
    let mut children = groups;
    loop {
        children = children.div_ceil(FAN);
        nodes += children;
        if children == 1 {
            break;
        }
    }
    groups * FAN + nodes * NODE
}

impl<'a, R: Real> Tree<'a, R> {
    /// A tree on `tree_len(leaves)` numbers.
    pub(super) fn new(memory: &'a mut [R], leaves: usize) -> Self {
        let groups = leaves.div_ceil(FAN).max(1);
        let (low, high) = memory
            .split_at_mut_checked(groups * FAN)
            .unwrap_or((&mut [], &mut []));
        let mut starts = [0; LEVELS];
        let (mut depth, mut start, mut children) = (0, 0, groups);
        for slot in &mut starts {
            *slot = start;
            depth += 1;
            children = children.div_ceil(FAN);
            start += children;
            if children == 1 {
                break;
            }
        }
        Self {
            leaves: low.as_chunks_mut().0,
            nodes: high.as_chunks_mut().0,
            starts,
            depth,
        }
    }

    /// The sum of all weights.
    #[inline]
    pub(super) fn total(&self) -> R {
        self.starts
            .get(self.depth.wrapping_sub(1))
            .and_then(|&root| self.nodes.get(root))
            .map_or(R::ZERO, |&[.., total]| total)
    }

    #[inline]
    pub(super) fn weight(&self, m: usize) -> R {
        self.leaves
            .get(m / FAN)
            .and_then(|group| group.get(m % FAN))
            .copied()
            .unwrap_or(R::ZERO)
    }

    /// Writes a weight and leaves the sums above it stale.
    #[inline]
    pub(super) fn set(&mut self, m: usize, weight: R) {
        if let Some(leaf) = self
            .leaves
            .get_mut(m / FAN)
            .and_then(|group| group.get_mut(m % FAN))
        {
            *leaf = weight;
        }
    }

    /// All weights in order, the padding at the end included.
    pub(super) fn weights_mut(&mut self) -> &mut [R] {
        self.leaves.as_flattened_mut()
    }

    /// Makes all sums anew.
    pub(super) fn rebuild(&mut self) {
        // Slots past the last child are never pulled into.
        self.nodes.as_flattened_mut().fill(R::ZERO);
        for group in 0..self.leaves.len() {
            self.pull(0, group);
        }
        for level in 0..self.depth {
            let start = self.starts.get(level).copied().unwrap_or(0);
            let end = self
                .starts
                .get(level + 1)
                .copied()
                .filter(|&end| end > start);
            let count = end.unwrap_or(self.nodes.len()).saturating_sub(start);
            for k in 0..count {
                self.seal(level, k);
                if level + 1 < self.depth {
                    self.pull(level + 1, k);
                }
            }
        }
    }

    /// Makes the sums above the groups `stale` anew (a group is eight leaves, its index `m / 8`);
    /// uses the list as scratch. `O(stale * log D)`, less where paths meet.
    #[inline(always)]
    pub(super) fn refresh(&mut self, stale: &mut [u32]) {
        let mut count = stale.len();
        for level in 0..self.depth {
            // Children first, then each distinct parent once: neighbours in the list share parents.
            let mut parents = 0;
            let mut last = u32::MAX;
            for i in 0..count {
                let Some(&child) = stale.get(i) else { break };
                self.pull(level, child as usize);
                let parent = child / FAN as u32;
                if parent != last {
                    last = parent;
                    if let Some(slot) = stale.get_mut(parents) {
                        *slot = parent;
                    }
                    parents += 1;
                }
            }
            count = parents;
            for &parent in stale.iter().take(count) {
                self.seal(level, parent as usize);
            }
        }
    }

    /// Copies the sum of a child (a group of leaves below level 0, else a node of the level below)
    /// into its parent on `level`.
    #[inline(always)]
    fn pull(&mut self, level: usize, child: usize) {
        let sum = if level == 0 {
            match self.leaves.get(child) {
                Some(group) => {
                    let [.., sum] = pick::prefix(group);
                    sum
                }
                None => return,
            }
        } else {
            let below = self.starts.get(level - 1).copied().unwrap_or(0);
            match self.nodes.get(below + child) {
                Some(&[.., sum]) => sum,
                None => return,
            }
        };
        let start = self.starts.get(level).copied().unwrap_or(0);
        if let Some(slot) = self
            .nodes
            .get_mut(start + child / FAN)
            .and_then(|node| node.get_mut(child % FAN))
        {
            *slot = sum;
        }
    }

    /// Makes the prefix sums of a node from its sums.
    #[inline(always)]
    fn seal(&mut self, level: usize, k: usize) {
        let start = self.starts.get(level).copied().unwrap_or(0);
        if let Some(node) = self.nodes.get_mut(start + k) {
            let [a0, a1, a2, a3, a4, a5, a6, a7, ..] = *node;
            let sums = [a0, a1, a2, a3, a4, a5, a6, a7];
            let prefix = pick::prefix(&sums);
            if let Some(tail) = node.last_chunk_mut::<FAN>() {
                *tail = prefix;
            }
        }
    }

    /// A leaf in proportion to its weight; `None` where none is positive.
    #[inline(always)]
    pub(super) fn draw<B: Bits + ?Sized>(&self, bits: &mut B) -> Option<usize> {
        let mut k = 0;
        for level in (0..self.depth).rev() {
            let node = self.nodes.get(self.starts.get(level)? + k)?;
            let prefix = node.last_chunk::<FAN>()?;
            k = k * FAN + pick::of_eight(node.first_chunk::<FAN>()?, prefix, bits.unit())?;
        }
        let group = self.leaves.get(k)?;
        Some(k * FAN + pick::of_eight(group, &pick::prefix(group), bits.unit())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;
    use proptest::prelude::*;
    use std::{vec, vec::Vec};

    fn filled(memory: &mut [f64], weights: &[f64]) -> f64 {
        memory.fill(0.0);
        let mut tree = Tree::new(memory, weights.len());
        for (m, &w) in weights.iter().enumerate() {
            tree.set(m, w);
        }
        tree.rebuild();
        tree.total()
    }

    proptest! {
        #[test]
        fn refreshed_tree_has_the_bits_of_a_rebuilt_one(
            start in prop::collection::vec(0.0f64..10.0, 1..700),
            writes in prop::collection::vec((any::<prop::sample::Index>(), 0.0f64..1e6), 1..20),
        ) {
            let n = start.len();
            let mut memory = vec![0.0; tree_len(n)];
            filled(&mut memory, &start);
            let mut weights = start;
            for batch in writes.chunks(4) {
                let mut tree = Tree::new(&mut memory, n);
                let mut stale = Vec::new();
                for (index, w) in batch {
                    let m = index.index(n);
                    weights[m] = *w;
                    tree.set(m, *w);
                    stale.push((m / FAN) as u32);
                }
                tree.refresh(&mut stale);
            }
            let mut fresh = vec![0.0; tree_len(n)];
            let total = filled(&mut fresh, &weights);
            prop_assert_eq!(&memory, &fresh);
            let plain: f64 = weights.iter().sum();
            prop_assert!((total - plain).abs() <= 1e-12 * plain.max(1.0));
        }
    }

    #[test]
    fn draws_follow_the_weights() {
        for n in [1usize, 7, 8, 9, 64, 65, 600] {
            let weights: Vec<f64> = (0..n).map(|i| ((i * 7 + 3) % 5) as f64).collect();
            let total: f64 = weights.iter().sum();
            let mut memory = vec![0.0; tree_len(n)];
            filled(&mut memory, &weights);
            let tree = Tree::new(&mut memory, n);
            let mut bits = SplitMix64::new(n as u64);
            let mut counts = vec![0u32; n];
            let draws = 200_000;
            for _ in 0..draws {
                counts[tree.draw(&mut bits).unwrap()] += 1;
            }
            let (mut chi2, mut dof) = (0.0, -1.0);
            for (&c, &w) in counts.iter().zip(&weights) {
                if w == 0.0 {
                    assert_eq!(c, 0, "a weight of 0 is never drawn");
                } else {
                    let expected = w / total * f64::from(draws);
                    chi2 += (f64::from(c) - expected).powi(2) / expected;
                    dof += 1.0;
                }
            }
            // A chi-square exceeds its mean by 6 sd with probability below 1e-6 for every dof here.
            assert!(
                chi2 <= dof + 6.0 * (2.0 * f64::max(dof, 1.0)).sqrt() + 6.0,
                "n = {n}: {chi2} on {dof}"
            );
        }
    }

    #[test]
    fn empty_and_all_zero_trees_draw_nothing() {
        let mut memory = vec![0.0f32; tree_len(20)];
        let mut tree = Tree::new(&mut memory, 20);
        tree.rebuild();
        assert_eq!(tree.draw(&mut SplitMix64::new(0)), None);
        assert_eq!(tree.total(), 0.0);
    }
}
