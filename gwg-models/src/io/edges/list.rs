//! Edge lists in the format of rudy and of the Gset graphs.
//!
//! ```text
//! # blank lines and text after `#` are ignored; so is text after `%`
//! 4 3          n vertices, m edges
//! 1 2 0.5      edge between vertices 1 and 2, weight 0.5
//! 2 3 -1
//! 4 1 2
//! ```

use super::parse::{Edges, Refused, edge, lines, no_header, sizes, too_few, wrong_words};
use super::{EdgeList, Format, LineFault};

const HEADER: &str = "n m";
const EDGE: &str = "i j [w]";

pub(super) fn parse(text: &str) -> Result<EdgeList, Refused> {
    let mut lines = lines(text, &['#', '%']);
    let (line, words) = lines.next().ok_or_else(|| no_header(Format::List))?;
    let (sites, promised) = header(&words).map_err(|fault| (line, fault))?;
    let mut found = Edges::default();
    for (line, words) in lines {
        let at = |fault| (line, fault);
        let edge = edge(&words, sites, EDGE).map_err(at)?;
        found.one_form(line, words.len() > 2).map_err(at)?;
        if found.edges.len() == promised {
            let found = promised + 1;
            return Err(at(LineFault::TooMany { found, promised }));
        }
        found.add_new(line, edge).map_err(at)?;
    }
    let edges = found.edges;
    if edges.len() < promised {
        return Err(too_few(text, edges.len(), promised));
    }
    Ok(EdgeList {
        sites,
        edges,
        fields: Vec::new(),
    })
}

fn header(words: &[&str]) -> Result<(usize, usize), LineFault> {
    match *words {
        [vertices, edges] => sizes(vertices, edges),
        [i, j, bias]
            if [i, j].iter().all(|w| w.parse::<usize>().is_ok()) && bias.parse::<f64>().is_ok() =>
        {
            Err(LineFault::Unread {
                found: format!("`{i} {j} {bias}` in place of the header `{HEADER}`"),
                remedy: "write it first, vertices from 1; a COO file of dimod (variables from 0) begins with `# vartype=SPIN` instead",
            })
        }
        _ => Err(wrong_words(words, HEADER)),
    }
}
