//! The numerical alignments of bmDCA: a line `rows columns states`, then a line of symbols for each row.

use std::str::from_utf8;

use super::Alignment;
use super::alphabet::Alphabet;
use super::fault::AlignmentFault;
use super::records::{lines, shown};

/// The three numbers of a first line.
pub(super) fn header(line: &[u8]) -> Option<[usize; 3]> {
    let mut words = from_utf8(line).ok()?.split_ascii_whitespace();
    let numbers = [words.next()?, words.next()?, words.next()?];
    if words.next().is_some() {
        return None;
    }
    let [Ok(rows), Ok(columns), Ok(states)] = numbers.map(str::parse) else {
        return None;
    };
    Some([rows, columns, states])
}

pub(super) fn parse(text: &[u8], alphabet: Option<&Alphabet>) -> Result<Alignment, AlignmentFault> {
    let filled = lines(text).filter(|(_, bytes)| !bytes.trim_ascii().is_empty());
    let mut filled = filled.peekable();
    let first = filled.next().and_then(|(_, bytes)| header(bytes));
    let [rows, columns, states] = first.ok_or(AlignmentFault::NoSequence)?;
    let alphabet = of_states(states, alphabet)?;
    let (mut symbols, mut found) = (Vec::new(), 0);
    let mut last = 1;
    for (line, bytes) in filled {
        let before = symbols.len();
        for word in bytes.split(u8::is_ascii_whitespace) {
            if !word.is_empty() {
                symbols.push(symbol(line, word, states)?);
            }
        }
        count(line, symbols.len() - before, "numbers", columns)?;
        (found, last) = (found + 1, line);
    }
    count(last, found, "rows", rows)?;
    if symbols.is_empty() {
        return Err(AlignmentFault::NoSequence);
    }
    Ok(Alignment {
        names: (1..=rows).map(|row| format!("seq{row}")).collect(),
        symbols,
        sites: columns,
        alphabet,
        dropped: Vec::new(),
        replaced: 0,
    })
}

fn of_states(states: usize, given: Option<&Alphabet>) -> Result<Alphabet, AlignmentFault> {
    let alphabet = given.cloned().or_else(|| Alphabet::with_states(states));
    match alphabet {
        Some(alphabet) if alphabet.states() == states => Ok(alphabet),
        _ => Err(AlignmentFault::States {
            found: states,
            allowed: given.map_or_else(
                || "2, 5 or 21 letters if it is not named".to_owned(),
                |given| format!("{} letters ({given})", given.states()),
            ),
        }),
    }
}

fn symbol(line: usize, word: &[u8], states: usize) -> Result<u8, AlignmentFault> {
    let number = from_utf8(word)
        .ok()
        .and_then(|word| word.parse::<u8>().ok());
    number
        .filter(|&s| usize::from(s) < states)
        .ok_or_else(|| AlignmentFault::Number {
            line,
            found: shown(word),
            allowed: format!("a symbol from 0 to {}", states - 1),
        })
}

fn count(
    line: usize,
    found: usize,
    what: &'static str,
    needed: usize,
) -> Result<(), AlignmentFault> {
    if found == needed {
        return Ok(());
    }
    Err(AlignmentFault::Count {
        line,
        found,
        what,
        needed,
    })
}
