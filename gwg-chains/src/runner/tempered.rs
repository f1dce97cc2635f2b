use super::block::{add, front};
use super::walkers::Walkers;
use crate::generator::{Generator, SWAPS, replica_generator};
use crate::plan::{Plan, RunError};
use gwg_core::StepCounts;
use gwg_core::temper::{Exchange, Ladder, Pair};
use std::mem::take;
use std::ops::Range;

/// What became of the swaps of a run, all chains together, while sampling.
#[derive(Clone, Debug, PartialEq)]
pub struct Tempered {
    /// The inverse temperatures, the target's first.
    pub betas: Vec<f64>,
    /// Swaps between each level and the next.
    pub pairs: Vec<Pair>,
    /// How often a replica went from the target's temperature to the hottest and came back. A ladder on which none
    /// does carries nothing down from its hot end.
    pub round_trips: u64,
}

impl Tempered {
    /// Share of the swaps tried between each level and the next that were made; `None` where none was tried.
    #[must_use]
    pub fn swap_acceptance(&self) -> Vec<Option<f64>> {
        let share = |p: &Pair| (p.tried > 0).then(|| p.swapped as f64 / p.tried as f64);
        self.pairs.iter().map(share).collect()
    }
}

/// Which end of the ladder a replica was at last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Neither,
    Coldest,
    /// Having been at the coldest before.
    Hottest,
}

/// The replicas of one chain.
struct Group<'a> {
    exchange: Exchange<'a>,
    bits: Generator,
    /// What was done at the target's temperature since the last draw.
    counts: StepCounts,
    last_end: Vec<End>,
    round_trips: u64,
}

impl Group<'_> {
    fn count_trips(&mut self) {
        let [cold, .., hot] = self.exchange.walker_at() else {
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
}

/// The temperatures of the chains of a block.
pub(super) struct TemperatureLadders<'a> {
    groups: Vec<Group<'a>>,
    replicas: usize,
    swap_every: u64,
    pub(super) until_swap: u64,
}

impl<'a> TemperatureLadders<'a> {
    /// Nothing where there is one level.
    pub(super) fn new(
        plan: &Plan,
        chains: Range<usize>,
        betas: &'a [f64],
        mut levels: &'a mut [u32],
        mut pairs: &'a mut [Pair],
    ) -> Result<Option<Self>, RunError> {
        let Some(tempering) = plan.tempering.as_ref().filter(|_| betas.len() > 1) else {
            return Ok(None);
        };
        let replicas = betas.len();
        let groups = chains.map(|chain| {
            let (levels, pairs) = (front(&mut levels, replicas), front(&mut pairs, replicas));
            let mut group = Group {
                exchange: Exchange::new(Ladder::new(betas)?, levels, pairs)?,
                bits: replica_generator(plan.seed, chain as u64, SWAPS),
                counts: StepCounts::default(),
                last_end: vec![End::Neither; replicas],
                round_trips: 0,
            };
            group.count_trips();
            Ok(group)
        });
        Ok(Some(Self {
            groups: groups.collect::<Result<_, RunError>>()?,
            replicas,
            swap_every: tempering.swap_every,
            until_swap: tempering.swap_every,
        }))
    }

    pub(super) const fn chains(&self) -> usize {
        self.groups.len()
    }

    /// The walker of the block at a level of a chain.
    pub(super) fn at(&self, chain: usize, level: usize) -> usize {
        chain * self.replicas + self.groups[chain].exchange.walker_at()[level] as usize
    }

    pub(super) fn coldest(&self, chain: usize) -> usize {
        self.at(chain, 0)
    }

    pub(super) fn counts(&mut self, chain: usize) -> &mut StepCounts {
        &mut self.groups[chain].counts
    }

    /// Puts down so many steps of every walker, which have stayed at their temperatures meanwhile.
    pub(super) fn count(&mut self, steps: u64, counts: &mut [StepCounts], total: &mut StepCounts) {
        self.until_swap -= steps;
        for (group, counts) in self.groups.iter_mut().zip(counts.chunks_mut(self.replicas)) {
            let coldest = group.exchange.walker_at()[0] as usize;
            for (walker, counts) in counts.iter_mut().map(take).enumerate() {
                if walker == coldest {
                    add(&mut group.counts, &counts);
                } else {
                    total.values += counts.values;
                    total.gradients += counts.gradients;
                }
            }
        }
    }

    /// A round of swaps where one is due.
    pub(super) fn swap(&mut self, walkers: &mut dyn Walkers) {
        if self.until_swap > 0 {
            return;
        }
        self.until_swap = self.swap_every;
        for (chain, group) in self.groups.iter_mut().enumerate() {
            let Group { exchange, bits, .. } = group;
            let first = chain * self.replicas;
            walkers.swap(first..first + self.replicas, exchange, bits);
            group.count_trips();
        }
    }

    /// Forgets what was counted so far: at the end of a warm-up.
    pub(super) fn clear(&mut self) {
        for group in &mut self.groups {
            group.exchange.clear_pairs();
            group.counts = StepCounts::default();
            group.round_trips = 0;
            group.last_end.fill(End::Neither);
            group.count_trips();
        }
    }

    pub(super) fn add_to(&self, sum: &mut Option<Tempered>) {
        for group in &self.groups {
            let sum = sum.get_or_insert_with(|| Tempered {
                betas: group.exchange.ladder().betas().to_vec(),
                pairs: vec![Pair::default(); self.replicas - 1],
                round_trips: 0,
            });
            for (sum, pair) in sum.pairs.iter_mut().zip(group.exchange.pairs()) {
                sum.tried += pair.tried;
                sum.swapped += pair.swapped;
            }
            sum.round_trips += group.round_trips;
        }
    }
}
