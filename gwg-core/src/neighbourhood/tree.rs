use crate::{Bits, Real, pick, pick::FAN};

/// What the children of a node sum up to, and the prefix sums of that.
type Node<R> = [[R; FAN]; 2];
/// Levels of nodes above the leaves: enough for `16^9` leaves.
const LEVELS: usize = 8;

/// Weights under a tree of partial sums, [`FAN`] children a node.
///
/// Every sum is a function of the leaves alone, made anew (never added to) when a leaf changes: the
/// tree does not drift, and after any history has the bits of one built from its leaves.
#[derive(Debug)]
pub(super) struct Tree<'a, R> {
    leaves: &'a mut [[R; FAN]],
    /// The levels of nodes, the lowest first; levels above the root are empty.
    levels: [&'a mut [Node<R>]; LEVELS],
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
    groups * FAN + nodes * 2 * FAN
}

impl<'a, R: Real> Tree<'a, R> {
    /// A tree on `tree_len(leaves)` numbers.
    pub(super) fn new(memory: &'a mut [R], leaves: usize) -> Self {
        let groups = leaves.div_ceil(FAN).max(1);
        let (low, high) = memory
            .split_at_mut_checked(groups * FAN)
            .unwrap_or((&mut [], &mut []));
        let mut nodes = high.as_chunks_mut().0.as_chunks_mut().0;
        let mut levels: [&'a mut [Node<R>]; LEVELS] = Default::default();
        let (mut depth, mut children) = (0, groups);
        for level in &mut levels {
            children = children.div_ceil(FAN);
            let all = core::mem::take(&mut nodes);
            let (here, above) = all
                .split_at_mut_checked(children)
                .unwrap_or((&mut [], &mut []));
            *level = here;
            nodes = above;
            depth += 1;
            if children == 1 {
                break;
            }
        }
        Self {
            leaves: low.as_chunks_mut().0,
            levels,
            depth,
        }
    }

    /// The sum of all weights.
    #[inline(always)]
    pub(super) fn total(&self) -> R {
        match self.levels.get(self.depth.wrapping_sub(1)) {
            Some([[_, [.., total]]]) => *total,
            _ => R::ZERO,
        }
    }

    #[inline(always)]
    pub(super) fn weight(&self, m: usize) -> R {
        let group = self.leaves.get(m / FAN);
        group.map_or(R::ZERO, |group| group[m % FAN])
    }

    /// Writes a weight and leaves the sums above it stale.
    #[inline(always)]
    pub(super) fn set(&mut self, m: usize, weight: R) {
        if let Some(group) = self.leaves.get_mut(m / FAN) {
            group[m % FAN] = weight;
        }
    }

    /// All weights in order, the padding at the end included.
    pub(super) fn weights_mut(&mut self) -> &mut [R] {
        self.leaves.as_flattened_mut()
    }

    /// Makes all sums anew.
    pub(super) fn rebuild(&mut self) {
        let mut below: &[Node<R>] = &[];
        for (k, level) in self.levels.iter_mut().take(self.depth).enumerate() {
            // Slots past the last child stay 0.
            level.as_flattened_mut().as_flattened_mut().fill(R::ZERO);
            let sums = level.iter_mut().flat_map(|[sums, _]| sums);
            if k == 0 {
                sums.zip(self.leaves.iter())
                    .for_each(|(sum, group)| *sum = pick::total(group));
            } else {
                sums.zip(below)
                    .for_each(|(sum, [_, [.., total]])| *sum = *total);
            }
            for [sums, prefix] in level.iter_mut() {
                *prefix = pick::prefix(sums);
            }
            below = level;
        }
    }

    /// The leaves, to be written group-wise; the sums above them are stale then.
    #[inline(always)]
    pub(super) fn leaves_mut(&mut self) -> &mut [[R; FAN]] {
        self.leaves
    }

    /// Makes the sums above the first `groups` of the list anew (a group is [`FAN`] leaves, its index `m / FAN`);
    /// uses the list as scratch. `O(groups * log D)`, less where paths meet.
    #[inline(always)]
    pub(super) fn refresh(&mut self, stale: &mut [u32], groups: usize) {
        let stale = stale.get_mut(..groups).unwrap_or(&mut []);
        let Self {
            leaves,
            levels,
            depth,
        } = self;
        let mut levels = levels.iter_mut().take(*depth);
        let Some(mut level) = levels.next() else {
            return;
        };
        let mut count = parents(stale, level, |group| leaves.get(group).map(pick::total));
        seal(stale, count, level);
        for above in levels {
            let stale = stale.get_mut(..count).unwrap_or(&mut []);
            count = parents(stale, above, |child| {
                level.get(child).map(|&[_, [.., total]]| total)
            });
            seal(stale, count, above);
            level = above;
        }
    }

    /// A leaf in proportion to its weight; `None` where none is positive.
    #[inline(always)]
    pub(super) fn draw<B: Bits + ?Sized>(&self, bits: &mut B) -> Option<usize> {
        let mut k = 0;
        for level in self.levels.iter().take(self.depth).rev() {
            let [sums, prefix] = level.get(k)?;
            k = k * FAN + pick::of_node(sums, prefix, bits.unit())?;
        }
        let group = self.leaves.get(k)?;
        Some(k * FAN + pick::of_node(group, &pick::prefix(group), bits.unit())?)
    }
}

/// Writes the sums of `children` into their parents on `level`, and each run of equal parents once over
/// the list; returns how many there are.
#[inline(always)]
fn parents<R: Real>(
    children: &mut [u32],
    level: &mut [Node<R>],
    sum: impl Fn(usize) -> Option<R>,
) -> usize {
    let (mut count, mut last) = (0, u32::MAX);
    for i in 0..children.len() {
        let Some(&child) = children.get(i) else { break };
        let parent = child / FAN as u32;
        if let (Some(sum), Some([sums, _])) = (sum(child as usize), level.get_mut(parent as usize))
        {
            sums[child as usize % FAN] = sum;
        }
        if parent != last {
            last = parent;
            if let Some(slot) = children.get_mut(count) {
                *slot = parent;
            }
            count += 1;
        }
    }
    count
}

/// Makes the prefix sums of the first `count` nodes of the list.
#[inline(always)]
fn seal<R: Real>(nodes: &[u32], count: usize, level: &mut [Node<R>]) {
    for &node in nodes.iter().take(count) {
        if let Some([sums, prefix]) = level.get_mut(node as usize) {
            *prefix = pick::prefix(sums);
        }
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
                let groups = stale.len();
                tree.refresh(&mut stale, groups);
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
