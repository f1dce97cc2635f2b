//! From a spec to a model.

use std::path::Path;
use std::sync::Arc;

use gwg_linalg::Scalar;

use super::AnyModel;
use crate::fhmm::{Extension, Law};
use crate::io::{EdgeList, IoError, Kind, Parameters, read_edges, read_model};
use crate::{
    DenseIsing, DensePotts, Factorized, FactorizedCategorical, Fhmm, LatticeIsing, LatticeOrdinal,
    LatticePotts, ModelError, ModelSpec, QuadraticFhmm, Rbm, SparseIsing,
};

/// Why a model could not be built. The message is whole: it has no further source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A file is missing, or breaks a rule.
    #[error(transparent)]
    Io(#[from] IoError),
    /// The parameters are none of the model's.
    #[error("model `{spec}`: {error}")]
    Model {
        /// The canonical spec.
        spec: String,
        /// What is wrong.
        error: ModelError,
    },
    /// The parameters do not fit into memory.
    #[error(
        "model `{spec}`: needs about {bytes} bytes, more than this machine gives; choose smaller sizes"
    )]
    Memory {
        /// The canonical spec.
        spec: String,
        /// An estimate.
        bytes: u128,
    },
    /// A kind was named for a model that is no file.
    #[error(
        "model `{spec}`: kind `{kind}` was asked for, but only model files (.safetensors) have a kind; leave out --kind"
    )]
    Kind {
        /// The canonical spec.
        spec: String,
        /// The kind.
        kind: Kind,
    },
}

impl<R: Scalar> AnyModel<R> {
    /// Builds the model of a spec: reads its file, or draws its parameters.
    ///
    /// `kind` says what a model file holds, where the file itself does not.
    ///
    /// # Errors
    /// [`BuildError`]. That memory is too small is found beforehand where the system tells.
    pub fn build(spec: &ModelSpec, kind: Option<Kind>) -> Result<Self, BuildError> {
        if let (false, Some(kind)) = (matches!(spec, ModelSpec::File(_)), kind) {
            let spec = spec.to_string();
            return Err(BuildError::Kind { spec, kind });
        }
        let failed = |error| BuildError::Model {
            spec: spec.to_string(),
            error,
        };
        let room = |numbers: &[usize]| reserve::<R>(spec, numbers);
        match *spec {
            ModelSpec::File(ref path) => Self::from_parameters(read_model(path, kind)?),
            ModelSpec::IsingLattice {
                side,
                theta,
                bias,
                dims,
            } => LatticeIsing::new(dims, side, theta, bias)
                .map(|model| Self::LatticeIsing(Arc::new(model))),
            ModelSpec::IsingEr {
                sites,
                degree,
                seed,
            } => {
                // Two ends of an edge, each an index and a number; before that a list of edges.
                let neighbors = (degree as usize).min(sites);
                room(&[sites, 8, neighbors.saturating_add(1)])?;
                SparseIsing::erdos_renyi(sites, degree, seed)
                    .map(|model| Self::SparseIsing(Arc::new(model)))
            }
            ModelSpec::IsingDense { sites, scale, seed } => {
                room(&[sites, sites])?;
                DenseIsing::random(sites, scale, seed)
                    .map(|model| Self::DenseIsing(Arc::new(model)))
            }
            ModelSpec::IsingFile { ref path, scale } => {
                let list = scaled(path, scale)?;
                room(&[list.sites, 8])?;
                SparseIsing::new(list.sites, &list.edges, None)
                    .map(|model| Self::SparseIsing(Arc::new(model)))
            }
            ModelSpec::PottsLattice {
                side,
                states,
                theta,
                dims,
            } => LatticePotts::new(dims, side, states, theta)
                .map(|model| Self::LatticePotts(Arc::new(model))),
            ModelSpec::PottsDense {
                sites,
                states,
                scale,
                seed,
            } => {
                // The couplings and, while it is made, their rearranged copy.
                room(&[sites, sites, states, states, 2])?;
                DensePotts::random(sites, states, scale, seed)
                    .map(|model| Self::DensePotts(Arc::new(model)))
            }
            ModelSpec::OrdinalLattice {
                side,
                levels,
                coupling,
                field,
                dims,
            } => LatticeOrdinal::new(dims, side, levels, coupling, field)
                .map(|model| Self::LatticeOrdinal(Arc::new(model))),
            ModelSpec::Rbm {
                visible,
                hidden,
                seed,
            } => {
                room(&[visible, hidden])?;
                Rbm::random(visible, hidden, seed).map(|model| Self::Rbm(Arc::new(model)))
            }
            ModelSpec::Fhmm {
                length,
                factors,
                sigma,
                keep,
                start,
                extension,
                seed,
            } => {
                room(&[length, factors])?;
                let law = Law { sigma, keep, start };
                Fhmm::random(length, factors, law, seed).map(|model| match extension {
                    Extension::Multilinear => Self::Fhmm(Arc::new(model)),
                    Extension::Quadratic => Self::QuadraticFhmm(Arc::new(QuadraticFhmm(model))),
                })
            }
            ModelSpec::Bernoulli { sites, seed } => {
                room(&[sites, 2])?;
                Factorized::random_bernoulli(sites, seed)
                    .map(|model| Self::Factorized(Arc::new(model)))
            }
            ModelSpec::Categorical {
                sites,
                states,
                seed,
            } => {
                room(&[sites, states, 2])?;
                FactorizedCategorical::random(sites, states, seed)
                    .map(|model| Self::FactorizedCategorical(Arc::new(model)))
            }
        }
        .map_err(failed)
    }

    /// The model with the parameters of a file.
    ///
    /// # Errors
    /// [`ModelError`] with the first parameter that is none of the model's.
    pub fn from_parameters(parameters: Parameters<'_, R>) -> Result<Self, ModelError> {
        match parameters {
            Parameters::Rbm {
                weights,
                visible_bias,
                hidden_bias,
            } => Rbm::new(
                weights.into_owned(),
                visible_bias.into_owned(),
                hidden_bias.into_owned(),
            )
            .map(|model| Self::Rbm(Arc::new(model))),
            Parameters::IsingDense { coupling, field } => {
                DenseIsing::new(coupling.into_owned(), field.into_owned())
                    .map(|model| Self::DenseIsing(Arc::new(model)))
            }
            Parameters::PottsDense {
                sites,
                states,
                coupling,
                field,
            } => DensePotts::new(sites, states, &coupling, field.into_owned())
                .map(|model| Self::DensePotts(Arc::new(model))),
        }
    }
}

fn scaled(path: &Path, scale: f64) -> Result<EdgeList, IoError> {
    let mut list = read_edges(path)?;
    for (_, _, weight) in &mut list.edges {
        *weight *= scale;
    }
    Ok(list)
}

/// Asks the system for the memory of so many numbers, and gives it back: a refusal here is an error,
/// one in the midst of a constructor the end of the process.
fn reserve<R>(spec: &ModelSpec, numbers: &[usize]) -> Result<(), BuildError> {
    let product = numbers.iter().map(|&n| n as u128);
    let bytes = product.fold(size_of::<R>() as u128, u128::saturating_mul);
    let room = |bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok();
    if usize::try_from(bytes).is_ok_and(room) {
        return Ok(());
    }
    Err(BuildError::Memory {
        spec: spec.to_string(),
        bytes,
    })
}
