//! Files of networks: what is written is read, and what is wrong with others is said.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{Target, check};
use gwg_models::io::{NamedTensor, named_with_metadata, parse_named};
use gwg_nets::{
    Base, Description, Layer, NetError, Network, NeuralEnergy, Symbols, network_to_bytes,
    parse_network, perceptron, random, read_network, resnet, sequence, write_network,
};
use proptest::prelude::*;

const BINARY: Symbols = Symbols::Binary {
    low: 0.0,
    high: 1.0,
};

fn energy(description: Description) -> NeuralEnergy<f32> {
    NeuralEnergy::new(random(description, 3).unwrap()).unwrap()
}

#[test]
fn networks_are_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let gray = Symbols::Ordinal {
        states: 5,
        low: -1.0,
        high: 1.0,
    };
    for description in [
        resnet(8, 8, BINARY, 6),
        sequence(7, 4, 5, 3, 1),
        perceptron(vec![3, 3], gray, &[4, 4]),
    ] {
        for with_base in [false, true] {
            let mut written = energy(description.clone());
            if with_base {
                let states = description.symbols.states();
                let count = description.sites() * states;
                let frequencies: Vec<f64> = (0..count).map(|k| 1.0 + (k % 7) as f64).collect();
                let base = Base::of_frequencies(written.space(), &frequencies, 0.1).unwrap();
                written = written.with_base(base).unwrap();
            }
            write_network(&path, &written).unwrap();
            let read: NeuralEnergy<f32> = read_network(&path).unwrap();
            assert_eq!(read.network().description(), &description);
            assert_eq!(read.network().parameters(), written.network().parameters());
            assert_eq!(read.base().is_some(), with_base);
            let mut bits = gwg_core::SplitMix64::new(1);
            let x = check::random_configuration(read.space(), &mut bits);
            let (found, wanted) = (read.log_prob(&x), written.log_prob(&x));
            // The constant of a base in f32 is computed from the same numbers.
            assert_eq!(found.to_bits(), wanted.to_bits());
        }
    }
}

fn refused(description: Description) -> String {
    random::<f32>(description, 1)
        .and_then(NeuralEnergy::new)
        .map(drop)
        .unwrap_err()
        .to_string()
}

fn with(layers: Vec<Layer>) -> Description {
    Description {
        shape: vec![6, 6],
        symbols: BINARY,
        layers,
    }
}

fn conv(channels: usize, kernel: Vec<usize>, stride: usize, padding: usize) -> Layer {
    Layer::Conv {
        channels,
        kernel,
        stride,
        padding,
        bias: true,
    }
}

fn linear(features: usize) -> Layer {
    Layer::Linear {
        features,
        bias: true,
    }
}

#[test]
fn descriptions_that_are_none() {
    let of = |layers| refused(with(layers));
    assert_eq!(
        of(vec![conv(3, vec![3], 1, 1)]),
        "layer 0: `kernel` is [3]; allowed is [height, width] for an image, both at least 1"
    );
    assert_eq!(
        of(vec![linear(2), conv(3, vec![9, 9], 1, 1)]),
        "layer 1: `kernel` is [9, 9] with stride 1 and padding (1, 1) on 6 x 6 x 2; allowed is a kernel no larger than the padded map, a stride of at least 1, and a padding smaller than the kernel"
    );
    assert!(of(vec![conv(3, vec![3, 3], 0, 1)]).contains("stride 0"));
    assert!(of(vec![conv(0, vec![3, 3], 1, 1)]).starts_with("layer 0: `channels` is 0"));
    assert_eq!(
        of(vec![linear(1)]),
        "the last layer gives 6 x 6 x 1 (height x width x channels): allowed is 1 x 1 x 1; end with a pool or `flatten`, and `linear` of 1 feature"
    );
    assert!(of(vec![]).starts_with("the last layer gives 6 x 6 x 1"));
    assert_eq!(
        of(vec![Layer::Residual {
            body: vec![linear(3)],
            shortcut: vec![]
        }]),
        "layer 0: the body gives 6 x 6 x 3 (height x width x channels) and the shortcut 6 x 6 x 1; they have to be the same"
    );
    assert_eq!(
        of(vec![Layer::Embedding { features: 2 }]),
        "layer 0: an embedding is the first layer, of categorical symbols"
    );
    assert!(of(vec![Layer::Norm { epsilon: 0.0 }]).contains("`epsilon` is 0"));
    assert!(of(vec![Layer::Scale { initial: f64::NAN }]).contains("`initial` is NaN"));
    // 10^12 numbers.
    assert!(of(vec![linear(1_000_000), linear(1_000_000)]).starts_with("the network needs"));
    assert!(of(vec![Layer::Flatten, linear(usize::MAX)]).starts_with("the network needs"));
    let sites = |shape: Vec<usize>| {
        let layers = vec![Layer::SumPool];
        refused(Description {
            shape,
            symbols: BINARY,
            layers,
        })
    };
    assert!(sites(vec![]).starts_with("`shape` is []"));
    assert!(sites(vec![0, 4]).starts_with("`shape` is [0, 4]"));
    assert!(sites(vec![usize::MAX, usize::MAX]).starts_with("the network needs"));
    let states = Symbols::Categorical { states: 1 };
    let none = refused(Description {
        symbols: states,
        ..with(vec![])
    });
    assert_eq!(none, "`states` is 1: allowed is 2 to 256");
}

fn file(change: impl FnOnce(&mut Vec<NamedTensor<'static>>, &mut String)) -> NetError {
    let written = energy(perceptron(vec![4], BINARY, &[3]));
    let bytes = network_to_bytes(&written).unwrap();
    let mut tensors = parse_named(&bytes).unwrap();
    let mut text = serde_json::to_string(written.network().description()).unwrap();
    change(&mut tensors, &mut text);
    let bytes = named_with_metadata(&[("network", &text)], &tensors).unwrap();
    parse_network::<f32>(&bytes).map(drop).unwrap_err()
}

fn tensor<'t>(tensors: &'t mut [NamedTensor<'static>], name: &str) -> &'t mut NamedTensor<'static> {
    tensors.iter_mut().find(|t| t.name == name).unwrap()
}

#[test]
fn files_that_are_none() {
    let error = file(|tensors, _| tensor(tensors, "1.weight").shape = vec![4, 3]);
    assert_eq!(
        error.to_string(),
        "`1.weight` has shape [4, 3]; its layer needs [3, 4]"
    );
    let error = file(|tensors, _| tensor(tensors, "1.weight").numbers.to_mut()[5] = f32::NAN);
    assert_eq!(
        error.to_string(),
        "`1.weight` has NaN at [1, 1]; allowed are finite numbers"
    );
    let error = file(|tensors, _| tensor(tensors, "1.bias").name = "1.bais".into());
    assert_eq!(
        error.to_string(),
        "`1.bias` of shape [3] is missing; the file has 1.bais, 1.weight, 3.bias, 3.weight"
    );
    let error = file(|tensors, _| {
        let mut more = tensor(tensors, "1.bias").clone();
        more.name = "7.weight".into();
        tensors.push(more);
    });
    assert!(
        error
            .to_string()
            .starts_with("the file has tensors that no layer has: 7.weight;")
    );
    let error = file(|_, text| *text = text.replace("\"swish\"", "\"switch\""));
    assert!(
        error.to_string().contains("unknown variant `switch`"),
        "{error}"
    );
    let error =
        file(|_, text| *text = text.replace("\"features\":3", "\"features\":3,\"bais\":true"));
    assert!(
        error.to_string().contains("unknown field `bais`"),
        "{error}"
    );
    let error = file(|tensors, _| {
        let mut base = tensor(tensors, "1.bias").clone();
        base.name = "base.logits".into();
        tensors.push(base);
    });
    assert_eq!(
        error.to_string(),
        "the base distribution `logits` has 3 numbers; allowed are 4"
    );
    let bytes = named_with_metadata(&[("kind", "network")], &[]).unwrap();
    let error = parse_network::<f32>(&bytes).map(drop).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the metadata has no entry `network`")
    );
    let description = perceptron(vec![4], BINARY, &[3]);
    let few = Network::new(description, vec![0.0_f32; 3])
        .map(drop)
        .unwrap_err();
    assert_eq!(few.to_string(), "3 parameters, the layers have 19");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Arbitrary bytes give an error or a network, never a panic.
    #[test]
    fn damaged_files_are_refused(at in 0_usize..2000, byte: u8, cut in 0_usize..2000) {
        let written = energy(perceptron(vec![4], BINARY, &[3]));
        let mut bytes = network_to_bytes(&written).unwrap();
        if let Some(changed) = bytes.get_mut(at) {
            *changed = byte;
        }
        bytes.truncate(cut.max(10));
        if let Ok(read) = parse_network::<f32>(&bytes) {
            prop_assert!(!read.log_prob(&[0, 1, 1, 0]).is_nan());
        }
    }
}
