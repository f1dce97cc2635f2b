//! Why training cannot begin.

use crate::{DataError, PairPottsError};

/// An error of a trainer before its first update. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The data can be learned by the model.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The model fits into memory.
    #[error(transparent)]
    Model(#[from] PairPottsError),
    /// An option is in its range.
    #[error("`{name}`: found {found}, allowed is {allowed}")]
    Option {
        /// The option.
        name: &'static str,
        /// Its value.
        found: f64,
        /// The allowed values.
        allowed: &'static str,
    },
}

/// Checks the largest norm of a gradient and the part that a moving average keeps.
pub(crate) fn check_steps(clip: f64, average: f64) -> Result<(), TrainError> {
    let refused = |name, found, allowed| {
        Err(TrainError::Option {
            name,
            found,
            allowed,
        })
    };
    if clip.is_nan() || clip < 0.0 {
        return refused("clip", clip, "at least 0");
    }
    if !(0.0..1.0).contains(&average) {
        return refused("average", average, "at least 0 and less than 1");
    }
    Ok(())
}
