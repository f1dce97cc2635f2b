//! Files of adabmDCA, and its energies.

use std::path::Path;

use gwg_learn::{
    AlignmentOptions, Alphabet, PairPotts, Params, UnknownLetters, chain_names, fasta_text,
    log_weights, params_text, parse_params, read_alignment, read_params,
};
use serde_json::Value;

use super::shared_data::shared_data;
use super::{json, list, symbol};

fn read(path: &Path) -> Params {
    read_params(path, None).unwrap_or_else(|e| panic!("{e}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// All states of `sites` sites, the first one slowest.
fn states(sites: u32, q: u8) -> impl Iterator<Item = Vec<u8>> {
    let q = u32::from(q);
    (0..q.pow(sites)).map(move |k| (0..sites).rev().map(|i| (k / q.pow(i) % q) as u8).collect())
}

fn has_energies(model: &PairPotts<f64>, expected: &Value) {
    let wanted = list(&expected["energies"], number);
    let sites = u32::try_from(model.sites()).unwrap();
    for (x, wanted) in states(sites, 5).zip(&wanted) {
        let energy = -model.log_prob(&x);
        assert!((energy - wanted).abs() < 1e-12, "{x:?} {energy} {wanted}");
    }
    assert_eq!(wanted.len(), 5_usize.pow(sites));
}

#[test]
fn one_model_in_eight_forms_has_the_energies_of_adabmdca() {
    let Some(folder) = shared_data("adabmdca_golden") else {
        return;
    };
    let golden = json(&folder.join("golden.json"));
    let forms = [
        "dense",
        "sparse",
        "h_first",
        "shuffled_lower",
        "awkward",
        "scientific",
        "missing_h",
        "old_format",
    ];
    for form in forms {
        let params = read(&folder.join(format!("tiny_{form}.dat")));
        assert_eq!(
            (params.model.sites(), params.alphabet),
            (3, Alphabet::rna()),
            "{form}"
        );
        assert!(params.skipped.is_empty());
        has_energies(&params.model, &golden["tiny"]);
    }
    let repeated = read(&folder.join("repeated.dat"));
    has_energies(&repeated.model, &golden["repeated"]);
    assert_eq!(repeated.skipped, [7]);
}

#[test]
fn a_trained_model_has_the_energies_of_adabmdca_and_is_written_as_it_was() {
    let Some(folder) = shared_data("adabmdca_golden") else {
        return;
    };
    let golden = &json(&folder.join("golden.json"))["rf24"];
    let path = folder.join("rf24_params.dat");
    let params = read(&path);
    let rows = list(&golden["indices"], |row| list(row, symbol));
    let double = list(&golden["adabmdca_energy_float64"], number);
    let single = list(&golden["adabmdca_energy_float32_cli"], number);
    for ((x, double), single) in rows.iter().zip(double).zip(single) {
        let energy = -params.model.log_prob(x);
        assert!((energy - double).abs() < 1e-12, "{energy} {double}");
        assert!((energy - single).abs() < 1e-5, "{energy} {single}");
        let dense = params.model.to_dense().unwrap();
        assert!((energy + gwg_core::Target::log_prob(&dense, x)).abs() < 1e-12);
    }
    assert_eq!(rows.len(), 10);
    let text = params_text(&params.model, &params.alphabet, false);
    assert!(text.as_bytes() == std::fs::read(&path).unwrap());
    let single = PairPotts::new(
        24,
        5,
        params.model.field().iter().map(|&v| v as f32).collect(),
        params.model.coupling().iter().map(|&v| v as f32).collect(),
    );
    assert_eq!(params_text(&single.unwrap(), &params.alphabet, false), text);
}

#[test]
fn a_sparse_model_of_a_protein_is_read_and_written() {
    let Some(folder) = shared_data("protein_cm") else {
        return;
    };
    let golden = json(&folder.join("../adabmdca_golden/golden.json"));
    let golden = &golden["cm"];
    let path = folder.join("density=0.125_params.dat.gz");
    let params = read(&path);
    let model = &params.model;
    assert_eq!((model.sites(), model.states()), (96, 21));
    let nonzero = model.coupling().iter().filter(|&&v| v != 0.0).count();
    assert_eq!(nonzero as u64, golden["nonzero_J_lines"].as_u64().unwrap());
    let chains = folder.join("density=0.125_chains.fasta.gz");
    let chains = read_alignment(&chains, &AlignmentOptions::default()).unwrap();
    for (x, wanted) in chains
        .rows()
        .zip(list(&golden["energies_first_ten_chains"], number))
    {
        let energy = -model.log_prob(x);
        assert!((energy - wanted).abs() < 1e-11, "{energy} {wanted}");
    }
    let options = AlignmentOptions {
        unknown: UnknownLetters::Gap,
        ..AlignmentOptions::default()
    };
    let natural = read_alignment(&folder.join("CM_130530_MC.fasta"), &options).unwrap();
    let rows = list(&golden["alignment_rows"], |row| {
        row.as_u64().unwrap() as usize
    });
    let natural = natural.select(&rows);
    let wanted = list(&golden["energies_natural"], number);
    assert_eq!(natural.names().len(), wanted.len());
    for (x, wanted) in natural.rows().zip(wanted) {
        let energy = -model.log_prob(x);
        assert!((energy - wanted).abs() < 1e-11, "{energy} {wanted}");
    }
    let again = parse_params(params_text(model, &params.alphabet, true).as_bytes(), None);
    assert_eq!(again.unwrap().model, *model);
}

#[test]
fn chains_are_read_with_their_weights_and_written_as_they_were() {
    let Some(folder) = shared_data("adabmdca_golden") else {
        return;
    };
    let path = folder.join("rf24_chains.fasta");
    let chains = read_alignment(&path, &AlignmentOptions::default()).unwrap();
    let weights = log_weights(chains.names()).unwrap();
    assert_eq!((weights.len(), weights[0]), (1000, -15.172_572_135_925_293));
    let names = chain_names(&weights);
    let text = fasta_text(&names, chains.symbols(), chains.sites(), chains.alphabet());
    assert!(text.as_bytes() == std::fs::read(&path).unwrap());
    assert_eq!(log_weights(&["chain_0"]), None);
}

#[test]
fn invalid_files_are_refused_with_the_line() {
    let Some(folder) = shared_data("adabmdca_golden") else {
        return;
    };
    for (file, words) in [
        ("bad_fields.dat", "line 1: found 5 fields"),
        ("bad_nan.dat", "line 1: found value `nan`"),
        ("bad_negative.dat", "line 1: found site `-1`"),
        ("bad_token.dat", "letters A X fit none"),
        ("no_h.dat", "found no line `h i a value`"),
    ] {
        let message = read_params(&folder.join(file), None)
            .unwrap_err()
            .to_string();
        assert!(
            message.contains(file) && message.contains(words),
            "{message}"
        );
    }
    let rna = Alphabet::rna();
    let message = read_params(&folder.join("bad_token.dat"), Some(&rna)).unwrap_err();
    let words = "line 1: found state `X`, allowed are the letters -ACGU";
    assert!(message.to_string().contains(words), "{message}");
}

#[test]
fn a_few_bytes_do_not_make_a_large_model() {
    let message = |text: &str| parse_params(text.as_bytes(), None).unwrap_err().to_string();
    let large = message("h 0 A 1\nJ 0 99999999 A A 1\n");
    assert!(
        large.contains("line 2: site 99999999") && large.contains("2 records"),
        "{large}"
    );
    assert!(message("h 0 A 1\nJ 0 4294967295 A A 1\n").contains("line 2: found site"));
    assert!(message("h 0 0 1\nh 0 1 1\nJ 0 99999999 1 1 1\n").contains("site 99999999"));
    assert!(message("h 0 1 1\nJ 0 0 1 2 1\n").contains("line 2: found state 2"));
    assert!(message("h 0 3 1\n").contains("states 0 to 3"));
    assert!(message("h 0 A 1\nh 0 \u{1b} 1\n").contains("\\u{1b}"));
    assert!(message("h 0 AC 1\n").contains("`AC`"));
    let sum = "h 0 A 1\nJ 0 1 A A 1e308\nJ 1 0 A A 1e308\n";
    assert!(message(sum).contains("not finite"));
    assert!(
        parse_params(b"h 0 \xff 1\n", None)
            .unwrap_err()
            .to_string()
            .contains("UTF-8")
    );
    let other = Alphabet::new("0123").unwrap();
    let read = parse_params(b"h 0 0 1\nh 0 1 1\n", Some(&other)).unwrap();
    assert_eq!(read.model.states(), 4);
}
