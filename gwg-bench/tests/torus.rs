//! Kaufman's torus against figures computed in Python (`data/make_reference.py`), enumeration, and differences.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_bench::oracle::{ExactError, enumerate, kaufman, lattice_ising};
use gwg_models::LatticeIsing;

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

/// Mean and variance of the energy per site, `-sum s s`, without K.
#[test]
fn kaufman_agrees_with_reference_values() {
    let rows = table(include_str!("data/kaufman.csv"));
    assert_eq!(rows.len(), 72);
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
    let enumerated = table(include_str!("data/torus.csv"));
    assert_eq!(enumerated.len(), 18);
    for row in enumerated {
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

/// Reference values of log Z / N, and sizes at which the products themselves overflow.
#[test]
fn kaufman_is_accurate_for_large_tori() {
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
        // The reference uses the critical coupling 2 * 0.22034, with four digits.
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
    // The two branches agree where they meet.
    let (below, above) = (
        kaufman(6, 8, 8.0).unwrap(),
        kaufman(6, 8, 8.0 + 1e-9).unwrap(),
    );
    close(above.log_z, below.log_z, 1e-9, "seam");
    close(above.mean_log_prob, below.mean_log_prob, 1e-9, "seam");
    assert!(below.variance_log_prob < 1e-9 && above.variance_log_prob < 1e-9);
}

/// Derivatives compared with finite differences of log Z.
#[test]
fn kaufman_derivatives_agree_with_finite_differences() {
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
fn lattices_agree_by_both_oracles() {
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
        Err(ExactError::Lattice { dims: 2, .. })
    ));
    let cube = LatticeIsing::<f64>::new(3, 3, 0.2, 0.0).unwrap();
    assert!(lattice_ising(&cube, 1.0).is_err());
    assert!(
        kaufman(2, 5, 0.3).is_err()
            && kaufman(4, 5, -0.3).is_err()
            && kaufman(4, 4, f64::NAN).is_err()
    );
}
