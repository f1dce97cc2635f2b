//! What can be wrong with a file of parameters.

use std::path::PathBuf;

use gwg_models::io::{IoError, visible_path};

use crate::PairPottsError;

/// The reason why parameters were not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// The file cannot be read, or not be unpacked.
    #[error(transparent)]
    Io(#[from] IoError),
    /// Its content violates a rule.
    #[error("{}: {fault}", visible_path(.path))]
    Content {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        fault: ParamsFault,
    },
}

/// A violated rule of files of parameters. Lines are counted from 1, sites from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsFault {
    /// The file is text.
    #[error("line {line}: not UTF-8; allowed are lines `J i j a b value` and `h i a value`")]
    NotText {
        /// The line.
        line: usize,
    },
    /// A record has all its fields.
    #[error("line {line}: found {found} fields, allowed is `{allowed}`")]
    Fields {
        /// The line.
        line: usize,
        /// The number of fields.
        found: usize,
        /// The form of such a record.
        allowed: &'static str,
    },
    /// A site is a number from 0.
    #[error("line {line}: found site `{found}`, allowed is an integer from 0 to {most}")]
    Site {
        /// The line.
        line: usize,
        /// The word.
        found: String,
        /// The largest allowed site.
        most: u64,
    },
    /// A state is a letter of the alphabet.
    #[error(
        "line {line}: found state `{found}`, allowed are the letters {allowed}; name the alphabet of the model"
    )]
    Letter {
        /// The line.
        line: usize,
        /// The word.
        found: String,
        /// The alphabet.
        allowed: String,
    },
    /// The letters determine the alphabet, or it is given.
    #[error(
        "the letters {found} fit none of the alphabets rna, dna, protein and 01; name the alphabet"
    )]
    Alphabet {
        /// The letters.
        found: String,
    },
    /// In the older format, the largest state of the fields determines the alphabet, or it is given.
    #[error("the fields have states 0 to {}, but {alphabet}; name an alphabet with {states} letters", states - 1)]
    States {
        /// The number of states.
        states: usize,
        /// What is known of the alphabet.
        alphabet: String,
    },
    /// In the older format, the states of couplings are among those of fields.
    #[error(
        "line {line}: found {what} {found}, but the largest one of the lines `h` is {most}; the older format states every field"
    )]
    NoField {
        /// The line.
        line: usize,
        /// A site or a state.
        what: &'static str,
        /// Its number.
        found: u64,
        /// The largest one of the fields.
        most: u64,
    },
    /// Values are finite.
    #[error("line {line}: found value `{found}`, allowed is a finite number")]
    Value {
        /// The line.
        line: usize,
        /// The word.
        found: String,
    },
    /// There is at least one field.
    #[error(
        "found no line `h i a value`; at least one is needed, so copy the file again if it is truncated"
    )]
    NoFields,
    /// The sum of several records of one parameter is finite.
    #[error("the sum of the records of a parameter is not finite")]
    Sum,
    /// The number of parameters is not far above that of the records.
    #[error("line {line}: site {} makes a model of {sites} sites with {states} states, more than 2^27 parameters, but the file has {records} records; allowed are 100 parameters for each record above this number", sites - 1)]
    TooLarge {
        /// The line of the largest site.
        line: usize,
        /// The number of sites.
        sites: usize,
        /// The number of states.
        states: usize,
        /// The number of records.
        records: usize,
    },
    /// The shape of the model: see [`PairPottsError`].
    #[error(transparent)]
    Model(#[from] PairPottsError),
}
