//! Networks that PyTorch wrote (`torch/golden.py`): their values and gradients are those that it computed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{Gradient, Space, Target};
use gwg_linalg::Scalar;
use gwg_nets::{NeuralEnergy, Symbols, read_network};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Golden {
    x: Vec<Vec<u8>>,
    f: Vec<f64>,
    /// By the numbers of the first layer.
    gradient: Vec<Vec<f64>>,
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn agrees<R: Scalar>(name: &str, tolerance: f64) {
    let energy: NeuralEnergy<R> = read_network(&path(&format!("{name}.safetensors"))).unwrap();
    let text = std::fs::read_to_string(path(&format!("{name}.json"))).unwrap();
    let golden: Golden = serde_json::from_str(&text).unwrap();
    let step = match energy.network().description().symbols {
        Symbols::Binary { low, high } => high - low,
        Symbols::Ordinal { states, low, high } => (high - low) / (states - 1) as f64,
        Symbols::Categorical { .. } => 1.0,
    };
    let mut gradient = vec![R::ZERO; energy.space().gradient_len()];
    let mut scratch = vec![R::ZERO; energy.gradient_scratch_len(1)];
    assert!(!golden.x.is_empty());
    for ((x, f), wanted) in golden.x.iter().zip(&golden.f).zip(&golden.gradient) {
        let close = |found: f64, wanted: f64| {
            assert!(
                (found - wanted).abs() < tolerance,
                "{name}: {found} {wanted}"
            );
        };
        close(energy.log_prob(x), *f);
        close(
            energy.value_and_gradient(x, &mut gradient, &mut scratch),
            *f,
        );
        assert_eq!(gradient.len(), wanted.len());
        for (found, wanted) in gradient.iter().zip(wanted) {
            close(found.to_f64(), wanted * step);
        }
    }
}

#[test]
fn values_and_gradients_are_those_of_pytorch() {
    for name in ["image", "sequence", "levels"] {
        // The weights are in f32, and so is what PyTorch read them as.
        agrees::<f64>(name, 1e-12);
        agrees::<f32>(name, 1e-5);
    }
}
