//! The values of keys: how they are read, how they are written, what is allowed.

use std::fmt;
use std::path::PathBuf;

use super::error::ValueFault;
use super::path::{path_of, written};
use gwg_core::{AnyBalance, Scan};
use gwg_models::fhmm::Extension;

/// What a key may be set to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Allowed {
    /// An integer, both ends included.
    Count {
        /// The smallest.
        min: usize,
        /// The largest.
        max: usize,
    },
    /// Any integer from 0 to 2^64 - 1.
    Seed,
    /// A finite number, both ends included.
    Number {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// The path of a file.
    Path,
    /// The path of a file, or the word `none`.
    OptionalPath,
    /// An integer, both ends included, or the word `auto`.
    CountOrAuto {
        /// The smallest.
        min: usize,
        /// The largest.
        max: usize,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A finite number, both ends included, or the word `auto`.
    OrAuto {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count { min, max } => write!(f, "an integer from {min} to {max}"),
            Self::Seed => write!(f, "an integer from 0 to {}", u64::MAX),
            Self::Number { min, max } if min == f64::MIN && max == f64::MAX => {
                f.write_str("a finite number")
            }
            Self::Number { min, max } if min == f64::MIN_POSITIVE && max == f64::MAX => {
                f.write_str("a finite number above 0")
            }
            Self::Number { min, max } if min == f64::MIN_POSITIVE && max == 1.0_f64.next_down() => {
                f.write_str("a number between 0 and 1, not 0 or 1 itself")
            }
            Self::Number { min, max } if min == f64::MIN_POSITIVE => {
                write!(f, "a number above 0, at most {max}")
            }
            Self::Number { min, max } if max == f64::MAX => {
                write!(f, "a finite number, at least {min}")
            }
            Self::Number { min, max } => write!(f, "a number from {min} to {max}"),
            Self::Path => f.write_str("the path of a file"),
            Self::OptionalPath => f.write_str("the path of a file, or none"),
            Self::CountOrAuto { min, max } => {
                write!(f, "{}, or auto", Self::Count { min, max })
            }
            Self::Choice([others @ .., last]) if !others.is_empty() => {
                write!(f, "{} or {last}", others.join(", "))
            }
            Self::Choice(words) => f.write_str(&words.concat()),
            Self::OrAuto { min, max } => write!(f, "{}, or auto", Self::Number { min, max }),
        }
    }
}

/// A type that a key can have.
pub trait Setting: Sized {
    /// Reads a value whose quotes have been taken off.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(text: &str, allowed: Allowed) -> Result<Self, ValueFault>;
    /// Writes it as it stands in a spec.
    fn write(&self) -> String;
}

impl Setting for usize {
    fn read(text: &str, allowed: Allowed) -> Result<Self, ValueFault> {
        let value = integer(text)?;
        match allowed {
            Allowed::Count { min, max } if !(min..=max).contains(&value) => {
                Err(ValueFault::OutOfRange)
            }
            _ => Ok(value),
        }
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Setting for u64 {
    fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
        integer(text)
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// A faulty integer is told apart: not a number at all, a number with a fraction, one beyond the range.
fn integer<T: std::str::FromStr>(text: &str) -> Result<T, ValueFault> {
    text.parse().map_err(|_| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            ValueFault::OutOfRange
        } else if text.parse::<f64>().is_ok() {
            ValueFault::NotAnInteger
        } else {
            ValueFault::NotANumber
        }
    })
}

impl Setting for f64 {
    fn read(text: &str, allowed: Allowed) -> Result<Self, ValueFault> {
        let value: Self = text.parse().map_err(|_| ValueFault::NotANumber)?;
        match allowed {
            _ if !value.is_finite() => Err(ValueFault::NotFinite),
            Allowed::Number { min, max } if !(min..=max).contains(&value) => {
                Err(ValueFault::OutOfRange)
            }
            _ => Ok(value),
        }
    }

    fn write(&self) -> String {
        // Both forms are the shortest that read back to the same bits.
        if *self == 0.0 || (1e-5..1e16).contains(&self.abs()) {
            format!("{self}")
        } else {
            format!("{self:e}")
        }
    }
}

impl Setting for Extension {
    fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
        Self::of_name(text).ok_or(ValueFault::UnknownWord)
    }

    fn write(&self) -> String {
        self.name().to_owned()
    }
}

/// `None`: the word `auto`.
impl Setting for Option<f64> {
    fn read(text: &str, allowed: Allowed) -> Result<Self, ValueFault> {
        match (text, allowed) {
            ("auto", Allowed::OrAuto { .. }) => Ok(None),
            (_, Allowed::OrAuto { min, max }) => {
                f64::read(text, Allowed::Number { min, max }).map(Some)
            }
            _ => f64::read(text, allowed).map(Some),
        }
    }

    fn write(&self) -> String {
        self.map_or_else(|| "auto".to_owned(), |number| number.write())
    }
}

/// `None`: the word `auto`.
impl Setting for Option<usize> {
    fn read(text: &str, allowed: Allowed) -> Result<Self, ValueFault> {
        match (text, allowed) {
            ("auto", Allowed::CountOrAuto { .. }) => Ok(None),
            (_, Allowed::CountOrAuto { min, max }) => {
                usize::read(text, Allowed::Count { min, max }).map(Some)
            }
            _ => usize::read(text, allowed).map(Some),
        }
    }

    fn write(&self) -> String {
        self.map_or_else(|| "auto".to_owned(), |number| number.write())
    }
}

/// `None`: the word `none`. A file of that name is `./none`.
impl Setting for Option<PathBuf> {
    fn read(text: &str, allowed: Allowed) -> Result<Self, ValueFault> {
        match (text, allowed) {
            ("none", Allowed::OptionalPath) => Ok(None),
            _ => PathBuf::read(text, allowed).map(Some),
        }
    }

    fn write(&self) -> String {
        self.as_ref()
            .map_or_else(|| "none".to_owned(), Setting::write)
    }
}

/// Reads and writes words: those of the second list, for what stands in the first.
macro_rules! words {
    ($type:ty: $($value:path = $word:literal),*) => {
        impl Setting for $type {
            fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
                match text {
                    $($word => Ok($value),)*
                    _ => Err(ValueFault::UnknownWord),
                }
            }

            fn write(&self) -> String {
                match self {
                    $($value => $word.to_owned(),)*
                }
            }
        }
    };
}

words!(AnyBalance: AnyBalance::Sqrt = "sqrt", AnyBalance::Barker = "barker", AnyBalance::Min = "min", AnyBalance::Max = "max");
words!(Scan: Scan::Systematic = "systematic", Scan::Random = "random");

/// What the bits of a word are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BitsOf {
    /// One site of 64 chains.
    Chains,
    /// 64 sites of one chain.
    Sites,
}

words!(BitsOf: BitsOf::Chains = "chains", BitsOf::Sites = "sites");

/// How exact draws are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExactMethod {
    /// By elimination where its tables fit, else by coupling.
    Auto,
    Elimination,
    Coupling,
}

words!(ExactMethod: ExactMethod::Auto = "auto", ExactMethod::Elimination = "elimination", ExactMethod::Coupling = "coupling");

impl Setting for PathBuf {
    fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
        if text.is_empty() {
            return Err(ValueFault::Missing);
        }
        Ok(path_of(text))
    }

    fn write(&self) -> String {
        quoted(&written(self))
    }
}

/// The value as a spec writes it: in quotes where it would not be read back without.
pub(crate) fn quoted(text: &str) -> String {
    if text.contains([',', '"']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
