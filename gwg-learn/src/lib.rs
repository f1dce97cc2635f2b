//! Learning of energy-based models of discrete data.
//!
//! - [`read_alignment`]: aligned sequences of proteins and RNA;
//! - [`sequence_weights`]: weights of sequences that resemble each other;
//! - [`Data`]: rows of symbols with weights;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod alignment;
mod data;
mod potts;
mod weights;

pub use alignment::{
    Alignment, AlignmentError, AlignmentFault, AlignmentFormat, AlignmentOptions, Alphabet,
    AlphabetError, Place, UnknownLetters, fasta_text, parse_alignment, read_alignment, write_fasta,
};
pub use data::{Data, DataError};
pub use potts::{PairPotts, PairPottsError};
pub use weights::{DEFAULT_IDENTITY, sequence_weights};
