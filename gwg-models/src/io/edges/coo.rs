//! Spin models in the COO format of dimod.
//!
//! ```text
//! # vartype=SPIN
//! 0 0 1.75      the linear bias of variable 0
//! 0 2 -0.5      the quadratic bias of variables 0 and 2
//! ```

use super::parse::{Edges, Refused, integer, lines, no_header, weight, wrong_words};
use super::{EdgeList, Format, LineFault, MAX_VERTICES};
use crate::io::text::excerpt;
use std::collections::HashMap;

const BIAS: &str = "i j bias";

/// The type of variables that the first comments state, with its line.
pub(super) fn vartype(text: &str) -> Option<(usize, &str)> {
    let mut comments = (1..).zip(text.lines());
    let comments = comments.by_ref().take_while(|(_, line)| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#')
    });
    let stated = comments.filter_map(|(line, text)| {
        let text = text.trim_start().strip_prefix('#')?.trim();
        let (key, value) = text.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("vartype")
            .then(|| (line, value.trim()))
    });
    stated.into_iter().next()
}

pub(super) fn parse(text: &str) -> Result<EdgeList, Refused> {
    if let Some((line, found)) =
        vartype(text).filter(|(_, found)| !found.eq_ignore_ascii_case("SPIN"))
    {
        return Err((line, binary(found)));
    }
    let mut sites = 0;
    let mut found = Edges::default();
    let mut fields = Vec::new();
    let mut places = HashMap::new();
    for (line, words) in lines(text, &['#', '%']) {
        let (i, j, bias) = entry(&words).map_err(|fault| (line, fault))?;
        sites = sites.max(i + 1).max(j + 1);
        let sum = if i == j {
            let place = *places.entry(i).or_insert_with(|| {
                fields.push((i, 0.0));
                fields.len() - 1
            });
            let (_, sum) = &mut fields[place];
            *sum -= bias;
            *sum
        } else {
            match found.add(line, (i, j, -0.5 * bias)) {
                Ok(()) => continue,
                Err((_, place)) => {
                    let (_, _, sum) = &mut found.edges[place];
                    *sum -= 0.5 * bias;
                    *sum
                }
            }
        };
        if !sum.is_finite() {
            return Err((line, LineFault::Sum { i, j }));
        }
    }
    if sites == 0 {
        return Err(no_header(Format::Coo));
    }
    Ok(EdgeList {
        sites,
        edges: found.edges,
        fields,
    })
}

fn entry(words: &[&str]) -> Result<(usize, usize, f64), LineFault> {
    let &[i, j, bias] = words else {
        return Err(wrong_words(words, BIAS));
    };
    let variable = |word| integer("variable", word, 0, MAX_VERTICES - 1);
    Ok((variable(i)?, variable(j)?, weight(bias)?))
}

fn binary(found: &str) -> LineFault {
    LineFault::Unread {
        found: format!("vartype={}, where SPIN is allowed", excerpt(found)),
        remedy: "convert variables of 0 and 1 to spins: coo.dump(bqm.change_vartype('SPIN'), file, vartype_header=True)",
    }
}
