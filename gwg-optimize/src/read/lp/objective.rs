//! `[name:] a x + b y + [ 2 c x * y + d x ^ 2 ] / 2 + constant`.

use super::super::Fault;
use super::super::words::Refused;
use super::tokens::{Kind, Token};
use super::unexpected;

/// A variable with its line.
type Variable<'t> = (usize, &'t str);

/// Terms in the names of variables; a linear term and a square have the same variable twice.
#[derive(Debug, Default)]
pub(super) struct Objective<'t> {
    pub(super) constant: f64,
    pub(super) terms: Vec<(Variable<'t>, Variable<'t>, f64)>,
}

impl<'t> Objective<'t> {
    pub(super) fn parse(tokens: &[Token<'t>], last: usize) -> Result<Self, Refused> {
        let mut objective = Self::default();
        let named = matches!(tokens, [first, colon, ..] if matches!(first.kind, Kind::Name(_)) && colon.kind == Kind::Symbol(':'));
        let mut reader = Reader {
            tokens: &tokens[if named { 2 } else { 0 }..],
            last,
        };
        let mut first = true;
        while !reader.tokens.is_empty() {
            let sign = reader.sign(first)?;
            first = false;
            let number = reader.number();
            let factor = sign * number.unwrap_or(1.0);
            match reader.peek() {
                Some(Kind::Name(_)) => {
                    let variable = reader.name()?;
                    objective.terms.push((variable, variable, factor));
                }
                Some(Kind::Symbol('[')) => objective.bracket(&mut reader, factor)?,
                _ if number.is_some() => objective.constant += factor,
                _ => return Err(reader.refused("a number, a variable or `[`")),
            }
        }
        Ok(objective)
    }

    /// `[ ... ] / 2`, where a pair of variables is given once.
    fn bracket(&mut self, reader: &mut Reader<'_, 't>, factor: f64) -> Result<(), Refused> {
        reader.symbol('[', "`[`")?;
        let mut first = true;
        while reader.peek() != Some(Kind::Symbol(']')) {
            let sign = reader.sign(first)?;
            first = false;
            let weight = 0.5 * factor * sign * reader.number().unwrap_or(1.0);
            let one = reader.name()?;
            let other = match reader.peek() {
                Some(Kind::Symbol('*')) => {
                    reader.symbol('*', "`*`")?;
                    reader.name()?
                }
                Some(Kind::Symbol('^')) => {
                    reader.symbol('^', "`^`")?;
                    reader.two("the exponent 2")?;
                    one
                }
                _ => return Err(reader.refused("`*` or `^ 2`: terms in brackets are quadratic")),
            };
            self.terms.push((one, other, weight));
        }
        reader.symbol(']', "`]`")?;
        reader.symbol('/', "`] / 2`")?;
        reader.two("`] / 2`")
    }
}

struct Reader<'k, 't> {
    tokens: &'k [Token<'t>],
    last: usize,
}

impl<'t> Reader<'_, 't> {
    fn peek(&self) -> Option<Kind<'t>> {
        self.tokens.first().map(|token| token.kind)
    }

    fn next(&mut self) {
        self.tokens = &self.tokens[1..];
    }

    /// The sign before a term, which all but the first must have.
    fn sign(&mut self, first: bool) -> Result<f64, Refused> {
        let sign = match self.peek() {
            Some(Kind::Symbol('+')) => 1.0,
            Some(Kind::Symbol('-')) => -1.0,
            _ if first => return Ok(1.0),
            _ => return Err(self.refused("`+`, `-` or a section")),
        };
        self.next();
        Ok(sign)
    }

    fn number(&mut self) -> Option<f64> {
        let Some(Kind::Number(number)) = self.peek() else {
            return None;
        };
        self.next();
        Some(number)
    }

    fn name(&mut self) -> Result<Variable<'t>, Refused> {
        if let Some(token) = self.tokens.first()
            && let Kind::Name(name) = token.kind
        {
            let line = token.line;
            self.next();
            return Ok((line, name));
        }
        Err(self.refused("a variable"))
    }

    fn symbol(&mut self, symbol: char, allowed: &'static str) -> Result<(), Refused> {
        if self.peek() != Some(Kind::Symbol(symbol)) {
            return Err(self.refused(allowed));
        }
        self.next();
        Ok(())
    }

    fn two(&mut self, allowed: &'static str) -> Result<(), Refused> {
        if self.peek() != Some(Kind::Number(2.0)) {
            return Err(self.refused(allowed));
        }
        self.next();
        Ok(())
    }

    fn refused(&self, allowed: &'static str) -> Refused {
        match self.tokens.first() {
            Some(token) => unexpected(token, allowed),
            None => {
                let found = "the end of the objective".to_owned();
                (self.last, Fault::Grammar { found, allowed })
            }
        }
    }
}
