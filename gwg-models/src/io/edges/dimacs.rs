//! Graphs in the format of the DIMACS challenges.
//!
//! ```text
//! c a comment
//! p edge 4 3
//! e 1 2
//! e 2 3
//! e 4 1
//! ```

use super::parse::{Edges, Refused, edge, no_header, sizes, too_few, wrong_words};
use super::{EdgeList, Format, LineFault};
use crate::io::text::excerpt;

const HEADER: &str = "p edge n m";
const EDGE: &str = "e i j [w]";

/// True if the first word is one of the format.
pub(super) fn is_dimacs(text: &str) -> bool {
    let first = text.split_whitespace().next();
    first.is_some_and(|word| ["c", "p", "e"].contains(&word))
}

pub(super) fn parse(text: &str) -> Result<EdgeList, Refused> {
    let mut header = None;
    let mut found = Edges::default();
    let mut listed = 0;
    for (line, text) in (1..).zip(text.lines()) {
        let at = |fault| (line, fault);
        let words: Vec<&str> = text.split_whitespace().collect();
        match (words.first().copied(), header) {
            (None | Some("c"), _) => {}
            (Some("p"), None) => header = Some(problem(&words).map_err(at)?),
            (Some("e"), Some((sites, promised))) => {
                let edge = edge(&words[1..], sites, EDGE).map_err(at)?;
                let weighted = words.len() > 3;
                found.one_form(line, weighted).map_err(at)?;
                listed += 1;
                // Files without weights may list each edge in both directions, and count it once or twice.
                if weighted {
                    found.add_new(line, edge).map_err(at)?;
                } else {
                    let _ = found.add(line, edge);
                }
                if found.edges.len() > promised {
                    let found = found.edges.len();
                    return Err(at(LineFault::TooMany { found, promised }));
                }
            }
            (Some("e"), None) => {
                return Err(at(LineFault::NoHeader {
                    format: Format::Dimacs,
                }));
            }
            (Some(other), _) => return Err(at(unknown(other))),
        }
    }
    let (sites, promised) = header.ok_or_else(|| no_header(Format::Dimacs))?;
    let distinct = found.edges.len();
    // Both directions may be counted, though one is listed.
    let doubled = !found.weighted() && 2 * distinct == promised;
    if distinct < promised && listed != promised && !doubled {
        return Err(too_few(text, distinct, promised));
    }
    Ok(EdgeList {
        sites,
        edges: found.edges,
        fields: Vec::new(),
    })
}

fn problem(words: &[&str]) -> Result<(usize, usize), LineFault> {
    match *words {
        [_, "edge" | "col", vertices, edges] => sizes(vertices, edges),
        [_, kind @ ("qubo" | "cnf" | "wcnf" | "sp" | "max"), ..] => Err(LineFault::Unread {
            found: format!("a DIMACS file of kind `{kind}`"),
            remedy: match kind {
                "qubo" => {
                    "a QUBO of dimod is read as COO: coo.dump(bqm.change_vartype('SPIN'), file, vartype_header=True)"
                }
                _ => "only graphs are read, `p edge n m` or `p col n m`",
            },
        }),
        _ => Err(wrong_words(words, HEADER)),
    }
}

/// A line that begins with another word.
fn unknown(word: &str) -> LineFault {
    let (what, remedy) = match word {
        "n" => (
            "weights of vertices",
            "they are not part of this model: remove the lines `n i w`",
        ),
        "p" => ("a second line `p`", "keep one of the two"),
        _ => (
            "a word that begins no line of DIMACS",
            "allowed are `c`, `p` and `e`",
        ),
    };
    LineFault::Unread {
        found: format!("`{}`, {what}", excerpt(word)),
        remedy,
    }
}
