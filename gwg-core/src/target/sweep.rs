use super::Target;
use crate::{Bits, StepCounts, Walker};

/// A target that knows an independence: its sites fall into classes such that, given all others, those
/// of one class are independent; or hidden variables, summed out of `f`, make them so.
///
/// A sweep draws every site anew, class after class, each class as a whole from its exact conditional
/// distribution at the walker's `beta`: block Gibbs (checkerboard sweeps of lattices, the two layers of a
/// Boltzmann machine). It leaves `exp(beta f)` invariant. In a fixed order of classes it is not reversible,
/// unless one class is a hidden one.
///
/// Contract:
/// - a walker's numbers depend on its own `x`, `beta` and bits alone, never on the rest of the block;
/// - `log_prob` is `f(x)` evaluated afresh after each sweep, not a running sum;
/// - `prepare` leaves the memory that a sweep would have left at this `x`, to the bit;
/// - no allocation, no panic.
pub trait Sweep: Target {
    /// True where the walkers of a block share work and should sweep together.
    const LOCKSTEP: bool = false;

    /// Numbers that the model keeps per walker between sweeps.
    fn sweep_cache_len(&self) -> usize {
        0
    }

    /// Numbers of scratch for a block of so many walkers.
    fn sweep_scratch_len(&self, walkers: usize) -> usize {
        let _ = walkers;
        0
    }

    /// Brings the memory and `log_prob` of every walker up to its `x` and `beta`.
    fn prepare(
        &self,
        walkers: &mut [Walker<'_, Self::Real, &mut [Self::Real]>],
        scratch: &mut [Self::Real],
    ) {
        let _ = scratch;
        for w in walkers {
            w.log_prob = self.log_prob(w.x).into();
        }
    }

    /// One sweep of every walker with its own bits. Adds to each counts the sites that changed (`sites_changed`),
    /// and one to `accepted` where the sweep was not turned down.
    fn sweep<B: Bits>(
        &self,
        walkers: &mut [Walker<'_, Self::Real, &mut [Self::Real]>],
        scratch: &mut [Self::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    );

    /// The law of one sweep out of `x`, from the probabilities that [`sweep`](Self::sweep) draws with: calls
    /// `visit(y, probability)` for its outcomes, an outcome perhaps several times, to be added up; what the
    /// probabilities lack of 1 stays.
    ///
    /// For proofs on models of a few sites: the cost is exponential in their number.
    fn sweep_probabilities(&self, x: &[u8], beta: Self::Real, visit: &mut dyn FnMut(&[u8], f64));
}

impl<T: Sweep> Sweep for &T {
    const LOCKSTEP: bool = T::LOCKSTEP;

    fn sweep_cache_len(&self) -> usize {
        (**self).sweep_cache_len()
    }

    fn sweep_scratch_len(&self, walkers: usize) -> usize {
        (**self).sweep_scratch_len(walkers)
    }

    #[inline(always)]
    fn prepare(
        &self,
        walkers: &mut [Walker<'_, Self::Real, &mut [Self::Real]>],
        scratch: &mut [Self::Real],
    ) {
        (**self).prepare(walkers, scratch);
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        walkers: &mut [Walker<'_, Self::Real, &mut [Self::Real]>],
        scratch: &mut [Self::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        (**self).sweep(walkers, scratch, bits, counts);
    }

    fn sweep_probabilities(&self, x: &[u8], beta: Self::Real, visit: &mut dyn FnMut(&[u8], f64)) {
        (**self).sweep_probabilities(x, beta, visit);
    }
}
