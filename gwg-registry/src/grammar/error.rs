//! What can be wrong with a spec.

use std::fmt;

use super::settings::Keys;
use super::value::Allowed;

/// Why a spec was refused. The message says what is named by it (`noun`: a model, a sampler), quotes it, names the
/// key, and lists what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// The name is none of the table's (and, of a model, the text does not end in `.safetensors`).
    #[error("{noun} `{spec}`: unknown name `{name}`{hint}; allowed are {allowed}")]
    UnknownName {
        /// What the spec is of.
        noun: &'static str,
        /// The whole spec.
        spec: String,
        /// The name that was found.
        name: String,
        /// What was probably meant, from its semicolon on; empty where that is not known.
        hint: String,
        /// The known names, and what else there may be.
        allowed: String,
    },
    /// The name has no such key.
    #[error("{noun} `{spec}`: unknown key `{key}`{}; {entry}", Meant(*closest))]
    UnknownKey {
        /// What the spec is of.
        noun: &'static str,
        /// The whole spec.
        spec: String,
        /// The key that was found.
        key: String,
        /// The known key that was probably meant.
        closest: Option<&'static str>,
        /// The name, with its keys.
        entry: Keys,
    },
    /// A key stands twice.
    #[error("{noun} `{spec}`: key `{key}` is set twice; once is allowed")]
    DuplicateKey {
        /// What the spec is of.
        noun: &'static str,
        /// The whole spec.
        spec: String,
        /// The key.
        key: &'static str,
    },
    /// Between two commas stands something without `=`.
    #[error("{noun} `{spec}`: found `{found}` where key=value is expected; {entry}")]
    NotASetting {
        /// What the spec is of.
        noun: &'static str,
        /// The whole spec.
        spec: String,
        /// What stands there.
        found: String,
        /// The name, with its keys.
        entry: Keys,
    },
    /// A key without default was left out.
    #[error("{noun} `{spec}`: key `{key}` is missing and has no default; {entry}")]
    MissingKey {
        /// What the spec is of.
        noun: &'static str,
        /// The whole spec.
        spec: String,
        /// The key.
        key: &'static str,
        /// The name, with its keys.
        entry: Keys,
    },
    /// A quoted value does not end, or does not end at a comma.
    #[error(
        "{noun} `{spec}`: key `{key}`: the quoted value must end in `\"` followed by a comma or nothing; \
             write `\"\"` for a quote inside it"
    )]
    Quote {
        /// What the spec is of.
        noun: &'static str,
        /// The whole spec.
        spec: String,
        /// The key.
        key: String,
    },
    /// A value cannot be what its key stands for.
    #[error("{noun} `{spec}`: key `{key}`: {fault}: found `{found}`, allowed is {allowed}")]
    Value {
        /// What the spec is of.
        noun: &'static str,
        /// The whole spec.
        spec: String,
        /// The key.
        key: &'static str,
        /// The value that was found.
        found: String,
        /// What is wrong with it.
        fault: ValueFault,
        /// What is allowed.
        allowed: Allowed,
    },
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueFault {
    /// Nothing stands after `=`.
    #[error("the value is missing")]
    Missing,
    /// A number was expected.
    #[error("not a number")]
    NotANumber,
    /// A number with a fraction or an exponent, where an integer was expected.
    #[error("not written as an integer")]
    NotAnInteger,
    /// NaN or infinite, or too large for 64 bits.
    #[error("not a finite number")]
    NotFinite,
    /// Smaller or larger than allowed.
    #[error("out of range")]
    OutOfRange,
    /// None of the words that are allowed.
    #[error("unknown word")]
    UnknownWord,
}

/// "; did you mean ...", where something near is known.
pub(super) struct Meant(pub(super) Option<&'static str>);

impl fmt::Display for Meant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |word| write!(f, "; did you mean `{word}`?"))
    }
}
