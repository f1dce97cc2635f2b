use super::rows::{Rows, SweepCache};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::target::Sweep;
use crate::{Bits, Error, Memory, MemoryLayout};

/// Block Gibbs sweeps of a target with blocks of conditionally independent sites: one step draws *every* site.
///
/// # Proposal
/// `p(x_class | x_rest)`, class by class: see [`Sweep`]. Never rejected, except where the target documents a
/// correction step.
///
/// # Cost
/// One sweep of the target. Compare costs per sweep, not per step: `D` steps of [`Gibbs`](crate::Gibbs) are one sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockSweep;

/// There is one.
impl<R> SweepCache<R> for &mut [R] {
    #[inline(always)]
    fn cache(&mut self, _: usize) -> &mut [R] {
        self
    }
}

impl<T: Sweep> Kernel<T> for BlockSweep {
    type State<'a> = &'a mut [T::Real];

    fn lockstep(&self, target: &T) -> bool {
        target.sweeps_together()
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        MemoryLayout {
            reals: target.sweep_cache_len(),
            ..MemoryLayout::default()
        }
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.sweep_scratch_len(walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        if !target.has_sweeps() {
            return Err(Error::HeldSites);
        }
        memory.make(self.layout(target), |mut memory| {
            memory.reals(target.sweep_cache_len())
        })
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        target.prepare(&mut Rows::of(walkers, 0), scratch);
    }

    /// All numbers are in the memory slice.
    fn visit_state<'a, V: StateVisitor>(&self, _: &mut Self::State<'a>, _: &mut V) {}

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        target.sweep(&mut Rows::of(walkers, 0), scratch, bits, counts);
        for ((_, _), counts) in walkers.iter().zip(bits).zip(counts) {
            counts.steps += 1;
        }
    }
}

#[cfg(feature = "check")]
impl<T: Sweep> crate::check::Transitions<T> for BlockSweep {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        visit: &mut dyn FnMut(&[crate::SymbolOf<T>], f64),
    ) {
        target.sweep_probabilities(walker.x, walker.beta, crate::target::Held::default(), visit);
    }
}
