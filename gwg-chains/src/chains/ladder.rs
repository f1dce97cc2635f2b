//! The temperatures of the replicas of one chain, and the swaps between them.

use crate::generator::{Generator, SWAPS, replica_generator};
use crate::plan::RunError;
use crate::stepper::Pending;
use gwg_core::temper::{Exchange, Ladder, Pair};
use gwg_core::{Real, StepCounts};

/// The end of the ladder that a replica visited last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Neither,
    Coldest,
    /// The hottest end, after the coldest.
    Hottest,
}

/// The replicas of one chain.
#[derive(Clone, Debug)]
pub(crate) struct ReplicaLadder {
    /// Inverse temperatures, the target's first.
    pub(crate) betas: Vec<f64>,
    pub(crate) walker_at: Vec<u32>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) rounds: u64,
    pub(crate) bits: Generator,
    pub(crate) last_end: Vec<End>,
    pub(crate) round_trips: u64,
    /// The counts of the steps at the target's temperature, whichever replica made them.
    pub(crate) cold: StepCounts,
    /// The counts of the coldest replica before the latest steps.
    pub(crate) before: StepCounts,
}

impl ReplicaLadder {
    pub(crate) fn new(betas: &[f64], seed: u64, chain: u64) -> Result<Self, RunError> {
        let levels = Ladder::new(betas)?.levels();
        let mut own = Self {
            betas: betas.to_vec(),
            walker_at: (0..levels as u32).collect(),
            pairs: vec![Pair::default(); levels - 1],
            rounds: 0,
            bits: replica_generator(seed, chain, SWAPS),
            last_end: vec![End::Neither; levels],
            round_trips: 0,
            cold: StepCounts::default(),
            before: StepCounts::default(),
        };
        own.count_trips();
        Ok(own)
    }

    pub(crate) fn coldest(&self) -> usize {
        self.walker_at.first().map_or(0, |&walker| walker as usize)
    }

    fn count_trips(&mut self) {
        let [cold, .., hot] = &self.walker_at[..] else {
            return;
        };
        let (cold, hot) = (*cold as usize, *hot as usize);
        if self.last_end[cold] == End::Hottest {
            self.round_trips += 1;
        }
        self.last_end[cold] = End::Coldest;
        if self.last_end[hot] == End::Coldest {
            self.last_end[hot] = End::Hottest;
        }
    }

    /// A round of swaps: exchanges temperatures in `betas`, and marks the swapped replicas as pending.
    pub(crate) fn swap<R: Real>(
        &mut self,
        betas: &mut [R],
        log_prob: &[f64],
        pending: &mut [Pending],
    ) {
        let exchange = Ladder::new(&self.betas).and_then(|ladder| {
            Exchange::continued(ladder, &mut self.walker_at, &mut self.pairs, self.rounds)
        });
        // The ladder was checked when it was made.
        let Ok(mut exchange) = exchange else {
            return;
        };
        let look = |(betas, _): &(&mut [R], &mut [Pending]), k: usize| {
            Some((betas.get(k)?.to_f64(), *log_prob.get(k)?))
        };
        let swapped = |(betas, pending): &mut (&mut [R], &mut [Pending]), [a, b]: [usize; 2]| {
            betas.swap(a, b);
            for k in [a, b] {
                pending[k] = pending[k].max(Pending::Reweight);
            }
        };
        exchange.round_of(&mut (betas, pending), &mut self.bits, look, swapped);
        self.rounds = exchange.rounds();
        self.count_trips();
    }

    /// Sets all counts to zero, at the end of a warm-up.
    pub(crate) fn clear(&mut self) {
        self.pairs.fill(Pair::default());
        self.cold = StepCounts::default();
        self.round_trips = 0;
        self.last_end.fill(End::Neither);
        self.count_trips();
    }
}
