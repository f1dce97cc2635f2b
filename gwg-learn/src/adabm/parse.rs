//! From records to a model.

use std::collections::{BTreeMap, BTreeSet};

use super::Params;
use super::fault::ParamsFault;
use super::records::{Kind, Record, Token, records};
use crate::{Alphabet, PairPotts};

/// Models with at most so many parameters are made whatever the number of records: 1 GiB.
const ALWAYS: u128 = 1 << 27;
/// Above that, so many parameters for each record.
const RATIO: u128 = 100;

/// Parses the content of a file: [`read_params`](super::read_params).
///
/// # Errors
/// The violated rule.
pub fn parse_params(bytes: &[u8], alphabet: Option<&Alphabet>) -> Result<Params, ParamsFault> {
    let (records, skipped) = records(bytes)?;
    let states = States::of(&records, alphabet)?;
    let model = model(&records, &states)?;
    let alphabet = states.alphabet;
    Ok(Params {
        model,
        alphabet,
        skipped,
    })
}

/// How states are written.
struct States {
    alphabet: Alphabet,
    /// In the older format, the largest site and state of the fields.
    numbered: Option<(u32, u16)>,
}

impl States {
    fn of(records: &[Record], given: Option<&Alphabet>) -> Result<Self, ParamsFault> {
        let fields = || records.iter().filter(|record| record.kind == Kind::Field);
        if fields().next().is_none() {
            return Err(ParamsFault::NoFields);
        }
        let lettered = |alphabet: Alphabet| Self {
            alphabet,
            numbered: None,
        };
        if let Some(given) = given {
            let letter = |token: Token| token.letter().is_some_and(|l| given.symbol(l).is_some());
            if !all(records, |token| token.number().is_some()) || all(records, letter) {
                return Ok(lettered(given.clone()));
            }
        } else if !all(records, |token| token.number().is_some()) {
            return guess(records).map(lettered);
        }
        let number = |record: &Record| record.a.number().unwrap_or(0);
        let most = fields().map(number).max().unwrap_or(0);
        let site = fields().map(|record| record.i).max().unwrap_or(0);
        Ok(Self {
            alphabet: numbered(usize::from(most) + 1, given)?,
            numbered: Some((site, most)),
        })
    }

    fn symbol(&self, line: u32, token: Token) -> Result<usize, ParamsFault> {
        let line = line as usize;
        if let Some((_, most)) = self.numbered {
            let found = token.number().unwrap_or(0);
            if found <= most {
                return Ok(found.into());
            }
            let (found, most) = (found.into(), most.into());
            return Err(ParamsFault::NoField {
                line,
                what: "state",
                found,
                most,
            });
        }
        let symbol = token
            .letter()
            .and_then(|letter| self.alphabet.symbol(letter));
        symbol.map(usize::from).ok_or_else(|| ParamsFault::Letter {
            line,
            found: token.to_string(),
            allowed: self.alphabet.to_string(),
        })
    }
}

fn all(records: &[Record], what: impl Fn(Token) -> bool) -> bool {
    records
        .iter()
        .all(|record| what(record.a) && what(record.b))
}

/// The first alphabet that has all letters.
fn guess(records: &[Record]) -> Result<Alphabet, ParamsFault> {
    let known = [Alphabet::rna(), Alphabet::dna(), Alphabet::protein()];
    let fits = |alphabet: &Alphabet| {
        all(records, |token| {
            token.letter().is_some_and(|l| alphabet.symbol(l).is_some())
        })
    };
    known.into_iter().find(fits).ok_or_else(|| {
        let tokens = records.iter().flat_map(|record| [record.a, record.b]);
        let letters: BTreeSet<String> = tokens.map(|token| token.to_string()).collect();
        let found = letters.into_iter().take(40).collect::<Vec<_>>().join(" ");
        ParamsFault::Alphabet { found }
    })
}

fn numbered(states: usize, given: Option<&Alphabet>) -> Result<Alphabet, ParamsFault> {
    let alphabet = given.cloned().or_else(|| Alphabet::with_states(states));
    match alphabet {
        Some(alphabet) if alphabet.states() == states => Ok(alphabet),
        other => Err(ParamsFault::States {
            states,
            alphabet: other.map_or_else(
                || "without a name the alphabet has 2, 5 or 21 letters".to_owned(),
                |other| format!("the alphabet {other} has {} letters", other.states()),
            ),
        }),
    }
}

fn model(records: &[Record], states: &States) -> Result<PairPotts<f64>, ParamsFault> {
    let (sites, q) = (sites(records, states)?, states.alphabet.states());
    let mut model = PairPotts::zeros(sites, q)?;
    // Of the same record twice the last one counts, before both orders of a pair are added.
    let mut reversed: Vec<(usize, f64)> = Vec::new();
    let mut own = BTreeMap::new();
    for record in records {
        let (i, j) = (record.i as usize, record.j as usize);
        let a = states.symbol(record.line, record.a)?;
        let b = states.symbol(record.line, record.b)?;
        let place = match record.kind {
            Kind::Field => model.field_mut().get_mut(i * q + a),
            Kind::Coupling if i < j => model.block_mut(i, j).get_mut(a * q + b),
            Kind::Coupling if i > j => {
                reversed.push((model.pair(j, i) * q * q + b * q + a, record.value));
                None
            }
            // A site has one state at a time: only equal states count.
            Kind::Coupling if a == b => Some(own.entry(i * q + a).or_insert(0.0)),
            Kind::Coupling => None,
        };
        if let Some(place) = place {
            *place = record.value;
        }
    }
    let sum = |(to, from): (&mut f64, f64)| {
        *to += from;
        to.is_finite().then_some(()).ok_or(ParamsFault::Sum)
    };
    reversed.sort_by_key(|(at, _)| *at);
    for (k, &(at, value)) in reversed.iter().enumerate() {
        let is_last = reversed.get(k + 1).is_none_or(|(next, _)| *next != at);
        if let Some(coupling) = model.coupling_mut().get_mut(at).filter(|_| is_last) {
            sum((coupling, value))?;
        }
    }
    for (at, value) in own {
        if let Some(field) = model.field_mut().get_mut(at) {
            sum((field, value))?;
        }
    }
    Ok(model)
}

/// The number of sites, if a model with so many may be made.
fn sites(records: &[Record], states: &States) -> Result<usize, ParamsFault> {
    let largest = records.iter().max_by_key(|record| record.i.max(record.j));
    let (line, last) = largest.map_or((0, 0), |record| {
        (record.line as usize, record.i.max(record.j))
    });
    if let Some((most, _)) = states.numbered
        && last > most
    {
        let (found, most) = (last.into(), most.into());
        return Err(ParamsFault::NoField {
            line,
            what: "site",
            found,
            most,
        });
    }
    let (sites, q) = (u128::from(last) + 1, states.alphabet.states() as u128);
    let parameters = sites * q + sites * (sites - 1) / 2 * q * q;
    if parameters > ALWAYS.max(RATIO * records.len() as u128) {
        return Err(ParamsFault::TooLarge {
            line,
            sites: last as usize + 1,
            states: states.alphabet.states(),
            records: records.len(),
        });
    }
    Ok(last as usize + 1)
}
