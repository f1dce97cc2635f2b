use super::keys::ANY;
use super::sparse_ising::erased;
use crate::grammar::Allowed;
use crate::model::Model;
use crate::model::builder::{Build, key, model, required};
use crate::model::error::{Fault, reserve};
use gwg_models::io::{read_edges, read_numbers};
use gwg_models::{Scalar, SparseIsing};
use std::path::PathBuf;

model! {
    /// The Ising model with the couplings of a file.
    IsingFile "ising-file" {
        path: PathBuf = required(Allowed::Path, "the edge list"),
        scale: f64 = key("1", ANY, "factor of every coupling"),
        fields: Option<PathBuf> = key("none", Allowed::OptionalPath, "numbers h_i, one per site: text or .npy"),
    }
        meaning "Ising model with the couplings of an edge list: `n m`, then m lines `i j w` (or all `i j`: w = 1), vertices from 1"
        formula "f(x) = s'Js + h.s, s = 2x - 1, J_ij = J_ji = scale w_ij",
        sweeps true
}

impl Build for IsingFile {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        let mut list = read_edges(&self.path)?;
        for (_, _, weight) in &mut list.edges {
            *weight *= self.scale;
        }
        reserve::<R>(&[list.sites, 8])?;
        let field = match &self.fields {
            Some(path) => Some(read_numbers(path, list.sites, "one per site")?),
            None => None,
        };
        let model = SparseIsing::new(list.sites, &list.edges, field.as_deref())?;
        Ok(erased(model))
    }
}
