//! Numbers, names and symbols of an LP file.

use super::super::Fault;
use super::super::words::{Refused, weight};
use gwg_models::io::excerpt;
use std::fmt;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind<'t> {
    Number(f64),
    Name(&'t str),
    /// One of `+ - * ^ [ ] / : =`; `<` and `>` stand for `<=` and `>=`, too.
    Symbol(char),
}

/// A token with its line, from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) line: usize,
    /// Whether the line begins with it.
    pub(super) first: bool,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Number(number) => number.fmt(f),
            Kind::Name(name) => f.write_str(&excerpt(name)),
            Kind::Symbol(symbol) => symbol.fmt(f),
        }
    }
}

const SYMBOLS: &str = "+-*^[]/:=<>";

pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Refused> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let mut rest = text.split('\\').next().unwrap_or_default().trim();
        let mut first = true;
        while !rest.is_empty() {
            let (kind, length) = token(rest).map_err(|fault| (line, fault))?;
            found.push(Token { kind, line, first });
            first = false;
            rest = rest[length..].trim_start();
        }
    }
    Ok(found)
}

fn token(text: &str) -> Result<(Kind<'_>, usize), Fault> {
    let start = text.chars().next().unwrap_or(' ');
    if SYMBOLS.contains(start) {
        let equal = matches!(start, '<' | '>') && text[1..].starts_with('=');
        return Ok((Kind::Symbol(start), 1 + usize::from(equal)));
    }
    if start.is_ascii_digit() || start == '.' {
        let length = number(text.as_bytes());
        return Ok((Kind::Number(weight(&text[..length])?), length));
    }
    let ends = |c: char| c.is_whitespace() || SYMBOLS.contains(c);
    let length = text.find(ends).unwrap_or(text.len());
    let name = &text[..length];
    let keyword = ["end"].iter().any(|word| name.eq_ignore_ascii_case(word));
    if matches!(start, 'e' | 'E') && !keyword {
        return Err(Fault::Grammar {
            found: format!("`{}`", excerpt(name)),
            allowed: "a name that does not begin with e or E, which stand for exponents in this format",
        });
    }
    Ok((Kind::Name(name), length))
}

/// The length of a number at the start of a text.
fn number(text: &[u8]) -> usize {
    let digits = |from: usize| {
        text[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let mut length = digits(0);
    if text.get(length) == Some(&b'.') {
        length += 1;
        length += digits(length);
    }
    if matches!(text.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits((length + 1 + sign).min(text.len()));
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}
