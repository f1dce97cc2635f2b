//! Sums of networks and Boltzmann machines.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::Target;
use gwg_models::Rbm;
use gwg_nets::{NetError, Symbols, on_machine, perceptron, random};

fn binary(low: f64, high: f64) -> Symbols {
    Symbols::Binary { low, high }
}

fn states() -> impl Iterator<Item = Vec<u8>> {
    (0..64_u8).map(|k| (0..6).map(|i| k >> i & 1).collect())
}

/// At the start, `f` is the machine's, less a constant, whatever numbers the network receives for 0 and 1; then both are trained.
#[test]
fn the_sum_begins_at_the_machine() {
    let machine = Rbm::<f64>::random(6, 4, 3).unwrap();
    for (low, high) in [(0.0, 1.0), (-1.0, 1.0), (2.0, 5.0)] {
        let network = random::<f64>(perceptron(vec![2, 3], binary(low, high), &[5, 3]), 1).unwrap();
        let energy = on_machine(&network, &machine).unwrap();
        let shift = |x: &[u8]| machine.log_prob(x) - energy.log_prob(x);
        let first = shift(&[0; 6]);
        for x in states() {
            assert!((shift(&x) - first).abs() < 1e-12, "{x:?}");
        }
        let before = network.parameters().len() + 6 * 4 + 4 + 4;
        assert_eq!(energy.network().parameters().len(), before);
    }
}

#[test]
fn sites_and_symbols_are_those_of_the_machine() {
    let machine = Rbm::<f64>::random(6, 4, 3).unwrap();
    let network =
        |sites: usize, symbols| random(perceptron(vec![sites], symbols, &[2]), 1).unwrap();
    let error = on_machine(&network(5, binary(0.0, 1.0)), &machine).unwrap_err();
    assert!(matches!(
        error,
        NetError::Base {
            found: 6,
            expected: 5,
            ..
        }
    ));
    let error = on_machine(&network(6, Symbols::Categorical { states: 3 }), &machine).unwrap_err();
    assert!(matches!(error, NetError::Binary { found: 3 }));
}
