use super::{Kernel, Tally, WalkerOf};
use crate::target::Sweep;
use crate::{Bits, Error, Lens, Memory};

/// Sweeps of a target that knows an independence: a step draws *every* site anew.
///
/// # Proposal
/// `p(x_class | x_rest)`, class after class: see [`Sweep`]. Never rejected, but where the target says that it
/// corrects.
///
/// # Cost
/// One sweep of the target. Compare by sweeps, not by steps: [`Gibbs`](crate::Gibbs) takes `D` steps for as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Structured;

impl<T: Sweep> Kernel<T> for Structured {
    type State<'a> = &'a mut [T::Real];

    fn lockstep(&self) -> bool {
        T::LOCKSTEP
    }

    fn lens(&self, target: &T) -> Lens {
        Lens {
            reals: target.sweep_memory_len(),
            ..Lens::default()
        }
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.sweep_scratch_len(walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        memory.make(self.lens(target), |mut memory| {
            memory.reals(target.sweep_memory_len())
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
        tally: &mut [Tally],
    ) {
        target.sweep(walkers, scratch, bits, tally);
        for ((_, _), tally) in walkers.iter().zip(bits).zip(tally) {
            tally.steps += 1;
        }
    }
}

#[cfg(feature = "check")]
impl<T: Sweep> crate::check::Transitions<T> for Structured {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        target.sweep_law(walker.x, walker.beta, visit);
    }
}
