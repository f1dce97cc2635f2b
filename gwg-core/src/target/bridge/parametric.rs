use super::Bridge;
use crate::target::parametric::{ParameterError, Parametric, Tensor, check_batch};
use crate::target::{SymbolOf, Target};

/// The parameters are those of the second target; the first is fixed. So `Bridge::sum(base, model)` is fitted as a model on top of a base distribution that is
/// known, such as one of independent sites: `df/dtheta` is that of the second target times its weight.
impl<A, B> Parametric for Bridge<A, B>
where
    A: Target,
    B: Parametric<Real = A::Real, Space = A::Space>,
{
    fn tensor(&self, k: usize) -> Option<Tensor> {
        self.second.tensor(k)
    }

    fn parameter_count(&self) -> usize {
        self.second.parameter_count()
    }

    fn read_parameters(&self, values: &mut [A::Real]) -> Result<(), ParameterError> {
        self.second.read_parameters(values)
    }

    fn write_parameters(&mut self, values: &[A::Real]) -> Result<(), ParameterError> {
        self.second.write_parameters(values)
    }

    /// That of the second target, and a number per row.
    fn parameter_gradient_scratch_len(&self, rows: usize) -> usize {
        let own = self.second.parameter_gradient_scratch_len(rows);
        own.saturating_add(rows)
    }

    fn parameter_gradient(
        &self,
        x: &[SymbolOf<Self>],
        weights: &[A::Real],
        gradient: &mut [A::Real],
        scratch: &mut [A::Real],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        let [_, factor] = self.weights;
        let split = scratch.len().saturating_sub(weights.len());
        let (scratch, scaled) = scratch.split_at_mut(split);
        for (scaled, &weight) in scaled.iter_mut().zip(weights) {
            *scaled = factor * weight;
        }
        self.second.parameter_gradient(x, scaled, gradient, scratch)
    }
}
