//! Readers of quadratic problems.
//!
//! | format | recognized by | lines | variables | a pair counts |
//! |---|---|---|---|---|
//! | `.qubo` of qbsolv | `p qubo` | `p qubo 0 maxNodes nNodes nCouplers`, nNodes lines `i i w`, nCouplers lines `i j w` with i < j | from 0 | once |
//! | COO of dimod | `# vartype=`, or a first line of three words | `i j w`, duplicates add up | from 0 | once |
//! | list (Biq Mac bq, spins with fields) | a first line `n m` | m lines `i j w` | from 1 | `w (x_i x_j + x_j x_i)` in a QUBO, `w s_i s_j` of spins |
//! | Beasley's bqp | a first line of one number | a number of instances, each a list | from 1 | as in a list |
//! | MatrixMarket | `%%MatrixMarket` | `coordinate` or `array`, `general` or `symmetric` | from 1 | `x'Qx`: each entry of the matrix once |
//! | NumPy's `.npy` | its first bytes | a square matrix | from 0 | as above |
//! | LP | `Minimize`, `Maximize` | an objective `a x + [ 2 b x * y ] / 2`, `Binary`, no constraints | in the order of `Binary` | `b x y`: brackets are halved |
//!
//! Entries `i i w` are linear: `w x_i`, or a field `w s_i` of spins. What is minimized is the file's own function, but LP files say it themselves, and Beasley's are maximized. Text after `#` or
//! `%` is ignored in lists and COO, lines that begin with `c` in `.qubo`, text after `\` in LP. Text is read with `\r\n` and blank lines.

mod array;
mod coo;
mod fault;
mod format;
mod list;
mod lp;
mod market;
mod qubo;
mod words;

use crate::{QuadraticError, Sense, Terms};
use gwg_models::io::edges::{self, parse_edges};
use gwg_models::io::{EdgeList, IoError, LineFault, read_bytes};
use std::path::Path;

pub use fault::{Fault, ReadError};
pub use format::Format;

/// What the variables of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variables {
    /// 0 and 1.
    Binary,
    /// -1 and 1.
    Spins,
}

/// A quadratic function as a file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct QuadraticFile {
    /// The format.
    pub format: Format,
    /// The number of variables.
    pub sites: usize,
    /// What is added to all values.
    pub constant: f64,
    /// Terms `w v_i v_j`, variables from 0, and `w v_i` where i = j; those of the same variables add up.
    pub terms: Vec<(usize, usize, f64)>,
    /// What the file says, or its format.
    pub sense: Sense,
}

impl QuadraticFile {
    /// The function of binary variables; of spins `s = 2x - 1`.
    ///
    /// # Errors
    /// [`QuadraticError`].
    pub fn terms(&self, variables: Variables) -> Result<Terms, QuadraticError> {
        let terms = self.terms.iter().copied();
        match variables {
            Variables::Binary => Terms::new(self.sites, self.constant, terms),
            Variables::Spins => Terms::of_spins(self.sites, self.constant, terms),
        }
    }
}

/// Reads a quadratic function, packed by gzip or not; `instance`, from 1, is of a file of several. Cost: `O(bytes)`.
///
/// # Errors
/// [`ReadError`], with the line.
pub fn read_quadratic(
    path: &Path,
    variables: Variables,
    instance: usize,
) -> Result<QuadraticFile, ReadError> {
    parse_quadratic(&read_bytes(path)?, variables, instance).map_err(|(line, fault)| {
        ReadError::Line {
            path: path.to_owned(),
            line,
            fault,
        }
    })
}

/// Parses the content of a file.
///
/// # Errors
/// The line, from 1, and the rule that it violates.
pub fn parse_quadratic(
    bytes: &[u8],
    variables: Variables,
    instance: usize,
) -> Result<QuadraticFile, (usize, Fault)> {
    if array::is_array(bytes) {
        return array::parse(bytes).map_err(|fault| (1, fault));
    }
    if let Some(fault) = format::unread(bytes) {
        return Err((1, fault));
    }
    let text = words::text(bytes)?;
    let format = Format::of(text).map_err(|fault| (1, fault))?;
    if instance != 1 && format != Format::Beasley {
        let found = format!("{format}, one problem, of which instance {instance} was asked for");
        let remedy = "leave the key `instance` out";
        return Err((1, Fault::Unread { found, remedy }));
    }
    if variables == Variables::Spins && !matches!(format, Format::Coo | Format::List) {
        let found = format!("{format}, whose variables are 0 and 1");
        let remedy = "name it as `qubo:path=...`";
        return Err((1, Fault::Unread { found, remedy }));
    }
    match format {
        Format::Qubo => qubo::parse(text),
        Format::Coo => coo::parse(text, variables),
        Format::List => list::parse(text, variables),
        Format::Beasley => list::parse_several(text, instance),
        Format::MatrixMarket => market::parse(text),
        Format::Array => array::parse(bytes).map_err(|fault| (1, fault)),
        Format::Lp => lp::parse(text),
    }
}

/// Reads a graph: an edge list (rudy, G-set), DIMACS, or MatrixMarket; see [`gwg_models::io::edges`]. Cost: `O(bytes)`.
///
/// # Errors
/// [`ReadError`]; a file of spins with biases is no graph.
pub fn read_graph(path: &Path) -> Result<EdgeList, ReadError> {
    let refused = |line, fault| IoError::Edges {
        path: path.to_owned(),
        line,
        fault,
    };
    let bytes = read_bytes(path)?;
    let graph = parse_edges(&bytes).map_err(|(line, fault)| refused(line, fault))?;
    let text = words::text(&bytes).unwrap_or_default();
    if edges::Format::of(text) == edges::Format::Coo {
        let (found, remedy) = (
            "biases of spins (COO)".to_owned(),
            "name it as `ising:path=...`",
        );
        return Err(refused(1, LineFault::Unread { found, remedy }).into());
    }
    Ok(graph)
}
