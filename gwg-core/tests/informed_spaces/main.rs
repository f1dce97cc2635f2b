//! The kernels that change several sites per step, on ordinal and mixed alphabets and with observed sites.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../informed/proposals.rs"]
#[allow(dead_code, reason = "shared with the test of the laws")]
mod proposals;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the test of the other kernels")]
mod targets;

use gwg_core::check::{Draws, TransitionMatrix};
use gwg_core::*;
use proposals::{Visit, all};
use targets::{Encode, Soft};

const EXACT: f64 = 1e-12;

struct Enumerate<'t, T>(&'t T);

impl<T: Differences<Real = f64>> Visit for Enumerate<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        let m = TransitionMatrix::new(self.0, &Informed::new(proposal), 0.7).measure();
        assert!(
            m.stochastic < EXACT && m.invariance < EXACT && m.reversibility < EXACT,
            "{name}: {m:?}"
        );
        assert!(m.irreducible && m.mean_move > 1e-3, "{name}: {m:?}");
    }
}

fn on<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 1.5, 11);
    all(&mut Enumerate(&Taylor(&soft)));
    let observed = [None, Some(1), None, None];
    let mut free = [0; 4];
    let sites = space.sites();
    let clamped = Clamp::new(&soft, &observed[..sites], &mut free[..sites]).unwrap();
    all(&mut Enumerate(&Taylor(&clamped)));
}

#[test]
fn binary() {
    on(&AnySpace::from(Binary::new(4)));
}

#[test]
fn categorical() {
    on(&AnySpace::from(Categorical::new(3, 3).unwrap()));
}

#[test]
fn ordinal() {
    on(&AnySpace::from(Ordinal::new(3, 3).unwrap()));
}

#[test]
fn mixed() {
    on(&AnySpace::from(Mixed::from_offsets(&[0, 3, 5, 9]).unwrap()));
}
