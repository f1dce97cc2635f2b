//! Every layer: values, gradients of states and of weights, batches.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{Bits, Gradient, Space, SplitMix64, Target, check};
use gwg_nets::{Base, Description, Layer, Network, NeuralEnergy, Symbols, random};
use gwg_relax::Relaxed;

const BINARY: Symbols = Symbols::Binary {
    low: 0.0,
    high: 1.0,
};

fn linear(features: usize) -> Layer {
    Layer::Linear {
        features,
        bias: true,
    }
}

fn conv(channels: usize, kernel: &[usize], stride: usize, padding: usize) -> Layer {
    Layer::Conv {
        channels,
        kernel: kernel.to_vec(),
        stride,
        padding,
        bias: true,
    }
}

fn residual(body: Vec<Layer>, shortcut: Vec<Layer>) -> Layer {
    Layer::Residual { body, shortcut }
}

/// Every check of a model with gradients, in f64 and f32.
fn conforms(shape: &[usize], symbols: Symbols, layers: &[Layer]) {
    let description = Description {
        shape: shape.to_vec(),
        symbols,
        layers: layers.to_vec(),
    };
    let network = random::<f64>(description.clone(), 7).unwrap();
    let mut energy = NeuralEnergy::new(network).unwrap();
    check::parametric(&mut energy, 1, 1e-6);
    check::gradient(&energy, 19, 3, 2, 1e-9);
    check::delta(&energy, 20, 3, 1e-9);
    slopes(&energy);
    let network = random::<f32>(description, 7).unwrap();
    check::gradient(&NeuralEnergy::new(network).unwrap(), 19, 3, 2, 2e-5);
}

/// The gradient of the input against central differences, to 1e-6 of its size, and at states against that of the model.
fn slopes(energy: &NeuralEnergy<f64>) {
    let space = energy.space();
    let len = space.gradient_len();
    let mut scratch = vec![f64::NAN; energy.gradient_scratch_len(1)];
    let mut bits = SplitMix64::new(3);
    let x: Vec<f64> = (0..len).map(|_| bits.unit()).collect();
    let mut gradient = vec![0.0; len];
    let value = energy.relaxed(&x, &mut gradient, &mut scratch);
    assert!(value.is_finite());
    let size = gradient.iter().fold(1e-3_f64, |m, g| m.max(g.abs()));
    let mut unused = vec![0.0; len];
    for i in 0..len {
        let mut at = |shift: f64| {
            let mut x = x.clone();
            x[i] += shift;
            energy.relaxed(&x, &mut unused, &mut scratch)
        };
        let h = 1e-5;
        let difference = (at(h) - at(-h)) / (2.0 * h);
        let error = (difference - gradient[i]).abs();
        assert!(error < 1e-6 * size, "{i}: {difference} {}", gradient[i]);
    }
    let state = vec![1; space.sites()];
    let f = energy.value_and_gradient(&state, &mut gradient, &mut scratch);
    assert!((f - energy.log_prob(&state)).abs() < 1e-12 * (1.0 + f.abs()));
}

#[test]
fn linear_layers() {
    let layers = [Layer::Flatten, linear(5), Layer::Tanh, linear(1)];
    conforms(&[4, 3], BINARY, &layers);
    conforms(&[7], BINARY, &layers);
    conforms(&[1], BINARY, &[linear(1)]);
}

#[test]
fn signs_in_place_of_bits() {
    let symbols = Symbols::Binary {
        low: -1.0,
        high: 1.0,
    };
    conforms(
        &[6],
        symbols,
        &[
            Layer::Flatten,
            linear(4),
            Layer::Softplus,
            Layer::SumPool,
            linear(1),
        ],
    );
}

#[test]
fn embeddings() {
    let symbols = Symbols::Categorical { states: 5 };
    let embedding = Layer::Embedding { features: 3 };
    let layers = [
        embedding,
        conv(4, &[3], 1, 1),
        Layer::Tanh,
        Layer::MeanPool,
        linear(1),
    ];
    conforms(&[6], symbols, &layers);
}

#[test]
fn one_hot_convolutions() {
    let symbols = Symbols::Categorical { states: 3 };
    let layers = [
        conv(4, &[2, 3], 2, 1),
        Layer::Tanh,
        Layer::Flatten,
        linear(1),
    ];
    conforms(&[4, 5], symbols, &layers);
}

#[test]
fn convolutions_of_any_stride_and_padding() {
    for (kernel, stride, padding) in [
        ([3, 3], 1, 1),
        ([3, 3], 2, 1),
        ([2, 4], 3, 0),
        ([1, 1], 2, 0),
        ([4, 2], 1, 1),
        ([5, 5], 1, 4),
    ] {
        let layers = [
            conv(5, &kernel, stride, padding),
            Layer::Tanh,
            conv(2, &[1, 1], 1, 0),
            Layer::Flatten,
            linear(1),
        ];
        conforms(&[6, 5], BINARY, &layers);
    }
}

#[test]
fn large_convolutions_are_tiled() {
    let layers = [
        conv(20, &[3, 3], 1, 1),
        Layer::Swish { learned: false },
        conv(20, &[3, 3], 1, 1),
        Layer::Tanh,
        Layer::MeanPool,
        linear(1),
    ];
    conforms(&[20, 20], BINARY, &layers);
}

#[test]
fn activations() {
    for activation in [
        Layer::Swish { learned: false },
        Layer::Swish { learned: true },
        Layer::Tanh,
        Layer::Softplus,
        Layer::Relu,
    ] {
        let layers = [conv(3, &[3], 1, 1), activation, Layer::Flatten, linear(1)];
        conforms(&[9], BINARY, &layers);
    }
}

#[test]
fn norms_and_scales() {
    let norm = Layer::Norm { epsilon: 1e-3 };
    let scale = Layer::Scale { initial: 0.3 };
    let layers = [
        conv(6, &[3], 1, 1),
        norm,
        Layer::Tanh,
        scale,
        Layer::MeanPool,
        linear(1),
    ];
    conforms(&[8], BINARY, &layers);
}

#[test]
fn residual_layers() {
    let body = vec![
        conv(3, &[3, 3], 1, 1),
        Layer::Swish { learned: true },
        conv(3, &[3, 3], 1, 1),
    ];
    let down = residual(
        vec![conv(4, &[3, 3], 2, 1), Layer::Tanh, conv(4, &[3, 3], 1, 1)],
        vec![conv(4, &[1, 1], 2, 0)],
    );
    let nested = residual(vec![residual(body.clone(), vec![])], vec![]);
    let layers = [
        conv(3, &[3, 3], 1, 1),
        residual(body, vec![]),
        nested,
        down,
        Layer::MeanPool,
        linear(1),
    ];
    conforms(&[6, 6], BINARY, &layers);
}

#[test]
fn levels_of_gray() {
    let symbols = Symbols::Ordinal {
        states: 16,
        low: -1.0,
        high: 1.0,
    };
    let layers = [
        conv(3, &[3, 3], 1, 1),
        Layer::Softplus,
        Layer::Flatten,
        linear(1),
    ];
    conforms(&[4, 4], symbols, &layers);
}

/// A base distribution is normalized, and its gradient is that of its value.
#[test]
fn bases() {
    let all = [
        BINARY,
        Symbols::Categorical { states: 3 },
        Symbols::Ordinal {
            states: 4,
            low: 0.0,
            high: 1.0,
        },
    ];
    for symbols in all {
        let description = Description {
            shape: vec![3],
            symbols,
            layers: vec![Layer::Scale { initial: 0.0 }, Layer::Flatten, linear(1)],
        };
        // Without weights: the base alone.
        let count = random::<f64>(description.clone(), 1)
            .unwrap()
            .parameters()
            .len();
        let network = Network::new(description, vec![0.0; count]).unwrap();
        let energy = NeuralEnergy::new(network).unwrap();
        let q = symbols.states();
        let mut bits = SplitMix64::new(4);
        let frequencies: Vec<f64> = (0..3 * q).map(|_| bits.unit::<f64>() + 0.1).collect();
        let base = Base::of_frequencies(energy.space(), &frequencies, 0.01).unwrap();
        let energy = energy.with_base(base).unwrap();
        let states = check::configurations(energy.space());
        let total: f64 = states.iter().map(|x| energy.log_prob(x).exp()).sum();
        assert!((total - 1.0).abs() < 1e-12, "{symbols:?}: {total}");
        check::gradient(&energy, 5, 4, 2, 1e-12);
        check::delta(&energy, 20, 3, 1e-9);
        let taylor = check::first_order(&energy, 10, 5);
        relaxed(&energy);
        if !matches!(symbols, Symbols::Ordinal { .. }) {
            assert!((taylor.slope - 1.0).abs() < 1e-9 && taylor.correlation > 1.0 - 1e-9);
        }
    }
}

/// Between states the model has its values at states, and the gradient of its values.
fn relaxed(energy: &NeuralEnergy<f64>) {
    let Some(relaxed) = energy.as_relaxed() else {
        assert!(matches!(
            energy.network().description().symbols,
            Symbols::Ordinal { .. }
        ));
        return;
    };
    let n = relaxed.weights();
    let states = energy.space().states();
    let of_site = n / energy.space().sites();
    let mut scratch = vec![0.0; relaxed.scratch_len()];
    let mut gradient = vec![0.0; n];
    for x in check::configurations(energy.space()) {
        let weights: Vec<f64> = match of_site {
            1 => x.iter().map(|&s| f64::from(s)).collect(),
            _ => x
                .iter()
                .flat_map(|&s| (0..states).map(move |k| f64::from(u8::from(k == usize::from(s)))))
                .collect(),
        };
        let value = relaxed.value_and_gradient(&weights, &mut gradient, &mut scratch);
        assert!((value - energy.log_prob(&x)).abs() < 1e-12);
    }
    let x: Vec<f64> = (0..n).map(|k| 0.1 + 0.8 * (k as f64 / n as f64)).collect();
    relaxed.value_and_gradient(&x, &mut gradient, &mut scratch);
    let mut unused = vec![0.0; n];
    for i in 0..n {
        let mut at = |shift: f64| {
            let mut x = x.clone();
            x[i] += shift;
            relaxed.value_and_gradient(&x, &mut unused, &mut scratch)
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((difference - gradient[i]).abs() < 1e-8, "{i}");
    }
}
