//! Lists `n m`, `i j w`: the bq files of Biq Mac, spins with fields, and the bqp files of Beasley, which have several.

use super::words::{MOST_SITES, Refused, entry, integer, lines};
use super::{Fault, Format, QuadraticFile, Variables};
use crate::Sense;
use std::collections::HashMap;

/// The number of variables, and terms.
type List = (usize, Vec<(usize, usize, f64)>);

/// One list.
pub(super) fn parse(text: &str, variables: Variables) -> Result<QuadraticFile, Refused> {
    let last = text.lines().count().max(1);
    let mut lines = lines(text);
    let (sites, terms) = list(&mut lines, variables, last)?;
    if let Some((line, _)) = lines.next() {
        let promised = terms.len();
        return Err((line, lines_of(promised + 1, promised)));
    }
    Ok(QuadraticFile {
        format: Format::List,
        sites,
        constant: 0.0,
        terms,
        sense: Sense::Min,
    })
}

/// One of several lists, from 1.
pub(super) fn parse_several(text: &str, instance: usize) -> Result<QuadraticFile, Refused> {
    let last = text.lines().count().max(1);
    let mut lines = lines(text);
    let (line, words) = lines.next().unwrap_or((1, vec![""]));
    let count =
        integer("number of instances", words[0], 1, 1_000_000).map_err(|fault| (line, fault))?;
    if !(1..=count).contains(&instance) {
        let found = instance.to_string();
        let (what, min, max) = ("instance", 1, count);
        return Err((
            line,
            Fault::Integer {
                what,
                found,
                min,
                max,
            },
        ));
    }
    let mut wanted = (0, Vec::new());
    for k in 1..=count {
        let found = list(&mut lines, Variables::Binary, last)?;
        if k == instance {
            wanted = found;
        }
    }
    if let Some((line, _)) = lines.next() {
        let (what, promised) = ("instances", count);
        let found = count + 1;
        return Err((
            line,
            Fault::Count {
                what,
                found,
                promised,
            },
        ));
    }
    let (sites, terms) = wanted;
    Ok(QuadraticFile {
        format: Format::Beasley,
        sites,
        constant: 0.0,
        terms,
        sense: Sense::Max,
    })
}

/// A header and as many entries as it says.
fn list<'t>(
    lines: &mut impl Iterator<Item = (usize, Vec<&'t str>)>,
    variables: Variables,
    last: usize,
) -> Result<List, Refused> {
    let Some((line, words)) = lines.next() else {
        let (found, allowed) = (
            "no line".to_owned(),
            "`n m`, the numbers of variables and of entries",
        );
        return Err((last, Fault::Grammar { found, allowed }));
    };
    let (sites, promised) = header(&words).map_err(|fault| (line, fault))?;
    // Both orders of a pair in x'Qx.
    let factor = match variables {
        Variables::Binary => 2.0,
        Variables::Spins => 1.0,
    };
    let mut terms = Vec::new();
    let mut seen = HashMap::new();
    while terms.len() < promised {
        let Some((line, words)) = lines.next() else {
            return Err((last, lines_of(terms.len(), promised)));
        };
        let at = |fault| (line, fault);
        let (i, j, w) = entry(&words, 1, sites).map_err(at)?;
        if let Some(first) = seen.insert((i.min(j), i.max(j)), line) {
            return Err(at(Fault::Repeated { i, j, first }));
        }
        let w = if i == j { w } else { factor * w };
        terms.push((i - 1, j - 1, w));
    }
    Ok((sites, terms))
}

fn header(words: &[&str]) -> Result<(usize, usize), Fault> {
    let &[sites, entries] = words else {
        return Err(Fault::Words {
            found: words.len(),
            allowed: "n m",
        });
    };
    Ok((
        integer("number of variables", sites, 1, MOST_SITES)?,
        integer("number of entries", entries, 0, usize::MAX)?,
    ))
}

const fn lines_of(found: usize, promised: usize) -> Fault {
    Fault::Count {
        what: "lines `i j w`",
        found,
        promised,
    }
}
