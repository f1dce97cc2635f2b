//! Contacts and planted couplings that the pseudo-likelihood finds.

use std::path::Path;

use gwg_chains::Threads;
use gwg_learn::{
    AverageProduct, DEFAULT_IDENTITY, DEFAULT_SEPARATION, Data, SiteFitOptions,
    fit_pseudo_likelihood, frobenius_apc, precision, precision_at, read_contacts, sequence_weights,
};
use gwg_models::io::read_states;

use super::families::family;
use super::shared_data::shared_data;

fn rows(path: &Path, sites: usize, states: usize) -> Data {
    let rows = read_states(path, sites).unwrap();
    let symbols = rows.symbols.iter().map(|&s| u8::try_from(s).unwrap());
    Data::new(symbols.collect(), sites, states).unwrap()
}

/// The fraction of planted pairs among as many predicted ones.
fn planted(name: &str, sites: usize, states: usize) -> Option<f64> {
    let folder = shared_data(name)?;
    let data = rows(&folder.join("train.npy"), sites, states);
    let edges = read_contacts(&folder.join("edges.txt")).unwrap();
    let threads = Threads::all().unwrap();
    let fit = fit_pseudo_likelihood(&data, &SiteFitOptions::default(), &threads).unwrap();
    assert!(fit.converged);
    let scores = frobenius_apc(&fit.model, None, AverageProduct::Sums);
    Some(precision_at(&scores.ranked(0), &edges, edges.len()))
}

#[test]
fn planted_couplings_are_found() {
    for (name, sites, states, least) in [
        ("synthetic_potts", 24, 4, 0.97),
        ("synthetic_potts_q21", 40, 21, 0.90),
    ] {
        if let Some(found) = planted(name, sites, states) {
            assert!(found >= least, "{name}: {found}");
        }
    }
}

#[test]
fn contacts_of_pf00014_are_found() {
    let Some(folder) = shared_data("protein_pf00014") else {
        return;
    };
    let threads = Threads::all().unwrap();
    let data = family(&folder);
    let weights = sequence_weights(&data, DEFAULT_IDENTITY, &threads);
    let data = data.with_weights(weights).unwrap();
    // The ranking of contacts settles long before the parameters do.
    let options = SiteFitOptions {
        tolerance: 0.03,
        ..SiteFitOptions::default()
    };
    let fit = fit_pseudo_likelihood(&data, &options, &threads).unwrap();
    assert!(fit.converged && fit.iterations < 60, "{}", fit.iterations);
    let contacts = read_contacts(&folder.join("contacts_cb_5pti.txt")).unwrap();
    let scores = frobenius_apc(&fit.model, Some(0), AverageProduct::Sums);
    let ranked = scores.ranked(DEFAULT_SEPARATION);
    let found = precision(&ranked, &contacts, data.sites());
    for (found, least) in found.iter().zip([0.95, 0.80, 0.70, 0.49]) {
        assert!(
            found.precision >= least,
            "{found:?} in {} iterations",
            fit.iterations
        );
    }
}
