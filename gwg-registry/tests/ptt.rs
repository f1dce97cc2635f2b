//! `ptt`: from a file to draws.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_chains::{Plan, run_with};
use gwg_models::io::{RbmLadder, write_ladder};
use gwg_models::{LatticeIsing, Rbm};
use gwg_registry::{Model, SamplerSpec};
use std::num::NonZeroUsize;
use std::path::Path;

const VISIBLE: usize = 8;
const HIDDEN: usize = 2;

/// Two modes, all zeros and all ones, at a weight of 4.
fn numbers(weight: f32) -> [Vec<f32>; 3] {
    [
        vec![weight; VISIBLE * HIDDEN],
        vec![-weight; VISIBLE],
        vec![-4.0 * weight; HIDDEN],
    ]
}

fn model(weight: f32) -> Model<f32> {
    let [w, b, c] = numbers(weight);
    Rbm::new(w, b, c).unwrap().into()
}

fn write(path: &Path, weights: &[f32]) {
    let all = |part: usize| weights.iter().flat_map(move |&w| numbers(w)[part].clone());
    let ladder = RbmLadder {
        units: 1,
        shape: [weights.len(), VISIBLE, HIDDEN],
        weights: all(0).collect(),
        visible_bias: all(1).collect(),
        hidden_bias: all(2).collect(),
    };
    write_ladder(path, &ladder).unwrap();
}

fn spec(path: &Path) -> SamplerSpec {
    format!("ptt:ladder={}", path.display()).parse().unwrap()
}

/// The states of all draws.
fn draws(sampler: &SamplerSpec, model: &Model<f32>, threads: usize) -> Vec<u8> {
    let stepper = sampler.bind(model).unwrap();
    let plan = Plan {
        chains: 40,
        warmup: 200,
        draws: 20,
        thin: 5,
        threads: NonZeroUsize::new(threads),
        init: gwg_chains::Init::States(vec![1; 40 * VISIBLE]),
        ..Plan::default()
    };
    run_with(&*stepper, &plan, &mut ()).unwrap().last
}

const WEIGHTS: [f32; 9] = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0];

#[test]
fn chains_reach_both_modes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.safetensors");
    write(&path, &WEIGHTS);
    let last = draws(&spec(&path), &model(4.0), 1);
    let ones = |rows: &[u8]| {
        let rows = rows.chunks_exact(VISIBLE);
        rows.filter(|row| row.iter().sum::<u8>() > 4).count()
    };
    // Half of 40, with four standard deviations of 3.2.
    assert!(ones(&last).abs_diff(20) < 13, "{}", ones(&last));
    assert!(ones(&draws(&SamplerSpec::sweeps(), &model(4.0), 1)) > 37);
    assert_eq!(draws(&spec(&path), &model(4.0), 3), last);
    assert_eq!(spec(&path).files(), [path]);
}

#[test]
fn a_ladder_that_ends_at_the_model_or_before_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, below] = ["a", "b"].map(|name| folder.path().join(name));
    write(&whole, &WEIGHTS);
    write(&below, &WEIGHTS[..8]);
    let [a, b] = [whole, below].map(|path| draws(&spec(&path), &model(4.0), 2));
    assert_eq!(a, b);
}

#[test]
fn observed_sites_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.safetensors");
    write(&path, &WEIGHTS);
    let mut observed = [None; VISIBLE];
    observed[3] = Some(1);
    let clamped = model(4.0).clamped(&observed).unwrap();
    let last = draws(&spec(&path), &clamped, 2);
    assert!(last.chunks_exact(VISIBLE).all(|row| row[3] == 1));
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.safetensors");
    let bind = |spec: &str, model: &Model<f32>| {
        let spec: SamplerSpec = spec.parse().unwrap();
        spec.bind(model).err().unwrap().to_string()
    };
    let named = format!("ptt:ladder={}", path.display());
    assert!(bind(&named, &model(1.0)).contains("cannot be read"));
    assert!(bind("ptt", &model(1.0)).contains("key `ladder` is needed"));
    write(&path, &WEIGHTS);
    let other = Rbm::new(vec![0.0; 6], vec![0.0; 3], vec![0.0; 2]).unwrap();
    assert!(bind(&named, &other.into()).contains("of another shape"));
    let hidden = Rbm::new(vec![0.0; 24], vec![0.0; 8], vec![0.0; 3]).unwrap();
    assert!(bind(&named, &hidden.into()).contains("of another shape"));
    let lattice = LatticeIsing::<f32>::new(1, 8, 0.2, 0.0).unwrap();
    assert!(bind(&named, &lattice.into()).contains("or the model is none"));
}
