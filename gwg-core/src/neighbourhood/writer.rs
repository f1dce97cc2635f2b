use crate::math::LANES;
use crate::pick::FAN;
use crate::{Balance, Real};

/// Where a [`Writer`] writes: the leaves, and lists as long as a move may touch.
pub(super) struct Lent<'s, R> {
    pub(super) leaves: &'s mut [[R; FAN]],
    pub(super) touched: &'s mut [u32],
    pub(super) old_weight: &'s mut [R],
    pub(super) stale: &'s mut [u32],
}

/// Writes new weights into the leaves and remembers the old ones; weights are computed sixteen at once.
pub(super) struct Writer<'s, R, G> {
    balance: &'s G,
    scale: R,
    shift: R,
    lent: Lent<'s, R>,
    moves: [u32; LANES],
    difference: [R; LANES],
    lanes: usize,
    count: usize,
    groups: usize,
    last_group: u32,
}

impl<'s, R: Real, G: Balance> Writer<'s, R, G> {
    #[inline(always)]
    pub(super) fn new(balance: &'s G, scale: R, shift: R, lent: Lent<'s, R>) -> Self {
        Self {
            balance,
            scale,
            shift,
            lent,
            moves: [0; LANES],
            difference: [R::ZERO; LANES],
            lanes: 0,
            count: 0,
            groups: 0,
            last_group: u32::MAX,
        }
    }

    /// Weights written, and groups of leaves listed as stale.
    #[inline(always)]
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.count, self.groups)
    }

    #[inline(always)]
    pub(super) fn push(&mut self, m: usize, d: R) {
        if let (Some(slot), Some(difference)) = (
            self.moves.get_mut(self.lanes),
            self.difference.get_mut(self.lanes),
        ) {
            *slot = m as u32;
            *difference = d;
        }
        self.lanes += 1;
        if self.lanes == LANES {
            self.flush();
        }
    }

    #[inline(always)]
    pub(super) fn flush(&mut self) {
        // Lanes that hold nothing are computed along: cheaper than a tail.
        let mut weight = [R::ZERO; LANES];
        self.balance
            .weigh(self.scale, self.shift, &self.difference, &mut weight);
        let moves = self.moves;
        for (&m, &w) in moves.iter().zip(&weight).take(self.lanes) {
            self.write(m as usize, w);
        }
        self.lanes = 0;
    }

    #[inline(always)]
    pub(super) fn write(&mut self, m: usize, weight: R) {
        let group = m / FAN;
        if let (Some(leaves), Some(touched), Some(old)) = (
            self.lent.leaves.get_mut(group),
            self.lent.touched.get_mut(self.count),
            self.lent.old_weight.get_mut(self.count),
        ) {
            let leaf = &mut leaves[m % FAN];
            *touched = m as u32;
            *old = *leaf;
            *leaf = weight;
        }
        self.count += 1;
        if group as u32 != self.last_group {
            self.last_group = group as u32;
            if let Some(slot) = self.lent.stale.get_mut(self.groups) {
                *slot = group as u32;
            }
            self.groups += 1;
        }
    }
}
