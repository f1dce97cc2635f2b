//! MatrixMarket: `x'Qx` with each entry of the matrix once, of a symmetric one both those that are listed and those that are not.

use super::words::{MOST_SITES, Refused, entry, integer, weight};
use super::{Fault, Format, QuadraticFile};
use crate::Sense;
use gwg_models::io::excerpt;
use std::collections::HashMap;

/// What the first line says.
#[derive(Clone, Copy)]
struct Kind {
    array: bool,
    symmetric: bool,
}

pub(super) fn parse(text: &str) -> Result<QuadraticFile, Refused> {
    let last = text.lines().count().max(1);
    let mut lines = (1..).zip(text.lines());
    let first = lines.next().map_or("", |(_, line)| line);
    let kind = kind(first).map_err(|fault| (1, fault))?;
    let mut lines = lines
        .filter(|(_, line)| !line.trim_start().starts_with('%'))
        .map(|(number, line)| (number, line.split_whitespace().collect::<Vec<_>>()))
        .filter(|(_, words)| !words.is_empty());
    let (line, words) = lines.next().unwrap_or((last, Vec::new()));
    let (sites, promised) = sizes(&words, kind).map_err(|fault| (line, fault))?;
    let mut terms = Vec::new();
    let mut seen = HashMap::new();
    let mut found = 0;
    for (line, words) in lines {
        let at = |fault| (line, fault);
        found += 1;
        let what = "entries";
        if found > promised {
            return Err(at(Fault::Count {
                what,
                found,
                promised,
            }));
        }
        if kind.array {
            let &[w] = &words[..] else {
                let (found, allowed) = (words.len(), "w");
                return Err(at(Fault::Words { found, allowed }));
            };
            let w = weight(w).map_err(at)?;
            terms.push(((found - 1) % sites, (found - 1) / sites, w));
            continue;
        }
        let (i, j, w) = entry(&words, 1, sites).map_err(at)?;
        let pair = if kind.symmetric {
            (i.min(j), i.max(j))
        } else {
            (i, j)
        };
        if let Some(first) = seen.insert(pair, line) {
            return Err(at(Fault::Repeated { i, j, first }));
        }
        let twice = kind.symmetric && i != j;
        terms.push((i - 1, j - 1, if twice { 2.0 * w } else { w }));
    }
    if found < promised {
        let what = "entries";
        return Err((
            last,
            Fault::Count {
                what,
                found,
                promised,
            },
        ));
    }
    Ok(QuadraticFile {
        format: Format::MatrixMarket,
        sites,
        constant: 0.0,
        terms,
        sense: Sense::Min,
    })
}

fn kind(line: &str) -> Result<Kind, Fault> {
    let words: Vec<String> = line
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [_, "matrix", "coordinate", "real" | "integer", "general"] => Ok(Kind {
            array: false,
            symmetric: false,
        }),
        [_, "matrix", "coordinate", "real" | "integer", "symmetric"] => Ok(Kind {
            array: false,
            symmetric: true,
        }),
        [_, "matrix", "array", "real" | "integer", "general"] => Ok(Kind {
            array: true,
            symmetric: false,
        }),
        _ => Err(Fault::Grammar {
            found: format!("`{}`", excerpt(line)),
            allowed: "%%MatrixMarket matrix coordinate real|integer general|symmetric, or array real|integer general",
        }),
    }
}

fn sizes(words: &[&str], kind: Kind) -> Result<(usize, usize), Fault> {
    let (rows, columns, entries) = match (words, kind.array) {
        (&[rows, columns, entries], false) => (rows, columns, Some(entries)),
        (&[rows, columns], true) => (rows, columns, None),
        (_, array) => {
            return Err(Fault::Words {
                found: words.len(),
                allowed: if array { "n n" } else { "n n entries" },
            });
        }
    };
    let sites = integer("number of rows", rows, 1, MOST_SITES)?;
    integer("number of columns", columns, sites, sites)?;
    let all = sites.saturating_mul(sites);
    let promised = entries.map_or(Ok(all), |entries| {
        integer("number of entries", entries, 0, all)
    })?;
    Ok((sites, promised))
}
