use super::keys::ANY;
use super::sparse_ising::erased;
use crate::grammar::Allowed;
use crate::model::Model;
use crate::model::builder::{Build, key, model, required};
use crate::model::error::{Fault, reserve};
use gwg_models::io::{EdgeList, read_edges, read_numbers};
use gwg_models::{Scalar, SparseIsing};
use std::path::PathBuf;

model! {
    /// The Ising model with the couplings of a file.
    IsingFile "ising-file" {
        path: PathBuf = required(Allowed::Path, "the graph; packed by gzip or not"),
        scale: f64 = key("1", ANY, "factor of every coupling"),
        fields: Option<PathBuf> = key("none", Allowed::OptionalPath, "numbers h_i, one per site, added to those of the graph: text or .npy"),
    }
        meaning "Ising model with the couplings w_ij of a graph: an edge list `n m`, then m lines `i j w` (or all `i j`: w = 1), vertices from 1; a DIMACS graph (`p edge n m`, `e i j [w]`); a symmetric MatrixMarket matrix w; or spins in dimod's COO format (`# vartype=SPIN`, then `i j bias` from 0), whose f is -E: w = -bias / 2, as f has each edge twice, and h_i = -bias of `i i`"
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
        let field = self.field(&list)?;
        let model = SparseIsing::new(list.sites, &list.edges, field.as_deref())?;
        Ok(erased(model))
    }
}

impl IsingFile {
    /// The fields of the graph and those of the key, added; `None` if there are neither.
    fn field(&self, list: &EdgeList) -> Result<Option<Vec<f64>>, Fault> {
        let mut field = match &self.fields {
            Some(path) => read_numbers(path, list.sites, "one per site")?,
            None if list.fields.is_empty() => return Ok(None),
            None => vec![0.0; list.sites],
        };
        for &(site, h) in &list.fields {
            field[site] += h;
        }
        Ok(Some(field))
    }
}
