//! The theorem for every case, and an enumeration of 4096 states.

use gwg_bench::exact::{Symmetry, gaps};
use gwg_bench::theory::{Quadratic, judge, sharp_ratio, verify};
use gwg_core::accept::KEEP;
use gwg_core::check::TransitionMatrix;
use gwg_core::{Exact, LocallyBalanced, Taylor};

#[test]
fn all_inequalities_hold_for_several_seeds() {
    for seed in [0, 1, 2] {
        let found = verify(seed).unwrap();
        let broken = judge(&found).violations;
        assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
        for row in &found.rows {
            // Multilinear: first-order differences are exact, so there is no loss.
            if row.family == "ising" {
                let lost = [row.gap_ratio(), row.least, row.random, row.constants.edge];
                assert!(lost.iter().all(|r| (r - 1.0).abs() < 1e-9), "{row:?}");
            } else {
                assert!(row.least < 0.999, "{row:?}: nothing to see");
            }
        }
    }
}

#[test]
fn the_gap_of_4096_states_is_exact() {
    let sites = 12;
    let target = Quadratic::sharp(sites, 2.0);
    let kernel = LocallyBalanced::gwg();
    let first_order = gaps(&TransitionMatrix::new(&Taylor(&target), &kernel, 1.0)).unwrap();
    let exact = gaps(&TransitionMatrix::new(&Exact(&target), &kernel, 1.0)).unwrap();
    assert_eq!(exact.symmetry, Symmetry::Reversible);
    assert!((first_order.gap() / exact.gap() - sharp_ratio(sites, 2.0, 2.0)).abs() < 1e-9);
    // Every ratio is 1, so the chain alternates between even and odd states, but for the factor of the decision.
    assert!((exact.smallest - (1.0 - 2.0 * KEEP)).abs() < 1e-9);
    assert!(
        (exact.absolute_gap().unwrap() - f64::min(2.0 * KEEP / sites as f64, 2.0 - 2.0 * KEEP))
            .abs()
            < 1e-9
    );
}
