/// A violated rule of the UAI format, at the line given by the error. Variables and factors are numbered from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UaiFault {
    /// Bytes that are not text.
    #[error("not text: byte {byte} of the file is not UTF-8")]
    NotText {
        /// The first such byte, from 0.
        byte: usize,
    },
    /// An unknown first word.
    #[error("found `{found}`, allowed as the first word are MARKOV and BAYES")]
    Type {
        /// The word.
        found: String,
    },
    /// Too few words.
    #[error("the file ends where {what} is expected")]
    Ended {
        /// What is missing.
        what: &'static str,
    },
    /// A word that should be an integer.
    #[error("{what}: found `{found}`, allowed is an integer from {min} to {max}")]
    Integer {
        /// The meaning of the word.
        what: &'static str,
        /// The word.
        found: String,
        /// The smallest allowed value.
        min: usize,
        /// The largest allowed value.
        max: usize,
    },
    /// More than two variables.
    #[error(
        "factor {factor} (from 0): found {found} variables, allowed are at most 2; replace it by pairwise factors with an auxiliary variable"
    )]
    Variables {
        /// The factor.
        factor: usize,
        /// The number of its variables.
        found: usize,
    },
    /// The same variable twice.
    #[error("factor {factor} (from 0): variable {variable} is listed twice")]
    Twice {
        /// The factor.
        factor: usize,
        /// The variable.
        variable: usize,
    },
    /// A table whose length does not match the states of its variables.
    #[error("factor {factor} (from 0): found a table of {found} numbers, needed are {needed}")]
    Table {
        /// The factor.
        factor: usize,
        /// The length in the file.
        found: usize,
        /// The product of the numbers of states.
        needed: usize,
    },
    /// An entry of 0.
    #[error(
        "factor {factor} (from 0), entry {entry}: found 0, a hard constraint, which can disconnect the states for single-site moves; allowed are numbers above 0 (1e-9 makes a state rare)"
    )]
    Zero {
        /// The factor.
        factor: usize,
        /// The position in the table, from 0.
        entry: usize,
    },
    /// An entry that is not a finite number above 0.
    #[error(
        "factor {factor} (from 0), entry {entry}: found `{found}`, allowed is a finite number above 0"
    )]
    Entry {
        /// The factor.
        factor: usize,
        /// The position in the table, from 0.
        entry: usize,
        /// The word.
        found: String,
    },
    /// Words after the last table.
    #[error("found `{found}` after the last table; remove it")]
    Trailing {
        /// The word.
        found: String,
    },
}
