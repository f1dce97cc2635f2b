//! Rows of data of commands that learn and evaluate.

use crate::failure::Failure;
use crate::flags::DataFlags;
use crate::waiting;
use gwg_chains::Threads;
use gwg_learn::{
    Alignment, AlignmentFormat, AlignmentOptions, Alphabet, DEFAULT_IDENTITY, Data,
    parse_alignment, read_alignment, sequence_weights,
};
use gwg_models::io::{read_rows, visible_path};
use std::path::Path;

/// Rows, and the names and letters of an alignment.
pub(crate) struct Rows {
    pub(crate) data: Data,
    pub(crate) alignment: Option<Alignment>,
}

/// Extensions of files of arrays; all others are alignments or text.
const ARRAYS: [&str; 2] = ["npy", "npz"];

impl Rows {
    /// Reads the rows with their weights; `states`: as many as a model has, else one more than the largest symbol, at least 2.
    pub(crate) fn read(
        path: &Path,
        flags: &DataFlags,
        states: Option<usize>,
        threads: &Threads,
    ) -> Result<Self, Failure> {
        let rows = waiting::while_reading(path, || Self::unweighted(path, flags, states))?;
        let data = rows.data;
        let data = match (&flags.weights, flags.identity) {
            (Some(weights), _) => {
                let rows = data.rows();
                let weights = gwg_models::io::read_numbers(weights, rows, "one per row");
                let weights = weights.map_err(|e| Failure::usage(format!("--weights {e}")))?;
                data.with_weights(weights)
                    .map_err(|e| Failure::usage(format!("--weights: {e}")))?
            }
            (None, identity) => {
                let default = if rows.alignment.is_some() {
                    DEFAULT_IDENTITY
                } else {
                    1.0
                };
                let identity = identity.unwrap_or(default);
                if !(0.0..=1.0).contains(&identity) {
                    return Err(Failure::usage(format!(
                        "--identity: found {identity}, allowed is 0 to 1"
                    )));
                }
                if identity == 1.0 {
                    data
                } else {
                    let weights = sequence_weights(&data, identity, threads);
                    data.with_weights(weights).map_err(Failure::usage)?
                }
            }
        };
        Ok(Self { data, ..rows })
    }

    fn unweighted(path: &Path, flags: &DataFlags, states: Option<usize>) -> Result<Self, Failure> {
        let is = |known: &&str| {
            path.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case(known))
        };
        if ARRAYS.iter().any(is) || flags.packed.is_some() {
            return array(path, flags, states);
        }
        if is(&"txt") && flags.alphabet.is_none() {
            let bytes = gwg_models::io::read_bytes(path).map_err(Failure::usage)?;
            if let Some(numbers) = digits(&bytes) {
                let (columns, symbols) = numbers.map_err(|line| {
                    Failure::usage(format!(
                        "{}: line {line}: it has another number of symbols than the first; all rows have the same sites",
                        visible_path(path)
                    ))
                })?;
                return plain(path, symbols, columns, states);
            }
        }
        let options = AlignmentOptions {
            alphabet: match &flags.alphabet {
                Some(name) => Some(
                    Alphabet::named(name)
                        .map_err(|e| Failure::usage(format!("--alphabet: {e}")))?,
                ),
                None => states.and_then(Alphabet::with_states),
            },
            unknown: flags.unknown.into(),
            ..AlignmentOptions::default()
        };
        let alignment = if is(&"txt") {
            text(path, &options)?
        } else {
            read_alignment(path, &options).map_err(Failure::usage)?
        };
        let data = alignment.data();
        let data = data.map_err(|e| Failure::usage(format!("{}: {e}", visible_path(path))))?;
        Ok(Self {
            data,
            alignment: Some(alignment),
        })
    }
}

/// An alignment, or sequences without names, one per line.
fn text(path: &Path, options: &AlignmentOptions) -> Result<Alignment, Failure> {
    let bytes = gwg_models::io::read_bytes(path).map_err(Failure::usage)?;
    let parsed = match named_by_line(&bytes) {
        Some(fasta) => {
            let format = Some(AlignmentFormat::Fasta);
            let options = AlignmentOptions {
                format,
                ..options.clone()
            };
            parse_alignment(fasta.as_bytes(), &options)
        }
        None => parse_alignment(&bytes, options),
    };
    parsed.map_err(|fault| Failure::usage(format!("{}: {fault}", visible_path(path))))
}

/// Lines of one word each as sequences that are named by the numbers of their lines; `None` of a text of another kind.
fn named_by_line(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut fasta = String::with_capacity(text.len() + text.len() / 4);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.contains(char::is_whitespace) || line.starts_with(['>', ';', '#']) {
            return None;
        }
        if !line.is_empty() {
            fasta.push_str(&format!(">{number}\n{line}\n"));
        }
    }
    (!fasta.is_empty()).then_some(fasta)
}

fn array(path: &Path, flags: &DataFlags, states: Option<usize>) -> Result<Rows, Failure> {
    let rows = read_rows(path).map_err(Failure::usage)?;
    let Some(columns) = flags.packed else {
        return plain(path, rows.symbols, rows.columns, states);
    };
    if rows.columns != columns.div_ceil(8) {
        return Err(Failure::usage(format!(
            "--packed: found {columns} columns, but {} has {} bytes per row, which hold {} to {}",
            visible_path(path),
            rows.columns,
            (8 * rows.columns).saturating_sub(7),
            8 * rows.columns
        )));
    }
    let bytes = rows.symbols.chunks_exact(rows.columns);
    let bits = bytes.flat_map(|row| (0..columns).map(|k| row[k / 8] >> (7 - k % 8) & 1));
    plain(path, bits.collect(), columns, Some(2))
}

fn plain(
    path: &Path,
    symbols: Vec<u16>,
    columns: usize,
    states: Option<usize>,
) -> Result<Rows, Failure> {
    let refused =
        |what: &dyn std::fmt::Display| Failure::usage(format!("{}: {what}", visible_path(path)));
    let most = symbols.iter().copied().max().unwrap_or(0);
    if most > 255 {
        return Err(refused(&format!(
            "found symbol {most}, allowed are 0 to 255; gray values are no symbols: binarize them"
        )));
    }
    let states = states.unwrap_or(usize::from(most) + 1).max(2);
    let symbols = symbols.into_iter().map(|s| s as u8).collect();
    let data = Data::new(symbols, columns, states).map_err(|e| refused(&e))?;
    Ok(Rows {
        data,
        alignment: None,
    })
}

/// Rows of numbers, one per line, separated by blanks or not at all: the number of columns and all symbols; the line that has another number
/// of them. `None` where the text is of another kind.
fn digits(bytes: &[u8]) -> Option<Result<(usize, Vec<u16>), usize>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (mut columns, mut all) = (0, Vec::new());
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let row: Vec<u16> = match words[..] {
            [] => continue,
            [word] => {
                let digits = word.chars().map(|c| c.to_digit(10).map(|d| d as u16));
                digits.collect::<Option<_>>()?
            }
            _ => words
                .iter()
                .map(|w| w.parse().ok())
                .collect::<Option<_>>()?,
        };
        if columns == 0 {
            columns = row.len();
        }
        if row.len() != columns {
            return Some(Err(number + 1));
        }
        all.extend(row);
    }
    (columns > 0).then_some(Ok((columns, all)))
}

#[cfg(test)]
mod tests {
    use super::{digits, named_by_line};

    #[test]
    fn lines_of_letters_are_sequences() {
        let wanted = Some(">1\nAC-\n>3\nGU-\n".to_owned());
        assert_eq!(named_by_line(b"AC-\n\n GU-\r\n"), wanted);
        assert_eq!(named_by_line(b"AC-\n>name\nGU-\n"), None);
        assert_eq!(named_by_line(b"name AC-\n"), None);
        assert_eq!(named_by_line(b"\n"), None);
    }

    #[test]
    fn text_is_rows_of_digits_or_of_numbers() {
        assert_eq!(digits(b"010\n111\n"), Some(Ok((3, vec![0, 1, 0, 1, 1, 1]))));
        assert_eq!(digits(b"\n0 12\n3 4"), Some(Ok((2, vec![0, 12, 3, 4]))));
        assert_eq!(digits(b"0 1\n0 1 1\n"), Some(Err(2)));
        assert_eq!(digits(b">name\n0101"), None);
        assert_eq!(digits(b""), None);
    }
}
