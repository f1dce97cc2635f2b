//! Symmetric matrices in the MatrixMarket exchange format.
//!
//! ```text
//! %%MatrixMarket matrix coordinate real symmetric
//! % a comment
//! 4 4 3         rows, columns, entries
//! 2 1 0.5       row, column, entry
//! 3 2 -1
//! 4 1 2
//! ```

use super::parse::{
    Edges, Refused, edge, integer, lines, no_header, sizes, too_few, weight, wrong_words,
};
use super::{EdgeList, Format, LineFault};
use crate::io::text::excerpt;
use std::collections::HashMap;

const BANNER: &str = "%%MatrixMarket";
const SIZES: &str = "n n entries";

/// What the first line says of the entries.
struct Banner {
    /// No weights: all are 1.
    pattern: bool,
    /// Each pair once.
    symmetric: bool,
}

pub(super) fn is_market(text: &str) -> bool {
    let start = text.trim_start().get(..BANNER.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(BANNER))
}

pub(super) fn parse(text: &str) -> Result<EdgeList, Refused> {
    let mut numbered = (1..).zip(text.lines());
    let first = numbered.find(|(_, line)| !line.trim().is_empty());
    let (line, first) = first.ok_or_else(|| no_header(Format::MatrixMarket))?;
    let banner = Banner::of(first).map_err(|fault| (line, fault))?;
    let mut lines = lines(text, &['%', '#']);
    let (line, words) = lines
        .next()
        .ok_or_else(|| no_header(Format::MatrixMarket))?;
    let (sites, promised) = square(&words).map_err(|fault| (line, fault))?;
    let mut matrix = Matrix {
        sites,
        banner,
        edges: Edges::default(),
        mirrored: HashMap::new(),
    };
    let mut found = 0;
    for (line, words) in lines {
        found += 1;
        if found > promised {
            return Err((line, LineFault::TooMany { found, promised }));
        }
        matrix.entry(line, &words).map_err(|fault| (line, fault))?;
    }
    if found < promised {
        return Err(too_few(text, found, promised));
    }
    matrix.edges()
}

impl Banner {
    fn of(line: &str) -> Result<Self, LineFault> {
        let lower = line.to_ascii_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let &[_, "matrix", "coordinate", field, symmetry] = &words[..] else {
            return Err(unread(line));
        };
        let pattern = match field {
            "pattern" => true,
            "real" | "integer" => false,
            _ => return Err(unread(line)),
        };
        let symmetric = match symmetry {
            "symmetric" => true,
            "general" => false,
            _ => return Err(unread(line)),
        };
        Ok(Self { pattern, symmetric })
    }
}

fn unread(line: &str) -> LineFault {
    LineFault::Unread {
        found: format!("`{}`", excerpt(line.trim())),
        remedy: "allowed is `%%MatrixMarket matrix coordinate`, then real, integer or pattern, then symmetric or general (SciPy: mmwrite of a coo_array)",
    }
}

fn square(words: &[&str]) -> Result<(usize, usize), LineFault> {
    let &[rows, columns, entries] = words else {
        return Err(wrong_words(words, SIZES));
    };
    let found = sizes(rows, entries)?;
    integer("number of columns", columns, found.0, found.0)?;
    Ok(found)
}

struct Matrix {
    sites: usize,
    banner: Banner,
    edges: Edges,
    /// Line and entry of the second of two entries, by the place of the first.
    mirrored: HashMap<usize, (usize, f64)>,
}

impl Matrix {
    fn entry(&mut self, line: usize, words: &[&str]) -> Result<(), LineFault> {
        let (allowed, len) = if self.banner.pattern {
            ("i j", 2)
        } else {
            ("i j w", 3)
        };
        if words.len() != len {
            return Err(wrong_words(words, allowed));
        }
        if words[0] == words[1] && len == 3 && weight(words[2])? == 0.0 {
            // An entry that is stored, as some programs do, but says nothing.
            integer("vertex", words[0], 1, self.sites)?;
            return Ok(());
        }
        let edge = edge(words, self.sites, allowed)?;
        if self.banner.symmetric {
            return self.edges.add_new(line, edge);
        }
        let Err((first, place)) = self.edges.add(line, edge) else {
            return Ok(());
        };
        let same_direction = self.edges.edges[place].0 == edge.0;
        if same_direction || self.mirrored.insert(place, (line, edge.2)).is_some() {
            let (from, to) = (edge.0 + 1, edge.1 + 1);
            return Err(LineFault::Repeated { from, to, first });
        }
        Ok(())
    }

    /// The edges; of a general matrix, both entries of each must be equal.
    fn edges(self) -> Result<EdgeList, Refused> {
        if !self.banner.symmetric {
            for (place, &(i, j, found)) in self.edges.edges.iter().enumerate() {
                let (line, mirrored) = self.mirrored.get(&place).copied().unwrap_or((0, 0.0));
                if mirrored != found {
                    let (row, column) = (i + 1, j + 1);
                    let line = line.max(self.edges.line(i, j));
                    return Err((
                        line,
                        LineFault::Asymmetric {
                            row,
                            column,
                            found,
                            mirrored,
                        },
                    ));
                }
            }
        }
        Ok(EdgeList {
            sites: self.sites,
            edges: self.edges.edges,
            fields: Vec::new(),
        })
    }
}
