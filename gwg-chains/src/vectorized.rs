//! Stepping with the widest vector instructions of the machine at hand.

use gwg_core::kernel::{WalkerOf, walk};
use gwg_core::target::Batch;
use gwg_core::{Bits, Gradient, Kernel, StepCounts, SymbolOf, Target};

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
    counts: &mut [StepCounts],
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
        counts,
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
    counts: &'s mut [StepCounts],
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
            counts,
            steps,
            adapt,
        } = self;
        walk(kernel, target, walkers, scratch, bits, counts, steps, adapt);
    }
}

/// A target whose evaluations are dispatched to the widest vector instructions by themselves.
///
/// For use behind `&dyn Gradient`: a program that offers many kernels on many models is then compiled once a
/// kernel, not once a pair, and loses nothing where one call evaluates a whole block.
#[derive(Clone, Copy, Debug)]
pub struct Dispatched<'t, T>(pub &'t T);

impl<T: Target> Target for Dispatched<'_, T> {
    type Real = T::Real;
    type Space = T::Space;

    fn space(&self) -> &T::Space {
        self.0.space()
    }

    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        self.0.log_prob(x)
    }
}

/// One evaluation of a batch.
struct Evaluate<'s, T: Target> {
    target: &'s T,
    batch: &'s mut dyn Batch<T::Real, SymbolOf<T>>,
    scratch: &'s mut [T::Real],
}

impl<T: Gradient> pulp::WithSimd for Evaluate<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.target.evaluate(self.batch, self.scratch);
    }
}

impl<T: Gradient> Gradient for Dispatched<'_, T> {
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<T>],
        gradient: &mut [T::Real],
        scratch: &mut [T::Real],
    ) -> f64 {
        self.0.value_and_gradient(x, gradient, scratch)
    }

    fn gradient_cache_len(&self) -> usize {
        self.0.gradient_cache_len()
    }

    fn gradient_scratch_len(&self, rows: usize) -> usize {
        self.0.gradient_scratch_len(rows)
    }

    fn evaluate(&self, batch: &mut dyn Batch<T::Real, SymbolOf<T>>, scratch: &mut [T::Real]) {
        pulp::Arch::new().dispatch(Evaluate {
            target: self.0,
            batch,
            scratch,
        });
    }
}
