//! Graphs with weights, in the text formats that programs of optimization and physics write.
//!
//! | format | recognized by | lines | vertices |
//! |---|---|---|---|
//! | edge list (rudy, Gset) | none of the below | `n m`, then m lines `i j w`, or all `i j` | from 1 |
//! | DIMACS | first word `c` or `p` | `p edge n m` or `p col n m`, then `e i j [w]` | from 1 |
//! | MatrixMarket | `%%MatrixMarket` | `n n entries`, then `i j w` (`pattern`: `i j`) | from 1 |
//! | COO of dimod | `# vartype=SPIN` | `i j bias` | from 0 |
//!
//! Edges are undirected, self-loops are not allowed, and a weight that is not written is 1: all edges of a file have one, or
//! none. Each edge is listed once; a DIMACS file without weights, and a MatrixMarket file that is `general`, may list all edges in both
//! directions. `m` of a DIMACS file without weights may count both directions of edges that are listed in one. Of a matrix, the weight of an edge is the entry, the same above and below the diagonal, and the diagonal is 0.
//!
//! In a COO file, `i i bias` is a field, biases of the same pair are added, and there are as many sites as the largest variable
//! tells. It states the energy `E(s) = sum of bias s_i s_j, each pair once, + sum of bias s_i` that is minimized: its
//! [`EdgeList`] has the weights and the fields of `-E`, in the form in which models have them: see [`EdgeList::edges`].
//!
//! Text after `#` is ignored, in all but DIMACS also after `%`, and in DIMACS lines that begin with `c`. Vertices are numbered from 0
//! in [`EdgeList`].

mod coo;
mod dimacs;
mod fault;
mod list;
mod market;
mod parse;

use std::fmt;
use std::path::Path;

use super::error::IoError;
use super::files;
use super::text::text;

pub use fault::LineFault;

/// Moves, and therefore sites, are numbered with 32 bits.
const MAX_VERTICES: usize = u32::MAX as usize;

/// A weighted undirected graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeList {
    /// The number of vertices.
    pub sites: usize,
    /// The edges, in the file's order and direction: two vertices, from 0, and a finite weight `w`. In an Ising model,
    /// `J_ij = J_ji = w`, so that `s'Js` has each edge twice: a COO file's bias `b` is the weight `-b / 2`.
    pub edges: Vec<(usize, usize, f64)>,
    /// Fields `h_i`, each vertex at most once; of a COO file's bias `b`, `-b`. Empty in all other formats.
    pub fields: Vec<(usize, f64)>,
}

/// A format of graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `n m`, then `i j w`.
    List,
    /// `p edge n m`, then `e i j`.
    Dimacs,
    /// `%%MatrixMarket matrix coordinate ...`.
    MatrixMarket,
    /// `# vartype=SPIN`, then `i j bias`.
    Coo,
}

/// What the format begins with.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "the first line must be `n m`, the numbers of vertices and of edges",
            Self::Dimacs => {
                "a DIMACS file must have a line `p edge n m` or `p col n m` before its edges"
            }
            Self::MatrixMarket => {
                "a MatrixMarket file must have a line `n n entries` after its first comments"
            }
            Self::Coo => "a COO file must have at least one line `i j bias`",
        })
    }
}

impl Format {
    /// The format of a text, by its first lines.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if market::is_market(text) {
            return Self::MatrixMarket;
        }
        if coo::vartype(text).is_some() {
            return Self::Coo;
        }
        if dimacs::is_dimacs(text) {
            return Self::Dimacs;
        }
        Self::List
    }
}

/// Reads a graph. Cost: `O(bytes)`.
///
/// # Errors
/// [`IoError`], with the line number.
pub fn read_edges(path: &Path) -> Result<EdgeList, IoError> {
    parse_edges(&files::read(path)?).map_err(|(line, fault)| IoError::Edges {
        path: path.to_owned(),
        line,
        fault,
    })
}

/// The fault if a file is one of spins, which have no meaning in a Potts model.
pub(super) fn refuse_spins(bytes: &[u8]) -> Result<(), (usize, LineFault)> {
    let stated = text(bytes).ok().and_then(coo::vartype);
    stated.map_or(Ok(()), |(line, _)| {
        let found = "a COO file of an Ising model (vartype)".to_owned();
        let remedy = "it is read by the model `ising-file`";
        Err((line, LineFault::Unread { found, remedy }))
    })
}

/// Parses the content of a file.
///
/// # Errors
/// The line, from 1, and the rule that it violates.
pub fn parse_edges(bytes: &[u8]) -> Result<EdgeList, (usize, LineFault)> {
    if let Some(fault) = parse::unread(bytes) {
        return Err((1, fault));
    }
    let text = text(bytes).map_err(|(line, byte)| (line, LineFault::NotText { byte }))?;
    match Format::of(text) {
        Format::List => list::parse(text),
        Format::Dimacs => dimacs::parse(text),
        Format::MatrixMarket => market::parse(text),
        Format::Coo => coo::parse(text),
    }
}
