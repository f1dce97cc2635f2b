/// A rule of the UAI format that is broken, at the line that the error names. Variables and factors count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UaiFault {
    /// Bytes that are no text.
    #[error("not text: byte {byte} of the file is not UTF-8")]
    NotText {
        /// The first such byte, from 0.
        byte: usize,
    },
    /// Another first word.
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
    /// A word that should be a whole number.
    #[error("{what}: found `{found}`, allowed is an integer from {min} to {max}")]
    Integer {
        /// What it stands for.
        what: &'static str,
        /// The word.
        found: String,
        /// The smallest.
        min: usize,
        /// The largest.
        max: usize,
    },
    /// More than two variables.
    #[error(
        "factor {factor} (from 0): found {found} variables, allowed are at most 2; replace it by pairwise factors with an auxiliary variable"
    )]
    Variables {
        /// The factor.
        factor: usize,
        /// How many it has.
        found: usize,
    },
    /// Twice the same variable.
    #[error("factor {factor} (from 0): variable {variable} is named twice")]
    Twice {
        /// The factor.
        factor: usize,
        /// The variable.
        variable: usize,
    },
    /// A table of another length than the states of its variables imply.
    #[error("factor {factor} (from 0): found a table of {found} numbers, needed are {needed}")]
    Table {
        /// The factor.
        factor: usize,
        /// The length that the file states.
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
        /// The place in the table, from 0.
        entry: usize,
    },
    /// An entry that is no finite number above 0.
    #[error(
        "factor {factor} (from 0), entry {entry}: found `{found}`, allowed is a finite number above 0"
    )]
    Entry {
        /// The factor.
        factor: usize,
        /// The place in the table, from 0.
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
