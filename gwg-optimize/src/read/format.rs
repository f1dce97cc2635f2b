//! Formats, by their first words.

use super::Fault;
use super::words::lines;
use std::fmt;

/// A format of quadratic functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `p qubo`.
    Qubo,
    /// Three words in each line, variables from 0.
    Coo,
    /// `n m`, then `i j w`.
    List,
    /// A number of instances, then lists.
    Beasley,
    /// `%%MatrixMarket`.
    MatrixMarket,
    /// NumPy's `.npy`.
    Array,
    /// `Minimize` or `Maximize`.
    Lp,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Qubo => "a .qubo file",
            Self::Coo => "a COO file",
            Self::List => "a list `n m`, `i j w`",
            Self::Beasley => "a file of several lists",
            Self::MatrixMarket => "a MatrixMarket file",
            Self::Array => "an array of NumPy",
            Self::Lp => "an LP file",
        })
    }
}

impl Format {
    /// The format of a text.
    ///
    /// # Errors
    /// A format that is not read, or none.
    pub fn of(text: &str) -> Result<Self, Fault> {
        let start = text.trim_start();
        let unread = |found: &str, remedy| {
            let found = found.to_owned();
            Err(Fault::Unread { found, remedy })
        };
        if start.len() >= 14 && start.as_bytes()[..14].eq_ignore_ascii_case(b"%%MatrixMarket") {
            return Ok(Self::MatrixMarket);
        }
        let first = text
            .lines()
            .find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('\\'));
        let word = first
            .and_then(|line| line.split_whitespace().next())
            .unwrap_or("");
        if super::lp::SENSES
            .iter()
            .any(|(name, _)| word.eq_ignore_ascii_case(name))
        {
            return Ok(Self::Lp);
        }
        if ["c", "p"].iter().any(|w| word.eq_ignore_ascii_case(w)) {
            return Ok(Self::Qubo);
        }
        if super::coo::vartype(text).is_some() {
            return Ok(Self::Coo);
        }
        match lines(text).next().map(|(_, words)| words.len()) {
            Some(1) => Ok(Self::Beasley),
            Some(2) => Ok(Self::List),
            Some(3) => Ok(Self::Coo),
            None => unread("no line with a word", "name a file with a problem"),
            Some(_) => unread(
                "a first line of more than three words",
                "allowed are .qubo, COO, lists `n m` and `i j w`, MatrixMarket, .npy and LP",
            ),
        }
    }
}

/// A format that is not read, by its first bytes.
pub(super) fn unread(bytes: &[u8]) -> Option<Fault> {
    let start = bytes.trim_ascii_start();
    let is = ["DIMODBQM", "{", "["]
        .iter()
        .any(|first| start.starts_with(first.as_bytes()));
    is.then(|| Fault::Unread {
        found: "a model of dimod (.bqm or JSON)".to_owned(),
        remedy: "write it with dimod.serialization.coo.dump(bqm, file, vartype_header=True)",
    })
}
