//! Enumerations and Boltzmann machines: oracles against each other, against plain sums, and against figures computed in Python
//! (`data/make_reference.py`).
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_bench::oracle::{
    ExactError, GroundTruth, OracleError, enumerate, ground_truth, ground_truth_of, rbm_exact,
    rbm_exact_unless, rbm_log_z,
};
use gwg_chains::{Observer, Plan, Progress};
use gwg_core::check::configurations;
use gwg_core::{Bits, Clamp, Delta, Space, SplitMix64, math};
use gwg_models::io::{Parameters, read_model};
use gwg_models::{LatticeIsing, LatticeOrdinal, LatticePotts, Rbm, Scalar};
use serde_json::Value;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

#[track_caller]
fn close(found: f64, wanted: f64, tolerance: f64, what: &str) {
    let error = (found - wanted).abs() / (1.0 + wanted.abs());
    assert!(
        error <= tolerance,
        "{what}: {found}, wanted {wanted} (off by {error:e})"
    );
}

/// Compares with direct sums over all configurations.
fn compare<T: Delta<Space: Space<Symbol = u8>>>(name: &str, target: &T, states: usize, beta: f64) {
    let all = configurations(target.space());
    let f: Vec<f64> = all.iter().map(|x| target.log_prob(x)).collect();
    let exponents: Vec<f64> = f.iter().map(|f| beta * f).collect();
    let log_z = math::logsumexp(&exponents);
    let p: Vec<f64> = exponents.iter().map(|e| (e - log_z).exp()).collect();
    let mean: f64 = f.iter().zip(&p).map(|(f, p)| f * p).sum();
    let variance: f64 = f.iter().zip(&p).map(|(f, p)| (f - mean).powi(2) * p).sum();
    let mut means = vec![0.0; all[0].len() * states];
    for (x, p) in all.iter().zip(&p) {
        for (i, &s) in x.iter().enumerate() {
            means[i * states + usize::from(s)] += p;
        }
    }
    if states == 2 {
        means = means.into_iter().skip(1).step_by(2).collect();
    }
    let found = enumerate(target, beta).unwrap();
    close(found.log_z, log_z, 1e-13, name);
    close(found.mean_log_prob, mean, 1e-12, name);
    close(found.variance_log_prob, variance, 1e-11, name);
    assert_eq!(found.means.len(), means.len());
    found
        .means
        .iter()
        .zip(&means)
        .for_each(|(a, b)| close(*a, *b, 1e-13, name));
}

fn machine(visible: usize, hidden: usize, scale: f64, seed: u64) -> Rbm<f64> {
    let mut bits = SplitMix64::new(seed);
    let mut draw = |n: usize| {
        (0..n)
            .map(|_| scale * (2.0 * bits.unit::<f64>() - 1.0))
            .collect()
    };
    Rbm::new(draw(visible * hidden), draw(visible), draw(hidden)).unwrap()
}

#[test]
fn enumerations_agree_with_direct_sums() {
    let rbm = machine(9, 4, 1.5, 1);
    compare("rbm", &rbm, 2, 1.0);
    compare("rbm, beta", &rbm, 2, 2.5);
    compare("steep", &machine(8, 6, 60.0, 2), 2, 1.0);
    compare(
        "ising",
        &LatticeIsing::<f64>::new(2, 3, 0.2, -0.3).unwrap(),
        2,
        1.0,
    );
    compare(
        "potts",
        &LatticePotts::<f64>::new(2, 3, 3, 0.2).unwrap(),
        3,
        1.0,
    );
    compare(
        "ordinal",
        &LatticeOrdinal::<f64>::new(1, 4, 4, 0.3, 0.2).unwrap(),
        4,
        0.5,
    );
    let (observed, mut free) = (
        [None, Some(1), None, None, Some(0), None, None, None, None],
        [0; 9],
    );
    compare(
        "clamped",
        &Clamp::new(&rbm, &observed, &mut free).unwrap(),
        2,
        1.0,
    );
    assert!(matches!(
        enumerate(&machine(25, 2, 1.0, 1), 1.0),
        Err(ExactError::TooLarge {
            allowed: 16_777_216,
            ..
        })
    ));
}

fn by_both_layers(visible: usize, hidden: usize, scale: f64) {
    let model = machine(visible, hidden, scale, 3);
    let (exact, all) = (rbm_exact(&model).unwrap(), enumerate(&model, 1.0).unwrap());
    close(exact.log_z, all.log_z, 1e-12, "log Z");
    assert!(rbm_log_z(&model).unwrap() == exact.log_z);
    assert_eq!(exact.means.len(), visible);
    exact
        .means
        .iter()
        .zip(&all.means)
        .for_each(|(a, b)| close(*a, *b, 1e-12, "means"));
}

#[test]
fn machines_agree_by_either_layer() {
    for (visible, hidden, scale) in [
        (1, 1, 1.0),
        (12, 5, 1.0),
        (5, 12, 1.0),
        (14, 11, 1.5),
        (13, 13, 0.2),
        (10, 3, 80.0),
        (3, 10, 80.0),
    ] {
        by_both_layers(visible, hidden, scale);
    }
    assert!(matches!(
        rbm_log_z(&machine(26, 26, 0.1, 1)),
        Err(ExactError::TooLarge { found: 26, .. })
    ));
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        other => vec![other.as_f64().expect("a number")],
    }
}

#[test]
fn machines_agree_with_reference_values() {
    let machines: Vec<Value> = serde_json::from_str(include_str!("data/tiny_exact.json")).unwrap();
    assert_eq!(machines.len(), 4);
    for entry in &machines {
        let numbers = |key: &str| flat(&entry["params"][key]);
        let model = Rbm::new(numbers("W"), numbers("b"), numbers("c")).unwrap();
        let exact = rbm_exact(&model).unwrap();
        close(
            exact.log_z,
            entry["log_z"].as_f64().unwrap(),
            1e-13,
            "log Z",
        );
        for (found, wanted) in exact.means.iter().zip(flat(&entry["mean"])) {
            close(*found, wanted, 1e-12, "mean");
        }
    }
}

fn machine_in_a_file<R: Scalar>() -> Rbm<R> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rbm.safetensors");
    match read_model::<R>(&path, None) {
        Ok(Parameters::Rbm {
            weights,
            visible_bias,
            hidden_bias,
        }) => Rbm::new(
            weights.into_owned(),
            visible_bias.into_owned(),
            hidden_bias.into_owned(),
        )
        .unwrap(),
        other => panic!("{other:?}"),
    }
}

/// 40 visible and 16 hidden units; the sum over the hidden states in Python.
#[test]
fn log_z_of_a_machine_in_a_file() {
    let facts: Value = serde_json::from_str(include_str!("data/rbm.json")).unwrap();
    let wide = rbm_log_z(&machine_in_a_file::<f64>()).unwrap();
    close(wide, facts["log_z"].as_f64().unwrap(), 1e-13, "log Z");
    // The weights are f32; the sum is in f64 all the same.
    assert!(rbm_log_z(&machine_in_a_file::<f32>()).unwrap() == wide);
}

/// Long-run means agree with exact ones within their errors. With 64 units, 4.5 errors are exceeded in one of 2000 runs.
#[test]
fn ground_truth_agrees_with_exact_means() {
    let model = Rbm::<f64>::random(64, 12, 5).unwrap();
    let exact = rbm_exact(&model).unwrap();
    let truth = ground_truth(&model, 100, 400, 6).unwrap();
    assert!(
        truth.has_converged(),
        "{:?} {:?} {:?}",
        truth.rhat,
        truth.log_prob,
        truth.hamming
    );
    assert!(truth.states.len() == 6400 && truth.states.iter().all(|&v| v < 2));
    let worst = errors(&truth, &exact.means).fold(0.0, f64::max);
    assert!(worst < 4.5, "{worst}");
    let squares: f64 = errors(&truth, &exact.means).map(|z| z * z).sum();
    // Chi-square with 64 degrees of freedom: standard deviation 11.3.
    assert!((20.0..110.0).contains(&squares), "{squares}");
    let again = ground_truth(&model, 100, 400, 6).unwrap();
    assert!(again.means == truth.means && again.states == truth.states);
    assert!(ground_truth(&model, 0, 400, 6).is_err() && ground_truth(&model, 4, 0, 6).is_err());
}

fn errors<'s>(truth: &'s GroundTruth, exact: &'s [f64]) -> impl Iterator<Item = f64> + 's {
    let means = truth.means.iter().zip(exact).zip(&truth.mcse);
    means.map(|((found, exact), error)| (found - exact).abs() / error)
}

/// Chains in two separated modes that never leave their initial one do not count as converged.
#[test]
fn ground_truth_of_two_separated_modes_does_not_converge() {
    let n = 20;
    let model = Rbm::<f64>::new(vec![3.0; n], vec![-1.5; n], vec![-30.0]).unwrap();
    let truth = ground_truth(&model, 40, 100, 1).unwrap();
    assert!(!truth.has_converged(), "{:?}", truth.rhat);
}

/// Long sums and runs can be stopped; if they are not stopped, the results are unchanged.
#[test]
fn long_computations_can_be_stopped() {
    let model = Rbm::<f64>::random(30, 12, 5).unwrap();
    let calls = AtomicUsize::new(0);
    let stop = |after: usize| calls.fetch_add(1, Ordering::SeqCst) >= after;
    let stopped = rbm_exact_unless(&model, &|| stop(3));
    assert!(matches!(stopped, Err(ExactError::Stopped)), "{stopped:?}");
    calls.store(0, Ordering::SeqCst);
    assert_eq!(
        rbm_exact_unless(&model, &|| stop(1000)).unwrap(),
        rbm_exact(&model).unwrap()
    );
    assert_eq!(calls.load(Ordering::SeqCst), 64);

    struct EndedIf(fn(Progress) -> bool);
    impl Observer for EndedIf {
        fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
            if self.0(progress) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }
    }
    let plan = Plan {
        chains: 4,
        warmup: 100,
        draws: 100,
        seed: 6,
        ..Plan::default()
    };
    let in_warmup: fn(Progress) -> bool = |p| matches!(p, Progress::Warmup { .. });
    let in_sampling: fn(Progress) -> bool = |p| matches!(p, Progress::Sampling { done: 1.., .. });
    for ended in [in_warmup, in_sampling] {
        let stopped = ground_truth_of(&model, &plan, &mut EndedIf(ended));
        assert!(matches!(stopped, Err(OracleError::Stopped)));
    }
    let whole = ground_truth_of(&model, &plan, &mut EndedIf(|_| false)).unwrap();
    assert_eq!(whole.means, ground_truth(&model, 4, 100, 6).unwrap().means);
}

#[test]
#[ignore = "a measurement"]
fn time_of_25_hidden_units() {
    for visible in [100, 784] {
        let model = Rbm::<f64>::random(visible, 25, 1).unwrap();
        let start = std::time::Instant::now();
        let log_z = rbm_log_z(&model).unwrap();
        println!("{visible}/25: log Z = {log_z}, {:?}", start.elapsed());
    }
    let model = Rbm::<f64>::random(100, 25, 1).unwrap();
    let start = std::time::Instant::now();
    let exact = rbm_exact(&model).unwrap();
    println!(
        "100/25 with means: {} {:?}, {:?}",
        exact.log_z,
        &exact.means[..2],
        start.elapsed()
    );
    let start = std::time::Instant::now();
    let all = enumerate(&LatticeIsing::<f64>::new(1, 24, 0.2, 0.1).unwrap(), 1.0).unwrap();
    println!("2^24 by differences: {}, {:?}", all.log_z, start.elapsed());
}
