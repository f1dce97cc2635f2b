//! Graphs in either format, distinguished by the first word of the file.

use super::edges::{EdgeList, parse_edges, refuse_spins};
use super::error::IoError;
use super::files;
use super::uai::{FactorList, is_uai, parse_uai};
use std::path::Path;

/// The content of a graph file.
#[derive(Clone, Debug, PartialEq)]
pub enum GraphFile {
    /// A graph: see [`edges`](super::edges).
    Edges(EdgeList),
    /// A factor graph in the UAI format: see [`uai`](super::uai).
    Factors(FactorList),
}

/// Reads a graph in one of the [formats of edges](super::edges), except COO, or a factor graph in the UAI format if the first word is
/// `MARKOV` or `BAYES`. Cost: `O(bytes)`.
///
/// # Errors
/// [`IoError`], with the line number.
pub fn read_graph(path: &Path) -> Result<GraphFile, IoError> {
    let bytes = files::read(path)?;
    let path = || path.to_owned();
    if is_uai(&bytes) {
        let list = parse_uai(&bytes).map_err(|(line, fault)| IoError::Uai {
            path: path(),
            line,
            fault,
        })?;
        return Ok(GraphFile::Factors(list));
    }
    let list = refuse_spins(&bytes).and_then(|()| parse_edges(&bytes));
    let list = list.map_err(|(line, fault)| IoError::Edges {
        path: path(),
        line,
        fault,
    })?;
    Ok(GraphFile::Edges(list))
}
