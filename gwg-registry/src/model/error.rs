use gwg_models::ModelError;
use gwg_models::io::{IoError, Kind, visible_path};
use gwg_nets::NetError;
use std::path::PathBuf;

/// Why a model could not be built. The message is whole: it has no further source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A file is missing, or breaks a rule.
    #[error(transparent)]
    Io(#[from] IoError),
    /// A file of a network breaks a rule.
    #[error("{}: {error}", visible_path(path))]
    Network {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: Box<NetError>,
    },
    /// The file holds no model with an energy.
    #[error("{}: {what}", visible_path(path))]
    NoEnergy {
        /// The file.
        path: PathBuf,
        /// What it holds, and what to do with it.
        what: &'static str,
    },
    /// The parameters are none of the model's.
    #[error("model `{spec}`: {error}")]
    Model {
        /// The canonical spec.
        spec: String,
        /// What is wrong.
        error: ModelError,
    },
    /// A key does not agree with a file that the spec names.
    #[error("model `{spec}`: key `{key}`: {why}")]
    Key {
        /// The canonical spec.
        spec: String,
        /// The key.
        key: &'static str,
        /// What was found, and what is allowed.
        why: String,
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
    /// The model was built with symbols of another width than it has.
    #[error(
        "model `{spec}`: symbols of 8 bits are for models of at most 256 states per site, symbols of 16 bits for all others; see `ModelSpec::is_wide`"
    )]
    Width {
        /// The canonical spec.
        spec: String,
    },
    /// A kind was named for a model that is no file.
    #[error(
        "model `{spec}`: kind `{kind}` was requested, but only model files (.safetensors) have a kind; omit --kind"
    )]
    Kind {
        /// The canonical spec.
        spec: String,
        /// The kind.
        kind: Kind,
    },
}

/// A [`BuildError`] before the spec is added.
pub(crate) enum Fault {
    Io(IoError),
    Network(PathBuf, Box<NetError>),
    NoEnergy(PathBuf, &'static str),
    Model(ModelError),
    Key(&'static str, String),
    Memory(u128),
    Width,
}

impl From<IoError> for Fault {
    fn from(error: IoError) -> Self {
        Self::Io(error)
    }
}

impl From<ModelError> for Fault {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

impl Fault {
    pub(crate) fn of(self, spec: String) -> BuildError {
        match self {
            Self::Io(error) => BuildError::Io(error),
            Self::Network(path, error) => BuildError::Network { path, error },
            Self::NoEnergy(path, what) => BuildError::NoEnergy { path, what },
            Self::Model(error) => BuildError::Model { spec, error },
            Self::Key(key, why) => BuildError::Key { spec, key, why },
            Self::Memory(bytes) => BuildError::Memory { spec, bytes },
            Self::Width => BuildError::Width { spec },
        }
    }
}

/// Allocates room for a product of so many numbers, and frees it: a refusal here is an error, one in the middle of a
/// constructor the end of the process.
pub(crate) fn reserve<R>(numbers: &[usize]) -> Result<(), Fault> {
    let product = numbers.iter().map(|&n| n as u128);
    let bytes = product.fold(size_of::<R>() as u128, u128::saturating_mul);
    let room = |bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok();
    if usize::try_from(bytes).is_ok_and(room) {
        return Ok(());
    }
    Err(Fault::Memory(bytes))
}

/// Why a model could not be written to a file. The message is whole: it has no further source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaveError {
    /// No file holds a model of this kind, or the system refused.
    #[error(transparent)]
    Io(#[from] IoError),
    /// The file of a network could not be made.
    #[error(transparent)]
    Network(#[from] Box<NetError>),
    /// The parameters are written as a dense matrix, for which there is no room.
    #[error(
        "the dense matrix of {sites} x {sites} couplings does not fit into memory; export a smaller model"
    )]
    Memory {
        /// The sites of the model.
        sites: usize,
    },
}
