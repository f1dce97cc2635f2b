//! Alignments in all formats, with every option and alphabet: what is read is a table of symbols, and is written and read to the same.
#![no_main]

use gwg_learn::{
    AlignmentFormat, AlignmentOptions, Alphabet, UnknownLetters, fasta_text, parse_alignment,
};
use libfuzzer_sys::fuzz_target;

/// The alphabet that a number names; one is the first line of the input.
fn alphabet<'b>(choice: u8, bytes: &'b [u8]) -> (Option<Alphabet>, &'b [u8]) {
    let known = match choice % 7 {
        1 => Some(Alphabet::protein()),
        2 => Some(Alphabet::rna()),
        3 => Some(Alphabet::dna()),
        4 => Some(Alphabet::binary()),
        5 => {
            let end = bytes.iter().position(|&b| b == b'\n');
            let (name, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            let name = String::from_utf8_lossy(name);
            return (Alphabet::named(&name).ok(), rest.get(1..).unwrap_or(rest));
        }
        _ => None,
    };
    (known, bytes)
}

/// The other options.
fn options(choice: u8, alphabet: Option<Alphabet>) -> AlignmentOptions {
    let formats = [
        None,
        Some(AlignmentFormat::Fasta),
        Some(AlignmentFormat::A2m),
        Some(AlignmentFormat::Stockholm),
        Some(AlignmentFormat::Clustal),
        Some(AlignmentFormat::Numerical),
    ];
    let unknown = [
        UnknownLetters::Refuse,
        UnknownLetters::Gap,
        UnknownLetters::Drop,
    ];
    AlignmentOptions {
        alphabet,
        format: formats[usize::from(choice) % formats.len()],
        unknown: unknown[usize::from(choice / 6) % unknown.len()],
        dot_is_gap: choice / 18 % 2 == 0,
        upper_case: choice / 36 % 2 == 0,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [first, second, bytes @ ..] = bytes else {
        return;
    };
    let (alphabet, bytes) = alphabet(*first, bytes);
    match parse_alignment(bytes, &options(*second, alphabet)) {
        Ok(found) => {
            let (sites, letters) = (found.sites(), found.alphabet());
            assert!(sites > 0 && !found.names().is_empty());
            assert_eq!(found.symbols().len(), found.names().len() * sites);
            let below = |&s: &u8| usize::from(s) < letters.states();
            assert!(found.symbols().iter().all(below));
            assert_eq!(found.gap_fractions().len(), found.names().len());
            assert!(found.select(&found.distinct_rows()).data().is_ok());
            let text = fasta_text(found.names(), found.symbols(), sites, letters);
            let plain = AlignmentOptions {
                alphabet: Some(letters.clone()),
                format: Some(AlignmentFormat::Fasta),
                ..AlignmentOptions::default()
            };
            let again = parse_alignment(text.as_bytes(), &plain).expect("a written one is read");
            assert_eq!(again.symbols(), found.symbols());
        }
        Err(fault) => {
            let message = fault.to_string();
            assert!(message.len() < 4000);
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
});
