use super::{Chain, DualAveraging, Sampler};
use crate::Density;
use gwg_core::Bits;

/// A sampler with an acceptance decision and a step size.
pub trait Adjusted: Copy {
    /// The rate of acceptance to which [`tune`] adapts.
    const TARGET: f64;

    /// The step size.
    fn step_size(&self) -> f64;

    /// The same sampler with another step size, which is positive.
    #[must_use]
    fn with_step_size(self, step: f64) -> Self;
}

/// Makes `steps` steps of warm-up, during which the step size is adapted by [`DualAveraging`], and returns the sampler with the
/// averaged step size. Adaptation ends there: draws come from a chain of constant step size.
///
/// The chain is left at the end of the warm-up. If `steps` is 0, nothing changes.
pub fn tune<D, S, B>(
    sampler: S,
    density: &D,
    chain: &mut Chain<D::Real>,
    steps: u64,
    bits: &mut B,
) -> S
where
    D: Density,
    S: Sampler<D> + Adjusted,
    B: Bits,
{
    if steps == 0 {
        return sampler;
    }
    let mut adaptation = DualAveraging::new(sampler.step_size(), S::TARGET);
    let mut current = sampler;
    for _ in 0..steps {
        let probability = current.step(density, chain, bits);
        let step = adaptation.update(probability);
        if step > 0.0 && step.is_finite() {
            current = current.with_step_size(step);
        }
    }
    current.with_step_size(adaptation.average())
}
