//! Models of a few sites, compared with enumerations in Python (`gwg-bench/tests/data/make_reference.py`).
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::configurations;
use gwg_core::{Space, Symbol, Target, math};
use gwg_models::{DenseIsing, DensePotts, LatticeIsing, Rbm};
use serde_json::Value;

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        other => vec![other.as_f64().expect("a number")],
    }
}

fn close(found: f64, wanted: f64, what: &str) {
    let error = (found - wanted).abs();
    assert!(
        error < 1e-12 * (1.0 + wanted.abs()),
        "{what}: {found}, wanted {wanted}"
    );
}

/// log Z, the marginals (site-major, without state 0 of a binary model), and f in the order given.
fn compare<T: Target>(model: &T, entry: &Value, marginals: &[f64], last_site_fastest: bool) {
    let (sites, q) = (model.space().sites(), model.space().states());
    let mut all = configurations(model.space());
    if last_site_fastest {
        for x in &mut all {
            x.reverse();
        }
    }
    let f: Vec<f64> = all.iter().map(|x| model.log_prob(x)).collect();
    let log_z = math::logsumexp(&f);
    let name = entry["name"].as_str().unwrap();
    close(log_z, entry["log_z"].as_f64().unwrap(), name);
    if all.len() < 100 {
        let values = flat(&entry["log_unnormalized"]);
        assert_eq!(values.len(), f.len(), "{name}");
        for (found, wanted) in f.iter().zip(values) {
            close(*found, wanted, name);
        }
    }
    let mut found = vec![0.0; sites * q];
    for (x, f) in all.iter().zip(&f) {
        for (i, &a) in x.iter().enumerate() {
            found[i * q + a.index()] += (f - log_z).exp();
        }
    }
    let found: Vec<f64> = match q {
        2 => found.iter().skip(1).step_by(2).copied().collect(),
        _ => found,
    };
    assert_eq!(found.len(), marginals.len());
    for (found, wanted) in found.iter().zip(marginals) {
        close(*found, *wanted, name);
    }
}

/// The file counts each pair once; the model counts both orders, so each block is halved.
fn potts(entry: &Value) -> DensePotts<f64> {
    let size = |key: &str| entry[key].as_u64().unwrap() as usize;
    let (n, q) = (size("sites"), size("states"));
    let mut coupling = vec![0.0; n * n * q * q];
    for (pair, block) in entry["params"]["J"].as_object().unwrap() {
        let (i, j) = pair.split_once(',').unwrap();
        let (i, j): (usize, usize) = (i.parse().unwrap(), j.parse().unwrap());
        for (k, value) in flat(block).into_iter().enumerate() {
            let (a, b) = (k / q, k % q);
            coupling[((i * n + j) * q + a) * q + b] = value / 2.0;
            coupling[((j * n + i) * q + b) * q + a] = value / 2.0;
        }
    }
    DensePotts::new(n, q, &coupling, flat(&entry["params"]["h"])).unwrap()
}

#[test]
fn enumerations_agree() {
    let entries: Vec<Value> = serde_json::from_str(include_str!("data/tiny_exact.json")).unwrap();
    let mut kinds = [0; 3];
    for entry in &entries {
        let params = |key: &str| flat(&entry["params"][key]);
        match entry["name"].as_str().unwrap() {
            name if name.starts_with("ising") => {
                let model = DenseIsing::new(params("J"), params("b")).unwrap();
                compare(&model, entry, &flat(&entry["mean"]), false);
                kinds[0] += 1;
            }
            name if name.starts_with("rbm") => {
                let model = Rbm::new(params("W"), params("b"), params("c")).unwrap();
                compare(&model, entry, &flat(&entry["mean"]), false);
                kinds[1] += 1;
            }
            name if name.starts_with("potts") => {
                compare(&potts(entry), entry, &flat(&entry["marginals"]), true);
                kinds[2] += 1;
            }
            name => panic!("{name}: no such model"),
        }
    }
    assert_eq!(kinds, [3, 3, 3]);
}

/// Z of the 3 x 3 and 4 x 4 torus: `K = 2 theta`.
#[test]
fn torus_partition_functions_agree() {
    let mut compared = 0;
    for line in include_str!("data/torus.csv").lines().skip(1) {
        let columns: Vec<f64> = line.split(',').map(|c| c.parse().unwrap()).collect();
        let (rows, side, k) = (columns[0], columns[1], columns[2]);
        if rows != side {
            continue;
        }
        let model = LatticeIsing::<f64>::new(2, side as usize, k / 2.0, 0.0).unwrap();
        let f: Vec<f64> = configurations(model.space())
            .iter()
            .map(|x| model.log_prob(x))
            .collect();
        close(math::logsumexp(&f) / (side * side), columns[3], line);
        compared += 1;
    }
    assert_eq!(compared, 12);
}
