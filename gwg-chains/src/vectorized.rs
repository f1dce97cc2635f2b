//! Stepping with the widest vector instructions of the machine at hand.

use crate::stop::Stop;
use gwg_core::kernel::{WalkerOf, walk_until};
use gwg_core::target::{Batch, Failure};
use gwg_core::{Bits, Gradient, Kernel, Real, StepCounts, SymbolOf, Target};

/// Steps after which walkers stop where the model has failed or its value was not a number: often enough that little is computed in
/// vain, seldom enough that it costs nothing.
const STRETCH: u64 = 256;

/// So many steps of every walker of a block, as [`Kernel::advance`] does them (or [`Kernel::warm_up`], where
/// it is to `adapt`), compiled for the processor's vector extensions as well and dispatched to at run time.
///
/// Where the model fails ([`Target::failure`]), or its value is NaN or positive infinity, walkers stop at the end of a stretch of 256 steps;
/// where `stop` is due, before the next step or in it ([`Kernel::step_until`]).
///
/// The loops of the core fix the order of every sum and never fuse a multiplication with an
/// addition, so that the results have the same bits whichever version runs.
// Not inlined: the compiler would optimize the steps once more where they are called.
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "those of a step, and three more")]
pub fn advance<'a, T, K, B>(
    target: &T,
    kernel: &K,
    walkers: &mut [WalkerOf<'a, T, K>],
    scratch: &mut [T::Real],
    bits: &mut [B],
    counts: &mut [StepCounts],
    steps: u64,
    adapt: bool,
    stop: Stop<'_>,
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
        stop,
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
    stop: Stop<'s>,
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
            stop,
        } = self;
        let stop = || stop.is_due();
        let together = if kernel.lockstep(target) {
            walkers.len().max(1)
        } else {
            1
        };
        let blocks = walkers
            .chunks_mut(together)
            .zip(bits.chunks_mut(together))
            .zip(counts.chunks_mut(together));
        for ((walkers, bits), counts) in blocks {
            let mut left = steps;
            loop {
                let stretch = left.min(STRETCH);
                walk_until(
                    kernel, target, walkers, scratch, bits, counts, stretch, adapt, &stop,
                );
                left -= stretch;
                if left == 0 || stop() || ends::<T, K>(target, walkers, counts) {
                    break;
                }
            }
        }
    }
}

/// True where no walker can go on.
fn ends<T: Target, K: Kernel<T>>(
    target: &T,
    walkers: &[WalkerOf<'_, T, K>],
    counts: &[StepCounts],
) -> bool {
    let invalid = |(walker, counts): (&WalkerOf<'_, T, K>, &StepCounts)| {
        let f = walker.log_prob_rounded();
        counts.invalid > 0 || f.is_nan() || f == T::Real::INFINITY
    };
    target.failure().is_some() || walkers.iter().zip(counts).any(invalid)
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

    #[inline(never)]
    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        pulp::Arch::new().dispatch(Value { target: self.0, x })
    }

    fn failure(&self) -> Option<&Failure> {
        self.0.failure()
    }
}

/// One value.
struct Value<'s, T: Target> {
    target: &'s T,
    x: &'s [SymbolOf<T>],
}

impl<T: Target> pulp::WithSimd for Value<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        self.target.log_prob(self.x)
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

    #[inline(never)]
    fn evaluate(&self, batch: &mut dyn Batch<T::Real, SymbolOf<T>>, scratch: &mut [T::Real]) {
        pulp::Arch::new().dispatch(Evaluate {
            target: self.0,
            batch,
            scratch,
        });
    }
}
