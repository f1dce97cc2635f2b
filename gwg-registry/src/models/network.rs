//! Networks, which are in files.

use crate::model::facts::{fact, range};
use crate::model::{Describe, DynRelaxed, Model, SaveError};
use gwg_chains::Quantity;
use gwg_models::Scalar;
use gwg_nets::{NeuralEnergy, Symbols, network_to_bytes};

/// With all capabilities and the description.
impl<R: Scalar> From<NeuralEnergy<R>> for Model<R> {
    fn from(model: NeuralEnergy<R>) -> Self {
        Self::described(model, |m, on| {
            m.gradient(on).delta(on);
        })
    }
}

impl<R: Scalar> Describe<R> for NeuralEnergy<R> {
    fn name(&self) -> &'static str {
        gwg_nets::KIND
    }

    fn formula(&self) -> &'static str {
        match self.base() {
            Some(_) => "f(x) = the value of the network + log p(x) of the base distribution",
            None => "f(x) = the value of the network",
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let description = self.network().description();
        let symbols = match description.symbols {
            Symbols::Binary { .. } => "binary",
            Symbols::Categorical { .. } => "categorical",
            Symbols::Ordinal { .. } => "ordinal",
        };
        vec![
            fact("symbols", symbols),
            fact("layers", description.layers.len()),
            range("weights", self.network().parameters().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        self.network().parameters().len()
    }

    fn grid(&self) -> Option<Vec<usize>> {
        let shape = &self.network().description().shape;
        (shape.len() == 2).then(|| shape.clone())
    }

    fn file(&self) -> Result<Option<Vec<u8>>, SaveError> {
        Ok(Some(network_to_bytes(self).map_err(Box::new)?))
    }

    fn relaxed(&self) -> Option<DynRelaxed<'_, R>> {
        Some(Box::new(self.as_relaxed()?))
    }

    fn quantities(&self) -> Vec<Quantity> {
        vec![Quantity::mean_symbol(), Quantity::energy_per_site()]
    }
}
