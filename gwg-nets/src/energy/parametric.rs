//! The weights as parameters.

use super::{NeuralEnergy, gradient, symbol};
use crate::plan::Layout;
use gwg_core::target::{Dims, ParameterError, Symmetry, Tensor, check_batch, check_parameters};
use gwg_core::{Parametric, Space, Target};
use gwg_linalg::Scalar;

/// Tensors are named by their kind, `weight`, `bias` or `beta`; [`Network::parameters`](crate::Network::parameters) says how they lie.
impl<R: Scalar> Parametric for NeuralEnergy<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        let weights = self.network.plan.tensors.get(k)?;
        let kinds = ["weight", "bias", "beta"];
        let kind = kinds.iter().find(|kind| weights.name.ends_with(*kind));
        let shape = match weights.layout {
            Layout::Vector => Dims::new([weights.range.len()]),
            Layout::Matrix { features, channels } => Dims::new([features, channels]),
            Layout::Embedding { features, states } => Dims::new([features, states]),
            Layout::Kernel {
                out,
                channels,
                height,
                width,
                ..
            } => Dims::new([out, height, width, channels]),
        };
        Some(Tensor {
            name: kind.copied().unwrap_or("weight"),
            shape,
            symmetry: Symmetry::None,
        })
    }

    fn parameter_count(&self) -> usize {
        self.network.plan.parameters
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        let (found, needed) = (values.len(), self.parameter_count());
        if found != needed {
            let slice = "values";
            return Err(ParameterError::Length {
                slice,
                found,
                needed,
            });
        }
        values.copy_from_slice(&self.network.parameters);
        Ok(())
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        self.network.parameters.copy_from_slice(values);
        Ok(())
    }

    fn parameter_gradient_scratch_len(&self, rows: usize) -> usize {
        self.network.scratch_len(rows)
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        let (sites, group) = (self.space().sites(), self.network.group(weights.len()));
        let groups = x.chunks(sites * group).zip(weights.chunks(group));
        let needed = self.parameter_gradient_scratch_len(weights.len());
        let found = scratch.len();
        for (x, weights) in groups {
            let short = || ParameterError::Length {
                slice: "scratch",
                found,
                needed,
            };
            let mut pass = self
                .network
                .pass(weights.len(), scratch)
                .ok_or_else(short)?;
            let length = pass.input_len();
            let states = x.chunks_exact(sites);
            for (input, x) in pass.input().chunks_exact_mut(length).zip(states) {
                let symbols = &self.network.description().symbols;
                gradient::encode(symbols, |site| symbol(x, site), input);
            }
            pass.forward().map_err(|_| short())?;
            let weights = weights.iter().copied();
            pass.back(weights, Some(gradient)).map_err(|_| short())?;
        }
        Ok(())
    }
}
