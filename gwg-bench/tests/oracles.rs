//! Oracles against each other, against plain sums, and against figures computed elsewhere.
//!
//! Files of reference figures stand beside the repository; what needs one that is absent says so and is skipped.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_bench::oracle::{
    GroundTruth, OracleError, enumerate, ground_truth, kaufman, lattice_ising, rbm_exact, rbm_log_z,
};
use gwg_core::check::configurations;
use gwg_core::{Bits, Clamp, Delta, SplitMix64, math};
use gwg_models::io::{Parameters, read_model};
use gwg_models::{LatticeIsing, LatticeOrdinal, LatticePotts, Rbm, Scalar};
use serde_json::Value;
use std::path::PathBuf;

fn shared(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../shared/data", name]
        .iter()
        .collect()
}

fn text(name: &str) -> Option<String> {
    let read = std::fs::read_to_string(shared(name)).ok();
    if read.is_none() {
        eprintln!("SKIPPED: {name} is not beside the repository");
    }
    read
}

fn table(text: &str) -> Vec<Vec<f64>> {
    let row = |line: &str| line.split(',').map(|c| c.parse().unwrap()).collect();
    text.lines().skip(1).map(row).collect()
}

#[track_caller]
fn close(found: f64, wanted: f64, tolerance: f64, what: &str) {
    let error = (found - wanted).abs() / (1.0 + wanted.abs());
    assert!(
        error <= tolerance,
        "{what}: {found}, wanted {wanted} (off by {error:e})"
    );
}

/// Mean and variance of the energy per site: `-sum s s`, without K.
#[test]
fn kaufman_is_kaufman() {
    let Some(square) = text("ising_exact/kaufman.csv") else {
        return;
    };
    let rows = table(&square);
    assert!(rows.len() > 150);
    for row in &rows {
        let (side, k, sites) = (row[0] as usize, row[1], row[0] * row[0]);
        let torus = kaufman(side, side, k).unwrap();
        let what = format!("side {side}, K = {k}");
        close(torus.log_z / sites, row[2], 1e-14, &what);
        close(-torus.mean_log_prob / k / sites, row[3], 2e-13, &what);
        // The variance is a difference of terms of size N / K^2.
        close(
            torus.variance_log_prob / k / k / sites,
            row[4],
            1e-11,
            &what,
        );
    }
    let Some(brute) = text("ising_exact/brute_torus.csv") else {
        return;
    };
    for row in table(&brute) {
        let (m, n, k, sites) = (row[0] as usize, row[1] as usize, row[2], row[0] * row[1]);
        for (m, n) in [(m, n), (n, m)] {
            let torus = kaufman(m, n, k).unwrap();
            close(torus.log_z / sites, row[3], 1e-14, "enumerated");
            close(
                -torus.mean_log_prob / k / sites,
                row[4],
                1e-13,
                "enumerated",
            );
            close(
                torus.variance_log_prob / k / k / sites,
                row[5],
                1e-12,
                "enumerated",
            );
        }
    }
}

/// The figures of log Z / N that the fact sheet gives, and sizes at which the products themselves overflow.
#[test]
fn kaufman_of_large_tori() {
    let critical = 2f64.sqrt().ln_1p() / 2.0;
    let known = [
        (10, 0.2, 0.734_530_98),
        (10, 0.4, 0.881_877_01),
        (10, critical, 0.936_092_98),
        (10, 0.5, 1.032_729_75),
        (40, 0.2, 0.734_530_81),
        (40, 0.4, 0.879_365_54),
        (40, critical, 0.930_085_66),
        (40, 0.5, 1.026_226_03),
    ];
    for (side, k, wanted) in known {
        let torus = kaufman(side, side, k).unwrap();
        let sites = (side * side) as f64;
        assert!(
            (torus.log_z / sites - wanted).abs() < 1e-8 || k == critical,
            "{side} {k}"
        );
        // The sheet's critical coupling is 2 * 0.22034, four digits.
        assert!((torus.log_z / sites - wanted).abs() < 2e-5, "{side} {k}");
    }
    for side in [100, 1000] {
        for k in [0.0, 1e-9, 0.01, 0.3, critical, 0.45, 1.0, 19.0, 21.0, 1e3] {
            let torus = kaufman(side, side, k).unwrap();
            let numbers = [torus.log_z, torus.mean_log_prob, torus.variance_log_prob];
            assert!(
                numbers.iter().all(|x| x.is_finite()),
                "{side} {k}: {torus:?}"
            );
        }
    }
    // The infinite lattice at the critical point: 2 catalan / pi + ln 2 / 2, energy sqrt 2.
    let torus = kaufman(1000, 1000, critical).unwrap();
    assert!((torus.log_z / 1e6 - 0.929_695_398_3).abs() < 1e-6);
    assert!((torus.mean_log_prob / critical / 1e6 - 2f64.sqrt()).abs() < 2e-3);
    // The two branches at their seam.
    let (below, above) = (
        kaufman(6, 8, 8.0).unwrap(),
        kaufman(6, 8, 8.0 + 1e-9).unwrap(),
    );
    close(above.log_z, below.log_z, 1e-9, "seam");
    close(above.mean_log_prob, below.mean_log_prob, 1e-9, "seam");
    assert!(below.variance_log_prob < 1e-9 && above.variance_log_prob < 1e-9);
}

/// Derivatives against differences of log Z.
#[test]
fn kaufman_differentiates() {
    for (m, n) in [(3, 5), (10, 10), (40, 12)] {
        for k in [0.1, 0.4, 2f64.sqrt().ln_1p() / 2.0, 0.44068, 0.6, 1.5] {
            let at = |x: f64| kaufman(m, n, x).unwrap();
            let h = 1e-4;
            let first = (at(k + h).log_z - at(k - h).log_z) / (2.0 * h);
            close(at(k).mean_log_prob, k * first, 1e-5, "mean");
            let slope = |x: f64| at(x).mean_log_prob / x;
            let second = (slope(k + h) - slope(k - h)) / (2.0 * h);
            close(at(k).variance_log_prob, k * k * second, 1e-4, "variance");
        }
    }
}

#[test]
fn lattices_by_both_oracles() {
    for (side, theta, beta) in [
        (3, 0.17, 1.0),
        (3, 0.5, 0.7),
        (4, 0.2, 1.3),
        (4, -0.3, 1.0),
        (4, 0.3, 0.0),
        (3, 0.0, 1.0),
    ] {
        let model = LatticeIsing::<f64>::new(2, side, theta, 0.0).unwrap();
        let (torus, all) = (
            lattice_ising(&model, beta).unwrap(),
            enumerate(&model, beta).unwrap(),
        );
        let what = format!("{side} {theta} {beta}");
        close(all.log_z, torus.log_z, 1e-13, &what);
        close(all.mean_log_prob, torus.mean_log_prob, 1e-12, &what);
        close(all.variance_log_prob, torus.variance_log_prob, 1e-11, &what);
        all.means.iter().for_each(|&p| close(p, 0.5, 1e-12, &what));
    }
    let with_field = LatticeIsing::<f64>::new(2, 4, 0.2, 0.1).unwrap();
    assert!(matches!(
        lattice_ising(&with_field, 1.0),
        Err(OracleError::Lattice { dims: 2, .. })
    ));
    let cube = LatticeIsing::<f64>::new(3, 3, 0.2, 0.0).unwrap();
    assert!(lattice_ising(&cube, 1.0).is_err());
    assert!(
        kaufman(2, 5, 0.3).is_err()
            && kaufman(4, 5, -0.3).is_err()
            && kaufman(4, 4, f64::NAN).is_err()
    );
}

/// Plain sums over all configurations.
fn compare<T: Delta>(name: &str, target: &T, states: usize, beta: f64) {
    let all = configurations(target.space());
    let f: Vec<f64> = all.iter().map(|x| target.log_prob(x)).collect();
    let exponents: Vec<f64> = f.iter().map(|f| beta * f).collect();
    let log_z = math::logsumexp(&exponents);
    let p: Vec<f64> = exponents.iter().map(|e| (e - log_z).exp()).collect();
    let mean: f64 = f.iter().zip(&p).map(|(f, p)| f * p).sum();
    let variance: f64 = f.iter().zip(&p).map(|(f, p)| (f - mean).powi(2) * p).sum();
    let mut means = vec![0.0; all[0].len() * states];
    for (x, p) in all.iter().zip(&p) {
        for (i, &s) in x.iter().enumerate() {
            means[i * states + usize::from(s)] += p;
        }
    }
    if states == 2 {
        means = means.into_iter().skip(1).step_by(2).collect();
    }
    let found = enumerate(target, beta).unwrap();
    close(found.log_z, log_z, 1e-13, name);
    close(found.mean_log_prob, mean, 1e-12, name);
    close(found.variance_log_prob, variance, 1e-11, name);
    assert_eq!(found.means.len(), means.len());
    found
        .means
        .iter()
        .zip(&means)
        .for_each(|(a, b)| close(*a, *b, 1e-13, name));
}

fn machine(visible: usize, hidden: usize, scale: f64, seed: u64) -> Rbm<f64> {
    let mut bits = SplitMix64::new(seed);
    let mut draw = |n: usize| {
        (0..n)
            .map(|_| scale * (2.0 * bits.unit::<f64>() - 1.0))
            .collect()
    };
    Rbm::new(draw(visible * hidden), draw(visible), draw(hidden)).unwrap()
}

#[test]
fn enumerations_are_plain_sums() {
    let rbm = machine(9, 4, 1.5, 1);
    compare("rbm", &rbm, 2, 1.0);
    compare("rbm, beta", &rbm, 2, 2.5);
    compare("steep", &machine(8, 6, 60.0, 2), 2, 1.0);
    compare(
        "ising",
        &LatticeIsing::<f64>::new(2, 3, 0.2, -0.3).unwrap(),
        2,
        1.0,
    );
    compare(
        "potts",
        &LatticePotts::<f64>::new(2, 3, 3, 0.2).unwrap(),
        3,
        1.0,
    );
    compare(
        "ordinal",
        &LatticeOrdinal::<f64>::new(1, 4, 4, 0.3, 0.2).unwrap(),
        4,
        0.5,
    );
    let (observed, mut free) = (
        [None, Some(1), None, None, Some(0), None, None, None, None],
        [0; 9],
    );
    compare(
        "clamped",
        &Clamp::new(&rbm, &observed, &mut free).unwrap(),
        2,
        1.0,
    );
    assert!(matches!(
        enumerate(&machine(25, 2, 1.0, 1), 1.0),
        Err(OracleError::TooLarge {
            allowed: 16_777_216,
            ..
        })
    ));
}

fn by_both_layers(visible: usize, hidden: usize, scale: f64) {
    let model = machine(visible, hidden, scale, 3);
    let (exact, all) = (rbm_exact(&model).unwrap(), enumerate(&model, 1.0).unwrap());
    close(exact.log_z, all.log_z, 1e-12, "log Z");
    assert!(rbm_log_z(&model).unwrap() == exact.log_z);
    assert_eq!(exact.means.len(), visible);
    exact
        .means
        .iter()
        .zip(&all.means)
        .for_each(|(a, b)| close(*a, *b, 1e-12, "means"));
}

#[test]
fn machines_by_either_layer() {
    for (visible, hidden, scale) in [
        (1, 1, 1.0),
        (12, 5, 1.0),
        (5, 12, 1.0),
        (14, 11, 1.5),
        (13, 13, 0.2),
        (10, 3, 80.0),
        (3, 10, 80.0),
    ] {
        by_both_layers(visible, hidden, scale);
    }
    assert!(matches!(
        rbm_log_z(&machine(26, 26, 0.1, 1)),
        Err(OracleError::TooLarge { found: 26, .. })
    ));
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        other => vec![other.as_f64().expect("a number")],
    }
}

#[test]
fn machines_computed_elsewhere() {
    let Some(text) = text("tiny_exact/tiny.json") else {
        return;
    };
    let entries: Vec<Value> = serde_json::from_str(&text).unwrap();
    let machines = entries
        .iter()
        .filter(|e| e["name"].as_str().unwrap().starts_with("rbm"));
    let mut compared = 0;
    for entry in machines {
        let numbers = |key: &str| flat(&entry["params"][key]);
        let model = Rbm::new(numbers("W"), numbers("b"), numbers("c")).unwrap();
        let exact = rbm_exact(&model).unwrap();
        close(exact.log_z, entry["logZ"].as_f64().unwrap(), 1e-13, "log Z");
        for (found, wanted) in exact.means.iter().zip(flat(&entry["mean"])) {
            close(*found, wanted, 1e-12, "mean");
        }
        compared += 1;
    }
    assert_eq!(compared, 4);
}

fn trained<R: Scalar>(name: &str) -> Option<Rbm<R>> {
    let path = shared(&format!("rbm_weights/{name}.safetensors"));
    match read_model::<R>(&path, None) {
        Ok(Parameters::Rbm {
            weights,
            visible_bias,
            hidden_bias,
        }) => {
            let owned = (
                weights.into_owned(),
                visible_bias.into_owned(),
                hidden_bias.into_owned(),
            );
            Some(Rbm::new(owned.0, owned.1, owned.2).unwrap())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn trained_machines() {
    let Some(index) = text("rbm_weights/index.json") else {
        return;
    };
    let index: Vec<Value> = serde_json::from_str(&index).unwrap();
    let known = index.iter().filter(|entry| entry["exact_logZ"].is_number());
    let mut compared = 0;
    for entry in known {
        let name = entry["name"].as_str().unwrap();
        let wanted = entry["exact_logZ"].as_f64().unwrap();
        let wide = rbm_log_z(&trained::<f64>(name).unwrap()).unwrap();
        close(wide, wanted, 1e-13, name);
        // The weights are f32; the sum is in f64 all the same.
        assert!(rbm_log_z(&trained::<f32>(name).unwrap()).unwrap() == wide);
        compared += 1;
    }
    assert_eq!(compared, 2);
}

/// Long-run means within their own errors of the exact ones: 64 units, so that 4.5 errors are passed by chance once in 2000 runs.
#[test]
fn ground_truth_is_true() {
    let model = Rbm::<f64>::random(64, 12, 5).unwrap();
    let exact = rbm_exact(&model).unwrap();
    let truth = ground_truth(&model, 100, 400, 6).unwrap();
    assert!(
        truth.has_converged(),
        "{:?} {:?} {:?}",
        truth.rhat,
        truth.log_prob,
        truth.hamming
    );
    assert!(truth.states.len() == 6400 && truth.states.iter().all(|&v| v < 2));
    let worst = errors(&truth, &exact.means).fold(0.0, f64::max);
    assert!(worst < 4.5, "{worst}");
    let squares: f64 = errors(&truth, &exact.means).map(|z| z * z).sum();
    // Chi-square of 64: standard deviation 11.3.
    assert!((20.0..110.0).contains(&squares), "{squares}");
    let again = ground_truth(&model, 100, 400, 6).unwrap();
    assert!(again.means == truth.means && again.states == truth.states);
    assert!(ground_truth(&model, 0, 400, 6).is_err() && ground_truth(&model, 4, 0, 6).is_err());
}

fn errors<'s>(truth: &'s GroundTruth, exact: &'s [f64]) -> impl Iterator<Item = f64> + 's {
    let means = truth.means.iter().zip(exact).zip(&truth.mcse);
    means.map(|((found, exact), error)| (found - exact).abs() / error)
}

/// Chains that stay where they started are not taken for converged: two wells, far apart.
#[test]
fn ground_truth_of_two_wells_is_not_believed() {
    let n = 20;
    let model = Rbm::<f64>::new(vec![3.0; n], vec![-1.5; n], vec![-30.0]).unwrap();
    let truth = ground_truth(&model, 40, 100, 1).unwrap();
    assert!(!truth.has_converged(), "{:?}", truth.rhat);
}

#[test]
#[ignore = "a measurement"]
fn time_of_25_hidden_units() {
    for visible in [100, 784] {
        let model = Rbm::<f64>::random(visible, 25, 1).unwrap();
        let start = std::time::Instant::now();
        let log_z = rbm_log_z(&model).unwrap();
        println!("{visible}/25: log Z = {log_z}, {:?}", start.elapsed());
    }
    let model = Rbm::<f64>::random(100, 25, 1).unwrap();
    let start = std::time::Instant::now();
    let exact = rbm_exact(&model).unwrap();
    println!(
        "100/25 with means: {} {:?}, {:?}",
        exact.log_z,
        &exact.means[..2],
        start.elapsed()
    );
    let start = std::time::Instant::now();
    let all = enumerate(&LatticeIsing::<f64>::new(1, 24, 0.2, 0.1).unwrap(), 1.0).unwrap();
    println!("2^24 by differences: {}, {:?}", all.log_z, start.elapsed());
}
