use super::elimination;
use super::keys::{ANY, DIMS, SIDE, STATES, lattice_axes, of_states};
use crate::model::builder::{Build, key, model};
use crate::model::error::Fault;
use crate::model::facts::fact;
use crate::model::{Describe, ExactMeans, Model};
use gwg_chains::Quantity;
use gwg_core::{Space, Target};
use gwg_models::{LatticePotts, Scalar};

model! {
    /// The Potts model on a torus.
    PottsLattice "potts-lattice" {
        side: usize = key("10", SIDE, "sites along an edge"),
        states: usize = key("3", STATES, "states of a site"),
        theta: f64 = key("0.1", ANY, "coupling; critical in two dimensions with 3 states: 0.2513"),
        dims: usize = key("2", DIMS, "dimensions of the torus"),
    }
        meaning "Potts model on a torus, after the paper (K = 4 theta)"
        formula "f(x) = theta sum over ordered neighbors (i, j) of (+1 if x_i = x_j, else -1)",
        sweeps true
}

impl Build for PottsLattice {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        let model = LatticePotts::new(self.dims, self.side, self.states, self.theta)?;
        Ok(Model::described(model, |m, on| {
            m.gradient(on).delta(on).local(on).multilinear(on).sweep(on);
            m.pairwise(on).factors(on);
        }))
    }
}

impl<R: Scalar> Describe<R> for LatticePotts<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        vec![
            fact("theta", self.theta()),
            fact("neighbors", 2 * self.dims()),
        ]
    }

    fn parameter_count(&self) -> usize {
        1
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
        of_states()
    }
}
