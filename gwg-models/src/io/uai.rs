//! Factor graphs in the UAI format of the competitions in probabilistic inference.
//!
//! ```text
//! MARKOV           or BAYES: the tables are then conditional probabilities
//! 3                variables
//! 2 2 3            the number of states of each
//! 2                factors
//! 1 0              a factor of one variable, variable 0 (variables count from 0)
//! 2 0 2            a factor of two variables
//!
//! 2                the table of the first factor: two numbers
//!  0.4 0.6
//! 6                that of the second, the last variable fastest
//!  1 2 3 4 5 6
//! ```
//!
//! The logarithms are stored: `f(x) = sum over factors of log t(x)`. Factors of the same variables are added. Factors
//! of more than two variables are rejected, and so are entries of 0: hard constraints, which can disconnect the
//! states for single-site moves.

mod fault;

use super::error::IoError;
use super::files;
use super::text::{excerpt, text, unmarked};
use crate::factor_graph::{Coupling, PairFactor};
use std::collections::HashMap;
use std::collections::hash_map;
use std::path::Path;

pub use fault::UaiFault;

/// Variables are numbered with 32 bits, and symbols with 8.
const MAX_VARIABLES: usize = u32::MAX as usize;
const MAX_STATES: usize = 256;

/// A factor graph of unary and pairwise log-factors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactorList {
    /// The number of states of each site.
    pub states: Vec<u32>,
    /// Log-factors of one site: the site, from 0, and one number per state. A site may have several.
    pub unary: Vec<(usize, Vec<f64>)>,
    /// Log-factors of two sites, each pair once.
    pub pairs: Vec<PairFactor>,
}

impl FactorList {
    /// The sum of the unary log-factors: one number per site and state, site by site.
    #[must_use]
    pub fn field(&self) -> Vec<f64> {
        let mut starts = Vec::with_capacity(self.states.len());
        let mut cells = 0;
        for &q in &self.states {
            starts.push(cells);
            cells += q as usize;
        }
        let mut field = vec![0.0; cells];
        for (site, numbers) in &self.unary {
            let start = starts.get(*site).copied().unwrap_or(cells);
            let row = field.get_mut(start..).unwrap_or(&mut []);
            for (h, number) in row.iter_mut().zip(numbers) {
                *h += number;
            }
        }
        field
    }
}

/// True if the first word of a file is that of the UAI format.
#[must_use]
pub fn is_uai(bytes: &[u8]) -> bool {
    let mut words = unmarked(bytes).split(u8::is_ascii_whitespace);
    let first = words.find(|word| !word.is_empty());
    first.is_some_and(|word| [b"MARKOV".as_slice(), b"BAYES"].contains(&word))
}

/// Reads a file in the UAI format. Cost: `O(bytes)`.
///
/// # Errors
/// [`IoError`], with the line number.
pub fn read_uai(path: &Path) -> Result<FactorList, IoError> {
    parse_uai(&files::read(path)?).map_err(|(line, fault)| IoError::Uai {
        path: path.to_owned(),
        line,
        fault,
    })
}

type Refused = (usize, UaiFault);

/// Parses the content of a file in the UAI format.
///
/// # Errors
/// The line, from 1, and the rule that it violates.
pub fn parse_uai(bytes: &[u8]) -> Result<FactorList, Refused> {
    let text = text(bytes).map_err(|(line, byte)| (line, UaiFault::NotText { byte }))?;
    let mut words = Words::new(text);
    let found = words.next("MARKOV")?;
    if found != "MARKOV" && found != "BAYES" {
        let found = excerpt(found);
        return Err((words.line, UaiFault::Type { found }));
    }
    let variables = words.integer("number of variables", 1, MAX_VARIABLES)?;
    // Not reserved from a number in the file, which may be wrong.
    let mut list = FactorList::default();
    for _ in 0..variables {
        let states = words.integer("number of states", 2, MAX_STATES)?;
        list.states.push(states as u32);
    }
    let factors = words.integer("number of factors", 0, usize::MAX)?;
    let mut scopes = Vec::new();
    for factor in 0..factors {
        scopes.push(words.scope(factor, variables)?);
    }
    let mut seen = HashMap::new();
    for (factor, scope) in scopes.into_iter().enumerate() {
        let needed = scope
            .iter()
            .map(|&variable| list.states[variable] as usize)
            .product();
        let table = words.table(factor, needed)?;
        match scope[..] {
            // A constant: `f` is defined up to one.
            [] => {}
            [site] => list.unary.push((site, table)),
            [i, j, ..] => add_pair(&mut list, &mut seen, (i, j), table),
        }
    }
    match words.rest.next() {
        None => Ok(list),
        Some((line, found)) => {
            let found = excerpt(found);
            Err((line, UaiFault::Trailing { found }))
        }
    }
}

/// Adds a table to the existing one of the same two sites, if any, transposed if necessary.
fn add_pair(
    list: &mut FactorList,
    seen: &mut HashMap<(usize, usize), usize>,
    (i, j): (usize, usize),
    table: Vec<f64>,
) {
    let place = match seen.entry((i.min(j), i.max(j))) {
        hash_map::Entry::Occupied(place) => *place.get(),
        hash_map::Entry::Vacant(place) => {
            place.insert(list.pairs.len());
            let (sites, coupling) = ((i, j), Coupling::Table(table));
            list.pairs.push(PairFactor { sites, coupling });
            return;
        }
    };
    let first = &mut list.pairs[place];
    let Coupling::Table(sum) = &mut first.coupling else {
        return;
    };
    let (rows, columns) = (list.states[i] as usize, list.states[j] as usize);
    for (k, number) in table.into_iter().enumerate() {
        let (a, b) = (k / columns, k % columns);
        let turned = first.sites != (i, j);
        sum[if turned { b * rows + a } else { k }] += number;
    }
}

/// The remaining words, with their lines.
struct Words<'t> {
    rest: Box<dyn Iterator<Item = (usize, &'t str)> + 't>,
    /// The line of the last word.
    line: usize,
}

impl<'t> Words<'t> {
    fn new(text: &'t str) -> Self {
        let lines = (1..).zip(text.lines());
        let rest = lines.flat_map(|(line, text)| {
            let words = text.split_whitespace();
            words.map(move |word| (line, word))
        });
        Self {
            rest: Box::new(rest),
            line: 1,
        }
    }

    fn next(&mut self, what: &'static str) -> Result<&'t str, Refused> {
        match self.rest.next() {
            Some((line, word)) => {
                self.line = line;
                Ok(word)
            }
            None => Err((self.line, UaiFault::Ended { what })),
        }
    }

    fn integer(&mut self, what: &'static str, min: usize, max: usize) -> Result<usize, Refused> {
        let word = self.next(what)?;
        let value = word.parse().ok().filter(|n| (min..=max).contains(n));
        value.ok_or_else(|| {
            let found = excerpt(word);
            let fault = UaiFault::Integer {
                what,
                found,
                min,
                max,
            };
            (self.line, fault)
        })
    }

    /// The variables of a factor.
    fn scope(&mut self, factor: usize, variables: usize) -> Result<Vec<usize>, Refused> {
        let found = self.integer("number of variables of a factor", 0, variables)?;
        if found > 2 {
            return Err((self.line, UaiFault::Variables { factor, found }));
        }
        let mut scope = Vec::with_capacity(found);
        for _ in 0..found {
            let variable = self.integer("variable", 0, variables - 1)?;
            if scope.contains(&variable) {
                return Err((self.line, UaiFault::Twice { factor, variable }));
            }
            scope.push(variable);
        }
        Ok(scope)
    }

    /// The logarithms of a table.
    fn table(&mut self, factor: usize, needed: usize) -> Result<Vec<f64>, Refused> {
        let found = self.integer("length of a table", 0, usize::MAX)?;
        if found != needed {
            let fault = UaiFault::Table {
                factor,
                found,
                needed,
            };
            return Err((self.line, fault));
        }
        let mut table = Vec::new();
        for entry in 0..needed {
            let word = self.next("a number of a table")?;
            let fault = match word.parse::<f64>() {
                Ok(number) if number > 0.0 && number.is_finite() => {
                    table.push(gwg_core::Real::ln(number));
                    continue;
                }
                Ok(0.0) => UaiFault::Zero { factor, entry },
                _ => UaiFault::Entry {
                    factor,
                    entry,
                    found: excerpt(word),
                },
            };
            return Err((self.line, fault));
        }
        Ok(table)
    }
}
