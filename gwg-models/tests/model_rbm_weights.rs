//! Machines in files against values computed in Python in double precision: a small one of random weights
//! (`gwg-bench/tests/data/make_reference.py`), and one trained on MNIST, in `shared/data`.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "support/shared_data.rs"]
mod shared_data;

use gwg_core::{Delta, Space, SplitMix64, Target, check, math};
use gwg_models::Rbm;
use serde_json::Value;
use shared_data::shared_data;
use std::{collections::BTreeMap, fs};

/// The f32 tensors of a safetensors file: eight bytes of header length, a JSON header, the numbers.
fn tensors(bytes: &[u8]) -> BTreeMap<String, Vec<f64>> {
    let (length, rest) = bytes.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
    let (header, data) = rest.split_at(length);
    let header: BTreeMap<String, Value> = serde_json::from_slice(header).unwrap();
    header
        .into_iter()
        .filter(|(name, _)| name != "__metadata__")
        .map(|(name, entry)| {
            assert_eq!(entry["dtype"], "F32");
            let offset = |k: usize| entry["data_offsets"][k].as_u64().unwrap() as usize;
            let numbers = data[offset(0)..offset(1)].as_chunks::<4>().0;
            let numbers = numbers.iter().map(|&b| f64::from(f32::from_le_bytes(b)));
            (name, numbers.collect())
        })
        .collect()
}

/// The rows of a two-dimensional npy file of bytes, each unpacked to its first `columns` bits, high bit first.
fn packed_rows(bytes: &[u8], columns: usize) -> Vec<Vec<u8>> {
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let text = std::str::from_utf8(&bytes[10..10 + header]).unwrap();
    assert!(
        text.contains("'descr': '|u1'") && text.contains("'fortran_order': False"),
        "{text}"
    );
    bytes[10 + header..]
        .chunks_exact(columns.div_ceil(8))
        .map(|row| {
            (0..columns)
                .map(|k| row[k / 8] >> (7 - k % 8) & 1)
                .collect()
        })
        .collect()
}

fn machine(file: &[u8]) -> Rbm<f64> {
    let mut tensors = tensors(file);
    let mut take = |name: &str| tensors.remove(name).unwrap();
    Rbm::new(take("W"), take("b"), take("c")).unwrap()
}

#[track_caller]
fn close(found: f64, wanted: &Value) {
    let wanted = wanted.as_f64().unwrap();
    assert!(
        (found - wanted).abs() < 1e-10 * wanted.abs(),
        "{found}, wanted {wanted}"
    );
}

fn small() -> (Rbm<f64>, Value) {
    let facts = serde_json::from_str(include_str!("data/rbm.json")).unwrap();
    (machine(include_bytes!("data/rbm.safetensors")), facts)
}

#[test]
fn values_of_a_small_machine_agree() {
    let (model, facts) = small();
    let states = facts["states"].as_array().unwrap();
    assert_eq!(states.len(), 5);
    for (state, wanted) in states
        .iter()
        .zip(facts["log_unnormalized"].as_array().unwrap())
    {
        let state: Vec<u8> = serde_json::from_value(state.clone()).unwrap();
        close(model.log_prob(&state), wanted);
    }
}

#[test]
fn values_of_mnist_digits_agree() {
    let (Some(weights), Some(images)) = (
        shared_data("rbm_weights"),
        shared_data("mnist/test_bin_packed.npy"),
    ) else {
        return;
    };
    let index: Vec<Value> =
        serde_json::from_slice(&fs::read(weights.join("index.json")).unwrap()).unwrap();
    let images = packed_rows(&fs::read(images).unwrap(), 784);
    let mut compared = 0;
    for entry in index.iter().filter(|e| e["nv"] == 784) {
        let name = entry["name"].as_str().unwrap();
        let model = machine(&fs::read(weights.join(format!("{name}.safetensors"))).unwrap());
        for (image, wanted) in images
            .iter()
            .zip(entry["first5_unnormalised_logp"].as_array().unwrap())
        {
            close(model.log_prob(image), wanted);
            compared += 1;
        }
        let sum: f64 = images.iter().map(|image| model.log_prob(image)).sum();
        close(
            sum / images.len() as f64,
            &entry["mean_unnormalised_logp_test"],
        );
        check::delta(&model, 100, 1, 1e-12);
        check::gradient(&model, 2, 20, 1, 1e-12);
    }
    assert_eq!(compared, 10);
}

/// `ln Z` by the sum over the 2^16 hidden states, in which the visible units are independent.
#[test]
fn partition_functions_agree() {
    let (model, facts) = small();
    let hidden = model.hidden();
    assert_eq!(hidden, 16);
    let mut slopes = model.visible_bias().to_vec();
    let mut bias = 0.0;
    let mut logs = Vec::with_capacity(1 << hidden);
    // Gray code: one hidden unit changes at a time.
    for k in 0..1u32 << hidden {
        if k > 0 {
            let j = k.trailing_zeros() as usize;
            let sign = if (k ^ k >> 1) >> j & 1 == 1 {
                1.0
            } else {
                -1.0
            };
            bias += sign * model.hidden_bias()[j];
            for (i, slope) in slopes.iter_mut().enumerate() {
                *slope += sign * model.weights()[i * hidden + j];
            }
        }
        logs.push(bias + math::softplus_sum(&slopes));
    }
    close(math::logsumexp(&logs), &facts["log_z"]);
}

/// Exact differences in f32 against the same machine in f64: the sums of 500 terms that they are differences of are kept in f64.
#[test]
fn single_precision_differences_keep_their_digits() {
    let narrow = Rbm::<f32>::random(784, 500, 1).unwrap();
    let widen = |numbers: &[f32]| numbers.iter().map(|&w| f64::from(w)).collect();
    let wide = Rbm::<f64>::new(
        widen(narrow.weights()),
        widen(narrow.visible_bias()),
        widen(narrow.hidden_bias()),
    )
    .unwrap();
    let x = check::random_configuration(wide.space(), &mut SplitMix64::new(3));
    let (mut memory, mut wide_memory) =
        (vec![0.0; narrow.cache_len()], vec![0.0; wide.cache_len()]);
    narrow.init_cache(&x, &mut memory);
    wide.init_cache(&x, &mut wide_memory);
    let mut worst = 0.0f64;
    for m in 0..784 {
        let mv = wide.space().decode(&x, m);
        let found = f64::from(narrow.delta(&x, &memory, mv));
        worst = worst.max((found - wide.delta(&x, &wide_memory, mv)).abs());
    }
    // 500 roundings of numbers of size 1 to 24 bits, a random walk: 22 * 6e-8 twice over. One sum in f32 would add 2^-16.
    assert!(worst < 4e-6, "{worst:e}");
}
