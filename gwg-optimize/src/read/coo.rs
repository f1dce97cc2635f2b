//! The COO format of dimod.

use super::words::{MOST_SITES, Refused, entry, lines};
use super::{Fault, Format, QuadraticFile, Variables};
use crate::Sense;
use gwg_models::io::excerpt;

/// The type of variables that the first comments state, with its line.
pub(super) fn vartype(text: &str) -> Option<(usize, &str)> {
    let comments = (1..).zip(text.lines()).take_while(|(_, line)| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#')
    });
    let mut stated = comments.filter_map(|(line, text)| {
        let (key, value) = text.trim_start().strip_prefix('#')?.split_once('=')?;
        let is = key.trim().eq_ignore_ascii_case("vartype");
        is.then(|| (line, value.trim()))
    });
    stated.next()
}

/// A file that states no type has that which is asked for.
pub(super) fn parse(text: &str, variables: Variables) -> Result<QuadraticFile, Refused> {
    if let Some((line, found)) = vartype(text) {
        check(found, variables).map_err(|fault| (line, fault))?;
    }
    let mut sites = 0;
    let mut terms = Vec::new();
    for (line, words) in lines(text) {
        let term = entry(&words, 0, MOST_SITES - 1).map_err(|fault| (line, fault))?;
        sites = sites.max(term.0.max(term.1) + 1);
        terms.push(term);
    }
    if sites == 0 {
        let found = "no line `i j w`".to_owned();
        let remedy = "name a file with a problem";
        return Err((1, Fault::Unread { found, remedy }));
    }
    limit(sites, terms.len()).map_err(|fault| (text.lines().count(), fault))?;
    Ok(QuadraticFile {
        format: Format::Coo,
        sites,
        constant: 0.0,
        terms,
        sense: Sense::Min,
    })
}

fn check(found: &str, variables: Variables) -> Result<(), Fault> {
    let refused = |remedy| {
        let found = format!("vartype={}", excerpt(found));
        Err(Fault::Unread { found, remedy })
    };
    let is = |name: &str| found.eq_ignore_ascii_case(name);
    match variables {
        Variables::Binary if is("BINARY") => Ok(()),
        Variables::Spins if is("SPIN") => Ok(()),
        Variables::Binary if is("SPIN") => refused("spins are read by `ising:path=...`"),
        Variables::Spins if is("BINARY") => refused("binary variables are read by `qubo:path=...`"),
        _ => refused("allowed are BINARY and SPIN"),
    }
}

/// Memory is taken for each variable: a large number in a short file is a mistake.
fn limit(sites: usize, terms: usize) -> Result<(), Fault> {
    let max = 1_000_000 + 1000 * terms;
    if sites <= max {
        return Ok(());
    }
    Err(Fault::Integer {
        what: "largest variable of a file of so few lines",
        found: (sites - 1).to_string(),
        min: 0,
        max: max - 1,
    })
}
