//! Plain lists of numbers, such as fields: text, or NumPy's `.npy`.
//!
//! In text, numbers are separated by blanks or line ends, and text after `#` is ignored.

use super::error::IoError;
use super::files;
use super::npy::{self, NpyFault};
use super::text::{excerpt, text};
use std::path::Path;

/// A violated rule of a list of numbers.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NumbersFault {
    /// Bytes that are not text.
    #[error(
        "byte {byte} (from 0) is not UTF-8: neither text nor a .npy file; allowed are numbers, separated by blanks or line ends"
    )]
    NotText {
        /// The first such byte, from 0.
        byte: usize,
    },
    /// A word that is not a finite number.
    #[error("line {line}: found `{found}`, allowed is a finite number")]
    Number {
        /// The line, from 1.
        line: usize,
        /// The word.
        found: String,
    },
    /// An element of an array that is not finite.
    #[error("element {index} (from 0): found {found}, allowed is a finite number")]
    Element {
        /// Its position in row-major order.
        index: usize,
        /// Its value.
        found: String,
    },
    /// A wrong number of entries.
    #[error("found {found} numbers, needed are {needed}: {meaning}")]
    Count {
        /// The number of entries found.
        found: usize,
        /// The number of entries needed.
        needed: usize,
        /// The meaning of each entry.
        meaning: &'static str,
    },
    /// The file starts like a `.npy` file but is not one.
    #[error(transparent)]
    Npy(#[from] NpyFault),
}

/// Reads exactly `needed` finite numbers; `meaning` describes each of them, for example "one per site". Cost: `O(bytes)`.
///
/// # Errors
/// [`IoError::Numbers`], or [`IoError::Read`] if the file cannot be read.
pub fn read_numbers(
    path: &Path,
    needed: usize,
    meaning: &'static str,
) -> Result<Vec<f64>, IoError> {
    let found = parse_numbers(&files::read(path)?);
    let counted = found.and_then(|numbers| match numbers.len() {
        found if found == needed => Ok(numbers),
        found => Err(NumbersFault::Count {
            found,
            needed,
            meaning,
        }),
    });
    counted.map_err(|fault| IoError::Numbers {
        path: path.to_owned(),
        fault,
    })
}

/// Parses the content of a list of numbers of any length.
///
/// # Errors
/// The violated rule.
pub fn parse_numbers(bytes: &[u8]) -> Result<Vec<f64>, NumbersFault> {
    if bytes.starts_with(npy::MAGIC) {
        let numbers = npy::numbers(bytes)?;
        return match numbers.iter().position(|number| !number.is_finite()) {
            None => Ok(numbers),
            Some(index) => Err(NumbersFault::Element {
                index,
                found: numbers[index].to_string(),
            }),
        };
    }
    if bytes.starts_with(npy::ZIP) {
        return Err(NpyFault::Archive.into());
    }
    let text = text(bytes).map_err(|(_, byte)| NumbersFault::NotText { byte })?;
    let lines = (1..).zip(text.lines());
    let words = lines.flat_map(|(line, text)| {
        let text = text.split('#').next().unwrap_or_default();
        text.split_whitespace().map(move |word| (line, word))
    });
    let number = |(line, word): (usize, &str)| {
        let number = word.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| NumbersFault::Number {
            line,
            found: excerpt(word),
        })
    };
    words.map(number).collect()
}
