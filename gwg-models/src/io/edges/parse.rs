//! Words, numbers, and edges that are listed once.

use std::collections::HashMap;

use super::{Format, LineFault, MAX_VERTICES};
use crate::io::text::{excerpt, unmarked};

pub(super) type Refused = (usize, LineFault);

/// A format that is not read, by its first bytes.
pub(super) fn unread(bytes: &[u8]) -> Option<LineFault> {
    let start = unmarked(bytes).trim_ascii_start();
    let (found, remedy) = if start.starts_with(b"DIMODBQM") {
        (
            "dimod's binary format",
            "write it with dimod.serialization.coo.dump(bqm.change_vartype('SPIN'), file, vartype_header=True)",
        )
    } else if start.starts_with(b"{") || start.starts_with(b"[") {
        (
            "JSON",
            "write the graph as an edge list: `n m`, then m lines `i j w`, vertices from 1",
        )
    } else {
        return None;
    };
    Some(LineFault::Unread {
        found: found.to_owned(),
        remedy,
    })
}

/// Lines with at least one word, numbered from 1; `comments` begin the part of a line that is ignored.
pub(super) fn lines<'t>(
    text: &'t str,
    comments: &'t [char],
) -> impl Iterator<Item = (usize, Vec<&'t str>)> {
    (1..)
        .zip(text.lines())
        .map(move |(line, text)| (line, words(text, comments)))
        .filter(|(_, words)| !words.is_empty())
}

/// The words of a line, without its comment.
fn words<'t>(line: &'t str, comments: &[char]) -> Vec<&'t str> {
    let kept = line.split(comments).next().unwrap_or_default();
    kept.split_whitespace().collect()
}

pub(super) fn wrong_words(words: &[&str], allowed: &'static str) -> LineFault {
    LineFault::Words {
        found: words.len(),
        allowed,
    }
}

pub(super) fn integer(
    what: &'static str,
    found: &str,
    min: usize,
    max: usize,
) -> Result<usize, LineFault> {
    let value = found.parse().ok().filter(|n| (min..=max).contains(n));
    value.ok_or_else(|| LineFault::Integer {
        what,
        found: excerpt(found),
        min,
        max,
    })
}

/// A number of vertices, and of edges.
pub(super) fn sizes(vertices: &str, edges: &str) -> Result<(usize, usize), LineFault> {
    Ok((
        integer("number of vertices", vertices, 1, MAX_VERTICES)?,
        integer("number of edges", edges, 0, usize::MAX)?,
    ))
}

pub(super) fn weight(found: &str) -> Result<f64, LineFault> {
    let number = found.parse().ok().filter(|w: &f64| w.is_finite());
    number.ok_or_else(|| LineFault::Weight {
        found: excerpt(found),
    })
}

/// An edge `i j [w]` of vertices from 1, as vertices from 0.
pub(super) fn edge(
    words: &[&str],
    sites: usize,
    allowed: &'static str,
) -> Result<(usize, usize, f64), LineFault> {
    let (i, j, written) = match *words {
        [i, j] => (i, j, "1"),
        [i, j, weight] => (i, j, weight),
        _ => return Err(wrong_words(words, allowed)),
    };
    let i = integer("vertex", i, 1, sites)?;
    let j = integer("vertex", j, 1, sites)?;
    if i == j {
        return Err(LineFault::SelfLoop { vertex: i });
    }
    Ok((i - 1, j - 1, weight(written)?))
}

/// Edges that are listed once, all with a weight or all without.
#[derive(Default)]
pub(super) struct Edges {
    // Not reserved from a header, which may be wrong.
    pub(super) edges: Vec<(usize, usize, f64)>,
    /// The line and the place of each pair.
    seen: HashMap<(usize, usize), (usize, usize)>,
    /// The line of the first edge, and whether it has a weight.
    form: Option<(usize, bool)>,
}

impl Edges {
    /// Rejects an edge with a weight after one without, and vice versa: a weight may be missing by mistake.
    pub(super) fn one_form(&mut self, line: usize, weighted: bool) -> Result<(), LineFault> {
        let (first, as_first) = *self.form.get_or_insert((line, weighted));
        if weighted == as_first {
            Ok(())
        } else {
            Err(LineFault::Mixed { weighted, first })
        }
    }

    /// True if the edges have weights.
    pub(super) fn weighted(&self) -> bool {
        self.form.is_some_and(|(_, weighted)| weighted)
    }

    /// Adds an edge, or gives the line and the place at which it is already listed.
    pub(super) fn add(
        &mut self,
        line: usize,
        (i, j, weight): (usize, usize, f64),
    ) -> Result<(), (usize, usize)> {
        let pair = (i.min(j), i.max(j));
        if let Some(&first) = self.seen.get(&pair) {
            return Err(first);
        }
        self.seen.insert(pair, (line, self.edges.len()));
        self.edges.push((i, j, weight));
        Ok(())
    }

    /// The line of a listed edge.
    pub(super) fn line(&self, i: usize, j: usize) -> usize {
        let first = self.seen.get(&(i.min(j), i.max(j)));
        first.map_or(1, |&(line, _)| line)
    }

    /// Adds an edge that must not be listed yet.
    pub(super) fn add_new(
        &mut self,
        line: usize,
        edge: (usize, usize, f64),
    ) -> Result<(), LineFault> {
        self.add(line, edge)
            .map_err(|(first, _)| LineFault::Repeated {
                from: edge.0 + 1,
                to: edge.1 + 1,
                first,
            })
    }
}

/// The error of a file that ends before the promised edges.
pub(super) fn too_few(text: &str, found: usize, promised: usize) -> Refused {
    (text.lines().count(), LineFault::TooFew { found, promised })
}

pub(super) const fn no_header(format: Format) -> Refused {
    (1, LineFault::NoHeader { format })
}
