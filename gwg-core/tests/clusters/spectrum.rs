//! Spectral gaps, and their published values.

use crate::graph::{Graph, grid, random};
use gwg_core::accept::KEEP;
use gwg_core::check::{TransitionMatrix, Transitions};
use gwg_core::*;

/// One minus the largest absolute eigenvalue but the first of a reversible matrix, by power iteration on functions of mean 0.
fn gap(matrix: &TransitionMatrix) -> f64 {
    let (n, pi) = (matrix.states, &matrix.stationary);
    let mean = |f: &[f64], g: &[f64]| -> f64 {
        let products = f.iter().zip(g).zip(pi);
        products.map(|((f, g), pi)| f * g * pi).sum()
    };
    let ones = vec![1.0; n];
    let (mut f, mut found) = (random(n, 7), 0.0);
    for _ in 0..5_000 {
        let center = mean(&f, &ones);
        f.iter_mut().for_each(|f| *f -= center);
        let length = mean(&f, &f).sqrt();
        f.iter_mut().for_each(|f| *f /= length);
        let rows = matrix.p.chunks_exact(n);
        let after: Vec<f64> = rows
            .map(|row| row.iter().zip(&f).map(|(p, f)| p * f).sum())
            .collect();
        let before = found;
        found = mean(&after, &after).sqrt();
        f = after;
        if (found - before).abs() < 1e-15 {
            break;
        }
    }
    1.0 - found
}

fn gap_of<K: Transitions<Graph<f64>>>(target: &Graph<f64>, kernel: &K) -> f64 {
    gap(&TransitionMatrix::new(target, kernel, 1.0))
}

#[test]
fn gaps_of_spins_on_a_grid_have_their_known_values() {
    let ising = Graph::spins(6, &grid(0.8), &[0.05; 6]);
    let swendsen_wang = TransitionMatrix::new(&ising, &SwendsenWang, 1.0);
    // Constants: K s s = 2 K [equal] - K.
    let log_z = swendsen_wang.log_z - 7.0 * 0.8;
    assert!((log_z - 6.618_979_483_8).abs() < 1e-9, "{log_z}");
    let found = gap(&swendsen_wang);
    assert!((found - 0.483_626_098_1).abs() < 1e-9, "{found:.10}");
    let found = gap_of(&ising, &Wolff) / KEEP;
    assert!((found - 0.603_958_206_2).abs() < 1e-9, "{found:.10}");
}

#[test]
fn gaps_of_other_grids_have_their_known_values() {
    let spins = |k, h| Graph::spins(6, &grid(k), &[h; 6]);
    for (target, clusters, wolff) in [
        (spins(0.25, 0.1), 0.761, Some(0.343)),
        (spins(0.8, 0.5), 0.704, Some(0.192)),
        (Graph::states(6, 3, &grid(1.2), &[]), 0.3883, None),
    ] {
        let found = gap_of(&target, &SwendsenWang);
        assert!((found - clusters).abs() < 6e-4, "{found}, not {clusters}");
        if let Some(wolff) = wolff {
            let found = gap_of(&target, &Wolff) / KEEP;
            assert!((found - wolff).abs() < 6e-4, "{found}, not {wolff}");
        }
    }
}
