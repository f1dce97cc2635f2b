use crate::kernel::joint::{Mover, alphabet, other};
use crate::{Delta, Real, Space};
use core::slice::IterMut;

/// The numbered points of a Hamming ball around the state of a walker.
///
/// Point 0 is the center. The others form a tree: a child changes one more site than its parent, one later in the
/// block than all sites changed so far. Points are numbered in depth-first order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ball<'w> {
    sites: &'w [u32],
    radius: usize,
    /// `[i * (radius + 1) + r]`: the number of ways to change at most `r` of the sites from the `i`-th on.
    counts: &'w [u32],
}

impl<'w> Ball<'w> {
    /// Counts the points; `counts` has `(sites.len() + 1) * (radius + 1)` entries.
    #[inline]
    pub(crate) fn new<S: Space>(
        space: &S,
        sites: &'w [u32],
        radius: usize,
        counts: &'w mut [u32],
    ) -> Self {
        let width = radius + 1;
        let end = sites.len();
        if let Some(last) = counts.get_mut(end * width..(end + 1) * width) {
            last.fill(1);
        }
        for (i, &site) in sites.iter().enumerate().rev() {
            let others = alphabet(space, site as usize).get() as u32 - 1;
            let mut fewer = 0;
            for r in 0..width {
                let later = counts.get((i + 1) * width + r).copied().unwrap_or(0);
                if let Some(count) = counts.get_mut(i * width + r) {
                    *count = later.wrapping_add(others.wrapping_mul(fewer));
                }
                fewer = later;
            }
        }
        Self {
            sites,
            radius,
            counts,
        }
    }

    /// The number of points, which is the same for every center.
    pub(crate) fn points(&self) -> usize {
        self.count(0, self.radius)
    }

    #[inline(always)]
    fn count(&self, i: usize, r: usize) -> usize {
        let count = self.counts.get(i * (self.radius + 1) + r);
        count.copied().unwrap_or(0) as usize
    }

    /// Moves from the center to point `k`.
    #[inline]
    pub(crate) fn go<T: Delta>(&self, mover: &mut Mover<'_, T>, k: usize) {
        let (mut k, mut left) = (k, self.radius);
        for (i, &site) in self.sites.iter().enumerate() {
            if k == 0 || left == 0 {
                break;
            }
            let site = site as usize;
            let subtree = self.count(i + 1, left - 1);
            let others = alphabet(mover.target.space(), site).get() - 1;
            let (Some(symbol), Some(within)) =
                ((k - 1).checked_div(subtree), (k - 1).checked_rem(subtree))
            else {
                break;
            };
            if symbol < others {
                let to = other(mover.symbol(site), symbol);
                mover.make(mover.set(site, to));
                (k, left) = (within, left - 1);
            } else {
                k -= others * subtree;
            }
        }
    }

    /// Writes the change of `f` at each point; the mover is at the center on entry and on return.
    #[inline]
    pub(crate) fn weights<'s, T: Delta>(
        &self,
        mover: &mut Mover<'_, T>,
        weight: &'s mut [T::Real],
    ) -> &'s mut [T::Real] {
        let weight = weight.get_mut(..self.points()).unwrap_or(&mut []);
        let mut slots = weight.iter_mut();
        if let Some(center) = slots.next() {
            *center = T::Real::from_f64(mover.gain);
        }
        self.descend(mover, 0, self.radius, &mut slots);
        weight
    }

    /// Visits the points below the mover's that change up to `left` of the sites from the `first` on. The recursion
    /// is as deep as the radius.
    fn descend<T: Delta>(
        &self,
        mover: &mut Mover<'_, T>,
        first: usize,
        left: usize,
        slots: &mut IterMut<'_, T::Real>,
    ) {
        let before = mover.gain;
        for (i, &site) in self.sites.iter().enumerate().skip(first) {
            let site = site as usize;
            let from = mover.symbol(site);
            let others = alphabet(mover.target.space(), site).get() - 1;
            for k in 0..others {
                let there = mover.set(site, other(from, k));
                let gain = mover.gain_after(there);
                if let Some(slot) = slots.next() {
                    *slot = T::Real::from_f64(gain);
                }
                if left > 1 && i + 1 < self.sites.len() {
                    mover.follow(there, gain);
                    self.descend(mover, i + 1, left - 1, slots);
                    mover.follow(mover.set(site, from), before);
                }
            }
        }
    }
}
