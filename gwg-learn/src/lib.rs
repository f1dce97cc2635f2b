//! Learning of energy-based models of discrete data.
//!
//! - [`read_alignment`]: aligned sequences of proteins and RNA;
//! - [`sequence_weights`]: weights of sequences that resemble each other;
//! - [`Data`]: rows of symbols with weights;
//! - [`log_likelihood`]: the mean log-likelihood of data, in nats and bits per dimension;
//! - [`log_z`]: the partition function, by annealed importance sampling and other methods;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod alignment;
mod data;
mod evaluate;
mod ladder;
pub mod log_z;
mod optimizer;
mod pcd;
mod potts;
mod rbm;
mod weights;

pub use alignment::{
    Alignment, AlignmentError, AlignmentFault, AlignmentFormat, AlignmentOptions, Alphabet,
    AlphabetError, Place, UnknownLetters, fasta_text, parse_alignment, read_alignment, write_fasta,
};
pub use data::{Data, DataError};
pub use evaluate::{EvaluateError, LogLikelihood, check_total_probability, log_likelihood};
pub use ladder::{Ladder, LadderBuilder, LadderLogZ, PottsRung, SweptModel};
pub use optimizer::{Optimizer, Penalty, Schedule};
pub use pcd::{BindModel, Pcd, PcdError, PcdOptions, PcdUpdate};
pub use potts::{
    Correlations, Moments, PairPotts, PairPottsError, PottsChains, PottsOptions, PottsTables,
    PottsTrainer, PottsUpdate,
};
pub use rbm::{RbmChains, RbmLayers, RbmOptions, RbmTrainer, RbmUpdate};
pub use weights::{DEFAULT_IDENTITY, sequence_weights};
