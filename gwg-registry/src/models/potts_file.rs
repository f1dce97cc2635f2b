use super::elimination;
use super::keys::{ANY, of_states};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model, required};
use crate::model::error::{Fault, reserve};
use crate::model::facts::{fact, range};
use crate::model::{Describe, ExactMeans, Model};
use gwg_chains::Quantity;
use gwg_core::{Space, Target};
use gwg_models::io::{EdgeList, FactorList, GraphFile, read_graph, read_numbers};
use gwg_models::{Coupling, FactorGraph, PairFactor, Scalar};
use std::path::PathBuf;

model! {
    /// The Potts model or factor graph of a file.
    PottsFile "potts-file" {
        path: PathBuf = required(Allowed::Path, "the graph, or a factor graph in the UAI format; packed by gzip or not"),
        states: Option<usize> = key("auto", Allowed::CountOrAuto { min: 2, max: 256 }, "states of a site; required for a graph, auto for a UAI file"),
        scale: f64 = key("1", ANY, "factor of every coupling"),
        fields: Option<PathBuf> = key("none", Allowed::OptionalPath, "numbers h_i(a), site after site: text or .npy"),
    }
        meaning "Potts model on a graph with weights w_ij: an edge list `n m`, then m lines `i j w` (or all `i j`: w = 1), vertices from 1; a DIMACS graph (`p edge n m`, `e i j [w]`); or a symmetric MatrixMarket matrix w. Or a UAI file (MARKOV) of unary and pairwise factors, an alphabet per site"
        formula "f(x) = scale sum over edges of t_ij(x_i, x_j) + sum_i h_i(x_i), each edge once; t_ij = w_ij [x_i = x_j], or the logarithm of the factor",
        sweeps true
}

impl Build for PottsFile {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        let list = match read_graph(&self.path)? {
            GraphFile::Edges(list) => potts(list, self.states)?,
            GraphFile::Factors(list) => match self.states {
                None => list,
                Some(found) => return Err(Fault::Key("states", stated(found))),
            },
        };
        let cells = list.states.iter().map(|&q| q as usize).sum();
        reserve::<R>(&[cells, 8])?;
        let mut field = list.field();
        if let Some(path) = &self.fields {
            let added = read_numbers(path, cells, "one per site and state, site after site")?;
            for (h, more) in field.iter_mut().zip(added) {
                *h += more;
            }
        }
        let factors = scaled(list.pairs, self.scale);
        let model = FactorGraph::new(&list.states, &factors, Some(&field))?;
        Ok(Model::described(model, |m, on| {
            m.gradient(on).delta(on).local(on).multilinear(on).sweep(on);
            m.pairwise(on).factors(on);
        }))
    }
}

fn stated(found: usize) -> String {
    format!("found {found}, but a UAI file has the number of states of every site; leave it out")
}

/// The same number of states at every site.
fn potts(list: EdgeList, states: Option<usize>) -> Result<FactorList, Fault> {
    let states = states.ok_or_else(|| {
        let why =
            "found auto, but an edge list has no number of states; set it to an integer from 2 to 256";
        Fault::Key("states", why.to_owned())
    })?;
    let pairs = list.edges.into_iter().map(|(i, j, weight)| PairFactor {
        sites: (i, j),
        coupling: Coupling::Equal(weight),
    });
    reserve::<u32>(&[list.sites])?;
    Ok(FactorList {
        states: vec![states as u32; list.sites],
        unary: Vec::new(),
        pairs: pairs.collect(),
    })
}

fn scaled(mut pairs: Vec<PairFactor>, scale: f64) -> Vec<PairFactor> {
    for pair in &mut pairs {
        match &mut pair.coupling {
            Coupling::Equal(weight) => *weight *= scale,
            Coupling::Table(table) => table.iter_mut().for_each(|t| *t *= scale),
        }
    }
    pairs
}

impl<R: Scalar> Describe<R> for FactorGraph<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        let degree = 2.0 * self.edge_count() as f64 / self.space().sites() as f64;
        let couplings = self.edges().flat_map(|(_, _, table)| table.iter().copied());
        vec![
            fact("edges", self.edge_count()),
            fact("mean degree", format!("{degree:.2}")),
            range("couplings", couplings),
            range("field", self.field().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        self.edges().map(|(_, _, table)| table.len()).sum::<usize>() + self.field().len()
    }

    fn stored_bytes(&self) -> usize {
        let (edges, sites) = (self.edge_count(), self.space().sites());
        let graph = edges * size_of::<[usize; 9]>() + sites * (size_of::<usize>() + size_of::<u32>());
        Describe::parameter_count(self) * size_of::<R>() + graph
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
