use super::{Block, Chains};
use crate::plan::RunError;
use crate::runner::SwapStatistics;
use crate::stepper::{Bound, Stepper};
use crate::threads::Threads;
use gwg_core::temper::Pair;
use gwg_core::{Kernel, Real, StepCounts, Symbol, Target};

impl<R: Real, S: Symbol> Chains<R, S> {
    /// The number of chains.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chains
    }

    /// False: there is at least one chain.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chains == 0
    }

    /// The number of the first chain among all chains of the seed.
    #[must_use]
    pub fn first_chain(&self) -> u64 {
        self.first_chain
    }

    /// The number of sites of a state.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// The number of replicas of each chain.
    #[must_use]
    pub fn replicas(&self) -> usize {
        self.fractions.len()
    }

    /// The threads that the chains are advanced on.
    #[must_use]
    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    /// The state of a chain, counted from 0; with replicas, of the one at the target's temperature.
    ///
    /// # Panics
    /// If there is no such chain.
    #[must_use]
    pub fn state(&self, chain: usize) -> &[S] {
        let (block, own) = self.place(chain);
        block.state(block.coldest(own))
    }

    /// The states of all chains, in their order.
    pub fn states(&self) -> impl Iterator<Item = &[S]> {
        (0..self.chains).map(|chain| self.state(chain))
    }

    /// `f` at the state of a chain, as kept by the kernel; NaN after [`set_state`](Self::set_state) until the next call with a target.
    ///
    /// # Panics
    /// If there is no such chain.
    #[must_use]
    pub fn log_prob(&self, chain: usize) -> f64 {
        let (block, own) = self.place(chain);
        block.log_prob[block.coldest(own)]
    }

    /// The inverse temperature of a chain.
    ///
    /// # Panics
    /// If there is no such chain.
    #[must_use]
    pub fn beta(&self, chain: usize) -> f64 {
        let (block, own) = self.place(chain);
        block.betas[block.coldest(own)].to_f64()
    }

    /// The counts of a chain since it was created or since [`clear_counts`](Self::clear_counts): with replicas, steps and moves at the
    /// target's temperature, and evaluations of all replicas.
    ///
    /// # Panics
    /// If there is no such chain.
    #[must_use]
    pub fn counts(&self, chain: usize) -> StepCounts {
        let (block, own) = self.place(chain);
        block.counts(own)
    }

    /// The sum of the counts of all chains.
    #[must_use]
    pub fn total_counts(&self) -> StepCounts {
        let mut total = StepCounts::default();
        (0..self.chains).for_each(|chain| total += self.counts(chain));
        total
    }

    /// The tuned parameters of each chain, (chain, replica, parameter); empty if the kernel tunes none.
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

    /// The statistics of the swaps of replicas, over all chains; `None` without replicas.
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

    pub(super) fn place(&self, chain: usize) -> (&Block<R, S>, usize) {
        let block = &self.blocks[chain / self.per_block];
        (block, chain - block.first)
    }

    pub(super) fn place_mut(&mut self, chain: usize) -> (&mut Block<R, S>, usize) {
        let block = &mut self.blocks[chain / self.per_block];
        let own = chain - block.first;
        (block, own)
    }
}
