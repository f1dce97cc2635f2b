use crate::{Bits, pick, pick::FAN};

/// The weights or sums of the children of a node.
pub(super) type Node = [u64; FAN];
/// Levels of nodes, including the leaves: enough for `16^8` leaves.
const LEVELS: usize = 8;

/// Integer weights under a tree of their sums, with [`FAN`] children per node.
///
/// Integer sums are exact and independent of order: an updated sum has the same bits as a recomputed one, so the tree
/// does not drift, and one threshold draws a leaf with exactly its share of the total.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    /// The leaves, then the sums of their groups, and so on up to the root; levels above the root are empty.
    levels: [&'a mut [Node]; LEVELS],
    depth: usize,
    total: u64,
}

/// The number of words of memory for a tree with `leaves` leaves.
pub(super) const fn tree_len(leaves: usize) -> usize {
    let (mut nodes, mut children) = (0, leaves);
    loop {
        children = if children == 0 {
            1
        } else {
            children.div_ceil(FAN)
        };
        nodes += children;
        if children == 1 {
            return nodes * FAN;
        }
    }
}

/// Rarely called: one copy of the code is enough.
#[inline(never)]
fn sum_of(node: &Node) -> u64 {
    node.iter().sum()
}

impl<'a> Tree<'a> {
    /// Creates a tree in `tree_len(leaves)` words.
    pub(super) fn new(memory: &'a mut [u64], leaves: usize) -> Self {
        let mut nodes = memory.as_chunks_mut().0;
        let mut levels: [&'a mut [Node]; LEVELS] = Default::default();
        let (mut depth, mut children) = (0, leaves);
        for level in &mut levels {
            children = children.div_ceil(FAN).max(1);
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
            levels,
            depth,
            total: 0,
        }
    }

    /// The sum of all weights.
    #[inline(always)]
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The same, to be saved or restored.
    pub(super) fn total_mut(&mut self) -> &mut u64 {
        &mut self.total
    }

    #[inline(always)]
    pub(super) fn weight(&self, m: usize) -> u64 {
        let [leaves, ..] = &self.levels;
        leaves.get(m / FAN).map_or(0, |group| group[m % FAN])
    }

    /// Starts a batch of changes.
    #[inline(always)]
    pub(super) fn changes(&mut self) -> Changes<'_, 'a> {
        Changes {
            tree: self,
            node: 0,
            grown: 0,
        }
    }

    /// All weights in order, in groups of [`FAN`], including the padding at the end; the sums above are stale until
    /// [`rebuild`](Self::rebuild).
    pub(super) fn leaves_mut(&mut self) -> &mut [Node] {
        let [leaves, ..] = &mut self.levels;
        leaves
    }

    /// Recomputes all sums.
    pub(super) fn rebuild(&mut self) {
        let [leaves, above @ ..] = &mut self.levels;
        let mut below: &[Node] = leaves;
        for level in above.iter_mut().take(self.depth.saturating_sub(1)) {
            // Slots past the last child stay 0.
            level.as_flattened_mut().fill(0);
            for (sum, node) in level.as_flattened_mut().iter_mut().zip(below) {
                *sum = sum_of(node);
            }
            below = level;
        }
        self.total = below.first().map_or(0, sum_of);
    }

    /// Draws a leaf with probability proportional to its weight; `None` if no weight is positive.
    #[inline(always)]
    pub(super) fn draw<B: Bits + ?Sized>(&self, bits: &mut B) -> Option<usize> {
        if self.total == 0 {
            return None;
        }
        // Uniform below the total, with a total deviation of less than total / 2^64.
        let mut threshold = ((u128::from(bits.next_u64()) * u128::from(self.total)) >> 64) as u64;
        let mut k = 0;
        for level in self.levels.iter().take(self.depth).rev() {
            let (child, before) = pick::of_node(level.get(k)?, threshold);
            threshold = threshold.wrapping_sub(before);
            k = k * FAN + child;
        }
        Some(k)
    }
}

/// A batch of weight changes, ended by [`finish`](Self::finish).
///
/// Increments of leaves under the same node of the second level are added to the levels above in one pass: the moves
/// that a proposal affects are often adjacent.
pub(super) struct Changes<'t, 'a> {
    tree: &'t mut Tree<'a>,
    /// The node above the last written leaf, and the increment below it that is not yet added to the levels above.
    node: usize,
    grown: u64,
}

impl Changes<'_, '_> {
    /// Sets a weight; returns the increment, modulo 2^64.
    #[inline(always)]
    pub(super) fn set(&mut self, m: usize, weight: u64) -> u64 {
        let [leaves, ..] = &mut self.tree.levels;
        let Some(group) = leaves.get_mut(m / FAN) else {
            return 0;
        };
        let leaf = &mut group[m % FAN];
        let grown = weight.wrapping_sub(*leaf);
        *leaf = weight;
        self.above(m / FAN, grown);
        grown
    }

    /// Adds to a weight, modulo 2^64.
    #[inline(always)]
    pub(super) fn grow(&mut self, m: usize, by: u64) {
        let [leaves, ..] = &mut self.tree.levels;
        if let Some(group) = leaves.get_mut(m / FAN) {
            let leaf = &mut group[m % FAN];
            *leaf = leaf.wrapping_add(by);
            self.above(m / FAN, by);
        }
    }

    #[inline(always)]
    fn above(&mut self, group: usize, by: u64) {
        let [_, sums, ..] = &mut self.tree.levels;
        let node = group / FAN;
        if let Some(sums) = sums.get_mut(node) {
            let sum = &mut sums[group % FAN];
            *sum = sum.wrapping_add(by);
        }
        if node != self.node {
            self.carry();
            self.node = node;
        }
        self.grown = self.grown.wrapping_add(by);
    }

    // Inlined at each caller on large machines; one copy of the code on small ones.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn carry(&mut self) {
        let [_, _, above @ ..] = &mut self.tree.levels;
        let mut k = self.node;
        for level in above.iter_mut().take(self.tree.depth.saturating_sub(2)) {
            if let Some(node) = level.get_mut(k / FAN) {
                let sum = &mut node[k % FAN];
                *sum = sum.wrapping_add(self.grown);
            }
            k /= FAN;
        }
        self.tree.total = self.tree.total.wrapping_add(self.grown);
        self.grown = 0;
    }

    /// Adds all pending increments.
    #[inline(always)]
    pub(super) fn finish(mut self) {
        self.carry();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;
    use proptest::prelude::*;
    use std::{vec, vec::Vec};

    fn filled<'a>(memory: &'a mut [u64], weights: &[u64]) -> Tree<'a> {
        memory.fill(0);
        let mut tree = Tree::new(memory, weights.len());
        for (slot, &w) in tree.leaves_mut().as_flattened_mut().iter_mut().zip(weights) {
            *slot = w;
        }
        tree.rebuild();
        tree
    }

    proptest! {
        #[test]
        fn an_updated_tree_equals_a_rebuilt_one(
            start in prop::collection::vec(0u64..1 << 40, 1..700),
            writes in prop::collection::vec((any::<prop::sample::Index>(), 0u64..1 << 50), 1..20),
        ) {
            let n = start.len();
            let (mut memory, mut fresh) = (vec![0; tree_len(n)], vec![0; tree_len(n)]);
            let mut weights = start.clone();
            let mut tree = filled(&mut memory, &start);
            let mut undo = Vec::new();
            for (index, w) in writes {
                let m = index.index(n);
                weights[m] = w;
                let mut changes = tree.changes();
                undo.push((m, changes.set(m, w)));
                changes.finish();
            }
            let anew = filled(&mut fresh, &weights);
            prop_assert_eq!(tree.total(), weights.iter().sum::<u64>());
            prop_assert_eq!(anew.total(), tree.total());
            prop_assert_eq!(&tree.levels, &anew.levels);
            let mut changes = tree.changes();
            for (m, grown) in undo {
                changes.grow(m, grown.wrapping_neg());
            }
            changes.finish();
            prop_assert_eq!(&tree.levels, &filled(&mut fresh, &start).levels);
        }
    }

    /// Returns every threshold of a small tree in turn.
    struct Fixed(u64);

    impl Bits for Fixed {
        fn next_u32(&mut self) -> u32 {
            0
        }

        fn next_u64(&mut self) -> u64 {
            self.0
        }
    }

    #[test]
    fn each_leaf_covers_its_weight_in_thresholds() {
        for n in [1usize, 7, 16, 17, 64, 257, 600] {
            let weights: Vec<u64> = (0..n).map(|i| ((i * 7 + 3) % 5) as u64).collect();
            let mut memory = vec![0; tree_len(n)];
            let tree = filled(&mut memory, &weights);
            let mut owned = vec![0; n];
            for k in 0..tree.total() {
                let bits = ((u128::from(k) << 64).div_ceil(u128::from(tree.total()))) as u64;
                owned[tree.draw(&mut Fixed(bits)).unwrap()] += 1;
            }
            assert_eq!(owned, weights, "n = {n}");
        }
    }

    #[test]
    fn empty_and_all_zero_trees_draw_nothing() {
        for n in [0, 20, 1000] {
            let mut memory = vec![0; tree_len(n)];
            let mut tree = Tree::new(&mut memory, n);
            tree.rebuild();
            assert_eq!(tree.draw(&mut SplitMix64::new(0)), None);
            assert_eq!(tree.total(), 0);
        }
    }

    #[test]
    fn tree_len_is_the_memory_used() {
        assert_eq!(tree_len(0), FAN);
        assert_eq!(tree_len(16), FAN);
        assert_eq!(tree_len(17), 3 * FAN);
        assert_eq!(tree_len(1600), (100 + 7 + 1) * FAN);
    }
}
