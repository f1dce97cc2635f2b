//! A2M and A3M: FASTA where letters in lower case and dots are insertions, which belong to no column.

use super::records::Records;

/// Rows of HH-suite's A3M that are not sequences.
const NOT_SEQUENCES: [&str; 6] = [
    "ss_pred", "ss_conf", "ss_dssp", "sa_dssp", "aa_dssp", "aa_pred",
];

fn inserted(letter: u8) -> bool {
    letter.is_ascii_lowercase() || letter == b'.'
}

/// The match columns of every sequence: capital letters and gaps.
pub(super) fn match_columns(records: &Records) -> Records {
    let mut kept = Records::default();
    for record in &records.rows {
        let word = record.name.split_whitespace().next().unwrap_or_default();
        if NOT_SEQUENCES.contains(&word) {
            continue;
        }
        kept.begin(record.name.clone(), record.line);
        let letters = records.letters(record).iter().copied();
        let matched: Vec<u8> = letters.filter(|&letter| !inserted(letter)).collect();
        kept.add(&matched);
    }
    kept
}

/// True if sequences can only be A2M or A3M: with insertions removed, and only then, all have the same length; or there are dots and every
/// column consists of insertions alone or of capital letters and gaps alone.
pub(super) fn is_a2m(records: &Records) -> bool {
    let Some(first) = records.rows.first() else {
        return false;
    };
    let matched = |row: &super::records::Record| {
        records
            .letters(row)
            .iter()
            .filter(|&&l| !inserted(l))
            .count()
    };
    let columns = matched(first);
    if columns == 0 || records.rows.iter().any(|row| matched(row) != columns) {
        return false;
    }
    let len = first.letters.len();
    if records.rows.iter().any(|row| row.letters.len() != len) {
        return true;
    }
    let kinds = |row| records.letters(row).iter().map(|&l| inserted(l));
    let lower = records.text.iter().any(u8::is_ascii_lowercase);
    let pure = || records.rows.iter().all(|row| kinds(row).eq(kinds(first)));
    lower && records.text.contains(&b'.') && pure()
}
