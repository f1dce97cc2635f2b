//! Scores of all couplings, from the states of the chains.

use super::activate::gain;
use super::decimate::cost;
use super::mask::Mask;
use crate::potts::chains::PottsChains;
use crate::potts::moments::{Moments, PairCounts};
use crate::potts::pairs::{PairPotts, split_pairs};
use gwg_chains::Threads;

/// What scores depend on.
pub(in crate::potts) struct Scored<'s> {
    pub(in crate::potts) model: &'s PairPotts<f32>,
    pub(in crate::potts) data: &'s Moments,
    pub(in crate::potts) chains: &'s PottsChains,
    /// The weight of uniform frequencies in those of the chains, above 0: pairs that no chain has are not impossible.
    pub(in crate::potts) pseudocount: f64,
}

/// What is scored.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// The gain of inactive couplings.
    Inactive,
    /// The cost of active couplings, its sign changed.
    Active,
}

impl Scored<'_> {
    /// A score of each coupling; minus infinity of those that are not of the kind.
    pub(super) fn all(&self, of: Of, mask: &Mask, threads: &Threads) -> Vec<f32> {
        let (sites, q) = (self.model.sites(), self.model.states());
        let block = q * q;
        let mut scores = vec![f32::NEG_INFINITY; self.model.coupling().len()];
        let parts = split_pairs(&mut scores, sites, block);
        let mut parts: Vec<_> = parts.into_iter().enumerate().collect();
        threads.each(&mut parts, |(i, part)| {
            let mut counts = PairCounts::new(q);
            let first = *i * (2 * sites - *i - 1) / 2;
            for (k, scores) in part.chunks_exact_mut(block).enumerate() {
                let counts = counts.of(self.chains, *i, *i + 1 + k);
                self.pair((first + k) * block, of, mask, counts, scores);
            }
        });
        scores
    }

    /// The scores of a pair, whose couplings begin at `start`.
    fn pair(&self, start: usize, of: Of, mask: &Mask, counts: &[u32], scores: &mut [f32]) {
        let (chains, block) = (self.chains.len() as f64, counts.len() as f64);
        let (keep, uniform) = (1.0 - self.pseudocount, self.pseudocount / block);
        for (k, (score, &n)) in scores.iter_mut().zip(counts).enumerate() {
            let (at, p) = (start + k, keep * f64::from(n) / chains + uniform);
            *score = match (of, mask.get(at)) {
                (Of::Inactive, false) => gain(f64::from(self.data.pair[at]), p) as f32,
                (Of::Active, true) => -cost(f64::from(self.model.coupling()[at]), p) as f32,
                _ => continue,
            };
        }
    }
}

impl Mask {
    /// Flips the couplings with the `n` largest scores, which are at least as many as are scored; of equal scores those that come first.
    pub(super) fn flip_best(&mut self, scores: &[f32], n: usize) {
        if n == 0 {
            return;
        }
        let mut sorted = scores.to_vec();
        let (_, &mut least, _) = sorted.select_nth_unstable_by(n - 1, |a, b| b.total_cmp(a));
        let above = |score: f32| score.total_cmp(&least).is_gt();
        let mut equal = n - scores.iter().filter(|&&score| above(score)).count();
        for (at, &score) in scores.iter().enumerate() {
            let chosen = above(score) || (score.total_cmp(&least).is_eq() && equal > 0);
            if chosen {
                equal -= usize::from(!above(score));
                self.flip(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_scores_are_flipped() {
        let mut mask = Mask::new(6, false);
        mask.flip_best(&[1.0, 3.0, 1.0, f32::NEG_INFINITY, 2.0, 1.0], 3);
        let flipped: Vec<usize> = (0..6).filter(|&at| mask.get(at)).collect();
        assert_eq!(flipped, [0, 1, 4]);
        mask.flip_best(&[0.0; 6], 0);
        assert_eq!(mask.count(), 3);
    }
}
