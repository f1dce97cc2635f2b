//! A wrong model of the bonds is noticed.

use crate::graph::{Graph, grid};
use gwg_core::check::TransitionMatrix;
use gwg_core::*;

/// Another target's bonds with this one's `f`.
struct Wrong {
    right: Graph<f64>,
    bonds: Graph<f64>,
}

impl Target for Wrong {
    type Real = f64;
    type Space = AnySpace<'static>;

    fn space(&self) -> &AnySpace<'static> {
        self.right.space()
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.right.log_prob(x)
    }
}

impl Pairwise for Wrong {
    fn coupling_magnitude(&self) -> Option<f64> {
        self.bonds.coupling_magnitude()
    }

    fn bonds(&self) -> usize {
        self.bonds.bonds()
    }

    fn repels(&self) -> bool {
        self.bonds.repels()
    }

    fn each_bond(&self, visit: impl FnMut(usize, usize, f64)) {
        self.bonds.each_bond(visit);
    }

    fn each_neighbor(&self, site: usize, visit: impl FnMut(usize, f64)) {
        self.bonds.each_neighbor(site, visit);
    }

    fn has_field(&self) -> bool {
        self.bonds.has_field()
    }

    fn field(&self, site: usize, symbol: u16) -> f64 {
        self.bonds.field(site, symbol)
    }
}

/// Couplings that are counted twice, and a field that is left out: not invariant.
#[test]
fn other_couplings_or_fields_are_noticed() {
    let right = Graph::spins(6, &grid(0.3), &[0.2; 6]);
    for bonds in [
        Graph::spins(6, &grid(0.6), &[0.2; 6]),
        Graph::spins(6, &grid(0.3), &[]),
    ] {
        let wrong = Wrong {
            right: right.clone(),
            bonds,
        };
        let found = TransitionMatrix::new(&wrong, &SwendsenWang, 1.0).measure();
        assert!(found.invariance > 1e-3, "{found:?}");
    }
}

struct Factors(Graph<f64>);

impl Target for Factors {
    type Real = f64;
    type Space = AnySpace<'static>;

    fn space(&self) -> &AnySpace<'static> {
        self.0.space()
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.0.log_prob(x)
    }
}

impl Pairwise for Factors {
    fn is_pairwise(&self) -> bool {
        false
    }

    fn coupling_magnitude(&self) -> Option<f64> {
        None
    }

    fn bonds(&self) -> usize {
        0
    }

    fn repels(&self) -> bool {
        false
    }

    fn each_bond(&self, _: impl FnMut(usize, usize, f64)) {}

    fn each_neighbor(&self, _: usize, _: impl FnMut(usize, f64)) {}

    fn has_field(&self) -> bool {
        false
    }

    fn field(&self, _: usize, _: u16) -> f64 {
        0.0
    }
}

#[test]
fn a_target_of_another_form_is_refused() {
    let target = Factors(Graph::spins(2, &[(0, 1, 1.0)], &[]));
    let (mut words, mut indices) = ([0; 8], [0; 8]);
    let memory = Memory {
        words: &mut words,
        indices: &mut indices,
        ..Memory::default()
    };
    assert_eq!(
        SwendsenWang.state(&target, memory).unwrap_err(),
        Error::NotPairwise
    );
    let memory = Memory {
        words: &mut words,
        indices: &mut indices,
        ..Memory::default()
    };
    assert_eq!(
        Wolff.state(&target, memory).unwrap_err(),
        Error::NotPairwise
    );
}

#[test]
fn too_little_memory_is_refused() {
    let target = Graph::<f64>::spins(70, &[(0, 1, 1.0)], &[]);
    let needed = Kernel::<Graph<f64>>::layout(&SwendsenWang, &target);
    assert_eq!((needed.indices, needed.words), (70, 3));
    let mut indices = [0; 70];
    let memory = Memory {
        words: &mut [0; 2],
        indices: &mut indices,
        ..Memory::default()
    };
    let refused = SwendsenWang.state(&target, memory).unwrap_err();
    assert_eq!(
        refused,
        Error::Memory {
            slice: "words",
            found: 2,
            needed: 3
        }
    );
}
