//! Families of proteins in `shared/data`, and the contacts that the mean field finds.

use std::path::Path;

use gwg_chains::Threads;
use gwg_learn::{
    AlignmentOptions, Alphabet, AverageProduct, DEFAULT_IDENTITY, DEFAULT_PSEUDOCOUNT,
    DEFAULT_SEPARATION, Data, PairPotts, UnknownLetters, frobenius_apc, mean_field,
    parse_alignment, precision, read_contacts, sequence_weights,
};

use super::shared_data::shared_data;

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

/// Asserts the precision of contacts from couplings by the recipe of the stored figures (the gap counts, means over other sites), in thousandths, at L/5, L/2, L and 2L pairs.
fn has_precision(model: &PairPotts<f64>, contacts: &Path, wanted: [u32; 4]) {
    let scores = frobenius_apc(model, None, AverageProduct::Means);
    let contacts = read_contacts(contacts).unwrap();
    let ranked = scores.ranked(DEFAULT_SEPARATION);
    let found = precision(&ranked, &contacts, scores.sites());
    let found = found.map(|p| (1000.0 * p.precision).round() as u32);
    assert_eq!(found, wanted);
}

fn mean_field_of(folder: &Path) -> PairPotts<f64> {
    let threads = Threads::all().unwrap();
    let data = family(folder);
    let weights = sequence_weights(&data, DEFAULT_IDENTITY, &threads);
    let data = data.with_weights(weights).unwrap();
    mean_field(&data, DEFAULT_PSEUDOCOUNT, &threads).unwrap()
}

#[test]
fn the_mean_field_finds_the_contacts_of_pf00014() {
    let Some(folder) = shared_data("protein_pf00014") else {
        return;
    };
    let model = mean_field_of(&folder);
    for (file, wanted) in [
        ("contacts_cb_5pti.txt", [700, 808, 698, 547]),
        ("contacts_min_heavy_5pti.txt", [600, 654, 679, 538]),
        ("contacts_min_heavy_many.txt", [1000, 1000, 1000, 915]),
    ] {
        has_precision(&model, &folder.join(file), wanted);
    }
}

#[test]
fn the_mean_field_finds_the_contacts_of_dhfr() {
    let Some(folder) = shared_data("protein_dhfr") else {
        return;
    };
    let model = mean_field_of(&folder);
    for (file, wanted) in [
        ("contacts_cb_3ql0.txt", [839, 797, 673, 484]),
        ("contacts_min_heavy_3ql0.txt", [839, 797, 711, 503]),
    ] {
        has_precision(&model, &folder.join(file), wanted);
    }
}
