//! The rounds in which couplings are activated or removed.

use super::mask::Mask;
use super::scores::{Of, Scored};
use super::{Activation, Decimation, GraphEnd, PottsGraph};
use crate::potts::correlations::Correlations;
use gwg_chains::Threads;

/// The active couplings, and when they change.
#[derive(Clone, Debug)]
pub(in crate::potts) struct Rounds {
    graph: PottsGraph,
    pub(in crate::potts) mask: Mask,
    /// Changes of the couplings so far.
    round: u64,
    /// Updates since the last change.
    updates: u64,
    /// The next update changes the couplings.
    due: bool,
    /// The part of the fraction that the next round removes.
    share: f64,
    /// Active couplings before the last round.
    before: u64,
    finished: bool,
    /// The correlation was not reached in the updates of the last round.
    failed: bool,
}

/// The slope of the connected correlations of the chains on those of the data at which a round of removal ends.
const SLOPES: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// The distance of the correlation from the one that is to be reached, relative to that from 1, from which on the whole fraction is removed.
const CLEARLY: f64 = 0.1;
/// The least part of the fraction that a round removes.
const LEAST: f64 = 0.1;

impl Rounds {
    /// None where all couplings are learned.
    pub(in crate::potts) fn new(graph: PottsGraph, couplings: usize) -> Option<Self> {
        let activated = matches!(graph, PottsGraph::Activate(_));
        (graph != PottsGraph::Full).then(|| Self {
            graph,
            mask: Mask::new(couplings, !activated),
            round: 0,
            updates: 0,
            due: activated,
            share: 1.0,
            before: couplings as u64,
            finished: false,
            failed: false,
        })
    }

    pub(in crate::potts) fn density(&self) -> f64 {
        self.mask.count() as f64 / self.mask.len().max(1) as f64
    }

    pub(in crate::potts) fn round(&self) -> u64 {
        self.round
    }

    pub(in crate::potts) fn due(&self) -> bool {
        self.due
    }

    pub(in crate::potts) fn ending(&self) -> Option<GraphEnd> {
        if self.finished {
            return Some(GraphEnd::Reached);
        }
        self.failed.then(|| GraphEnd::NotReached {
            updates: self.updates,
            density: self.before as f64 / self.mask.len().max(1) as f64,
        })
    }

    /// The number of active couplings at the last density.
    fn limit(&self, density: f64) -> usize {
        ((density * self.mask.len() as f64).round() as usize).max(1)
    }

    /// Activates or removes couplings; true if some were removed.
    pub(in crate::potts) fn change(&mut self, scored: &Scored<'_>, threads: &Threads) -> bool {
        let active = self.mask.count();
        let part = |all: usize, fraction: f64| ((all as f64 * fraction) as usize).max(1);
        let (of, n) = match self.graph {
            PottsGraph::Full => return false,
            PottsGraph::Activate(Activation {
                fraction, density, ..
            }) => {
                let room = self.limit(density).saturating_sub(active);
                (
                    Of::Inactive,
                    part(self.mask.len() - active, fraction).min(room),
                )
            }
            PottsGraph::Decimate(Decimation {
                fraction, density, ..
            }) => {
                let surplus = active.saturating_sub(self.limit(density));
                let n = part(active, self.share * fraction);
                (Of::Active, n.min(surplus))
            }
        };
        let scores = scored.all(of, &self.mask, threads);
        self.mask.flip_best(&scores, n);
        (self.round, self.updates, self.due) = (self.round + 1, 0, false);
        self.before = active as u64;
        matches!(of, Of::Active)
    }

    /// Decides, from the correlations of all and of the active couplings in an update, what the next one does.
    pub(in crate::potts) fn judge(&mut self, all: &Correlations, active: &Correlations) {
        self.updates += 1;
        let count = self.mask.count();
        match self.graph {
            PottsGraph::Full => {}
            PottsGraph::Activate(a) => {
                let full = count >= self.limit(a.density);
                let settled = active.pearson() >= a.pearson;
                self.finished |= all.pearson() >= a.pearson || (full && settled);
                self.due = !self.finished && !full && (settled || self.updates >= a.updates);
            }
            PottsGraph::Decimate(d) => {
                // A correlation does not show that couplings oscillate: chains of too weak ones, or of too strong ones, may have it.
                let settled = all.pearson() >= d.pearson && SLOPES.contains(&all.slope());
                let sparse = count <= self.limit(d.density);
                self.finished |= settled && sparse;
                self.due = settled && !sparse;
                let above = (all.pearson() - d.pearson) / (1.0 - d.pearson);
                // Where `pearson` is 1, this is not a number, and a round removes one coupling.
                self.share = (above / CLEARLY).clamp(LEAST, 1.0);
                // How long the model of all couplings takes is not limited.
                self.failed = !settled && self.round > 0 && self.updates >= d.updates;
            }
        }
    }

    /// All numbers that the rest of the training depends on.
    pub(in crate::potts) fn save(&self) -> Vec<u64> {
        let all = [self.due, self.finished, self.failed];
        let flags = (0..).zip(all).map(|(k, flag)| u64::from(flag) << k).sum();
        let share = self.share.to_bits();
        let numbers = [self.round, self.updates, flags, share, self.before];
        numbers.iter().chain(self.mask.words()).copied().collect()
    }

    pub(in crate::potts) fn restore(&mut self, saved: &[u64]) {
        if let [round, updates, flags, share, before, words @ ..] = saved {
            (self.round, self.updates, self.before) = (*round, *updates, *before);
            (self.due, self.finished) = (flags & 1 == 1, flags & 2 == 2);
            self.failed = flags & 4 == 4;
            self.share = f64::from_bits(*share);
            self.mask.set_words(words);
        }
    }
}
