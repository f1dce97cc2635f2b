//! LP files: a quadratic objective of binary variables, without constraints.
//!
//! ```text
//! Minimize
//!  obj: - 2 x + [ 3 x * y - x ^ 2 ] / 2 + 1      \ the bracket is halved
//! Subject To
//! Bounds
//!  0 <= x <= 1
//! Binary
//!  x y
//! End
//! ```

mod objective;
mod tokens;

use super::words::Refused;
use super::{Fault, Format, QuadraticFile};
use crate::Sense;
use gwg_models::io::excerpt;
use objective::Objective;
use std::collections::HashMap;
use tokens::{Kind, Token, tokens};

/// The first words of an LP file.
pub(super) const SENSES: [(&str, Sense); 8] = [
    ("minimize", Sense::Min),
    ("minimise", Sense::Min),
    ("minimum", Sense::Min),
    ("min", Sense::Min),
    ("maximize", Sense::Max),
    ("maximise", Sense::Max),
    ("maximum", Sense::Max),
    ("max", Sense::Max),
];

/// Sections after the objective.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Section {
    Constraints,
    Bounds,
    Binary,
    General,
    End,
}

pub(super) fn parse(text: &str) -> Result<QuadraticFile, Refused> {
    let last = text.lines().count().max(1);
    let tokens = tokens(text)?;
    let (sense, rest) = sense(&tokens)?;
    let (end, mut section) = next_section(rest);
    let objective = Objective::parse(&rest[..end], last)?;
    let mut rest = &rest[end..];
    let mut names: HashMap<&str, usize> = HashMap::new();
    while let Some((found, words)) = section {
        rest = &rest[words..];
        let (end, next) = next_section(rest);
        let within = &rest[..end];
        match (found, within.first()) {
            (Section::End, Some(token)) => return Err(unexpected(token, "nothing after End")),
            (Section::End, None) => {
                return finish(sense, &objective, &names);
            }
            (Section::Constraints, Some(token)) => {
                return Err(unread(
                    token,
                    "constraints",
                    "only objectives without constraints are read: add a penalty",
                ));
            }
            (Section::General, Some(token)) => {
                return Err(unread(
                    token,
                    "integer variables",
                    "all variables are binary here",
                ));
            }
            (Section::Bounds, _) => bounds(within)?,
            (Section::Binary, _) => {
                for token in within {
                    let Kind::Name(name) = token.kind else {
                        return Err(unexpected(token, "names of variables, or a section"));
                    };
                    let number = names.len();
                    if names.insert(name, number).is_some() {
                        return Err(unexpected(token, "each variable once"));
                    }
                }
            }
            (_, None) => {}
        }
        rest = &rest[end..];
        section = next;
    }
    let (found, allowed) = ("the end of the file".to_owned(), "a last line `End`");
    Err((last, Fault::Grammar { found, allowed }))
}

fn finish(
    sense: Sense,
    objective: &Objective<'_>,
    names: &HashMap<&str, usize>,
) -> Result<QuadraticFile, Refused> {
    let number = |(line, name): (usize, &str)| {
        names.get(name).copied().ok_or_else(|| {
            let found = format!(
                "the variable `{}`, which is not in the section Binary",
                excerpt(name)
            );
            let remedy = "all variables are binary here: list it there";
            (line, Fault::Unread { found, remedy })
        })
    };
    let mut terms = Vec::with_capacity(objective.terms.len());
    for &(first, second, w) in &objective.terms {
        terms.push((number(first)?, number(second)?, w));
    }
    if names.is_empty() {
        let (found, allowed) = ("no variable".to_owned(), "a section Binary with names");
        return Err((1, Fault::Grammar { found, allowed }));
    }
    Ok(QuadraticFile {
        format: Format::Lp,
        sites: names.len(),
        constant: objective.constant,
        terms,
        sense,
    })
}

fn sense<'k, 't>(tokens: &'k [Token<'t>]) -> Result<(Sense, &'k [Token<'t>]), Refused> {
    if let Some((first, rest)) = tokens.split_first() {
        if let Kind::Name(name) = first.kind {
            let known = SENSES
                .iter()
                .find(|(word, _)| name.eq_ignore_ascii_case(word));
            if let Some(&(_, sense)) = known {
                return Ok((sense, rest));
            }
        }
        return Err(unexpected(first, "Minimize or Maximize"));
    }
    let (found, allowed) = ("nothing".to_owned(), "Minimize or Maximize");
    Err((1, Fault::Grammar { found, allowed }))
}

/// Where the next section begins, which it is, and how many words its name has.
fn next_section(tokens: &[Token<'_>]) -> (usize, Option<(Section, usize)>) {
    let word = |k: usize| match tokens.get(k).map(|token| token.kind) {
        Some(Kind::Name(name)) => name.to_ascii_lowercase(),
        _ => String::new(),
    };
    for (k, token) in tokens.iter().enumerate() {
        if !token.first {
            continue;
        }
        let section = match (word(k).as_str(), word(k + 1).as_str()) {
            ("subject", "to") | ("such", "that") => (Section::Constraints, 2),
            ("st" | "s.t." | "st.", _) => (Section::Constraints, 1),
            ("bounds" | "bound", _) => (Section::Bounds, 1),
            ("binary" | "binaries" | "bin", _) => (Section::Binary, 1),
            ("general" | "generals" | "gen" | "integer" | "integers", _) => (Section::General, 1),
            ("end", _) => (Section::End, 1),
            _ => continue,
        };
        return (k, Some(section));
    }
    (tokens.len(), None)
}

/// Bounds of 0 and 1 alone.
fn bounds(mut tokens: &[Token<'_>]) -> Result<(), Refused> {
    use Kind::{Name, Number, Symbol};
    let lower = |w: f64| w == 0.0;
    let upper = |w: f64| w == 1.0;
    while let Some(first) = tokens.first() {
        let kinds: Vec<Kind<'_>> = tokens.iter().take(5).map(|token| token.kind).collect();
        let taken = match kinds[..] {
            [Number(a), Symbol('<'), Name(_), Symbol('<'), Number(b)] if lower(a) && upper(b) => 5,
            [Number(a), Symbol('<'), Name(_), ..] if lower(a) => 3,
            [Name(_), Symbol('<'), Number(b), ..] if upper(b) => 3,
            [Name(_), Symbol('>'), Number(a), ..] if lower(a) => 3,
            _ => {
                return Err(unexpected(
                    first,
                    "`0 <= x <= 1`, the bounds of a binary variable",
                ));
            }
        };
        tokens = &tokens[taken..];
    }
    Ok(())
}

fn unexpected(token: &Token<'_>, allowed: &'static str) -> Refused {
    let found = format!("`{token}`");
    (token.line, Fault::Grammar { found, allowed })
}

fn unread(token: &Token<'_>, what: &str, remedy: &'static str) -> Refused {
    let found = format!("{what}, which begin with `{token}`");
    (token.line, Fault::Unread { found, remedy })
}
