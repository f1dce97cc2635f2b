//! The smallest eigenvalue of an enumerated reversible kernel.

use gwg_core::check::TransitionMatrix;

/// By bisection: `D^(1/2) P D^(-1/2) - t I` is positive definite exactly for `t` below the smallest eigenvalue.
pub(crate) fn smallest_eigenvalue(matrix: &TransitionMatrix) -> f64 {
    let (n, pi) = (matrix.states, &matrix.stationary);
    let entry = |x: usize, y: usize| matrix.p[x * n + y] * (pi[x] / pi[y]).sqrt();
    let symmetric: Vec<f64> = (0..n * n)
        .map(|k| 0.5 * (entry(k / n, k % n) + entry(k % n, k / n)))
        .collect();
    let (mut below, mut above) = (-1.0 - 1e-9, 1.0 + 1e-9);
    assert!(positive_definite(&symmetric, n, below), "not a kernel");
    while above - below > 1e-13 {
        let middle = 0.5 * (below + above);
        if positive_definite(&symmetric, n, middle) {
            below = middle;
        } else {
            above = middle;
        }
    }
    below
}

/// Whether Cholesky's factorization of `a - shift I` exists.
fn positive_definite(a: &[f64], n: usize, shift: f64) -> bool {
    let mut l = a.to_vec();
    for i in 0..n {
        l[i * n + i] -= shift;
    }
    for j in 0..n {
        for k in 0..j {
            for i in j..n {
                l[i * n + j] -= l[i * n + k] * l[j * n + k];
            }
        }
        let pivot = l[j * n + j];
        if pivot <= 0.0 {
            return false;
        }
        let root = pivot.sqrt();
        for i in j..n {
            l[i * n + j] /= root;
        }
    }
    true
}

#[test]
fn two_states_have_their_known_eigenvalue() {
    for (a, b) in [(1.0, 1.0), (0.3, 0.1), (0.9, 0.7)] {
        let matrix = TransitionMatrix {
            states: 2,
            p: vec![1.0 - a, a, b, 1.0 - b],
            stationary: vec![b / (a + b), a / (a + b)],
            log_z: 0.0,
        };
        assert!((smallest_eigenvalue(&matrix) - (1.0 - a - b)).abs() < 1e-12);
    }
}
