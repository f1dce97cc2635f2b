use super::ladder::ReplicaLadder;
use crate::generator::Generator;
use crate::plan::RunError;
use crate::stepper::{BlockMut, Extent, Pending, Stepper};
use crate::stop::Stop;
use gwg_core::{MemoryLayout, Move, Real, StepCounts, Symbol};

/// Bytes between the memory of two blocks: cores that write to the same cache line wait for each other.
const GAP: usize = 256;

/// Chains that one thread advances at a time; the replicas of a chain are contiguous.
#[derive(Clone, Debug)]
pub(crate) struct Block<R, S> {
    /// The number of the first chain here, from 0 in these chains.
    pub(crate) first: usize,
    pub(crate) replicas: usize,
    pub(crate) x: Vec<S>,
    pub(crate) reals: Vec<R>,
    pub(crate) words: Vec<u64>,
    pub(crate) indices: Vec<u32>,
    pub(crate) moves: Vec<Move>,
    pub(crate) saved: Vec<u64>,
    pub(crate) scratch: Vec<R>,
    pub(crate) betas: Vec<R>,
    pub(crate) log_prob: Vec<f64>,
    pub(crate) pending: Vec<Pending>,
    pub(crate) bits: Vec<Generator>,
    pub(crate) counts: Vec<StepCounts>,
    /// One for each chain; none where there is one replica.
    pub(crate) ladders: Vec<ReplicaLadder>,
    pub(crate) swap_every: u64,
    pub(crate) until_swap: u64,
}

/// The sizes of a walker's memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) sites: usize,
    pub(crate) layout: MemoryLayout,
    pub(crate) saved: usize,
}

impl<R: Real, S: Symbol> Block<R, S> {
    /// Memory for `walkers` walkers, all at temperature 1 and not yet started.
    pub(crate) fn new(
        sizes: Sizes,
        walkers: usize,
        scratch: usize,
        (first, replicas): (usize, usize),
    ) -> Result<Self, RunError> {
        let Sizes {
            sites,
            layout,
            saved,
        } = sizes;
        let each = |len: usize| walkers.checked_mul(len);
        Ok(Self {
            first,
            replicas,
            x: full(each(sites), S::default())?,
            reals: full(each(layout.reals), R::ZERO)?,
            words: full(each(layout.words), 0)?,
            indices: full(each(layout.indices), 0)?,
            moves: full(each(layout.moves), Move::default())?,
            saved: full(each(saved), 0)?,
            scratch: full(Some(scratch), R::ZERO)?,
            betas: full(Some(walkers), R::ONE)?,
            log_prob: full(Some(walkers), 0.0)?,
            pending: full(Some(walkers), Pending::Init)?,
            bits: room(Some(walkers))?,
            counts: full(Some(walkers), StepCounts::default())?,
            ladders: room(Some(walkers / replicas))?,
            swap_every: u64::MAX,
            until_swap: u64::MAX,
        })
    }

    /// Reals, words, indices, moves and saved numbers of a walker.
    pub(crate) fn memory(&self) -> [usize; 5] {
        let each = |len: usize| len / self.betas.len();
        [
            each(self.reals.len()),
            each(self.words.len()),
            each(self.indices.len()),
            each(self.moves.len()),
            each(self.saved.len()),
        ]
    }

    pub(crate) fn chains(&self) -> usize {
        self.betas.len() / self.replicas
    }

    pub(crate) fn view(&mut self) -> BlockMut<'_, R, S> {
        self.parts(Stop::never()).0
    }

    fn parts<'b>(
        &'b mut self,
        stop: Stop<'b>,
    ) -> (
        BlockMut<'b, R, S>,
        &'b mut [Generator],
        &'b mut [StepCounts],
    ) {
        let [reals, words, indices, moves, saved] = self.memory();
        let layout = MemoryLayout {
            reals,
            words,
            indices,
            moves,
        };
        let each = Extent { layout, saved };
        let block = BlockMut {
            x: &mut self.x,
            reals: &mut self.reals,
            words: &mut self.words,
            indices: &mut self.indices,
            moves: &mut self.moves,
            saved: &mut self.saved,
            scratch: &mut self.scratch,
            betas: &self.betas,
            log_prob: &mut self.log_prob,
            pending: &mut self.pending,
            changes: &[],
            log: None,
            stop,
            each,
            offset: Extent::default(),
        };
        (block, &mut self.bits, &mut self.counts)
    }

    /// The walker of a chain, from 0 in this block, that is at the target's temperature.
    pub(crate) fn coldest(&self, chain: usize) -> usize {
        let replica = self.ladders.get(chain).map_or(0, ReplicaLadder::coldest);
        chain * self.replicas + replica
    }

    pub(crate) fn state(&self, walker: usize) -> &[S] {
        let sites = self.x.len() / self.betas.len();
        &self.x[walker * sites..(walker + 1) * sites]
    }

    /// Sets the target's inverse temperature to `beta`, and every level of a ladder to its fraction of it.
    pub(crate) fn set_beta(&mut self, beta: f64, fractions: &[f64]) {
        for chain in 0..self.chains() {
            self.set_chain_beta(chain, beta, fractions);
        }
    }

    pub(crate) fn set_chain_beta(&mut self, chain: usize, beta: f64, fractions: &[f64]) {
        for (level, fraction) in fractions.iter().enumerate() {
            let ladder = self.ladders.get_mut(chain);
            let replica = ladder.map_or(0, |ladder| {
                ladder.betas[level] = beta * fraction;
                ladder.walker_at[level] as usize
            });
            let walker = chain * self.replicas + replica;
            self.betas[walker] = R::from_f64(beta * fraction);
            self.pending[walker] = self.pending[walker].max(Pending::Reweight);
        }
    }

    /// Does what is pending, then `steps` steps of every walker, with the swaps that are due; fewer once `stop` is due.
    pub(crate) fn advance(
        &mut self,
        stepper: &dyn Stepper<R, S>,
        steps: u64,
        adapt: bool,
        stop: Stop<'_>,
    ) {
        if self.ladders.is_empty() {
            let (block, bits, counts) = self.parts(stop);
            return stepper.advance(block, bits, counts, steps, adapt);
        }
        let mut left = steps;
        loop {
            let stretch = left.min(self.until_swap);
            for (chain, ladder) in self.ladders.iter_mut().enumerate() {
                let cold = chain * self.replicas + ladder.coldest();
                ladder.before = self.counts[cold];
            }
            let (block, bits, counts) = self.parts(stop);
            stepper.advance(block, bits, counts, stretch, adapt);
            if stop.is_due() {
                return;
            }
            left -= stretch;
            self.until_swap -= stretch;
            for (chain, ladder) in self.ladders.iter_mut().enumerate() {
                let cold = chain * self.replicas + ladder.coldest();
                ladder.cold += since(&self.counts[cold], &ladder.before);
            }
            if self.until_swap == 0 {
                self.swap();
            }
            if left == 0 || self.ends(stepper) {
                return;
            }
        }
    }

    /// True where the model has failed or a value was not a number: further steps would be in vain.
    pub(crate) fn ends(&self, stepper: &dyn Stepper<R, S>) -> bool {
        let walkers = self.log_prob.iter().zip(&self.counts);
        let invalid = |(f, counts): (&f64, &StepCounts)| {
            counts.invalid > 0 || f.is_nan() || *f == f64::INFINITY
        };
        stepper.failure().is_some() || walkers.into_iter().any(invalid)
    }

    fn swap(&mut self) {
        self.until_swap = self.swap_every;
        let groups = self
            .betas
            .chunks_mut(self.replicas)
            .zip(self.log_prob.chunks(self.replicas))
            .zip(self.pending.chunks_mut(self.replicas));
        for (ladder, ((betas, log_prob), pending)) in self.ladders.iter_mut().zip(groups) {
            ladder.swap(betas, log_prob, pending);
        }
    }

    /// The counts of a chain: of a tempered one, steps and moves at the target's temperature, evaluations of all replicas.
    pub(crate) fn counts(&self, chain: usize) -> StepCounts {
        let Some(ladder) = self.ladders.get(chain) else {
            return self.counts[chain];
        };
        let mut total = ladder.cold;
        (total.values, total.gradients, total.invalid) = (0, 0, 0);
        for counts in &self.counts[chain * self.replicas..(chain + 1) * self.replicas] {
            total.values += counts.values;
            total.gradients += counts.gradients;
            total.invalid += counts.invalid;
        }
        total
    }

    pub(crate) fn clear_counts(&mut self) {
        self.counts.fill(StepCounts::default());
        for ladder in &mut self.ladders {
            ladder.clear();
        }
    }
}

/// The difference of two counts.
pub(crate) const fn since(now: &StepCounts, before: &StepCounts) -> StepCounts {
    StepCounts {
        steps: now.steps - before.steps,
        accepted: now.accepted - before.accepted,
        sites_changed: now.sites_changed - before.sites_changed,
        values: now.values - before.values,
        gradients: now.gradients - before.gradients,
        invalid: now.invalid - before.invalid,
    }
}

/// An empty vector with capacity for `len` elements (`None`: more than can be counted) and a gap, or an error if there is no memory for it.
pub(crate) fn room<E>(len: Option<usize>) -> Result<Vec<E>, RunError> {
    let mut all = Vec::new();
    let gap = GAP.div_ceil(size_of::<E>());
    let reserved = len
        .and_then(|len| len.checked_add(gap))
        .and_then(|len| all.try_reserve_exact(len).ok());
    reserved.map(|()| all).ok_or(RunError::TooLarge)
}

/// A vector of `len` equal elements.
pub(crate) fn full<E: Clone>(len: Option<usize>, value: E) -> Result<Vec<E>, RunError> {
    let mut all = room(len)?;
    all.resize(len.unwrap_or(0), value);
    Ok(all)
}
