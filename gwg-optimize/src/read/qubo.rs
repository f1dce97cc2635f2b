//! The `.qubo` files of qbsolv.
//!
//! ```text
//! c a comment
//! p qubo 0 3 2 1      topology, variables, lines of nodes, lines of couplers
//! 0 0 -1.5
//! 2 2 0.5
//! 0 2 3
//! ```

use super::words::{MOST_SITES, Refused, entry, integer};
use super::{Fault, Format, QuadraticFile};
use crate::Sense;
use gwg_models::io::excerpt;
use std::collections::HashMap;

const HEADER: &str = "p qubo 0 maxNodes nNodes nCouplers";

/// Variables, nodes and couplers.
type Header = [usize; 3];

pub(super) fn parse(text: &str) -> Result<QuadraticFile, Refused> {
    let mut header: Option<Header> = None;
    let mut terms: Vec<(usize, usize, f64)> = Vec::new();
    let mut seen = HashMap::new();
    let (mut nodes, mut couplers) = (0, 0);
    for (line, text) in (1..).zip(text.lines()) {
        let at = |fault| (line, fault);
        let words: Vec<&str> = text.split_whitespace().collect();
        let Some(&first) = words.first() else {
            continue;
        };
        if first.starts_with(['c', 'C']) {
            continue;
        }
        let Some([sites, promised_nodes, promised_couplers]) = header else {
            header = Some(problem(&words).map_err(at)?);
            continue;
        };
        let (i, j, w) = entry(&words, 0, sites - 1).map_err(at)?;
        if i > j {
            return Err(at(Fault::Order { i, j }));
        }
        let (what, found, promised) = if i == j {
            nodes += 1;
            ("lines `i i w`", nodes, promised_nodes)
        } else {
            couplers += 1;
            ("lines `i j w`", couplers, promised_couplers)
        };
        if found > promised {
            return Err(at(Fault::Count {
                what,
                found,
                promised,
            }));
        }
        if let Some(first) = seen.insert((i, j), line) {
            return Err(at(Fault::Repeated { i, j, first }));
        }
        terms.push((i, j, w));
    }
    let last = text.lines().count().max(1);
    let Some([sites, promised_nodes, promised_couplers]) = header else {
        let (found, allowed) = ("no line `p`".to_owned(), HEADER);
        return Err((last, Fault::Grammar { found, allowed }));
    };
    for (what, found, promised) in [
        ("lines `i i w`", nodes, promised_nodes),
        ("lines `i j w`", couplers, promised_couplers),
    ] {
        if found < promised {
            return Err((
                last,
                Fault::Count {
                    what,
                    found,
                    promised,
                },
            ));
        }
    }
    Ok(QuadraticFile {
        format: Format::Qubo,
        sites,
        constant: 0.0,
        terms,
        sense: Sense::Min,
    })
}

fn problem(words: &[&str]) -> Result<Header, Fault> {
    match *words {
        [p, kind, topology, sites, nodes, couplers]
            if p.eq_ignore_ascii_case("p") && kind.eq_ignore_ascii_case("qubo") =>
        {
            if topology != "0" && !topology.eq_ignore_ascii_case("unconstrained") {
                return Err(Fault::Grammar {
                    found: format!("topology `{}`", excerpt(topology)),
                    allowed: "0 or unconstrained",
                });
            }
            let sites = integer("maxNodes", sites, 1, MOST_SITES)?;
            let nodes = integer("nNodes", nodes, 0, sites)?;
            Ok([sites, nodes, integer("nCouplers", couplers, 0, usize::MAX)?])
        }
        [p, kind, ..] if p.eq_ignore_ascii_case("p") && !kind.eq_ignore_ascii_case("qubo") => {
            Err(Fault::Unread {
                found: format!("a DIMACS file of kind `{}`", excerpt(kind)),
                remedy: "graphs are read by `maxcut:path=...`, `mis:path=...`, `max-clique:path=...` and `vertex-cover:path=...`",
            })
        }
        [p, ..] if p.eq_ignore_ascii_case("p") => Err(Fault::Words {
            found: words.len(),
            allowed: HEADER,
        }),
        _ => Err(Fault::Grammar {
            found: format!("`{}` before the line `p`", excerpt(&words.join(" "))),
            allowed: HEADER,
        }),
    }
}
