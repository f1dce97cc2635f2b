//! The weighted sum of two targets: conformance, transition matrices compared with a plain target with the same `f`,
//! end points.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod ends;
#[path = "../family/fields.rs"]
mod fields;
mod kernels;
mod plain;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the other tests of kernels")]
mod targets;

use fields::Fields;
use gwg_core::check;
use gwg_core::*;
use targets::{Encode, Ring, Soft};

const WEIGHTS: [[f64; 2]; 5] = [[0.7, 0.3], [1.0, 1.0], [0.4, -0.9], [1.0, 0.0], [0.0, 1.0]];

fn ring<S: Encode>(space: &S, seed: u64) -> Ring<S> {
    Ring::new(space.clone(), 1.5, seed)
}

fn passes_conformance(space: &AnySpace<'_>) {
    for weights in WEIGHTS {
        let soft = Bridge::weighted(Soft::new(*space, 1.5, 1), ring(space, 2), weights);
        let soft = soft.unwrap();
        check::delta(&soft, 100, 3, 1e-11);
        check::gradient(&soft, 3, 30, 4, 1e-11);
        let rings = Bridge::weighted(ring(space, 5), ring(space, 6), weights).unwrap();
        check::delta(&rings, 100, 7, 1e-11);
        check::local(&rings, 100, 8, 1e-11);
        check::gradient(&rings, 3, 30, 9, 1e-11);
        check::multilinear(&rings, 20, 10, 1e-11);
    }
}

#[test]
fn bridges_pass_conformance_on_every_space() {
    passes_conformance(&Binary::new(6).into());
    passes_conformance(&Categorical::new(5, 3).unwrap().into());
    passes_conformance(&Ordinal::new(5, 4).unwrap().into());
    passes_conformance(&Mixed::new(&[2, 4, 3, 2], &mut [0; 5]).unwrap().into());
}

/// `Fields` checks at every call that its cache matches the given state.
#[test]
fn caches_of_both_are_kept() {
    let space = Categorical::new(5, 3).unwrap();
    for weights in WEIGHTS {
        let fields = |seed| Fields::<f64>::new(5, 3, 1.0, seed);
        let both = Bridge::weighted(fields(1), fields(2), weights).unwrap();
        check::delta(&both, 200, 3, 1e-11);
        check::local(&both, 200, 4, 1e-11);
        let one = Bridge::weighted(ring(&space, 5), fields(6), weights).unwrap();
        check::delta(&one, 200, 7, 1e-11);
        check::local(&one, 200, 8, 1e-11);
        let other = Bridge::weighted(fields(6), ring(&space, 5), weights).unwrap();
        check::local(&other, 200, 9, 1e-11);
        let nested = Bridge::sum(&other, &one).unwrap();
        check::local(&nested, 200, 10, 1e-11);
        check::delta(&nested, 200, 11, 1e-11);
    }
}

#[test]
fn conformance_passes_in_f32() {
    let space = Categorical::new(5, 3).unwrap();
    let ring = |seed| Ring::<_, f32>::new(space, 1.5, seed);
    let bridge = Bridge::new(ring(1), ring(2), 0.3).unwrap();
    check::delta(&bridge, 100, 3, 1e-5);
    check::local(&bridge, 100, 4, 1e-5);
    check::gradient(&bridge, 3, 30, 5, 1e-5);
    check::multilinear(&bridge, 20, 6, 1e-5);
}

#[test]
fn what_is_no_bridge_is_refused() {
    let soft = |space| Soft::new(space, 1.0, 1);
    let (three, four) = (Binary::new(3), Binary::new(4));
    let sizes = Bridge::new(soft(three), soft(four), 0.5);
    assert_eq!(sizes.err(), Some(Error::Spaces { site: None }));
    let of = |space: AnySpace<'static>| Soft::new(space, 1.0, 1);
    let nominal = || of(Categorical::new(3, 3).unwrap().into());
    let ordinal = of(Ordinal::new(3, 3).unwrap().into());
    assert!(Bridge::new(nominal(), nominal(), 0.5).is_ok());
    let encodings = Bridge::new(nominal(), ordinal, 0.5);
    assert_eq!(encodings.err(), Some(Error::Spaces { site: None }));
    for t in [-0.1, 1.1, f64::NAN] {
        let found = Bridge::new(soft(three), soft(three), t).err();
        assert_eq!(found, Some(Error::Fraction));
    }
    for weight in [f64::NAN, f64::INFINITY] {
        let found = Bridge::weighted(soft(three), soft(three), [1.0, weight]).err();
        assert_eq!(found, Some(Error::Weights));
    }
    let narrow = Ring::<_, f32>::new(three, 1.0, 1);
    let found = Bridge::weighted(&narrow, &narrow, [1.0, 1e39]).err();
    assert_eq!(found, Some(Error::Weights), "infinite in f32");

    let mut bridge = Bridge::new(soft(three), soft(three), 0.25).unwrap();
    assert_eq!(bridge.set_t(2.0), Err(Error::Fraction));
    assert_eq!(bridge.set_weights([f64::NAN, 0.0]), Err(Error::Weights));
    assert_eq!(bridge.weights(), [0.75, 0.25]);
}

#[test]
fn targets_that_hold_other_sites_are_refused() {
    let space = Binary::new(3);
    let soft = Soft::new(space, 1.0, 1);
    let (mut free, mut other) = ([0; 3], [0; 3]);
    let (at_one, at_two) = ([None, Some(1), None], [None, None, Some(1)]);
    let first = Clamp::new(&soft, &at_one, &mut free).unwrap();
    let second = Clamp::new(&soft, &at_two, &mut other).unwrap();
    let found = Bridge::new(&first, &second, 0.5).err();
    assert_eq!(found, Some(Error::Spaces { site: Some(1) }));
    assert!(Bridge::new(&first, &first, 0.5).is_ok());
}
