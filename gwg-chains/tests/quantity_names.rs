//! Names and lists of quantities that are refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Init, Plan, Quantity, QuantityError, RunError, run};
use gwg_core::{Exact, LocallyBalanced, Sqrt};
use gwg_models::LatticeIsing;

fn named(name: &str) -> Result<Quantity, QuantityError> {
    Quantity::new(name, "always zero", |_: &[u8]| 0.0)
}

fn plan(quantities: Vec<Quantity>) -> Plan {
    Plan {
        quantities,
        ..Plan::default()
    }
}

#[test]
fn names_are_checked() {
    for name in ["a", "_", "Mean_7", &"n".repeat(64)] {
        assert_eq!(named(name).unwrap().name(), name);
    }
    for name in [
        "",
        "7a",
        "a b",
        "a-b",
        "../a",
        "a.b",
        "\u{e9}",
        &"n".repeat(65),
    ] {
        let found = named(name).unwrap_err();
        assert!(
            matches!(found, QuantityError::Name { .. }),
            "{name}: {found}"
        );
    }
    for name in [
        "log_prob", "Hamming", "overlap", "chain", "draw", "site", "c", "x", "accepted", "hops",
    ] {
        let found = named(name).unwrap_err();
        assert!(
            matches!(found, QuantityError::Reserved { .. }),
            "{name}: {found}"
        );
    }
    for quantity in Quantity::<u8>::built_in() {
        assert_eq!(Quantity::named(quantity.name()).unwrap(), quantity);
        assert!(!quantity.description().is_empty());
    }
    let unknown = Quantity::<u8>::named("energy").unwrap_err().to_string();
    assert!(
        unknown.contains("\"energy\"") && unknown.contains("energy_per_site"),
        "{unknown}"
    );
}

#[test]
fn lists_that_cannot_be_recorded_are_refused() {
    let model = LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap();
    let kernel = LocallyBalanced::local(Sqrt);
    let refused = |plan: &Plan| match run(&Exact(&model), &kernel, plan, &mut ()) {
        Err(RunError::Quantity(error)) => error,
        other => panic!("{other:?}"),
    };
    let name = "HASH".to_owned();
    assert_eq!(
        refused(&plan(vec![named("Hash").unwrap(), named("HASH").unwrap()])),
        QuantityError::Twice { name }
    );
    let alone = Plan {
        chains: 1,
        init: Init::Zeros,
        ..plan(vec![Quantity::overlap()])
    };
    assert_eq!(refused(&alone), QuantityError::OneChain);
    let spins = plan(vec![Quantity::magnetization()]);
    assert!(spins.check(9, 2).is_ok());
    let found = spins.check(9, 3).unwrap_err();
    assert!(
        matches!(
            found,
            RunError::Quantity(QuantityError::NotSpins { states: 3 })
        ),
        "{found}"
    );
}
