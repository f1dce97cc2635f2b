//! `gwg mutations`: the change of `log_prob` by each single mutation of a sequence.

use crate::csv::quoted;
use crate::failure::Failure;
use crate::flags::{MutationsFlags, Unknown};
use crate::scored::{Reading, Scored};
use crate::{outputs, params};
use gwg_learn::{AlignmentFormat, AlignmentOptions, Alphabet, parse_alignment};
use std::fmt::Write as _;
use std::path::Path;

/// A sequence, and its letters if it is written in letters.
struct Sequence {
    symbols: Vec<u8>,
    alphabet: Option<Alphabet>,
}

pub(crate) fn run(flags: &MutationsFlags) -> Result<(), Failure> {
    let out = flags.out.as_deref();
    if let Some(path) = out {
        outputs::check_file("--out", path, flags.force)?;
        let model = Path::new(&flags.model.model);
        outputs::check_apart(&[("MODEL", Some(model)), ("--out", Some(path))])?;
        let sequence = Path::new(&flags.sequence);
        outputs::check_apart(&[("SEQUENCE", Some(sequence)), ("--out", Some(path))])?;
    }
    let model = Scored::read(&flags.model, flags.alphabet.as_deref())?;
    let sequence = sequence(&model, flags)?;
    outputs::text("--out", out, &csv(&model, &sequence), flags.force)
}

/// The first row of a file, or the letters of the command line.
fn sequence(model: &Scored, flags: &MutationsFlags) -> Result<Sequence, Failure> {
    let path = Path::new(&flags.sequence);
    if path == Path::new("-") || path.exists() {
        let reading = Reading {
            packed: None,
            alphabet: flags.alphabet.as_deref(),
            unknown: Unknown::Refuse,
        };
        let rows = model.rows(path, reading)?;
        return Ok(Sequence {
            symbols: rows.data.row(0).to_vec(),
            alphabet: model.letters(&rows).cloned(),
        });
    }
    let found = written(model, flags)?;
    if found.symbols.len() != model.sites() {
        return Err(Failure::usage(format!(
            "SEQUENCE: found {} letters, but the model has {} sites, and there is no file of this name; give one letter per site, or a file",
            found.symbols.len(),
            model.sites()
        )));
    }
    Ok(found)
}

/// A sequence of letters, or of digits where the states of the model have no usual letters.
fn written(model: &Scored, flags: &MutationsFlags) -> Result<Sequence, Failure> {
    let (text, states) = (&flags.sequence, model.states());
    let named = params::alphabet(flags.alphabet.as_deref())?;
    let known = named.or_else(|| model.alphabet().cloned());
    let digits = text.chars().map(|c| Some(c.to_digit(10)? as u8));
    if let (None, Some(symbols)) = (&known, digits.collect::<Option<Vec<u8>>>()) {
        let place = |(site, &s): (usize, &u8)| usize::from(s) >= model.states_at(site);
        if let Some(site) = symbols.iter().enumerate().position(place) {
            return Err(Failure::usage(format!(
                "SEQUENCE: site {site}: found {}, allowed are 0 to {}",
                symbols[site],
                states - 1
            )));
        }
        let alphabet = None;
        return Ok(Sequence { symbols, alphabet });
    }
    let read = |alphabet: Option<Alphabet>| {
        let options = AlignmentOptions {
            alphabet,
            format: Some(AlignmentFormat::Fasta),
            ..AlignmentOptions::default()
        };
        let found = parse_alignment(format!(">sequence\n{text}\n").as_bytes(), &options);
        found.map_err(|fault| Failure::usage(format!("SEQUENCE: {fault}")))
    };
    let found = match known {
        Some(alphabet) => read(Some(alphabet))?,
        // A sequence can have few of its letters: the model says how many there are.
        None => match Alphabet::with_states(states) {
            Some(alphabet) if alphabet == Alphabet::rna() => read(Some(alphabet))
                .or_else(|failure| read(Some(Alphabet::dna())).map_err(|_| failure))?,
            alphabet => read(alphabet)?,
        },
    };
    if found.alphabet().states() != states {
        return Err(Failure::usage(format!(
            "SEQUENCE: found letters of an alphabet of {}, but the model has {states} states; name its letters by --alphabet",
            found.alphabet().states()
        )));
    }
    Ok(Sequence {
        symbols: found.symbols().to_vec(),
        alphabet: Some(found.alphabet().clone()),
    })
}

/// One line per mutation; sites from 0.
fn csv(model: &Scored, sequence: &Sequence) -> String {
    let mut text = "site,from,to,delta_log_prob,delta_energy\n".to_owned();
    let letter = |symbol: u8| match &sequence.alphabet {
        Some(alphabet) => quoted(&alphabet.decode(&[symbol])),
        None => symbol.to_string(),
    };
    let changes = model.changes(&sequence.symbols);
    let sites = changes.chunks_exact(model.states()).zip(&sequence.symbols);
    for (site, (changes, &from)) in sites.enumerate() {
        let states = (0..=u8::MAX).zip(0..model.states_at(site));
        for ((to, _), change) in states.zip(changes) {
            if to != from {
                let (from, to) = (letter(from), letter(to));
                let _ = writeln!(text, "{site},{from},{to},{change},{}", 0.0 - change);
            }
        }
    }
    text
}
