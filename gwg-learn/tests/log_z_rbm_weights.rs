//! Machines trained on digits against exact partition functions computed in Python (`shared/data/rbm_weights`).
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use gwg_chains::Threads;
use gwg_core::Target;
use gwg_learn::log_z::{
    Annealing, Estimate, ExactRbm, Origin, RbmPath, Schedule, Verdict, bernoulli_base, exact_rbm,
    verdict,
};
use gwg_learn::{Data, log_likelihood};
use gwg_models::Rbm;
use gwg_models::io::tensors::{Kind, Parameters, read_model};
use serde_json::Value;
use shared_data::shared_data;
use std::fs;

fn machine(name: &str) -> Option<(Rbm<f32>, Value)> {
    let folder = shared_data("rbm_weights")?;
    let index: Vec<Value> =
        serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let entry = index
        .into_iter()
        .find(|entry| entry["name"] == name)
        .unwrap();
    let file = folder.join(format!("{name}.safetensors"));
    let Parameters::Rbm {
        weights,
        visible_bias,
        hidden_bias,
    } = read_model::<f32>(&file, Some(Kind::Rbm)).unwrap()
    else {
        panic!("{name} is not a machine");
    };
    let model = Rbm::new(
        weights.into_owned(),
        visible_bias.into_owned(),
        hidden_bias.into_owned(),
    );
    Some((model.unwrap(), entry))
}

/// The rows of an npy file of packed bits, the most significant bit first.
fn packed(bytes: &[u8]) -> Data {
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let bits = bytes[10 + header..]
        .iter()
        .flat_map(|byte| (0..8).map(move |k| byte >> (7 - k) & 1));
    Data::new(bits.collect(), 784, 2).unwrap()
}

/// Estimates `log Z` in both directions, from exact draws in reverse.
fn estimates(
    model: &Rbm<f32>,
    exact: &ExactRbm,
    base: &[f64],
    schedule: &Schedule,
    particles: usize,
) -> [Estimate; 3] {
    let path = RbmPath::new(model, base, Threads::all().unwrap()).unwrap();
    let annealing = Annealing {
        steps: 1,
        seed: 1,
        ..Annealing::new(&path, schedule)
    };
    let forward = annealing.forward(particles).unwrap();
    let reverse = annealing
        .reverse(&exact.draw(particles, 2), Origin::Exact)
        .unwrap();
    [
        forward.estimate().unwrap(),
        reverse.estimate().unwrap(),
        forward.bar(&reverse).unwrap(),
    ]
}

/// The exact value is inside the interval, and both the error and its estimate are below .05 nats.
#[track_caller]
fn agrees(all: &[Estimate], wanted: f64) {
    let Verdict::Agree {
        value,
        lower,
        upper,
        ..
    } = verdict(all)
    else {
        panic!("{:?}", verdict(all));
    };
    assert!(
        lower <= wanted && wanted <= upper,
        "{lower} to {upper}, wanted {wanted}"
    );
    assert!((value - wanted).abs() < 0.05, "{all:?}");
    assert!((upper - value) / 3.0 < 0.05, "{all:?}");
}

#[test]
fn digits_of_64_pixels() {
    let Some((model, entry)) = machine("digits64_16_own") else {
        return;
    };
    let wanted = entry["exact_logZ"].as_f64().unwrap();
    let exact = ExactRbm::new(&model, &Threads::all().unwrap()).unwrap();
    assert!((exact.log_z() - wanted).abs() < 1e-9 * wanted);
    let schedule = Schedule::linear(1000).unwrap();
    let all = estimates(&model, &exact, &[0.0; 64], &schedule, 400);
    agrees(&all, wanted);
    agrees(&[&all[..], &[exact.estimate()]].concat(), wanted);
}

#[test]
fn digits_of_784_pixels() {
    let (Some((model, entry)), Some(images)) = (
        machine("mnist_16_own"),
        shared_data("mnist/test_bin_packed.npy"),
    ) else {
        return;
    };
    let wanted = entry["exact_logZ"].as_f64().unwrap();
    let exact = ExactRbm::new(&model, &Threads::all().unwrap()).unwrap();
    assert!((exact.log_z() - wanted).abs() < 1e-9 * wanted);
    assert!((exact_rbm(&model).unwrap().value - wanted).abs() < 1e-9 * wanted);
    let data = packed(&fs::read(images).unwrap());
    let base = bernoulli_base::<f64>(&data, 1.0).unwrap();
    let schedule = Schedule::linear(1500).unwrap();
    let all = estimates(&model, &exact, base.logits(), &schedule, 600);
    agrees(&all, wanted);

    let values: Vec<f64> = (0..data.rows())
        .map(|k| model.log_prob(data.row(k)))
        .collect();
    let found = log_likelihood(&data, &values, &exact.estimate()).unwrap();
    let mean = entry["mean_test_loglik"].as_f64().unwrap();
    assert!((found.mean - mean).abs() < 1e-9 * mean.abs());
    assert!((found.bits_per_dimension + mean / 784.0 / 2f64.ln()).abs() < 1e-9);
    // A value of log Z below that of the likeliest rows gives them probabilities above 1.
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(log_likelihood(&data, &values, &Estimate::exact(largest - 0.1)).is_err());
}
