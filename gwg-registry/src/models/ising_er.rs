use super::keys::{POSITIVE, SIZE};
use super::sparse_ising::{FORMULA, erased};
use crate::grammar::Allowed;
use crate::model::Model;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use gwg_models::{Scalar, SparseIsing};

model! {
    /// The Ising model on a random graph.
    IsingEr "ising-er" {
        sites: usize = key("200", SIZE, "sites"),
        degree: f64 = key("4", POSITIVE, "mean number of neighbors"),
        seed: u64 = key("1", Allowed::Seed, "seed of graph and couplings"),
    }
        meaning "Ising model on an Erdos-Renyi graph with couplings N(0, 1) / sqrt(degree)"
        formula FORMULA,
        sweeps true
}

impl Build for IsingEr {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        // Two ends of an edge, each an index and a number; before that a list of edges.
        let neighbors = (self.degree as usize).min(self.sites);
        reserve::<R>(&[self.sites, 8, neighbors.saturating_add(1)])?;
        let model = SparseIsing::erdos_renyi(self.sites, self.degree, self.seed)?;
        Ok(erased(model))
    }
}
