//! Graphs to color, from files.

use std::path::{Path, PathBuf};

use gwg_models::io::edges::parse_edges;
use gwg_models::io::{IoError, LineFault, read_bytes, visible_path};

use super::{Coloring, ColoringError};

/// Why a file was rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ColoringFileError {
    /// The system failed to read the file.
    #[error(transparent)]
    Read(#[from] IoError),
    /// The content is not a graph to color.
    #[error("{}:{line}: {fault}", visible_path(path))]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: ColoringFault,
    },
}

/// What is wrong with the content of a file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ColoringFault {
    /// A rule of graphs.
    #[error(transparent)]
    Line(#[from] LineFault),
    /// An edge with a weight.
    #[error(
        "edge {from} {to}: found the weight {weight}, but edges to color have none; allowed is 1"
    )]
    Weight {
        /// One end, from 1.
        from: usize,
        /// The other end, from 1.
        to: usize,
        /// The weight.
        weight: f64,
    },
    /// Fields of an Ising model.
    #[error("found fields of sites, but vertices to color have none")]
    Fields,
    /// A rule of colorings.
    #[error(transparent)]
    Coloring(#[from] ColoringError),
}

/// Reads a graph in DIMACS format (`.col`: `p edge n m` or `p col n m`, then `e i j`, vertices from 1), or in another format of
/// [`gwg_models::io::edges`] without weights. Edges may be listed in both directions, and `m` may count each once or twice. Cost: `O(bytes)`.
///
/// # Errors
/// [`ColoringFileError`], with the line.
pub fn read_coloring(path: &Path, colors: usize) -> Result<Coloring, ColoringFileError> {
    let bytes = read_bytes(path)?;
    Coloring::parse(&bytes, colors).map_err(|(line, fault)| ColoringFileError::Content {
        path: path.to_owned(),
        line,
        fault,
    })
}

impl Coloring {
    /// Parses the content of a file that [`read_coloring`] reads.
    ///
    /// # Errors
    /// The line, from 1, and the rule that it violates.
    pub fn parse(bytes: &[u8], colors: usize) -> Result<Self, (usize, ColoringFault)> {
        let list = parse_edges(bytes).map_err(|(line, fault)| (line, fault.into()))?;
        if !list.fields.is_empty() {
            return Err((1, ColoringFault::Fields));
        }
        if let Some(&(i, j, weight)) = list.edges.iter().find(|edge| edge.2 != 1.0) {
            let (from, to) = (i + 1, j + 1);
            return Err((1, ColoringFault::Weight { from, to, weight }));
        }
        let edges: Vec<_> = list.edges.iter().map(|&(i, j, _)| (i, j)).collect();
        Self::from_graph(&edges, list.sites, colors).map_err(|fault| (1, fault.into()))
    }
}
