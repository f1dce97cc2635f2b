//! Stepping with the widest vector instructions of the machine at hand.

use gwg_core::kernel::WalkerOf;
use gwg_core::{Bits, Kernel, Tally, Target};

/// So many steps of every walker of a block, as [`Kernel::advance`] does them, compiled for the
/// processor's vector extensions as well and dispatched to at run time.
///
/// The loops of the core fix the order of every sum and never fuse a multiplication with an
/// addition, so that the results have the same bits whichever version runs.
pub fn advance<'a, T, K, B>(
    target: &T,
    kernel: &K,
    walkers: &mut [WalkerOf<'a, T, K>],
    scratch: &mut [T::Real],
    bits: &mut [B],
    tally: &mut [Tally],
    steps: u64,
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
        } = self;
        kernel.advance(target, walkers, scratch, bits, tally, steps);
    }
}
