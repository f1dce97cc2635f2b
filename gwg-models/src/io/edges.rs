//! Edge lists in the format of the Gset graphs.
//!
//! ```text
//! # blank lines and text after `#` are ignored; so is text after `%`
//! 4 3          n vertices, m edges
//! 1 2 0.5      edge between vertices 1 and 2, weight 0.5
//! 2 3 -1
//! 4 1 2
//! ```
//!
//! In a file of edges without weights, lines `i j`, all weights are 1. Either all edges have a weight, or none.
//!
//! Vertices are numbered from 1 in the file and from 0 in [`EdgeList`]. Edges are undirected and listed once;
//! self-loops are not allowed.

use std::collections::HashMap;
use std::path::Path;

use super::error::{IoError, LineFault};
use super::files;
use super::text::{excerpt, text};

const HEADER: &str = "n m";
const EDGE: &str = "i j [w]";
/// Moves, and therefore sites, are numbered with 32 bits.
const MAX_VERTICES: usize = u32::MAX as usize;

/// A weighted undirected graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeList {
    /// The number of vertices.
    pub sites: usize,
    /// The edges, in the file's order and direction: two vertices, from 0, and a finite weight.
    pub edges: Vec<(usize, usize, f64)>,
}

/// Reads an edge list. Cost: `O(bytes)`.
///
/// # Errors
/// [`IoError`], with the line number.
pub fn read_edges(path: &Path) -> Result<EdgeList, IoError> {
    parse_edges(&files::read(path)?).map_err(|(line, fault)| IoError::Edges {
        path: path.to_owned(),
        line,
        fault,
    })
}

/// Parses the content of an edge list.
///
/// # Errors
/// The line, from 1, and the rule that it violates.
pub fn parse_edges(bytes: &[u8]) -> Result<EdgeList, (usize, LineFault)> {
    let text = text(bytes).map_err(|(line, byte)| (line, LineFault::NotText { byte }))?;
    let mut lines = (1..)
        .zip(text.lines())
        .map(|(line, text)| (line, words(text)))
        .filter(|(_, words)| !words.is_empty());
    let (line, words) = lines.next().ok_or((1, LineFault::NoHeader))?;
    let (sites, promised) = header(&words).map_err(|fault| (line, fault))?;

    // Not reserved from the header, which may be wrong.
    let mut edges = Vec::new();
    let mut seen = HashMap::new();
    let mut form = None;
    for (line, words) in lines {
        let at = |fault| (line, fault);
        let (i, j, weight) = edge(&words, sites).map_err(at)?;
        one_form(&mut form, line, &words).map_err(at)?;
        if edges.len() == promised {
            let found = promised + 1;
            return Err(at(LineFault::TooMany { found, promised }));
        }
        if let Some(first) = seen.insert((i.min(j), i.max(j)), line) {
            let (from, to) = (i + 1, j + 1);
            return Err(at(LineFault::Repeated { from, to, first }));
        }
        edges.push((i, j, weight));
    }
    if edges.len() < promised {
        let found = edges.len();
        return Err((text.lines().count(), LineFault::TooFew { found, promised }));
    }
    Ok(EdgeList { sites, edges })
}

/// The words of a line, without its comment.
fn words(line: &str) -> Vec<&str> {
    line.split(['#', '%'])
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect()
}

fn header(words: &[&str]) -> Result<(usize, usize), LineFault> {
    let &[vertices, edges] = words else {
        return Err(wrong_words(words, HEADER));
    };
    Ok((
        integer("number of vertices", vertices, 1, MAX_VERTICES)?,
        integer("number of edges", edges, 0, usize::MAX)?,
    ))
}

fn edge(words: &[&str], sites: usize) -> Result<(usize, usize, f64), LineFault> {
    let (i, j, weight) = match *words {
        [i, j] => (i, j, "1"),
        [i, j, weight] => (i, j, weight),
        _ => return Err(wrong_words(words, EDGE)),
    };
    let i = integer("vertex", i, 1, sites)?;
    let j = integer("vertex", j, 1, sites)?;
    if i == j {
        return Err(LineFault::SelfLoop { vertex: i });
    }
    let number = weight.parse().ok().filter(|w: &f64| w.is_finite());
    let number = number.ok_or_else(|| LineFault::Weight {
        found: excerpt(weight),
    })?;
    Ok((i - 1, j - 1, number))
}

/// Rejects an edge with a weight after one without, and vice versa: a weight may be missing by mistake.
fn one_form(
    form: &mut Option<(usize, bool)>,
    line: usize,
    words: &[&str],
) -> Result<(), LineFault> {
    let weighted = words.len() > 2;
    let (first, as_first) = *form.get_or_insert((line, weighted));
    if weighted == as_first {
        Ok(())
    } else {
        Err(LineFault::Mixed { weighted, first })
    }
}

fn wrong_words(words: &[&str], allowed: &'static str) -> LineFault {
    LineFault::Words {
        found: words.len(),
        allowed,
    }
}

fn integer(what: &'static str, found: &str, min: usize, max: usize) -> Result<usize, LineFault> {
    let value = found.parse().ok().filter(|n| (min..=max).contains(n));
    value.ok_or_else(|| LineFault::Integer {
        what,
        found: excerpt(found),
        min,
        max,
    })
}
