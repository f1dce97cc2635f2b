use super::{Kernel, StepCounts, WalkerOf};
use crate::target::Sweep;
use crate::{Bits, Error, Memory, MemoryLayout};

/// Sweeps of a target that knows an independence: a step draws *every* site anew.
///
/// # Proposal
/// `p(x_class | x_rest)`, class after class: see [`Sweep`]. Never rejected, but where the target says that it
/// corrects.
///
/// # Cost
/// One sweep of the target. Compare by sweeps, not by steps: [`Gibbs`](crate::Gibbs) takes `D` steps for as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockSweep;

impl<T: Sweep> Kernel<T> for BlockSweep {
    type State<'a> = &'a mut [T::Real];

    fn lockstep(&self) -> bool {
        T::LOCKSTEP
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
        memory.make(self.layout(target), |mut memory| {
            memory.reals(target.sweep_cache_len())
        })
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], scratch: &mut [T::Real]) {
        target.prepare(walkers, scratch);
    }

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        target.sweep(walkers, scratch, bits, counts);
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
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        target.sweep_probabilities(walker.x, walker.beta, visit);
    }
}
