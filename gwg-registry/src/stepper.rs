//! A kernel and a target as one value.

use gwg_chains::{BlockMut, Bound, Generator, Stepper};
use gwg_core::target::Failure;
use gwg_core::{Error, Kernel, MemoryLayout, StepCounts, SymbolOf, Target};

/// A kernel on a target, both owned.
pub(crate) struct Owned<T, K> {
    target: T,
    kernel: K,
    /// The canonical spec.
    label: String,
}

impl<T, K> Owned<T, K>
where
    T: Target + Send + Sync + 'static,
    K: Kernel<T> + Send + Sync + 'static,
{
    pub(crate) fn boxed(
        target: T,
        kernel: K,
        label: String,
    ) -> Box<dyn Stepper<T::Real, SymbolOf<T>> + Send> {
        Box::new(Self {
            target,
            kernel,
            label,
        })
    }

    const fn bound(&self) -> Bound<'_, T, K> {
        Bound {
            target: &self.target,
            kernel: &self.kernel,
        }
    }
}

impl<T, K> Stepper<T::Real, SymbolOf<T>> for Owned<T, K>
where
    T: Target + Send + Sync + 'static,
    K: Kernel<T> + Send + Sync + 'static,
{
    fn sites(&self) -> usize {
        self.bound().sites()
    }

    fn states(&self) -> usize {
        self.bound().states()
    }

    fn states_at(&self, site: usize) -> usize {
        self.bound().states_at(site)
    }

    fn observed(&self, site: usize) -> Option<SymbolOf<T>> {
        self.bound().observed(site)
    }

    fn free(&self) -> usize {
        self.bound().free()
    }

    fn evaluate(&self, x: &[SymbolOf<T>]) -> f64 {
        self.bound().evaluate(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.target.failure()
    }

    fn lockstep(&self) -> bool {
        self.bound().lockstep()
    }

    fn layout(&self) -> MemoryLayout {
        self.bound().layout()
    }

    fn fresh(&self) -> Result<Vec<u64>, Error> {
        self.bound().fresh()
    }

    fn scratch_len(&self, walkers: usize) -> usize {
        self.bound().scratch_len(walkers)
    }

    fn logs_moves(&self) -> bool {
        self.bound().logs_moves()
    }

    fn advance(
        &self,
        block: BlockMut<'_, T::Real, SymbolOf<T>>,
        bits: &mut [Generator],
        counts: &mut [StepCounts],
        steps: u64,
        adapt: bool,
    ) {
        self.bound().advance(block, bits, counts, steps, adapt);
    }

    fn tuning(&self, block: BlockMut<'_, T::Real, SymbolOf<T>>, all: &mut Vec<f64>) {
        self.bound().tuning(block, all);
    }

    fn label(&self) -> String {
        self.label.clone()
    }
}
