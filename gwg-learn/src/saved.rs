//! Training that is saved, and goes on.

use crate::mixing::Adapted;
use gwg_chains::{Frame, FrameError};
use gwg_models::io::excerpt;
use serde::{Deserialize, Serialize};

/// Why saved training does not go on. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The bytes are those that were saved.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The training is of the same model and data.
    #[error("the saved training is of another {what}: found {found}, allowed is {expected}")]
    Other {
        /// What differs.
        what: &'static str,
        /// In the saved training.
        found: String,
        /// In this one.
        expected: String,
    },
    /// The training has the same options.
    #[error(
        "the saved training has another `{name}`: found {found}, and this one has {expected}; give the same options"
    )]
    Option {
        /// The option.
        name: String,
        /// In the saved training.
        found: String,
        /// In this one.
        expected: String,
    },
    /// All numbers are finite.
    #[error(
        "the saved training diverged: {found} of its numbers are not finite; take an earlier save"
    )]
    NotFinite {
        /// How many are not.
        found: usize,
    },
}

/// What the rest of a training run depends on: parameters, what the optimizer keeps, states of the model, generators.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SavedTraining {
    /// The kind of model in a line, and the options in the lines after it: [`described`].
    pub(crate) what: String,
    /// Of the data.
    pub(crate) checksum: u64,
    pub(crate) update: u64,
    /// Parameters and what the optimizer keeps.
    pub(crate) numbers: Vec<Vec<f32>>,
    #[serde(with = "serde_bytes")]
    pub(crate) states: Vec<u8>,
    pub(crate) generators: Vec<u128>,
    /// The order of the rows of data, and the place in it.
    pub(crate) order: Vec<u32>,
    /// Chains of other crates, in their own format.
    #[serde(with = "serde_bytes")]
    pub(crate) chains: Vec<u8>,
    /// Sweeps and rates that follow the chains.
    pub(crate) adapted: Option<Adapted>,
    /// Which couplings are active, and when that changes.
    pub(crate) graph: Vec<u64>,
}

const FRAME: Frame = Frame::new(b"gwglern", 3);

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
            return Err(differ(&saved.what, &like.what));
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
            let text = |s: &Self| {
                let numbers: usize = s.numbers.iter().map(Vec::len).sum();
                format!("{numbers} numbers and {} symbols", s.states.len())
            };
            return other("size", text(&saved), text(like));
        }
        let wrong = saved.numbers.iter().flatten().filter(|x| !x.is_finite());
        match wrong.count() {
            0 => Ok(saved),
            found => Err(ResumeError::NotFinite { found }),
        }
    }
}

/// The kind of model and the options that a training run depends on: whatever options there are, each in a line.
pub(crate) fn described(kind: &str, options: &dyn std::fmt::Debug) -> String {
    format!("{kind}\n{options:#?}")
}

/// The first thing in which two descriptions differ.
fn differ(found: &str, expected: &str) -> ResumeError {
    let first = |text: &str| excerpt(text.lines().next().unwrap_or_default());
    if first(found) != first(expected) {
        return ResumeError::Other {
            what: "kind",
            found: first(found),
            expected: first(expected),
        };
    }
    // A value may take several lines: its name is in the first of them.
    let mut name = "options".to_owned();
    for (a, b) in found.lines().zip(expected.lines()) {
        let of_b = b.split_once(": ");
        if let Some((of_b, _)) = of_b {
            name = of_b.trim().to_owned();
        }
        if a != b {
            return ResumeError::Option {
                name,
                found: value(a),
                expected: value(b),
            };
        }
    }
    ResumeError::Option {
        name,
        found: "other ones".to_owned(),
        expected: "these".to_owned(),
    }
}

/// The value of an option in its line.
fn value(line: &str) -> String {
    let value = line.split_once(": ").map_or(line, |(_, value)| value);
    let value = value.trim_matches(|c: char| c.is_whitespace() || ",{(".contains(c));
    excerpt(&value.to_lowercase())
}

/// A checksum of rows and weights.
pub(crate) fn checksum(data: &crate::Data) -> u64 {
    let weights = data
        .weights()
        .iter()
        .flat_map(|w| w.to_bits().to_le_bytes());
    fnv(data.symbols().iter().copied().chain(weights))
}

/// A checksum of bytes (FNV-1a).
pub(crate) fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
