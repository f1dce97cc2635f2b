//! Independent sites of thousands of states.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::check;
use gwg_core::{Space, Target};
use gwg_models::FactorizedCategorical;

#[test]
fn five_thousand_states_pass_conformance() {
    let mut model = FactorizedCategorical::<f64, u16>::random_wide(20, 5000, 3).unwrap();
    assert_eq!(model.space().moves(), 100_000);
    check::delta(&model, 100, 1, 1e-12);
    check::local(&model, 5, 2, 1e-12);
    check::gradient(&model, 2, 10, 3, 1e-12);
    check::multilinear(&model, 5, 4, 1e-12);
    check::parametric(&mut model, 5, 1e-9);
    for row in model.marginals().chunks(5000) {
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn few_states_are_those_of_bytes() {
    let narrow = FactorizedCategorical::<f32>::random(9, 7, 4).unwrap();
    let wide = FactorizedCategorical::<f32, u16>::random_wide(9, 7, 4).unwrap();
    assert_eq!(narrow.logits(), wide.logits());
    let x: Vec<u8> = (0..9).map(|i| i % 7).collect();
    let y: Vec<u16> = x.iter().map(|&symbol| symbol.into()).collect();
    assert_eq!(narrow.log_prob(&x), wide.log_prob(&y));
}

#[test]
fn alphabets_of_more_than_two_bytes_are_refused() {
    let refused = |states| FactorizedCategorical::<f32, u16>::random_wide(2, states, 1).is_err();
    assert!(refused(1) && refused(65_537));
    assert!(!refused(65_536));
    assert!(FactorizedCategorical::<f32, u16>::wide(1, 300, vec![0.0; 299]).is_err());
}
