use gwg_chains::{Generator, generator};
use gwg_core::check::Lent;
use gwg_core::kernel::WalkerOf;
use gwg_core::{Bits, Kernel, LocallyBalanced, Neighborhood, Real, Space, StepCounts, Target};

/// An initialized block of walkers.
pub struct Block<'a, T: Target, K: Kernel<T>> {
    target: &'a T,
    kernel: &'a K,
    walkers: Vec<WalkerOf<'a, T, K>>,
    scratch: &'a mut [T::Real],
    bits: Vec<Generator>,
    counts: Vec<StepCounts>,
}

impl<T: Target, K: Kernel<T>> std::fmt::Debug for Block<'_, T, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block")
            .field("walkers", &self.walkers.len())
            .finish_non_exhaustive()
    }
}

impl<'a, T: Target, K: Kernel<T>> Block<'a, T, K> {
    /// Creates a block of `chains` walkers at random configurations, in memory allocated for at least as many.
    ///
    /// # Panics
    /// If the memory was allocated for another kernel or target, or for fewer chains.
    pub fn new(lent: &'a mut Lent<T::Real>, target: &'a T, kernel: &'a K, chains: usize) -> Self {
        let (sites, states) = (target.space().sites(), target.space().states());
        let mut bits: Vec<Generator> = (0..chains as u64)
            .map(|chain| generator(1, chain))
            .collect();
        let start: Vec<Vec<u8>> = bits
            .iter_mut()
            .map(|bits| (0..sites).map(|_| bits.below(states) as u8).collect())
            .collect();
        let (mut walkers, scratch) = lent.walkers(target, kernel, &start, Real::ONE);
        kernel.init(target, &mut walkers, scratch);
        Self {
            target,
            kernel,
            walkers,
            scratch,
            bits,
            counts: vec![StepCounts::default(); chains],
        }
    }

    /// Advances every walker by `steps` steps.
    pub fn advance(&mut self, steps: u64) {
        gwg_chains::advance(
            self.target,
            self.kernel,
            &mut self.walkers,
            self.scratch,
            &mut self.bits,
            &mut self.counts,
            steps,
            false,
        );
    }
}

impl<T: Target, N: Neighborhood<T>> Block<'_, T, LocallyBalanced<N>> {
    /// Draws a move for every walker and reverts it, without evaluating the target.
    pub fn draw(&mut self) {
        let law = self.kernel.neighborhood();
        for (w, bits) in self.walkers.iter_mut().zip(&mut self.bits) {
            law.draw(self.target, w, bits);
            law.commit_or_revert(self.target, w, false, self.scratch);
        }
    }
}
