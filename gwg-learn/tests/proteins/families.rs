//! Families of proteins in `shared/data`.

use std::path::Path;

use gwg_learn::{AlignmentOptions, Alphabet, Data, UnknownLetters, parse_alignment};

/// The rows of `seqs.txt`, where letters other than the 20 amino acids count as gaps.
pub(crate) fn family(folder: &Path) -> Data {
    let rows = std::fs::read_to_string(folder.join("seqs.txt")).unwrap();
    let lines = rows.lines().enumerate();
    let fasta: String = lines.map(|(k, row)| format!(">{k}\n{row}\n")).collect();
    let options = AlignmentOptions {
        alphabet: Some(Alphabet::protein()),
        unknown: UnknownLetters::Gap,
        ..AlignmentOptions::default()
    };
    let alignment = parse_alignment(fasta.as_bytes(), &options).unwrap();
    alignment.data().unwrap()
}
