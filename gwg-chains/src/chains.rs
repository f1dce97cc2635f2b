//! Chains as values: they own their memory, hold neither model nor kernel, and can be kept between calls.

mod block;
mod ladder;
mod saved;
mod start;

pub(crate) use block::{Block, full, since};
pub use saved::{RestoreError, SavedChains};

use crate::failure::ModelFailure;
use crate::plan::{Init, RunError, Tempering};
use crate::runner::{InvalidValue, SwapStatistics};
use crate::stepper::{Bound, MOST_TOGETHER, Pending, Stepper, front};
use crate::threads::Threads;
use block::Sizes;
use gwg_core::temper::Pair;
use gwg_core::{Kernel, Real, StepCounts, Symbol, SymbolOf, Target};
use std::num::NonZeroUsize;

/// Blocks per thread where chains do not share work: enough to even out, few enough to count in.
const BLOCKS_PER_THREAD: usize = 4;

/// How chains begin: everything that their paths depend on beside the target and the kernel, and the threads, on which they do not.
#[derive(Clone, Debug)]
pub struct ChainSpec {
    /// The number of the first chain: chains `first_chain .. first_chain + chains` are the very ones that they are among all chains of
    /// the seed.
    pub first_chain: u64,
    /// Independent chains. At least 1.
    pub chains: usize,
    /// Seed of every generator.
    pub seed: u64,
    /// Inverse temperature. Finite and not negative.
    pub beta: f64,
    /// Replicas of each chain on a ladder of temperatures; `None` for plain chains.
    pub tempering: Option<Tempering>,
    /// Where the chains start; rows of [`Init::States`] are those of `chains`, not of all chains of the seed.
    pub init: Init,
    /// What they are advanced on.
    pub threads: Threads,
    /// Walkers in a lockstep block at most; `None` for the measured choice. No result depends on it.
    pub block: Option<NonZeroUsize>,
}

impl Default for ChainSpec {
    fn default() -> Self {
        Self {
            first_chain: 0,
            chains: 4,
            seed: 0,
            beta: 1.0,
            tempering: None,
            init: Init::Random,
            threads: Threads::one(),
            block: None,
        }
    }
}

/// Chains of one kernel, from numbers of type `R` and symbols of type `S`.
///
/// The value owns all memory of the chains and refers to neither model nor kernel: both are arguments of each call. So a model may
/// change its parameters between calls ([`reevaluate`](Self::reevaluate)), temperatures may change, states may be replaced, and all of
/// it can be saved and restored to the bit.
///
/// Each call is to be given the kernel, and a model of the shape, that the chains were made with.
///
/// # Cost
/// [`advance`](Self::advance) allocates nothing and starts no thread; beside the steps it takes some ten nanoseconds per chain.
///
/// # Reproducibility
/// A chain's path depends on the seed, its number, its start and what is done to it; not on threads, blocks or other chains.
///
/// # Example
/// ```
/// use gwg_chains::{ChainSpec, Chains};
/// use gwg_core::{LocallyBalanced, Taylor};
/// use gwg_models::Rbm;
///
/// let model = Rbm::<f32>::random(20, 5, 1)?;
/// let kernel = LocallyBalanced::gwg();
/// let spec = ChainSpec { chains: 10, seed: 3, ..ChainSpec::default() };
/// let mut chains = Chains::new(&Taylor(&model), &kernel, &spec)?;
/// chains.advance(&Taylor(&model), &kernel, 100)?;
/// assert_eq!(chains.state(0).len(), 20);
///
/// let other = Rbm::<f32>::random(20, 5, 2)?; // the model changes
/// chains.reevaluate(&Taylor(&other), &kernel)?;
/// chains.advance(&Taylor(&other), &kernel, 100)?;
/// assert_eq!(chains.counts(0).steps, 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chains<R, S = u8> {
    blocks: Vec<Block<R, S>>,
    threads: Threads,
    first_chain: u64,
    chains: usize,
    /// Fractions of the inverse temperature of each replica, the target's first.
    fractions: Vec<f64>,
    sites: usize,
    states: usize,
    /// Chains in a block; the last may have fewer.
    per_block: usize,
    label: String,
}

impl<R: Real, S: Symbol> Chains<R, S> {
    /// Chains of `kernel` on `target`, each at its start.
    ///
    /// # Errors
    /// [`RunError`]: a spec that breaks a condition, a kernel that refuses the target, a start at which `f` is not finite.
    pub fn new<T, K>(target: &T, kernel: &K, spec: &ChainSpec) -> Result<Self, RunError>
    where
        T: Target<Real = R> + Sync,
        T::Space: gwg_core::Space<Symbol = S>,
        K: Kernel<T> + Sync,
    {
        Self::with(&Bound { target, kernel }, spec)
    }

    /// The same for kernel and target behind one `dyn`.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn with(stepper: &dyn Stepper<R, S>, spec: &ChainSpec) -> Result<Self, RunError> {
        let mut all = Self::without_start(stepper, spec)?;
        start::start(&mut all, stepper, spec)?;
        all.settle(stepper)?;
        all.has_failed(stepper)?;
        for chain in 0..all.chains {
            let (block, own) = all.place(chain);
            let walkers = own * block.replicas..(own + 1) * block.replicas;
            let found = block.log_prob[walkers].iter().find(|f| !f.is_finite());
            if let Some(&found) = found {
                let chain = all.first_chain as usize + chain;
                return Err(RunError::NotFinite { chain, found });
            }
        }
        Ok(all)
    }

    /// Memory of the right sizes, and the generators.
    fn without_start(stepper: &dyn Stepper<R, S>, spec: &ChainSpec) -> Result<Self, RunError> {
        start::check(stepper, spec)?;
        let fresh = stepper.fresh()?;
        let sizes = Sizes {
            sites: stepper.sites(),
            layout: stepper.layout(),
            saved: fresh.len(),
        };
        let fractions = match &spec.tempering {
            Some(tempering) => tempering.ladder.clone(),
            None => vec![1.0],
        };
        let (replicas, threads) = (fractions.len(), spec.threads.count());
        let per_block = if stepper.lockstep() {
            let largest = spec.block.map_or(MOST_TOGETHER, usize::from);
            let most = (largest.min(MOST_TOGETHER) / replicas).max(1);
            spec.chains.div_ceil(threads).min(most)
        } else {
            spec.chains.div_ceil(BLOCKS_PER_THREAD * threads)
        };
        let walkers = per_block.checked_mul(replicas);
        let scratch = stepper.scratch_len(walkers.ok_or(RunError::TooLarge)?);
        let mut blocks = Vec::new();
        for first in (0..spec.chains).step_by(per_block) {
            let walkers = per_block.min(spec.chains - first) * replicas;
            let mut block = Block::new(sizes, walkers, scratch, (first, replicas))?;
            for saved in block.saved.chunks_exact_mut(fresh.len().max(1)) {
                saved.copy_from_slice(&fresh);
            }
            blocks.push(block);
        }
        Ok(Self {
            blocks,
            threads: spec.threads.clone(),
            first_chain: spec.first_chain,
            chains: spec.chains,
            fractions,
            sites: sizes.sites,
            states: stepper.states(),
            per_block,
            label: stepper.label(),
        })
    }

    /// So many steps of every chain.
    ///
    /// # Errors
    /// [`RunError::Shape`] where the target or the kernel has other sizes than the chains; [`RunError::NotANumber`] where `f` of a state or a
    /// proposal was NaN or positive infinity; [`RunError::Model`] where the model says that an evaluation failed
    /// ([`Target::failure`]). Chains then stop within 256 steps, each where it is: their numbers of steps may differ.
    pub fn advance<T, K>(&mut self, target: &T, kernel: &K, steps: u64) -> Result<(), RunError>
    where
        T: Target<Real = R> + Sync,
        T::Space: gwg_core::Space<Symbol = S>,
        K: Kernel<T> + Sync,
    {
        self.advance_with(&Bound { target, kernel }, steps, false)
    }

    /// So many steps of warm-up: the kernel adapts what it tunes after each.
    ///
    /// # Errors
    /// Those of [`advance`](Self::advance).
    pub fn warm_up<T, K>(&mut self, target: &T, kernel: &K, steps: u64) -> Result<(), RunError>
    where
        T: Target<Real = R> + Sync,
        T::Space: gwg_core::Space<Symbol = S>,
        K: Kernel<T> + Sync,
    {
        self.advance_with(&Bound { target, kernel }, steps, true)
    }

    /// Brings all chains up to a target whose parameters have changed. States, generators, what is tuned and the place in every schedule stay.
    ///
    /// # Errors
    /// Those of [`advance`](Self::advance).
    pub fn reevaluate<T, K>(&mut self, target: &T, kernel: &K) -> Result<(), RunError>
    where
        T: Target<Real = R> + Sync,
        T::Space: gwg_core::Space<Symbol = S>,
        K: Kernel<T> + Sync,
    {
        self.reevaluate_with(&Bound { target, kernel })
    }

    /// [`advance`](Self::advance), or [`warm_up`](Self::warm_up) where the kernel is to `adapt`, by kernel and target behind one `dyn`.
    ///
    /// # Errors
    /// Those of [`advance`](Self::advance).
    pub fn advance_with(
        &mut self,
        stepper: &dyn Stepper<R, S>,
        steps: u64,
        adapt: bool,
    ) -> Result<(), RunError> {
        self.fits(stepper)?;
        self.threads.each(&mut self.blocks, |block| {
            block.advance(stepper, steps, adapt);
        });
        self.judge(stepper)
    }

    /// [`reevaluate`](Self::reevaluate), by kernel and target behind one `dyn`.
    ///
    /// # Errors
    /// Those of [`advance`](Self::advance).
    pub fn reevaluate_with(&mut self, stepper: &dyn Stepper<R, S>) -> Result<(), RunError> {
        self.fits(stepper)?;
        for block in &mut self.blocks {
            for pending in &mut block.pending {
                *pending = (*pending).max(Pending::Reevaluate);
            }
        }
        self.settle(stepper)?;
        self.judge(stepper)
    }

    /// Does what is pending, without a step.
    fn settle(&mut self, stepper: &dyn Stepper<R, S>) -> Result<(), RunError> {
        self.fits(stepper)?;
        self.threads.each(&mut self.blocks, |block| {
            stepper.advance(block.view(), &mut [], &mut [], 0, false);
        });
        Ok(())
    }

    /// Advances every block by `work`, which is given a share of `with` each.
    pub(crate) fn each_block<U: Send>(
        &mut self,
        with: Vec<U>,
        work: impl Fn(&mut Block<R, S>, U) + Sync + Send,
    ) {
        self.threads.each_with(&mut self.blocks, with, work);
    }

    /// The blocks, in the order of their chains.
    pub(crate) fn blocks(&self) -> &[Block<R, S>] {
        &self.blocks
    }

    /// A target and a kernel of the sizes that the chains were made with.
    fn fits(&self, stepper: &dyn Stepper<R, S>) -> Result<(), RunError> {
        let Some(block) = self.blocks.first() else {
            return Ok(());
        };
        let (walkers, layout) = (block.betas.len(), stepper.layout());
        let fits = stepper.sites() == self.sites
            && stepper.states() == self.states
            && layout.reals * walkers == block.reals.len()
            && layout.words * walkers == block.words.len()
            && layout.indices * walkers == block.indices.len()
            && layout.moves * walkers == block.moves.len()
            && stepper.scratch_len(walkers) <= block.scratch.len();
        if fits {
            return Ok(());
        }
        Err(RunError::Shape {
            made: self.label.clone(),
            sites: self.sites,
            states: self.states,
            given: stepper.label(),
        })
    }

    /// What no kernel can go on from.
    pub(crate) fn judge(&self, stepper: &dyn Stepper<R, S>) -> Result<(), RunError> {
        self.has_failed(stepper)?;
        self.invalid().map_or(Ok(()), |found| Err(found.as_error()))
    }

    /// A failed evaluation of the model.
    fn has_failed(&self, stepper: &dyn Stepper<R, S>) -> Result<(), RunError> {
        let Some(failure) = stepper.failure() else {
            return Ok(());
        };
        let all = self.blocks.iter().flat_map(|block| &block.counts);
        let (chain, steps) = match self.invalid() {
            Some(found) => (Some(found.chain), found.steps),
            None => (None, all.map(|counts| counts.steps).max().unwrap_or(0)),
        };
        Err(RunError::Model(ModelFailure::new(chain, steps, failure)))
    }

    /// The chain whose value was not a number first: with the fewest steps, whatever chains share a block.
    fn invalid(&self) -> Option<InvalidValue> {
        let all = self.blocks.iter().flat_map(|block| {
            let walkers = block.log_prob.iter().zip(&block.counts).enumerate();
            walkers.filter_map(|(walker, (&found, counts))| {
                let chain = self.first_chain + (block.first + walker / block.replicas) as u64;
                let nan = counts.invalid > 0 || found.is_nan();
                let found = if nan { f64::NAN } else { found };
                (nan || found == f64::INFINITY).then_some(InvalidValue {
                    chain,
                    steps: counts.steps,
                    found,
                })
            })
        });
        all.min_by_key(|found| (found.steps, found.chain))
    }

    /// How many chains.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chains
    }

    /// True where there is no chain: never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chains == 0
    }

    /// The number of the first chain among all chains of the seed.
    #[must_use]
    pub fn first_chain(&self) -> u64 {
        self.first_chain
    }

    /// How many sites a state has.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// Replicas of each chain.
    #[must_use]
    pub fn replicas(&self) -> usize {
        self.fractions.len()
    }

    /// The threads that the chains are advanced on.
    #[must_use]
    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    fn place(&self, chain: usize) -> (&Block<R, S>, usize) {
        let block = &self.blocks[chain / self.per_block];
        (block, chain - block.first)
    }

    fn place_mut(&mut self, chain: usize) -> (&mut Block<R, S>, usize) {
        let block = &mut self.blocks[chain / self.per_block];
        let own = chain - block.first;
        (block, own)
    }

    /// Where a chain is, from 0; of replicas, the one at the target's temperature.
    ///
    /// # Panics
    /// Where there is no such chain.
    #[must_use]
    pub fn state(&self, chain: usize) -> &[S] {
        let (block, own) = self.place(chain);
        block.state(block.coldest(own))
    }

    /// Where all chains are, in their order.
    pub fn states(&self) -> impl Iterator<Item = &[S]> {
        (0..self.chains).map(|chain| self.state(chain))
    }

    /// `f` where a chain is, as the kernel keeps it; NaN after [`set_state`](Self::set_state) and before the next call that is given a target.
    ///
    /// # Panics
    /// Where there is no such chain.
    #[must_use]
    pub fn log_prob(&self, chain: usize) -> f64 {
        let (block, own) = self.place(chain);
        block.log_prob[block.coldest(own)]
    }

    /// The inverse temperature of a chain.
    ///
    /// # Panics
    /// Where there is no such chain.
    #[must_use]
    pub fn beta(&self, chain: usize) -> f64 {
        let (block, own) = self.place(chain);
        block.betas[block.coldest(own)].to_f64()
    }

    /// What a chain did since it was made, or since [`clear_counts`](Self::clear_counts): of replicas, steps and moves at the target's
    /// temperature, and evaluations of all.
    ///
    /// # Panics
    /// Where there is no such chain.
    #[must_use]
    pub fn counts(&self, chain: usize) -> StepCounts {
        let (block, own) = self.place(chain);
        block.counts(own)
    }

    /// What all chains did.
    #[must_use]
    pub fn total_counts(&self) -> StepCounts {
        let mut total = StepCounts::default();
        (0..self.chains).for_each(|chain| total += self.counts(chain));
        total
    }

    /// Begins to count anew, swaps of replicas included.
    pub fn clear_counts(&mut self) {
        self.blocks.iter_mut().for_each(Block::clear_counts);
    }

    /// What each chain tunes, (chain, replica, parameter); empty where the kernel tunes nothing.
    ///
    /// # Errors
    /// [`RunError::Shape`]: the target and the kernel are not of the sizes that the chains were made with.
    pub fn tuning<T, K>(&mut self, target: &T, kernel: &K) -> Result<Vec<f64>, RunError>
    where
        T: Target<Real = R> + Sync,
        T::Space: gwg_core::Space<Symbol = S>,
        K: Kernel<T> + Sync,
    {
        self.tuning_with(&Bound { target, kernel })
    }

    /// [`tuning`](Self::tuning), by kernel and target behind one `dyn`.
    ///
    /// # Errors
    /// Those of [`tuning`](Self::tuning).
    pub fn tuning_with(&mut self, stepper: &dyn Stepper<R, S>) -> Result<Vec<f64>, RunError> {
        self.fits(stepper)?;
        let mut all = Vec::new();
        for block in &mut self.blocks {
            stepper.tuning(block.view(), &mut all);
        }
        Ok(all)
    }

    /// What became of the swaps of replicas, all chains together; `None` where there is one replica.
    #[must_use]
    pub fn swap_statistics(&self) -> Option<SwapStatistics> {
        let mut sum: Option<SwapStatistics> = None;
        for ladder in self.blocks.iter().flat_map(|block| &block.ladders) {
            let sum = sum.get_or_insert_with(|| SwapStatistics {
                betas: ladder.betas.clone(),
                pairs: vec![Pair::default(); ladder.pairs.len()],
                round_trips: 0,
            });
            for (sum, pair) in sum.pairs.iter_mut().zip(&ladder.pairs) {
                sum.tried += pair.tried;
                sum.swapped += pair.swapped;
            }
            sum.round_trips += ladder.round_trips;
        }
        sum
    }

    /// Another inverse temperature for all chains, and for every replica its fraction of it.
    ///
    /// # Errors
    /// [`RunError::Beta`] unless it is finite and not negative.
    pub fn set_beta(&mut self, beta: f64) -> Result<(), RunError> {
        check_beta(beta)?;
        for block in &mut self.blocks {
            block.set_beta(beta, &self.fractions);
        }
        Ok(())
    }

    /// Another inverse temperature for one chain.
    ///
    /// # Errors
    /// [`RunError::Beta`] unless it is finite and not negative.
    ///
    /// # Panics
    /// Where there is no such chain.
    pub fn set_chain_beta(&mut self, chain: usize, beta: f64) -> Result<(), RunError> {
        check_beta(beta)?;
        let fractions = std::mem::take(&mut self.fractions);
        let (block, own) = self.place_mut(chain);
        block.set_chain_beta(own, beta, &fractions);
        self.fractions = fractions;
        Ok(())
    }

    /// Puts a chain, all of its replicas, at another state; it goes on with its own generator and keeps what it has tuned.
    ///
    /// # Errors
    /// [`RunError::InitShape`] where `x` has another number of sites; [`RunError::InitSymbol`] where a symbol is not below the largest number of
    /// states. What a space observes is for the caller to leave.
    ///
    /// # Panics
    /// Where there is no such chain.
    pub fn set_state(&mut self, chain: usize, x: &[S]) -> Result<(), RunError> {
        let (sites, states) = (self.sites, self.states);
        if x.len() != sites {
            return Err(RunError::InitShape {
                found: x.len(),
                sites,
                chains: 1,
            });
        }
        if let Some(site) = x.iter().position(|s| s.index() >= states) {
            return Err(RunError::InitSymbol {
                row: chain,
                site,
                found: x[site].widen(),
                states,
            });
        }
        let (block, own) = self.place_mut(chain);
        let walkers = own * block.replicas..(own + 1) * block.replicas;
        for walker in walkers {
            block.x[walker * sites..(walker + 1) * sites].copy_from_slice(x);
            block.log_prob[walker] = f64::NAN;
            block.pending[walker] = block.pending[walker].max(Pending::Reevaluate);
        }
        Ok(())
    }

    /// Everything that the chains' paths depend on, as plain data.
    #[must_use]
    pub fn save(&self) -> SavedChains {
        saved::save(self)
    }

    /// Chains that go on to the bit where saved ones were, on any number of threads.
    ///
    /// The target and the kernel are the caller's to build again as they were. The kernel's type and the sizes of what it keeps
    /// are compared with the saved ones, its parameters are not: chains saved with a systematic scan go on with a random one.
    ///
    /// # Errors
    /// [`RestoreError`]: what was saved is of another target shape, kernel, precision or version, holds a state that the target's
    /// space does not have, or is damaged.
    pub fn restore<T, K>(
        saved: &SavedChains,
        target: &T,
        kernel: &K,
        threads: Threads,
    ) -> Result<Self, RestoreError>
    where
        T: Target<Real = R> + Sync,
        T::Space: gwg_core::Space<Symbol = S>,
        K: Kernel<T> + Sync,
    {
        Self::restore_with(saved, &Bound { target, kernel }, threads)
    }

    /// [`restore`](Self::restore), by kernel and target behind one `dyn`.
    ///
    /// # Errors
    /// Those of [`restore`](Self::restore).
    pub fn restore_with(
        saved: &SavedChains,
        stepper: &dyn Stepper<R, S>,
        threads: Threads,
    ) -> Result<Self, RestoreError> {
        saved::restore(saved, stepper, threads)
    }
}

fn check_beta(found: f64) -> Result<(), RunError> {
    if found.is_finite() && found >= 0.0 {
        Ok(())
    } else {
        Err(RunError::Beta { found })
    }
}

/// The chains of a target.
pub type ChainsOf<T> = Chains<<T as Target>::Real, SymbolOf<T>>;

/// Takes `len` elements off the front of a slice.
pub(crate) fn take<'c, E>(slice: &mut &'c mut [E], len: usize) -> &'c mut [E] {
    front(slice, len)
}
