//! Draws of sites one by one, without replacement.

use super::proposal::{ProposalContext, site_sum};
use crate::neighborhood::{BLOCK, Evaluation, is_long};
use crate::walker::RunningSum;
use crate::{Bits, Real, Space, math};

/// The moves of an evaluation whose sites have not been taken. The weights of taken sites are 0 until they are returned.
///
/// The partial sums of the evaluation are not updated. A draw that hits a taken site is repeated, which gives the
/// distribution over the remaining ones, efficiently as long as it is not too frequent; taking a site costs only the
/// access to its own weights.
pub(super) struct Remaining<'s, 'a, R> {
    evaluation: &'s mut Evaluation<'a, R>,
    /// The weights taken, at their own indices.
    taken: &'s mut [R],
    /// The cumulative sums of the blocks.
    reach: &'s mut [R],
    /// True if the evaluation's sums have been recomputed.
    anew: bool,
}

/// The number of blocks whose sums are added in one accumulator.
const STRETCH: usize = 256;

/// The number of consecutive draws that may hit taken sites before the sums are recomputed.
const TRIES: usize = 4;

impl<'s, 'a, R: Real> Remaining<'s, 'a, R> {
    #[inline(always)]
    pub(super) fn new(evaluation: &'s mut Evaluation<'a, R>, scratch: &'s mut [R]) -> Self {
        let (moves, blocks) = (evaluation.weight.len(), evaluation.sums.len());
        let (taken, rest) = scratch.split_at_mut_checked(moves).unwrap_or_default();
        let mut remaining = Self {
            evaluation,
            taken,
            reach: rest.get_mut(..blocks).unwrap_or_default(),
            anew: false,
        };
        remaining.reach();
        remaining
    }

    #[inline(always)]
    fn reach(&mut self) {
        // The sum before a stretch is accumulated with compensation, so that errors do not grow along the slice. (Rounding may
        // put a cumulative sum below the previous one, by a unit in the last place, which is then the error of a draw.)
        let all = self.reach.len();
        let stretch = if is_long::<R>(all) {
            STRETCH
        } else {
            all.max(1)
        };
        let mut before = RunningSum::<R>::from(0.0);
        let stretches = self.reach.chunks_mut(stretch);
        for (reach, blocks) in stretches.zip(self.evaluation.sums.chunks(stretch)) {
            let mut sum = R::ZERO;
            for (reach, &block) in reach.iter_mut().zip(blocks) {
                sum += block;
                *reach = before.rounded() + sum;
            }
            before.add(sum);
        }
    }

    /// Draws a move with probability proportional to the remaining weights; `None` if none is positive.
    #[inline(always)]
    pub(super) fn draw<B: Bits + ?Sized>(&mut self, bits: &mut B) -> Option<usize> {
        for _ in 0..TRIES {
            let found = self.attempt(bits);
            if found.is_some() {
                return found;
            }
        }
        self.draw_anew(bits)
    }

    #[inline(always)]
    fn attempt<B: Bits + ?Sized>(&self, bits: &mut B) -> Option<usize> {
        let (first, second) = two_units::<R, B>(bits);
        let threshold = first * *self.reach.last()?;
        let block = self.reach.partition_point(|&reach| reach <= threshold);
        let sum = *self.evaluation.sums.get(block)?;
        let start = block * BLOCK;
        let end = Ord::min(start + BLOCK, self.evaluation.weight.len());
        let within = of_block(self.evaluation.weight.get(start..end)?, second * sum)?;
        Some(start + within)
    }

    #[inline(never)]
    fn draw_anew<B: Bits + ?Sized>(&mut self, bits: &mut B) -> Option<usize> {
        self.anew = true;
        self.evaluation.add_up();
        self.reach();
        self.evaluation.pick(bits)
    }

    /// Takes the site of a move.
    #[inline(always)]
    pub(super) fn take<S: Space>(&mut self, at: &ProposalContext<'_, S, R>, m: usize) {
        if at.one_move_a_site() {
            if let Some((slot, w)) = self.taken.get_mut(m).zip(self.evaluation.weight.get_mut(m)) {
                *slot = core::mem::replace(w, R::ZERO);
            }
            return;
        }
        let site = at.moves_of(at.site_of(m));
        let own = self
            .evaluation
            .weight
            .get_mut(site.clone())
            .unwrap_or_default();
        let slots = self.taken.get_mut(site).unwrap_or_default();
        for (slot, w) in slots.iter_mut().zip(own) {
            *slot = core::mem::replace(w, R::ZERO);
        }
    }

    /// Returns the site of a move.
    #[inline(always)]
    fn give<S: Space>(&mut self, at: &ProposalContext<'_, S, R>, m: usize) {
        if at.one_move_a_site() {
            if let Some((&slot, w)) = self.taken.get(m).zip(self.evaluation.weight.get_mut(m)) {
                *w = slot;
            }
            return;
        }
        let site = at.moves_of(at.site_of(m));
        let own = self
            .evaluation
            .weight
            .get_mut(site.clone())
            .unwrap_or_default();
        let slots = self.taken.get(site).unwrap_or_default();
        for (&slot, w) in slots.iter().zip(own) {
            *w = slot;
        }
    }

    /// Returns all sites of a path.
    #[inline(always)]
    pub(super) fn give_all<S: Space>(mut self, at: &ProposalContext<'_, S, R>, path: &[u32]) {
        for &m in path {
            self.give(at, m as usize);
        }
        if self.anew {
            self.evaluation.add_up();
        }
    }
}

/// The sum of the weights of a move's site.
#[inline(always)]
pub(super) fn of_site<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    weight: &[R],
    m: usize,
) -> R {
    if at.one_move_a_site() {
        weight.get(m).copied().unwrap_or(R::ZERO)
    } else {
        site_sum(weight, at.moves_of(at.site_of(m)))
    }
}

/// The sum of the weights that remain without the sites of a path, computed afresh: for cases where a difference of
/// two sums would consist of rounding errors.
#[cold]
#[inline(never)]
pub(super) fn added_up<S: Space, R: Real>(
    at: &ProposalContext<'_, S, R>,
    evaluation: &mut Evaluation<'_, R>,
    scratch: &mut [R],
    path: &[u32],
) -> f64 {
    let mut remaining = Remaining::new(evaluation, scratch);
    for &m in path {
        remaining.take(at, m as usize);
    }
    let total = math::sum_wide(remaining.evaluation.weight);
    remaining.give_all(at, path);
    total
}

/// Two uniform numbers, from one word if it has enough bits.
#[inline(always)]
fn two_units<R: Real, B: Bits + ?Sized>(bits: &mut B) -> (R, R) {
    if size_of::<R>() == 4 {
        let word = bits.next_u64();
        (R::unit(word), R::unit(word << 32))
    } else {
        (bits.unit(), bits.unit())
    }
}

const LANES: usize = 8;

/// The entry of a block that contains `threshold`: each covers an interval of the length of its weight, in the order
/// of the first lane's rows, then the second's, and so on. `None` beyond the sum of the weights. No branch depends on
/// a weight.
#[inline(always)]
fn of_block<R: Real>(weight: &[R], threshold: R) -> Option<usize> {
    let mut padded = [R::ZERO; BLOCK];
    let weight: &[R; BLOCK] = match weight.try_into() {
        Ok(whole) => whole,
        Err(_) => {
            for (to, &w) in padded.iter_mut().zip(weight) {
                *to = w;
            }
            &padded
        }
    };
    let rows = weight.as_chunks::<LANES>().0;
    let mut reach = [R::ZERO; LANES];
    for row in rows {
        for (sum, &w) in reach.iter_mut().zip(row) {
            *sum += w;
        }
    }
    // A prefix sum in three steps, over distances of 1, 2 and 4 lanes.
    let reach = later(later(later(reach, 1), 2), 4);
    let lane: usize = reach.iter().map(|&r| usize::from(r <= threshold)).sum();
    let mut sum = *reach.get(lane.wrapping_sub(1)).unwrap_or(&R::ZERO);
    let mut row = 0;
    for of_row in rows {
        sum += *of_row.get(lane)?;
        row += usize::from(sum <= threshold);
    }
    let found = row * LANES + lane;
    // A NaN is not drawn.
    (*weight.get(found)? > R::ZERO).then_some(found)
}

/// Adds to each lane the one `by` positions before it.
#[inline(always)]
fn later<R: Real>(lanes: [R; LANES], by: usize) -> [R; LANES] {
    let before = |k: usize| lanes.get(k.wrapping_sub(by)).copied().unwrap_or(R::ZERO);
    core::array::from_fn(|k| *lanes.get(k).unwrap_or(&R::ZERO) + before(k))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;

    #[test]
    fn each_entry_of_a_block_covers_its_weight() {
        let mut bits = SplitMix64::new(8);
        for len in [1, 7, 8, 31, 32] {
            let mut weight = [0.0f64; BLOCK];
            let weight = &mut weight[..len];
            weight.fill_with(|| bits.below(5) as f64);
            let sum: f64 = weight.iter().sum();
            let mut owned = [0.0; BLOCK];
            for threshold in 0..sum as usize {
                owned[of_block(weight, threshold as f64 + 0.5).expect("within the sum")] += 1.0;
            }
            assert_eq!(owned[..len], *weight);
            assert_eq!(of_block(weight, sum), None);
            assert_eq!(of_block(weight, f64::INFINITY), None);
        }
    }

    #[test]
    fn zero_weights_are_never_drawn() {
        let (mut weight, nan) = ([0.0f32; BLOCK], f32::NAN);
        assert_eq!(of_block(&weight, 0.0), None);
        assert_eq!(of_block(&weight, nan), None);
        weight[9] = 2.0;
        assert_eq!(of_block(&weight, 0.0), Some(9));
        assert_eq!(of_block(&weight, nan), None);
        weight[0] = nan;
        assert_eq!(of_block(&weight, 0.0), None);
    }
}
