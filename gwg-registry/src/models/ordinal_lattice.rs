use super::elimination;
use super::keys::{ANY, DIMS, SIDE, STATES, lattice_axes};
use crate::model::builder::{Build, key, model};
use crate::model::error::Fault;
use crate::model::facts::fact;
use crate::model::{Describe, ExactMeans, Model};
use gwg_chains::Quantity;
use gwg_core::{Space, Target};
use gwg_models::{LatticeOrdinal, Scalar};

model! {
    /// The discrete Gaussian model on a torus.
    OrdinalLattice "ordinal-lattice" {
        side: usize = key("10", SIDE, "sites along an edge"),
        levels: usize = key("8", STATES, "heights of a site: 0 to levels - 1"),
        coupling: f64 = key("0.2", ANY, "what a squared step between neighbors costs"),
        field: f64 = key("0.05", ANY, "what a squared distance from the middle height costs"),
        dims: usize = key("2", DIMS, "dimensions of the torus"),
    }
        meaning "discrete Gaussian (solid-on-solid) model: integer heights on a torus, each bond counted once"
        formula "f(x) = -coupling sum_<ij> (x_i - x_j)^2 - field sum_i (x_i - (levels - 1) / 2)^2",
        sweeps true
}

impl Build for OrdinalLattice {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        let (dims, side, levels) = (self.dims, self.side, self.levels);
        let model = LatticeOrdinal::new(dims, side, levels, self.coupling, self.field)?;
        Ok(Model::described(model, |m, on| {
            m.gradient(on).delta(on).local(on).sweep(on).factors(on);
        }))
    }
}

impl<R: Scalar> Describe<R> for LatticeOrdinal<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        vec![
            fact("coupling", self.coupling()),
            fact("field", self.field()),
            fact("neighbors", 2 * self.dims()),
        ]
    }

    fn parameter_count(&self) -> usize {
        2
    }

    fn stored_bytes(&self) -> usize {
        size_of_val(self)
    }

    fn grid(&self) -> Option<Vec<usize>> {
        Some(vec![self.side(); self.dims()])
    }

    fn axes(&self) -> Vec<(&'static str, usize)> {
        lattice_axes(self.side(), self.dims())
    }

    fn exact(&self, beta: f64, stop: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans> {
        elimination::means(self, self.space().sites(), beta, stop)
    }

    fn exact_log_prob(&self, beta: f64) -> Option<(f64, &'static str)> {
        elimination::mean_log_prob(self, self.space().sites(), beta)
    }

    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        elimination::log_z(self, self.space().sites())
    }

    fn quantities(&self) -> Vec<Quantity> {
        vec![Quantity::mean_symbol(), Quantity::energy_per_site()]
    }
}
