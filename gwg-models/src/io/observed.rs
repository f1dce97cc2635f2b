//! Observations: the known symbols of some sites of a configuration.
//!
//! There are two formats. A text file,
//!
//! ```text
//! # blank lines and text after `#` are ignored
//! 0 1          site 0 is observed to be 1
//! 7 0          sites are numbered from 0
//! ```
//!
//! or NumPy's `.npy`: one integer per site, negative if the site is free; of any shape with that many elements, row-major.

use std::path::{Path, PathBuf};

use gwg_core::{Space, Symbol};

use super::error::IoError;
use super::files;
use super::npy::{MAGIC, NpyError, NpyFault, ZIP, integers, rows};
use super::text::{Shown, excerpt, text};

const PAIR: &str = "site value";

/// The reason why observations were rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObservedError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] IoError),
    /// The file starts like a `.npy` file but is not one.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// A line of the text file violates a rule.
    #[error("{}:{line}: {fault}", Shown(path))]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The violated rule.
        fault: ObservedFault,
    },
    /// The observations as a whole violate a rule.
    #[error("{}: {fault}", Shown(path))]
    Whole {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        fault: ObservedFault,
    },
}

/// A violated rule of observations.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObservedFault {
    /// The bytes are not UTF-8.
    #[error(
        "byte {byte} (from 0) is not UTF-8: neither text nor a .npy file; allowed are lines `{PAIR}`, or a .npy file"
    )]
    NotText {
        /// The position of the first such byte in the file.
        byte: usize,
    },
    /// A line without exactly two words.
    #[error("found {found} words, allowed are two: `{PAIR}`")]
    Words {
        /// The number of words.
        found: usize,
    },
    /// A site that is not in the model.
    #[error("site: found `{found}`, allowed is an integer from 0 to {}", sites - 1)]
    Site {
        /// The word found.
        found: String,
        /// The number of sites of the model.
        sites: usize,
    },
    /// A value that is not a state of its site.
    #[error("site {site}: value: found `{found}`, allowed is an integer from 0 to {}", states - 1)]
    Value {
        /// The site, from 0.
        site: usize,
        /// The word found.
        found: String,
        /// The number of states of the site.
        states: usize,
    },
    /// A site with two different values.
    #[error("site {site}: found {found}, but line {first} has {before}; keep one of the two lines")]
    Twice {
        /// The site, from 0.
        site: usize,
        /// The value of this line.
        found: u16,
        /// The earlier line.
        first: usize,
        /// The value in the earlier line.
        before: u16,
    },
    /// An array with a shape that does not match the model.
    #[error(
        "found an array of shape {found:?}, allowed are {sites} integers in row-major order, one per site, negative if it is free"
    )]
    Shape {
        /// The shape of the array.
        found: Vec<usize>,
        /// The number of sites of the model.
        sites: usize,
    },
    /// No site is observed.
    #[error(
        "no site is observed: found an empty list, needed is at least one line `{PAIR}` (in a .npy file: an integer of at least 0)"
    )]
    Nothing,
    /// All sites are observed.
    #[error(
        "all {sites} sites are observed: there is nothing to sample; leave at least one of them free"
    )]
    Everything {
        /// The number of sites of the model.
        sites: usize,
    },
}

/// Reads observations of a configuration of `space`: for each site its symbol, or `None` if it is free. At least one
/// site must be observed, and at least one free. Cost: `O(bytes + sites)`.
///
/// # Errors
/// [`ObservedError`], with the line and the site.
pub fn read_observed<S: Space>(
    path: &Path,
    space: &S,
) -> Result<Vec<Option<S::Symbol>>, ObservedError> {
    let bytes = files::read(path)?;
    let whole = |fault| ObservedError::Whole {
        path: path.to_owned(),
        fault,
    };
    let fault = |fault| NpyError::Fault {
        path: path.to_owned(),
        fault,
    };
    let observed = if bytes.starts_with(MAGIC) {
        array(integers(&bytes).map_err(fault)?, space).map_err(whole)?
    } else if bytes.starts_with(ZIP) {
        return Err(fault(NpyFault::Archive).into());
    } else {
        parse_observed(&bytes, space).map_err(|(line, fault)| ObservedError::Line {
            path: path.to_owned(),
            line,
            fault,
        })?
    };
    let free = observed.iter().filter(|held| held.is_none()).count();
    let sites = space.sites();
    match free {
        0 => Err(whole(ObservedFault::Everything { sites })),
        free if free == sites => Err(whole(ObservedFault::Nothing)),
        _ => Ok(observed),
    }
}

/// Parses the content of a text file.
///
/// # Errors
/// The line, from 1, and the rule that it violates.
pub fn parse_observed<S: Space>(
    bytes: &[u8],
    space: &S,
) -> Result<Vec<Option<S::Symbol>>, (usize, ObservedFault)> {
    let text = text(bytes).map_err(|(line, byte)| (line, ObservedFault::NotText { byte }))?;
    let mut observed: Vec<Option<S::Symbol>> = vec![None; space.sites()];
    let mut lines = vec![0; space.sites()];
    for (line, text) in (1..).zip(text.lines()) {
        let words = text.split('#').next().unwrap_or_default();
        let words: Vec<&str> = words.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        let (site, found) = pair(&words, space).map_err(|fault| (line, fault))?;
        match observed[site] {
            Some(before) if before != found => {
                let first = lines[site];
                let fault = ObservedFault::Twice {
                    site,
                    found: found.widen(),
                    first,
                    before: before.widen(),
                };
                return Err((line, fault));
            }
            Some(_) => {}
            None => (observed[site], lines[site]) = (Some(found), line),
        }
    }
    Ok(observed)
}

fn pair<S: Space>(words: &[&str], space: &S) -> Result<(usize, S::Symbol), ObservedFault> {
    let &[site, value] = words else {
        return Err(ObservedFault::Words { found: words.len() });
    };
    let sites = space.sites();
    let number = site.parse().ok().filter(|&site: &usize| site < sites);
    let number = number.ok_or_else(|| ObservedFault::Site {
        found: excerpt(site),
        sites,
    })?;
    Ok((number, symbol(number, &value, value.parse().ok(), space)?))
}

fn symbol<S: Space>(
    site: usize,
    found: &dyn ToString,
    value: Option<i64>,
    space: &S,
) -> Result<S::Symbol, ObservedFault> {
    let states = space.states_at(site);
    let value = value.and_then(|value| usize::try_from(value).ok());
    value
        .filter(|&value| value < states)
        .map(S::Symbol::from_index)
        .ok_or_else(|| ObservedFault::Value {
            site,
            found: excerpt(&found.to_string()),
            states,
        })
}

fn array<S: Space>(
    (found, integers): (Vec<usize>, Vec<i64>),
    space: &S,
) -> Result<Vec<Option<S::Symbol>>, ObservedFault> {
    let sites = space.sites();
    if rows(&found, sites) != Some(1) {
        return Err(ObservedFault::Shape { found, sites });
    }
    let sites = integers.into_iter().enumerate();
    sites
        .map(|(site, found)| match found {
            ..0 => Ok(None),
            found => symbol(site, &found, Some(found), space).map(Some),
        })
        .collect()
}
