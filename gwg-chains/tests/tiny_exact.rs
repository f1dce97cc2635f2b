//! Models of a few sites: enumerated kernels against matrices computed in Python, and long runs against exact moments.
//!
//! `data/tiny_exact.json` is made by `gwg-bench/tests/data/make_reference.py`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::diagnostics::{Draws, mcse_mean, mean};
use gwg_chains::{Batch, Observer, Plan, run};
use gwg_core::accept::KEEP;
use gwg_core::check::{TransitionMatrix, Transitions};
use gwg_core::{
    Delta, Exact, Gibbs, Gradient, Kernel, LocallyBalanced, Scan, Space, Sqrt, Target, Taylor,
};
use gwg_linalg::symmetric_eigenvalues;
use gwg_models::{DenseIsing, DensePotts, Rbm};
use serde_json::Value;

fn models() -> Vec<Value> {
    let models: Vec<Value> = serde_json::from_str(include_str!("data/tiny_exact.json")).unwrap();
    assert_eq!(models.len(), 9);
    models
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

fn ising(model: &Value) -> DenseIsing<f64> {
    DenseIsing::new(flat(&model["params"]["J"]), flat(&model["params"]["b"])).unwrap()
}

fn rbm(model: &Value) -> Rbm<f64> {
    let p = &model["params"];
    Rbm::new(flat(&p["W"]), flat(&p["b"]), flat(&p["c"])).unwrap()
}

/// The file counts each pair once, the model both orders: half the coupling in each.
fn potts(model: &Value) -> DensePotts<f64> {
    let (l, q) = (
        model["sites"].as_u64().unwrap() as usize,
        model["states"].as_u64().unwrap() as usize,
    );
    let mut coupling = vec![0.0; l * l * q * q];
    for (pair, block) in model["params"]["J"].as_object().unwrap() {
        let (i, j) = pair.split_once(',').unwrap();
        let (i, j): (usize, usize) = (i.parse().unwrap(), j.parse().unwrap());
        for (k, value) in flat(block).into_iter().enumerate() {
            let (a, b) = (k / q, k % q);
            coupling[((i * l + j) * q + a) * q + b] = value / 2.0;
            coupling[((j * l + i) * q + b) * q + a] = value / 2.0;
        }
    }
    DensePotts::new(l, q, &coupling, flat(&model["params"]["h"])).unwrap()
}

/// `1 - lambda_2` and `1 - max |lambda_k|, k > 1`, of a reversible matrix made symmetric by its stationary law.
fn gaps(matrix: &TransitionMatrix) -> (f64, f64) {
    let (n, pi) = (matrix.states, &matrix.stationary);
    let entry = |x: usize, y: usize| matrix.p[x * n + y] * (pi[x] / pi[y]).sqrt();
    let symmetric: Vec<f64> = (0..n * n)
        .map(|k| 0.5 * (entry(k / n, k % n) + entry(k % n, k / n)))
        .collect();
    let eigenvalues = symmetric_eigenvalues(&symmetric, n).unwrap();
    (
        1.0 - eigenvalues[n - 2],
        1.0 - eigenvalues[n - 2].abs().max(eigenvalues[0].abs()),
    )
}

fn compare<T: Target<Real = f64>, K: Transitions<T>>(
    name: &str,
    target: &T,
    (kernel, keep): (&K, f64),
    want: &Value,
) -> usize {
    let mut matrix = TransitionMatrix::new(target, kernel, 1.0);
    matrix.assert_exact(true, 1e-12);
    // The file has plain Metropolis-Hastings, P: the kernel is `keep P + (1 - keep) I`.
    for (k, p) in matrix.p.iter_mut().enumerate() {
        let held = if k % (matrix.states + 1) == 0 {
            1.0 - keep
        } else {
            0.0
        };
        *p = (*p - held) / keep;
    }
    let (gap, absolute) = gaps(&matrix);
    let close = |found: f64, key: &str| {
        let want = want[key].as_f64().unwrap();
        assert!(
            (found - want).abs() < 1e-10,
            "{name}: {key}: found {found}, wanted {want}"
        );
    };
    close(gap, "spectral_gap");
    close(absolute, "absolute_gap");
    if want["mean_acceptance"].is_number() {
        // Every proposal of these kernels leaves the state: accepting is moving.
        close(matrix.measure().mean_move, "mean_acceptance");
    }
    if want["P"].is_array() {
        for (k, (found, want)) in matrix.p.iter().zip(flat(&want["P"])).enumerate() {
            assert!(
                (found - want).abs() < 1e-10,
                "{name}: P[{}, {}]",
                k / matrix.states,
                k % matrix.states
            );
        }
    }
    1
}

fn compare_all<T: Gradient<Real = f64> + Delta>(model: &Value, target: &T) -> usize {
    let name = model["name"].as_str().unwrap();
    let (gwg, lb) = (LocallyBalanced::gwg(), LocallyBalanced::evaluated(Sqrt));
    let f: Vec<f64> = gwg_core::check::configurations(target.space())
        .iter()
        .map(|x| target.log_prob(x))
        .collect();
    let log_z = gwg_core::math::logsumexp(&f);
    assert!(
        (log_z - model["log_z"].as_f64().unwrap()).abs() < 1e-10,
        "{name}: log Z {log_z}"
    );
    if !model["gwg"].is_object() {
        return 0;
    }
    let gibbs = Gibbs { scan: Scan::Random };
    compare(name, &Taylor(target), (&gwg, KEEP), &model["gwg"])
        + compare(
            name,
            &Exact(target),
            (&lb, KEEP),
            &model["locally_balanced_sqrt"],
        )
        + compare(name, target, (&gibbs, 1.0), &model["random_scan_gibbs"])
}

#[test]
fn enumerated_kernels_have_the_exact_figures() {
    let mut compared = 0;
    for model in &models() {
        compared += match model["name"].as_str().unwrap() {
            name if name.starts_with("ising") => compare_all(model, &ising(model)),
            name if name.starts_with("rbm") => compare_all(model, &rbm(model)),
            _ => {
                // No kernel figures in the file: exactness alone, and log Z.
                let (potts, gwg) = (potts(model), LocallyBalanced::gwg());
                if model["sites"].as_u64() < Some(5) {
                    TransitionMatrix::new(&Taylor(&potts), &gwg, 1.0).assert_exact(true, 1e-12);
                }
                compare_all(model, &potts)
            }
        };
    }
    assert_eq!(compared, 18);
}

/// Keeps first and second moments' series: x_i, and x_i x_j for i < j.
struct Moments {
    chains: usize,
    series: Vec<Vec<Vec<f64>>>,
    of: fn(&[u8]) -> Vec<f64>,
}

impl Observer for Moments {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        for (row, x) in batch.x.chunks(batch.sites).enumerate() {
            let values = (self.of)(x);
            self.series
                .resize_with(values.len(), || vec![Vec::new(); self.chains]);
            for (series, value) in self.series.iter_mut().zip(values) {
                series[row / batch.draws].push(value);
            }
        }
        Ok(())
    }
}

fn moments(x: &[u8]) -> Vec<f64> {
    let x: Vec<f64> = x.iter().map(|&s| f64::from(s)).collect();
    let pairs = (0..x.len()).flat_map(|i| (i + 1..x.len()).map(move |j| (i, j)));
    x.iter()
        .copied()
        .chain(pairs.map(|(i, j)| x[i] * x[j]))
        .collect()
}

fn indicators(x: &[u8]) -> Vec<f64> {
    x.iter()
        .flat_map(|&s| (0..5).map(move |a| f64::from(u8::from(s == a))))
        .collect()
}

/// Sampled means within 4 MCSE of the exact ones, all of them.
fn sampled<T, K>(name: &str, target: &T, kernel: &K, of: fn(&[u8]) -> Vec<f64>, exact: &[f64])
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    let plan = Plan {
        chains: 8,
        warmup: 2000,
        draws: 4000,
        thin: 6,
        seed: 5,
        ..Plan::default()
    };
    let mut seen = Moments {
        chains: 8,
        series: Vec::new(),
        of,
    };
    run(target, kernel, &plan, &mut seen).unwrap();
    let mut beyond = Vec::new();
    for (k, (series, &want)) in seen.series.iter().zip(exact).enumerate() {
        let rows: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
        let draws = Draws::new(&rows).unwrap();
        if let (Some(found), Some(mcse)) = (mean(&draws), mcse_mean(&draws)) {
            let z = (found - want) / mcse;
            if z.abs() > 4.0 {
                beyond.push((k, found, want, z));
            }
        }
    }
    assert!(
        beyond.is_empty(),
        "{name}: moments beyond 4 MCSE: {beyond:?}"
    );
}

#[test]
fn sampled_moments_agree_with_exact_ones() {
    for model in &models() {
        let name = model["name"].as_str().unwrap();
        let gwg = LocallyBalanced::gwg();
        if name.starts_with("potts") {
            let q = model["states"].as_u64().unwrap() as usize;
            let rows = flat(&model["marginals"]);
            let exact: Vec<f64> = rows
                .chunks(q)
                .flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(0.0, 5 - q)))
                .collect();
            let potts = potts(model);
            sampled(name, &Taylor(&potts), &gwg, indicators, &exact);
            sampled(name, &potts, &Gibbs::default(), indicators, &exact);
            continue;
        }
        let second = flat(&model["second_moment"]);
        let n = model["n"].as_u64().unwrap() as usize;
        let pairs = (0..n)
            .flat_map(|i| (i + 1..n).map(move |j| i * n + j))
            .map(|k| second[k]);
        let exact: Vec<f64> = flat(&model["mean"]).into_iter().chain(pairs).collect();
        if name.starts_with("ising") {
            let ising = ising(model);
            sampled(name, &Taylor(&ising), &gwg, moments, &exact);
            sampled(name, &ising, &Gibbs::default(), moments, &exact);
        } else {
            let rbm = rbm(model);
            sampled(name, &Taylor(&rbm), &gwg, moments, &exact);
            sampled(
                name,
                &Exact(&rbm),
                &LocallyBalanced::evaluated(Sqrt),
                moments,
                &exact,
            );
            sampled(name, &rbm, &Gibbs::default(), moments, &exact);
        }
    }
}
