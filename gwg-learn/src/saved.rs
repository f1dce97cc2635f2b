//! Training that is saved, and goes on.

use gwg_chains::{Frame, FrameError};
use serde::{Deserialize, Serialize};

/// Why saved training does not go on. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The bytes are those that were saved.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The training is of the same model, data and options.
    #[error("the saved training is of another {what}: {found}, and this one is of {expected}")]
    Other {
        /// What differs.
        what: &'static str,
        /// In the saved training.
        found: String,
        /// In this one.
        expected: String,
    },
}

/// What the rest of a training run depends on: parameters, what the optimizer keeps, states of the model, generators.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SavedTraining {
    /// The kind of model, its sizes, and the options in words.
    pub(crate) what: String,
    /// Of the data.
    pub(crate) checksum: u64,
    pub(crate) update: u64,
    /// Parameters and what the optimizer keeps.
    pub(crate) numbers: Vec<Vec<f32>>,
    pub(crate) states: Vec<u8>,
    pub(crate) generators: Vec<u128>,
    /// The order of the rows of data, and the place in it.
    pub(crate) order: Vec<u32>,
    /// Chains of other crates, in their own format.
    pub(crate) chains: Vec<u8>,
    /// Which couplings are active, and when that changes.
    pub(crate) graph: Vec<u64>,
}

const FRAME: Frame = Frame::new(b"gwglern", 2);

impl SavedTraining {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        // Nothing in it is of unknown length.
        FRAME.encode(self).unwrap_or_default()
    }

    /// Reads saved training of this kind, data and sizes.
    pub(crate) fn read(bytes: &[u8], like: &Self) -> Result<Self, ResumeError> {
        let saved: Self = FRAME.decode(bytes)?;
        let other = |what, found: String, expected: String| {
            Err(ResumeError::Other {
                what,
                found,
                expected,
            })
        };
        if saved.what != like.what {
            return other("kind", saved.what, like.what.clone());
        }
        if saved.checksum != like.checksum {
            let text = |sum: u64| format!("data with checksum {sum:016x}");
            return other("data set", text(saved.checksum), text(like.checksum));
        }
        let sizes = |s: &Self| {
            let numbers: Vec<usize> = s.numbers.iter().map(Vec::len).collect();
            let others = [s.states.len(), s.generators.len(), s.order.len()];
            (numbers, others, s.graph.len())
        };
        if sizes(&saved) != sizes(like) {
            let text = |s: &Self| format!("{:?}", sizes(s));
            return other("size", text(&saved), text(like));
        }
        Ok(saved)
    }
}

/// A checksum of rows and weights (FNV-1a).
pub(crate) fn checksum(data: &crate::Data) -> u64 {
    let weights = data
        .weights()
        .iter()
        .flat_map(|w| w.to_bits().to_le_bytes());
    let bytes = data.symbols().iter().copied().chain(weights);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
