use super::elimination;
use super::keys::{ANY, DIMS, SIDE, lattice_axes, of_spins};
use crate::model::builder::{Build, key, model};
use crate::model::error::Fault;
use crate::model::facts::fact;
use crate::model::{Describe, ExactMeans, Model};
use gwg_chains::Quantity;
use gwg_core::{Space, Target};
use gwg_models::exact::{lattice_ising, lattice_ising_in_field};
use gwg_models::{LatticeIsing, Scalar};

model! {
    /// The Ising model on a torus.
    IsingLattice "ising-lattice" {
        side: usize = key("40", SIDE, "sites along an edge"),
        theta: f64 = key("0.2", ANY, "coupling of neighbors; critical in two dimensions: 0.22034"),
        bias: f64 = key("0", ANY, "field at every site"),
        dims: usize = key("2", DIMS, "dimensions of the torus"),
    }
        meaning "Ising model on a torus; every bond counts twice (Onsager's K = 2 theta)"
        formula "f(x) = s'(theta A)s + bias sum_i s_i, s = 2x - 1, A the 0/1 adjacency of the torus",
        sweeps true
}

impl Build for IsingLattice {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        let model = LatticeIsing::new(self.dims, self.side, self.theta, self.bias)?;
        Ok(model.into())
    }
}

/// With all capabilities and the description.
impl<R: Scalar> From<LatticeIsing<R>> for Model<R> {
    fn from(model: LatticeIsing<R>) -> Self {
        Self::described(model, |m, on| {
            m.gradient(on).delta(on).local(on).leveled(on);
            m.multilinear(on).sweep(on).spins(on).pairwise(on).factors(on);
        })
    }
}

impl<R: Scalar> Describe<R> for LatticeIsing<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        vec![
            fact("theta", self.theta()),
            fact("bias", self.bias()),
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
        let Ok(torus) = lattice_ising_in_field(self, beta) else {
            return elimination::means(self, self.space().sites(), beta, stop);
        };
        let means = vec![torus.mean_symbol; self.side() * self.side()];
        Some(ExactMeans::new(means, "exact, by the transfer matrix"))
    }

    fn exact_log_prob(&self, beta: f64) -> Option<(f64, &'static str)> {
        if let Ok(torus) = lattice_ising(self, beta) {
            return Some((torus.mean_log_prob, "Kaufman"));
        }
        if let Ok(torus) = lattice_ising_in_field(self, beta) {
            return Some((torus.mean_log_prob, "transfer matrix"));
        }
        elimination::mean_log_prob(self, self.space().sites(), beta)
    }

    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        match lattice_ising(self, 1.0) {
            Ok(torus) => Some((torus.log_z, "Kaufman")),
            Err(_) => elimination::log_z(self, self.space().sites()),
        }
    }

    fn quantities(&self) -> Vec<Quantity> {
        of_spins()
    }
}
