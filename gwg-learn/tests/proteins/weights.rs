//! Weights of the families.

use gwg_chains::Threads;
use gwg_learn::{AlignmentOptions, Data, read_alignment, sequence_weights};
use gwg_models::io::numbers::parse_numbers;

use super::families::family;
use super::shared_data::shared_data;

fn check(name: &str, effective: f64) {
    let Some(folder) = shared_data(name) else {
        return;
    };
    let data = family(&folder);
    let wanted = parse_numbers(&std::fs::read(folder.join("weights80.npy")).unwrap()).unwrap();
    let found = sequence_weights(&data, 0.8, &Threads::all().unwrap());
    let differ = found
        .iter()
        .zip(&wanted)
        .filter(|(a, b)| **a as f32 != **b as f32);
    assert_eq!((found.len(), differ.count()), (wanted.len(), 0));
    assert!((found.iter().sum::<f64>() - effective).abs() < 0.05);
}

#[test]
fn weights_of_two_protein_families_are_the_stored_ones() {
    check("protein_pf00014", 4363.9);
    check("protein_dhfr", 1557.4);
}

#[test]
fn the_effective_number_of_an_rna_family_is_that_of_adabmdca() {
    let Some(folder) = shared_data("protein_rf00379") else {
        return;
    };
    let path = folder.join("RF00379.fasta");
    let alignment = read_alignment(&path, &AlignmentOptions::default()).unwrap();
    let data: Data = alignment.select(&alignment.distinct_rows()).data().unwrap();
    let weights = sequence_weights(&data, 0.8, &Threads::all().unwrap());
    let effective = data.with_weights(weights).unwrap().effective_rows();
    assert!((effective - 1447.04).abs() < 0.005, "{effective}");
}
