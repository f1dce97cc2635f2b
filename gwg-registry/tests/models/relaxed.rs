//! Models between their states.

use crate::build;
use gwg_core::{Bits, SplitMix64};
use gwg_registry::RelaxationError;
use gwg_relax::Relaxed;

/// At its states a relaxed model is the model, and its gradient is the derivative between them.
#[test]
fn relaxed_models_are_the_models_at_their_states() {
    for spec in [
        "ising-lattice:side=3,theta=0.2,bias=0.1",
        "ising-er:sites=9",
        "ising-dense:sites=9",
        "bernoulli:sites=9",
        "fhmm:length=4,factors=2",
        "rbm:visible=9,hidden=4",
    ] {
        let model = build(spec);
        let relaxed = model.relaxed().unwrap();
        let n = relaxed.weights();
        assert_eq!(n, model.sites(), "{spec}");
        let mut scratch = vec![0.0; relaxed.scratch_len()];
        let (mut gradient, mut bits) = (vec![0.0; n], SplitMix64::new(1));
        for _ in 0..20 {
            let x: Vec<u8> = (0..n).map(|_| bits.below(2) as u8).collect();
            let w: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
            let f = relaxed.value_and_gradient(&w, &mut gradient, &mut scratch);
            let wanted = model.log_prob(&x);
            assert!((f - wanted).abs() < 1e-9 * (1.0 + wanted.abs()), "{spec}");
        }
        let w: Vec<f64> = (0..n).map(|_| bits.unit()).collect();
        relaxed.value_and_gradient(&w, &mut gradient, &mut scratch);
        let mut other = vec![0.0; n];
        for site in 0..n {
            let mut at = |by: f64| {
                let mut w = w.clone();
                w[site] += by;
                relaxed.value_and_gradient(&w, &mut other, &mut scratch)
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            let error = (gradient[site] - slope).abs();
            assert!(error < 1e-6 * (1.0 + slope.abs()), "{spec} {site} {error}");
        }
    }
}

#[test]
fn models_without_values_between_their_states_are_refused() {
    let refused = |spec: &str| build(spec).relaxed().map(|_| ()).unwrap_err();
    let states = RelaxationError::Sites { site: 0, states: 3 };
    assert_eq!(refused("potts-lattice:side=3,states=3"), states);
    let quadratic = refused("fhmm:length=4,factors=2,extension=quadratic");
    assert_eq!(quadratic, RelaxationError::Undefined);
    assert!(quadratic.to_string().contains("Describe::relaxed"));
    let model = build("ising-dense:sites=4");
    let observed = model.clamped(&[None, Some(1), None, None]).unwrap();
    let found = observed.relaxed().map(|_| ()).unwrap_err();
    assert_eq!(found, RelaxationError::Observed);
}
