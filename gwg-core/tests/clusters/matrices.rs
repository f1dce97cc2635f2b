//! Transition matrices leave the distribution invariant, are reversible and reach every state.

use crate::graph::{Graph, grid, random};
use gwg_core::check::TransitionMatrix;
use gwg_core::*;

const EXACT: f64 = 1e-12;

fn exact<T: Pairwise<Real = f64>>(target: &T) {
    for beta in [1.0, 0.35, 2.5] {
        TransitionMatrix::new(target, &SwendsenWang, beta).assert_exact(true, EXACT);
        TransitionMatrix::new(target, &Wolff, beta).assert_exact(true, EXACT);
    }
}

/// The grid with couplings `J` of any sign and magnitude, and one frustrated square.
fn glass(scale: f64) -> Vec<(usize, usize, f64)> {
    let weights = [1.0, 0.4, -0.7, 1.3, 0.9, 0.8, -0.5];
    let scaled = |((i, j, _), w): ((usize, usize, f64), f64)| (i, j, scale * w);
    grid(1.0).into_iter().zip(weights).map(scaled).collect()
}

/// The grid with one negative coupling.
fn frustrated(coupling: f64) -> Vec<(usize, usize, f64)> {
    let mut bonds = grid(coupling);
    bonds[3].2 *= -1.0;
    bonds
}

#[test]
fn spins_of_either_sign_with_and_without_fields() {
    for field in [vec![], vec![0.3; 6], random(6, 1)] {
        for bonds in [grid(0.4), grid(-0.6), frustrated(1.0), glass(1.0)] {
            exact(&Graph::spins(6, &bonds, &field));
        }
    }
}

#[test]
fn negative_inverse_temperatures_are_those_of_the_opposite_couplings() {
    let spins = Graph::spins(6, &glass(0.5), &random(6, 8));
    TransitionMatrix::new(&spins, &SwendsenWang, -1.0).assert_exact(true, EXACT);
    TransitionMatrix::new(&spins, &Wolff, -1.0).assert_exact(true, EXACT);
    let states = Graph::states(4, 3, &[(0, 1, 1.0), (1, 2, 0.7)], &[]);
    TransitionMatrix::new(&states, &SwendsenWang, -1.0).assert_exact(true, EXACT);
}

#[test]
fn states_that_attract_each_other() {
    let ring = [(0, 1, 1.2), (2, 1, 1.2), (2, 3, 1.2), (0, 3, 1.2)];
    let uneven = [(0, 1, 0.5), (1, 2, 1.0), (3, 2, 0.0), (0, 3, 2.0)];
    for bonds in [ring, uneven] {
        for field in [vec![], random(12, 2)] {
            exact(&Graph::states(4, 3, &bonds, &field));
        }
    }
}

#[test]
fn states_that_repel_each_other() {
    let ring = [(0, 1, -1.2), (2, 1, -1.2), (2, 3, -1.2), (0, 3, -1.2)];
    let mixed = [(0, 1, -0.5), (1, 2, 1.0), (0, 2, -0.8), (0, 3, 2.0)];
    for bonds in [ring, mixed] {
        for field in [vec![], random(12, 3)] {
            exact(&Graph::states(4, 3, &bonds, &field));
        }
    }
}

fn clamped(target: &Graph<f64>, observed: &[Option<u8>]) {
    let mut free = [0; 6];
    exact(&Clamp::new(target, observed, &mut free).unwrap());
}

#[test]
fn observed_sites_stay_and_the_others_are_drawn_given_them() {
    let observed = [Some(1), None, None, None, Some(0), None];
    for field in [vec![], random(6, 4)] {
        for bonds in [grid(0.5), glass(1.0)] {
            clamped(&Graph::spins(6, &bonds, &field), &observed);
        }
    }
    let observed = [None, Some(2), None, None, Some(0)];
    let ring = [
        (0, 1, 0.8),
        (2, 1, 0.8),
        (2, 3, 0.8),
        (4, 3, 0.8),
        (0, 4, 0.8),
    ];
    for sign in [1.0, -1.0] {
        let bonds = ring.map(|(i, j, w)| (i, j, sign * w));
        for field in [vec![], random(15, 5)] {
            clamped(&Graph::states(5, 3, &bonds, &field), &observed);
        }
    }
}

/// Without couplings every site is a cluster. No kernel has a period.
#[test]
fn sites_without_bonds_are_independent() {
    let spins = Graph::spins(3, &[], &[]);
    exact(&spins);
    let twice = TransitionMatrix::new(&spins, &Wolff, 1.0);
    assert!(twice.p[0] > 0.03, "a step may stay: {}", twice.p[0]);
    exact(&Graph::states(3, 3, &[], &random(9, 6)));
    let swendsen_wang = TransitionMatrix::new(&spins, &SwendsenWang, 1.0);
    for p in swendsen_wang.p {
        assert!((p - 0.125).abs() < EXACT, "an independent draw: {p}");
    }
}

#[test]
fn where_all_sites_are_observed_nothing_changes() {
    let spins = Graph::spins(2, &[(0, 1, 1.0)], &[]);
    let (observed, mut free) = ([Some(1), Some(0)], [0; 2]);
    let target = Clamp::new(&spins, &observed, &mut free).unwrap();
    for p in [
        TransitionMatrix::new(&target, &SwendsenWang, 1.0).p,
        TransitionMatrix::new(&target, &Wolff, 1.0).p,
    ] {
        assert_eq!(p, [1.0]);
    }
}
