//! Contact scores and single mutants against adabmDCA.

use gwg_learn::{AverageProduct, frobenius_apc, mutations, read_params};

use super::shared_data::shared_data;
use super::{json, list, symbol};

#[test]
fn contact_scores_are_those_of_adabmdca() {
    let Some(folder) = shared_data("adabmdca_golden") else {
        return;
    };
    let golden = &json(&folder.join("golden.json"))["rf24"]["contacts"];
    let params = read_params(&folder.join("rf24_params.dat"), None).unwrap();
    let scores = frobenius_apc(&params.model, params.alphabet.gap(), AverageProduct::Sums);
    let wanted = list(golden, |row| {
        let site = |k: usize| usize::from(symbol(&row[k]));
        ((site(0), site(1)), row[2].as_f64().unwrap())
    });
    assert_eq!(wanted.len(), 276);
    let found: std::collections::BTreeMap<_, _> = scores.iter().collect();
    assert_eq!(found.len(), 276);
    for (pair, score) in wanted {
        assert!((found[&pair] - score).abs() < 1e-6, "{pair:?} {score}");
    }
}

#[test]
fn single_mutants_are_those_of_adabmdca() {
    let Some(folder) = shared_data("adabmdca_golden") else {
        return;
    };
    let golden = &json(&folder.join("golden.json"))["rf24"];
    let params = read_params(&folder.join("rf24_params.dat"), None).unwrap();
    let x = list(&golden["indices"][0], symbol);
    let wild = golden["dms_wild_type"].as_str().unwrap();
    assert_eq!(params.alphabet.decode(&x), wild);
    let scores = mutations(&params.model, &x);
    let q = params.model.states();
    let rows = golden["dms"].as_array().unwrap();
    assert_eq!(rows.len(), 96);
    for row in rows {
        let word = |k: usize| row[k].as_str().unwrap();
        let site: usize = word(1).parse().unwrap();
        let state = params.alphabet.symbol(word(4).as_bytes()[0]).unwrap();
        let energy: f64 = word(5).parse().unwrap();
        let found = -scores[site * q + usize::from(state)];
        assert!(
            (found - energy).abs() < 1e-5,
            "{} {found} {energy}",
            word(0)
        );
    }
}
