//! Many steps of some walkers.

use super::{Kernel, StepCounts, WalkerOf};
use crate::{Bits, Target};
use core::slice::from_mut;

/// [`Kernel::advance`], or [`Kernel::warm_up`] if `adapt` is true: a program that uses both contains the code once.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "those of `step`, and two more")]
pub fn walk<'a, T, K, B>(
    kernel: &K,
    target: &T,
    walkers: &mut [WalkerOf<'a, T, K>],
    scratch: &mut [T::Real],
    bits: &mut [B],
    counts: &mut [StepCounts],
    steps: u64,
    adapt: bool,
) where
    T: Target,
    K: Kernel<T>,
    B: Bits,
{
    walk_until(
        kernel,
        target,
        walkers,
        scratch,
        bits,
        counts,
        steps,
        adapt,
        &|| false,
    );
}

/// [`walk`] that ends early where `stop` is true, which is called before every step: see [`Kernel::step_until`]. Walkers may then have made
/// different numbers of steps.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "those of `step`, and three more")]
pub fn walk_until<'a, T, K, B, F>(
    kernel: &K,
    target: &T,
    walkers: &mut [WalkerOf<'a, T, K>],
    scratch: &mut [T::Real],
    bits: &mut [B],
    counts: &mut [StepCounts],
    steps: u64,
    adapt: bool,
    stop: &F,
) where
    T: Target,
    K: Kernel<T>,
    B: Bits,
    F: Fn() -> bool,
{
    debug_assert!(
        scratch.len() >= kernel.scratch_len(target, walkers.len()),
        "less scratch than Kernel::scratch_len"
    );
    debug_assert!(
        bits.len() >= walkers.len() && counts.len() >= walkers.len(),
        "bits and counts for each walker"
    );
    if kernel.lockstep(target) {
        for _ in 0..steps {
            if stop() {
                return;
            }
            kernel.step_until(target, walkers, scratch, bits, counts, stop);
            if adapt {
                kernel.adapt(target, walkers);
            }
        }
        return;
    }
    for ((walker, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
        // Slices of one element, as the compiler can see: a step then contains no loop.
        let (walker, bits, counts) = (from_mut(walker), from_mut(bits), from_mut(counts));
        for _ in 0..steps {
            if stop() {
                return;
            }
            kernel.step_until(target, walker, scratch, bits, counts, stop);
            if adapt {
                kernel.adapt(target, walker);
            }
        }
    }
}
