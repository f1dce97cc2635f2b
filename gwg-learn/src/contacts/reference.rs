//! Known contacts, read from a file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gwg_models::io::{IoError, excerpt, read_bytes, visible_path};

/// Pairs of sites that are in contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    pairs: BTreeSet<(usize, usize)>,
}

impl Contacts {
    /// Contacts of these pairs, in either order.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let ordered = |(i, j): (usize, usize)| (i.min(j), i.max(j));
        Self {
            pairs: pairs.into_iter().map(ordered).collect(),
        }
    }

    /// Whether two sites are in contact.
    #[must_use]
    pub fn contains(&self, i: usize, j: usize) -> bool {
        self.pairs.contains(&(i.min(j), i.max(j)))
    }

    /// The pairs `(i, j)`, `i < j`, sites from 0.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        self.pairs.iter().copied()
    }

    /// The number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

/// The reason why contacts were not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContactsError {
    /// The file cannot be read, or not be unpacked.
    #[error(transparent)]
    Io(#[from] IoError),
    /// Its content violates a rule.
    #[error("{}: {fault}", visible_path(.path))]
    Content {
        /// The file.
        path: PathBuf,
        /// The violated rule.
        fault: ContactsFault,
    },
}

/// A violated rule of files of contacts, at a line counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContactsFault {
    /// A line is text.
    #[error("line {line}: not UTF-8; allowed are lines `i j [distance]`")]
    NotText {
        /// The line.
        line: usize,
    },
    /// A line has two sites and at most a distance.
    #[error(
        "line {line}: found `{found}`, allowed is `i j [distance]`, two different sites from 1"
    )]
    Line {
        /// The line.
        line: usize,
        /// Its text.
        found: String,
    },
    /// There is at least one contact.
    #[error("found no contact; allowed are lines `i j [distance]`, with sites from 1")]
    None,
}

/// Reads contacts: a line `i j` or `i j distance` for each, with sites from 1; text after `#` is ignored.
///
/// # Cost
/// `O(bytes)`.
///
/// # Errors
/// [`ContactsError`], with the line.
pub fn read_contacts(path: &Path) -> Result<Contacts, ContactsError> {
    parse_contacts(&read_bytes(path)?).map_err(|fault| ContactsError::Content {
        path: path.to_owned(),
        fault,
    })
}

/// Parses the content of a file of contacts.
///
/// # Errors
/// The violated rule.
pub fn parse_contacts(bytes: &[u8]) -> Result<Contacts, ContactsFault> {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut pairs = BTreeSet::new();
    for (line, bytes) in (1..).zip(unmarked.split(|&b| b == b'\n')) {
        let text = str::from_utf8(bytes).map_err(|_| ContactsFault::NotText { line })?;
        let text = text.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        let found = || excerpt(text);
        let pair = pair(text).ok_or_else(|| ContactsFault::Line {
            line,
            found: found(),
        })?;
        pairs.insert(pair);
    }
    if pairs.is_empty() {
        return Err(ContactsFault::None);
    }
    Ok(Contacts { pairs })
}

fn pair(text: &str) -> Option<(usize, usize)> {
    let mut words = text.split_ascii_whitespace();
    let mut site = || words.next()?.parse::<usize>().ok()?.checked_sub(1);
    let (i, j) = (site()?, site()?);
    if let Some(distance) = words.next() {
        distance.parse::<f64>().ok()?;
    }
    (i != j && words.next().is_none()).then_some((i.min(j), i.max(j)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_pairs_from_one() {
        let found = parse_contacts(b"# i j d\n3 1 7.5\r\n\n1 3\n2 9 # x\n").unwrap();
        assert_eq!(found, Contacts::new([(8, 1), (0, 2)]));
        assert!(found.contains(2, 0) && !found.contains(0, 1) && found.len() == 2);
        for wrong in ["0 1", "1", "1 1", "1 2 x", "1 2 3 4", "a 2"] {
            let message = parse_contacts(format!("# x\n{wrong}\n").as_bytes()).unwrap_err();
            assert!(
                message
                    .to_string()
                    .contains(&format!("line 2: found `{wrong}`"))
            );
        }
        assert_eq!(parse_contacts(b"# x\n"), Err(ContactsFault::None));
        assert_eq!(
            parse_contacts(b"1 2\n\xff"),
            Err(ContactsFault::NotText { line: 2 })
        );
    }
}
