//! Steps of many chains whose spins are bits of words.

use crate::model::Model;
use gwg_chains::{BlockMut, Generator, Pending, Stepper, Stop};
use gwg_core::{Error, MemoryLayout, Real, Space, SplitMix64, StepCounts, Symbol, Walker};
use gwg_models::MultiSpin;
use gwg_models::multispin::{LANES, SpinWords};
use std::sync::{Mutex, PoisonError};

/// Numbers of the running sum of `f`; then those below.
const LOG_PROB: usize = Walker::<f64, ()>::LOG_PROB_WORDS;
/// What the random words of a chain depend on, besides the number of the sweep: the same for the chains of a word.
const KEY: usize = LOG_PROB;
/// Sweeps made.
const SWEEP: usize = KEY + 1;
/// The bit of the chain.
const LANE: usize = SWEEP + 1;
const SAVED: usize = LANE + 1;

/// Sweeps of a model, 64 chains at a time.
pub(super) struct MultiSpinStepper<R: Real, S: Symbol> {
    model: Model<R, S>,
    spins: MultiSpin,
    label: String,
    /// Those that no thread uses at the moment.
    rooms: Mutex<Vec<Room>>,
}

/// What a thread needs for its steps.
struct Room {
    words: SpinWords,
    places: Vec<Place>,
}

/// Where a walker stands in its steps.
#[derive(Clone, Copy, Default)]
struct Place {
    done: bool,
    /// Walkers of the same chain and temperature before it: of replicas, which are at different ones, none.
    copy: u64,
}

/// Walkers that are swept together: of one key, number of sweeps, and temperature.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word {
    key: u64,
    sweep: u64,
    beta: u64,
}

impl<R: Real, S: Symbol> MultiSpinStepper<R, S> {
    pub(super) fn new(model: Model<R, S>, spins: MultiSpin, label: String) -> Self {
        Self {
            model,
            spins,
            label,
            rooms: Mutex::default(),
        }
    }

    fn saved<'s>(block: &'s mut BlockMut<'_, R, S>, walker: usize) -> &'s mut [u64] {
        let start = walker * block.each.saved + block.offset.saved;
        &mut block.saved[start..start + SAVED]
    }

    fn arrive(block: &mut BlockMut<'_, R, S>, walker: usize, f: f64) {
        let words = Walker::<R, ()>::log_prob_words(f);
        Self::saved(block, walker)[..LOG_PROB].copy_from_slice(&words);
        block.log_prob[walker] = f;
        block.pending[walker] = Pending::Nothing;
    }

    fn word(block: &mut BlockMut<'_, R, S>, walker: usize) -> (Word, usize) {
        let beta = block.betas[walker].to_f64().to_bits();
        let saved = Self::saved(block, walker);
        let word = Word {
            key: saved[KEY],
            sweep: saved[SWEEP],
            beta,
        };
        (word, saved[LANE] as usize % LANES)
    }

    /// Random words are those of the key, the temperature and the copy: replicas of a chain, which are all at the same bit, have different ones.
    fn run(
        &self,
        words: &mut SpinWords,
        of: Word,
        (steps, copy): (u64, u64),
        stop: Stop<'_>,
    ) -> (u64, [u64; LANES]) {
        let key = of.key ^ SplitMix64::mix(of.beta ^ SplitMix64::mix(copy.wrapping_add(1)));
        let sweeps = of.sweep..of.sweep.wrapping_add(steps);
        let beta = f64::from_bits(of.beta);
        self.spins
            .sweep(words, beta, key, sweeps, || stop.is_due())
    }

    /// Steps of a walker whose sites are all bits.
    fn sweep_one(
        &self,
        block: &mut BlockMut<'_, R, S>,
        words: &mut SpinWords,
        counts: &mut [StepCounts],
        (walker, steps): (usize, u64),
    ) {
        let sites = self.spins.sites();
        let (word, _) = Self::word(block, walker);
        let stop = block.stop;
        let x = &mut block.x[walker * sites..(walker + 1) * sites];
        self.spins.gather_one(words, x);
        let (made, changed) = self.run(words, word, (steps, 0), stop);
        self.spins.scatter_one(words, x);
        let f = self.spins.log_prob_of_one(words);
        Self::arrive(block, walker, f);
        Self::saved(block, walker)[SWEEP] += made;
        counts[walker].steps += made;
        counts[walker].accepted += made;
        counts[walker].sites_changed += changed.iter().sum::<u64>();
    }

    /// Steps of the walkers of one word, the first of which is `first`; those are noted in `places`.
    fn sweep(
        &self,
        block: &mut BlockMut<'_, R, S>,
        words: &mut SpinWords,
        counts: &mut [StepCounts],
        (first, steps): (usize, u64),
        places: &mut [Place],
    ) {
        let sites = self.spins.sites();
        let (word, _) = Self::word(block, first);
        let copy = places[first].copy;
        let mut members = [None; LANES];
        // The chains of a word, and their replicas, are next to each other.
        for (walker, place) in places.iter_mut().enumerate().skip(first) {
            let (own, lane) = Self::word(block, walker);
            if own.key != word.key {
                break;
            }
            if own != word || place.done || place.copy != copy {
                continue;
            }
            if members[lane].is_none() {
                (members[lane], place.done) = (Some(walker), true);
            } else {
                place.copy = copy + 1;
            }
        }
        let x = &*block.x;
        let row = |walker: usize| &x[walker * sites..(walker + 1) * sites];
        self.spins.gather(words, |lane| members[lane].map(row));
        let (made, changed) = self.run(words, word, (steps, copy), block.stop);
        let f = self.spins.log_prob(words);
        for (lane, walker) in members.into_iter().enumerate() {
            let Some(walker) = walker else { continue };
            let x = &mut block.x[walker * sites..(walker + 1) * sites];
            self.spins.scatter(words, lane, x);
            Self::arrive(block, walker, f[lane]);
            Self::saved(block, walker)[SWEEP] += made;
            let counts = &mut counts[walker];
            counts.steps += made;
            counts.accepted += made;
            counts.sites_changed += changed[lane];
        }
    }
}

impl<R: Real, S: Symbol> Stepper<R, S> for MultiSpinStepper<R, S> {
    fn sites(&self) -> usize {
        self.spins.sites()
    }

    fn states(&self) -> usize {
        self.model.space().states()
    }

    fn states_at(&self, site: usize) -> usize {
        self.model.space().states_at(site)
    }

    fn observed(&self, site: usize) -> Option<S> {
        self.model.space().observed(site)
    }

    fn free(&self) -> usize {
        self.model.space().free()
    }

    fn evaluate(&self, x: &[S]) -> f64 {
        self.model.log_prob(x)
    }

    fn lockstep(&self) -> bool {
        !self.spins.is_of_one()
    }

    fn together(&self) -> usize {
        if self.spins.is_of_one() { 1 } else { LANES }
    }

    fn layout(&self) -> MemoryLayout {
        MemoryLayout::default()
    }

    fn fresh(&self) -> Result<Vec<u64>, Error> {
        Ok(vec![0; SAVED])
    }

    fn number(&self, seed: u64, chain: u64, replica: u64, saved: &mut [u64]) {
        let of_seed = SplitMix64::mix(seed ^ 0x3c6e_f372_fe94_f82b);
        let together = self.together() as u64;
        let of_word = SplitMix64::mix(of_seed ^ SplitMix64::mix((chain / together).wrapping_add(1)));
        // Replicas of chains that share words do so at each temperature.
        let replica = if together > 1 { 0 } else { replica };
        saved[KEY] = SplitMix64::mix(of_word ^ SplitMix64::mix(replica.wrapping_add(1)));
        saved[SWEEP] = 0;
        saved[LANE] = chain % together;
    }

    fn scratch_len(&self, _: usize) -> usize {
        0
    }

    fn advance(
        &self,
        mut block: BlockMut<'_, R, S>,
        _: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        _: bool,
    ) {
        let sites = self.spins.sites();
        if steps == 0 {
            for walker in 0..block.betas.len() {
                if block.pending[walker] != Pending::Nothing {
                    let f = self.evaluate(&block.x[walker * sites..(walker + 1) * sites]);
                    Self::arrive(&mut block, walker, f);
                }
            }
            return;
        }
        let rooms = || self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = rooms().pop().unwrap_or_else(|| Room {
            words: self.spins.state(),
            places: Vec::new(),
        });
        let Room { words, places } = &mut room;
        places.clear();
        places.resize(block.betas.len(), Place::default());
        for first in 0..block.betas.len() {
            if self.spins.is_of_one() {
                self.sweep_one(&mut block, words, counts, (first, steps));
            } else if !places[first].done {
                self.sweep(&mut block, words, counts, (first, steps), places);
            }
        }
        rooms().push(room);
    }

    fn tuning(&self, _: BlockMut<'_, R, S>, _: &mut Vec<f64>) {}

    fn label(&self) -> String {
        self.label.clone()
    }
}
