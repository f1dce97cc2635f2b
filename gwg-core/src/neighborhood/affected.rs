use super::tree::Tree;
use super::units::Units;
use crate::math::AT_ONCE;
use crate::{Balance, Real};

/// The moves whose difference a proposal changes.
///
/// Collected first and written afterwards: what the target calls for each of them is then a few instructions,
/// small enough to be compiled into its loop, and weights are computed sixteen at once where there are vectors.
pub(super) struct List<'s, R> {
    moves: &'s mut [u32],
    difference: &'s mut [R],
    count: usize,
}

impl<'s, R: Real> List<'s, R> {
    #[inline(always)]
    pub(super) fn new(moves: &'s mut [u32], difference: &'s mut [R]) -> Self {
        Self {
            moves,
            difference,
            count: 0,
        }
    }

    /// What is pushed beyond the length lent is lost: a target that breaks its promise.
    #[inline(always)]
    pub(super) fn push(&mut self, m: usize, d: R) {
        if let (Some(slot), Some(difference)) = (
            self.moves.get_mut(self.count),
            self.difference.get_mut(self.count),
        ) {
            (*slot, *difference) = (m as u32, d);
            self.count += 1;
        }
    }

    /// Writes the weights of all moves of the list into the tree, and by how much they grew; returns how many.
    /// The weight of an `idle` move goes.
    #[inline(always)]
    pub(super) fn write<G: Balance>(
        mut self,
        balance: &G,
        scale: R,
        units: Units<R>,
        tree: &mut Tree<'_>,
        grown: &mut [u64],
        idle: Option<usize>,
    ) -> usize {
        let mut changes = tree.changes();
        // Lanes beyond the count hold what was there before and are computed along: cheaper than a tail.
        let differences = self.difference.chunks(AT_ONCE);
        let moves = self.moves.get(..self.count).unwrap_or(&[]).chunks(AT_ONCE);
        for ((d, moves), grown) in differences.zip(moves).zip(grown.chunks_mut(AT_ONCE)) {
            let mut weight = [R::ZERO; AT_ONCE];
            balance.weigh(scale, R::ZERO, d, &mut weight);
            for ((&m, w), grown) in moves.iter().zip(weight).zip(grown) {
                *grown = changes.set(m as usize, units.of(w));
            }
        }
        if let Some(m) = idle
            && let Some(grown) = grown.get_mut(self.count)
        {
            *grown = changes.set(m, 0);
            self.push(m, R::ZERO);
        }
        changes.finish();
        self.count
    }
}
