//! Stepping with the widest vector instructions of the machine at hand.

use gwg_core::kernel::{WalkerOf, walk};
use gwg_core::{Bits, Kernel, Tally, Target};

/// So many steps of every walker of a block, as [`Kernel::advance`] does them (or [`Kernel::warm_up`], where
/// it is to `adapt`), compiled for the processor's vector extensions as well and dispatched to at run time.
///
/// The loops of the core fix the order of every sum and never fuse a multiplication with an
/// addition, so that the results have the same bits whichever version runs.
#[expect(clippy::too_many_arguments, reason = "those of a step, and two more")]
pub fn advance<'a, T, K, B>(
    target: &T,
    kernel: &K,
    walkers: &mut [WalkerOf<'a, T, K>],
    scratch: &mut [T::Real],
    bits: &mut [B],
    tally: &mut [Tally],
    steps: u64,
    adapt: bool,
) where
    T: Target,
    K: Kernel<T>,
    B: Bits,
{
    pulp::Arch::new().dispatch(Advance {
        target,
        kernel,
        walkers,
        scratch,
        bits,
        tally,
        steps,
        adapt,
    });
}

struct Advance<'s, 'a, T: Target, K: Kernel<T>, B> {
    target: &'s T,
    kernel: &'s K,
    walkers: &'s mut [WalkerOf<'a, T, K>],
    scratch: &'s mut [T::Real],
    bits: &'s mut [B],
    tally: &'s mut [Tally],
    steps: u64,
    adapt: bool,
}

impl<T: Target, K: Kernel<T>, B: Bits> pulp::WithSimd for Advance<'_, '_, T, K, B> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self {
            target,
            kernel,
            walkers,
            scratch,
            bits,
            tally,
            steps,
            adapt,
        } = self;
        walk(kernel, target, walkers, scratch, bits, tally, steps, adapt);
    }
}
