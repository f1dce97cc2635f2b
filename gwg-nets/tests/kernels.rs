//! Samplers of networks leave their distribution invariant: enumerated transition matrices.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::check::TransitionMatrix;
use gwg_core::{Exact, Gibbs, LocallyBalanced, Scan, Target, Taylor};
use gwg_nets::{Base, Description, Layer, NeuralEnergy, Symbols, random};

/// Three sites, a small convolution with weights that are not small, and a base distribution.
fn energy(symbols: Symbols) -> NeuralEnergy<f64> {
    let conv = Layer::Conv {
        channels: 4,
        kernel: vec![2],
        stride: 1,
        padding: 1,
        bias: true,
    };
    let linear = Layer::Linear {
        features: 1,
        bias: true,
    };
    let layers = vec![
        conv,
        Layer::Swish { learned: true },
        Layer::Flatten,
        Layer::Scale { initial: 4.0 },
        linear,
    ];
    let shape = vec![3];
    let description = Description {
        shape,
        symbols,
        layers,
    };
    let energy = NeuralEnergy::new(random(description, 5).unwrap()).unwrap();
    let states = symbols.states();
    let frequencies: Vec<f64> = (1..=3 * states).map(|k| k as f64).collect();
    let base = Base::of_frequencies(energy.space(), &frequencies, 0.0).unwrap();
    energy.with_base(base).unwrap()
}

#[test]
fn transition_matrices_are_exact() {
    let gray = Symbols::Ordinal {
        states: 4,
        low: -1.0,
        high: 1.0,
    };
    let binary = Symbols::Binary {
        low: 0.0,
        high: 1.0,
    };
    for symbols in [binary, Symbols::Categorical { states: 3 }, gray] {
        let energy = energy(symbols);
        let gibbs = Gibbs { scan: Scan::Random };
        for beta in [1.0, 0.4] {
            let taylor = Taylor(&energy);
            TransitionMatrix::new(&taylor, &LocallyBalanced::gwg(), beta).assert_exact(true, 1e-12);
            let exact = Exact(&energy);
            TransitionMatrix::new(&exact, &LocallyBalanced::gwg(), beta).assert_exact(true, 1e-12);
            TransitionMatrix::new(&energy, &gibbs, beta).assert_exact(true, 1e-12);
        }
    }
}
