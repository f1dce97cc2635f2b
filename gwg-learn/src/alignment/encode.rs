//! From letters to symbols.

use gwg_models::io::visible;

use super::alphabet::{Letters, UNKNOWN};
use super::fault::AlignmentFault;
use super::options::{AlignmentOptions, UnknownLetters};
use super::records::{Record, Records};
use super::{Alignment, Alphabet};

pub(super) fn encode(
    records: &Records,
    options: &AlignmentOptions,
) -> Result<Alignment, AlignmentFault> {
    let sites = records.columns()?;
    let alphabet = match &options.alphabet {
        Some(alphabet) => alphabet.clone(),
        None => guess(records)?,
    };
    let table = table(&alphabet, options)?;
    let mut found = Alignment {
        names: Vec::with_capacity(records.rows.len()),
        symbols: Vec::with_capacity(records.text.len()),
        sites,
        alphabet,
        dropped: Vec::new(),
        replaced: 0,
    };
    for (row, record) in records.rows.iter().enumerate() {
        add(&mut found, records, (row, record), &table, options.unknown)?;
    }
    if found.names.is_empty() {
        let (rows, allowed) = (records.rows.len(), found.alphabet.to_string());
        return Err(AlignmentFault::NoneValid { rows, allowed });
    }
    Ok(found)
}

fn guess(records: &Records) -> Result<Alphabet, AlignmentFault> {
    let letters = Letters::of(&records.text);
    letters.alphabet().ok_or_else(|| AlignmentFault::Alphabet {
        found: letters.found(),
    })
}

/// The symbol of every byte, or [`UNKNOWN`].
fn table(alphabet: &Alphabet, options: &AlignmentOptions) -> Result<[u8; 256], AlignmentFault> {
    let plain = alphabet.table();
    let mut table = plain;
    for (letter, symbol) in (0..=u8::MAX).zip(&mut table) {
        if *symbol == UNKNOWN && options.upper_case {
            *symbol = plain[usize::from(letter.to_ascii_uppercase())];
        }
        if *symbol == UNKNOWN && letter == b'.' && options.dot_is_gap {
            *symbol = plain[usize::from(b'-')];
        }
    }
    if options.unknown == UnknownLetters::Gap && alphabet.gap().is_none() {
        let alphabet = alphabet.to_string();
        return Err(AlignmentFault::NoGap { alphabet });
    }
    Ok(table)
}

fn add(
    found: &mut Alignment,
    records: &Records,
    (row, record): (usize, &Record),
    table: &[u8; 256],
    unknown: UnknownLetters,
) -> Result<(), AlignmentFault> {
    let letters = records.letters(record);
    let begin = found.symbols.len();
    let symbols = letters.iter().map(|&letter| table[usize::from(letter)]);
    found.symbols.extend(symbols);
    let added = &mut found.symbols[begin..];
    if let Some(site) = added.iter().position(|&symbol| symbol == UNKNOWN) {
        match (unknown, found.alphabet.gap()) {
            (UnknownLetters::Gap, Some(gap)) => {
                for symbol in added.iter_mut().filter(|symbol| **symbol == UNKNOWN) {
                    *symbol = gap;
                    found.replaced += 1;
                }
            }
            (UnknownLetters::Drop, _) => {
                found.symbols.truncate(begin);
                found.dropped.push(row);
                return Ok(());
            }
            _ => {
                return Err(AlignmentFault::Letter {
                    at: records.place(row),
                    column: site + 1,
                    found: letter_at(letters, site),
                    allowed: found.alphabet.to_string(),
                });
            }
        }
    }
    found.names.push(record.name.clone());
    Ok(())
}

/// The character at a byte; the byte itself if it is no ASCII character.
fn letter_at(letters: &[u8], site: usize) -> String {
    match letters.get(site) {
        Some(&letter) if letter.is_ascii() => visible(&char::from(letter).to_string()),
        Some(byte) => format!("\\x{byte:02x}"),
        None => String::new(),
    }
}
