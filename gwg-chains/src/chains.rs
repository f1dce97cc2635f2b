//! Chains as values: they own their memory, hold neither model nor kernel, and can be kept between calls.

mod block;
mod change;
mod create;
mod ladder;
mod read;
mod saved;
mod spec;
mod start;

pub(crate) use block::{Block, full, since};
pub(crate) use saved::numbers;
pub use saved::{RestoreError, SavedChains};
pub use spec::ChainSpec;

use crate::failure::ModelFailure;
use crate::plan::RunError;
use crate::runner::InvalidValue;
use crate::stepper::{Bound, Pending, Stepper, front};
use crate::stop::Stop;
use crate::threads::Threads;
use gwg_core::{Kernel, Real, Symbol, SymbolOf, Target};

/// Chains of one kernel, from numbers of type `R` and symbols of type `S`.
///
/// The value owns all memory of the chains and refers to neither model nor kernel: both are arguments of each call. So a model may
/// change its parameters between calls ([`reevaluate`](Self::reevaluate)), temperatures may change, states may be replaced, and all of
/// it can be saved and restored to the bit.
///
/// Each call is to be given the kernel, and a model of the shape, that the chains were made with.
///
/// # Cost
/// [`advance`](Self::advance) allocates nothing and starts no thread; it takes about ten nanoseconds per chain in addition to the steps.
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
        self.advance_until(stepper, steps, adapt, Stop::never())
    }

    /// [`advance_with`](Self::advance_with) that ends early once `stop` is due; the chains may then be in the middle of a step, each of
    /// another one.
    ///
    /// # Errors
    /// Those of [`advance`](Self::advance).
    pub fn advance_until(
        &mut self,
        stepper: &dyn Stepper<R, S>,
        steps: u64,
        adapt: bool,
        stop: Stop<'_>,
    ) -> Result<(), RunError> {
        self.fits(stepper)?;
        self.threads.each(&mut self.blocks, |block| {
            block.advance(stepper, steps, adapt, stop);
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
}

/// The chains of a target.
pub type ChainsOf<T> = Chains<<T as Target>::Real, SymbolOf<T>>;

/// Takes `len` elements off the front of a slice.
pub(crate) fn take<'c, E>(slice: &mut &'c mut [E], len: usize) -> &'c mut [E] {
    front(slice, len)
}
