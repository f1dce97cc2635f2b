//! Model files: named tensors in the safetensors format.
//!
//! | `kind` | tensors | `f` |
//! |---|---|---|
//! | `rbm` | `W` (visible, hidden), `b` (visible), `c` (hidden) | `b.v + sum_j softplus(c_j + (vW)_j)` |
//! | `rbm-categorical` | `W` (L, q, hidden), `b` (L, q), `c` (hidden) | `sum_i b[i,x_i] + sum_j softplus(c_j + sum_i W[i,x_i,j])` |
//! | `ising-dense` | `J` (n, n), `h` (n) | `s'Js + h.s`, `s = 2x - 1` |
//! | `potts-dense` | `J` (L, L, q, q), `h` (L, q) | `sum over ordered pairs J[i,j,x_i,x_j] + sum_i h[i,x_i]` |
//!
//! - Tensors are F32 or F64, independently of each other; every entry is finite; no size is 0; other tensors are not
//!   allowed.
//! - `J` is symmetric (`J[i,j] = J[j,i]`, `J[i,j,a,b] = J[j,i,b,a]`) with zeros for `i = j`.
//! - The kind is the string `kind` of the file's metadata. If it is missing, it is given by the caller or determined
//!   by the names and ranks of the tensors.

mod header;
mod kind;
mod named;
mod rules;
mod write;

use std::borrow::Cow;
use std::path::Path;

use gwg_core::Real;

use super::error::{IoError, ModelFault};
use super::files;
use header::Contents;

pub use kind::Kind;
pub use named::{NamedTensor, named_to_bytes, named_with_metadata, parse_metadata, parse_named};
pub use write::{to_bytes, write_model};

/// The content of a model file, row-major, in the precision of the model.
///
/// Borrowed if it is written from a model, owned if it was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters<'a, R: Real> {
    /// A restricted Boltzmann machine.
    Rbm {
        /// `W`, shape (visible, hidden).
        weights: Cow<'a, [R]>,
        /// `b`, one number per visible unit.
        visible_bias: Cow<'a, [R]>,
        /// `c`, one number per hidden unit.
        hidden_bias: Cow<'a, [R]>,
    },
    /// A restricted Boltzmann machine with categorical visible units.
    RbmCategorical {
        /// The number of states, q.
        states: usize,
        /// `W`, shape (L, q, hidden).
        weights: Cow<'a, [R]>,
        /// `b`, shape (L, q).
        visible_bias: Cow<'a, [R]>,
        /// `c`, one number per hidden unit.
        hidden_bias: Cow<'a, [R]>,
    },
    /// An Ising model with a full matrix of couplings.
    IsingDense {
        /// `J`, shape (n, n).
        coupling: Cow<'a, [R]>,
        /// `h`, one number per site.
        field: Cow<'a, [R]>,
    },
    /// A Potts model with a block of couplings for each pair of sites.
    PottsDense {
        /// The number of sites, L.
        sites: usize,
        /// The number of states, q.
        states: usize,
        /// `J`, shape (L, L, q, q).
        coupling: Cow<'a, [R]>,
        /// `h`, shape (L, q).
        field: Cow<'a, [R]>,
    },
}

impl<R: Real> Parameters<'_, R> {
    /// The kind of model.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Rbm { .. } => Kind::Rbm,
            Self::RbmCategorical { .. } => Kind::RbmCategorical,
            Self::IsingDense { .. } => Kind::IsingDense,
            Self::PottsDense { .. } => Kind::PottsDense,
        }
    }
}

/// Reads a model file; `kind` is the kind of model if the file itself does not state it.
///
/// # Errors
/// [`IoError::Model`] with the first violated rule, or the error of the system.
pub fn read_model<R: Real>(
    path: &Path,
    kind: Option<Kind>,
) -> Result<Parameters<'static, R>, IoError> {
    parse_model(&files::read(path)?, kind).map_err(|fault| IoError::Model {
        path: path.to_owned(),
        fault,
    })
}

/// Parses the content of a model file.
///
/// # Errors
/// The first violated rule.
pub fn parse_model<R: Real>(
    bytes: &[u8],
    kind: Option<Kind>,
) -> Result<Parameters<'static, R>, ModelFault> {
    let contents = Contents::parse(bytes)?;
    let kind = Kind::of(&contents, kind)?;
    contents.only(kind)?;
    match kind {
        Kind::Rbm => rbm(&contents),
        Kind::RbmCategorical => rbm_categorical(&contents),
        Kind::IsingDense => ising_dense(&contents),
        Kind::PottsDense => potts_dense(&contents),
    }
}

fn rbm<R: Real>(contents: &Contents<'_>) -> Result<Parameters<'static, R>, ModelFault> {
    let weights = contents.tensor(Kind::Rbm, "W")?;
    let visible_bias = contents.tensor(Kind::Rbm, "b")?;
    let hidden_bias = contents.tensor(Kind::Rbm, "c")?;
    rules::weights_fit(&weights.shape, &visible_bias.shape, hidden_bias.shape[0])?;
    Ok(Parameters::Rbm {
        weights: weights.numbers()?.into(),
        visible_bias: visible_bias.numbers()?.into(),
        hidden_bias: hidden_bias.numbers()?.into(),
    })
}

fn rbm_categorical<R: Real>(contents: &Contents<'_>) -> Result<Parameters<'static, R>, ModelFault> {
    let weights = contents.tensor(Kind::RbmCategorical, "W")?;
    let visible_bias = contents.tensor(Kind::RbmCategorical, "b")?;
    let hidden_bias = contents.tensor(Kind::RbmCategorical, "c")?;
    rules::weights_fit(&weights.shape, &visible_bias.shape, hidden_bias.shape[0])?;
    let (sites, states) = (visible_bias.shape[0], visible_bias.shape[1]);
    rules::states(sites, states)?;
    Ok(Parameters::RbmCategorical {
        states,
        weights: weights.numbers()?.into(),
        visible_bias: visible_bias.numbers()?.into(),
        hidden_bias: hidden_bias.numbers()?.into(),
    })
}

fn ising_dense<R: Real>(contents: &Contents<'_>) -> Result<Parameters<'static, R>, ModelFault> {
    let coupling = contents.tensor(Kind::IsingDense, "J")?;
    let field = contents.tensor(Kind::IsingDense, "h")?;
    rules::couplings_fit(&coupling.shape, &field.shape)?;
    let n = field.shape[0];
    let coupling: Vec<R> = coupling.numbers()?;
    rules::couplings(&coupling, &[n, n])?;
    Ok(Parameters::IsingDense {
        coupling: coupling.into(),
        field: field.numbers()?.into(),
    })
}

fn potts_dense<R: Real>(contents: &Contents<'_>) -> Result<Parameters<'static, R>, ModelFault> {
    let coupling = contents.tensor(Kind::PottsDense, "J")?;
    let field = contents.tensor(Kind::PottsDense, "h")?;
    rules::couplings_fit(&coupling.shape, &field.shape)?;
    let (sites, states) = (field.shape[0], field.shape[1]);
    rules::states(sites, states)?;
    let coupling: Vec<R> = coupling.numbers()?;
    rules::couplings(&coupling, &[sites, sites, states, states])?;
    Ok(Parameters::PottsDense {
        sites,
        states,
        coupling: coupling.into(),
        field: field.numbers()?.into(),
    })
}
