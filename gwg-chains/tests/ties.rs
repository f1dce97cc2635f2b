//! States of equal `f` are recorded with equal numbers, whatever running sums told them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::diagnostics::{Draws, rhat};
use gwg_chains::{Plan, run};
use gwg_core::kernel::RandomWalk;
use gwg_core::{Delta, Exact, Gibbs, Kernel, Local, LocallyBalanced, Space, Sqrt, Target};
use gwg_models::{LatticeIsing, LatticePotts, Scalar};
use std::collections::BTreeSet;

fn values<T, K>(name: &str, target: &T, kernel: &K, levels: usize)
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    let plan = Plan {
        chains: 6,
        warmup: 1000,
        draws: 4000,
        thin: 9,
        seed: 3,
        ..Plan::default()
    };
    let outcome = run(target, kernel, &plan, &mut ()).unwrap();
    let found: BTreeSet<u64> = outcome
        .quantity("log_prob")
        .unwrap()
        .iter()
        .map(|v| v.to_bits())
        .collect();
    assert!(
        (4..=levels).contains(&found.len()),
        "{name}: {} values, there are {levels}",
        found.len()
    );
    let rows: Vec<&[f64]> = outcome
        .quantity("log_prob")
        .unwrap()
        .chunks(plan.draws)
        .collect();
    let rhat = rhat(&Draws::new(&rows).unwrap()).unwrap();
    // The chains mix well. With ties broken it was 1.009 to 1.07.
    assert!(rhat < 1.005, "{name}: {rhat}");
}

fn kernels<T>(name: &str, model: &T, levels: usize)
where
    T: Local + Delta + Sync,
    T::Space: Space<Symbol = u8>,
{
    values(&format!("{name} gibbs"), model, &Gibbs::default(), levels);
    let walk = RandomWalk::new(1.0).unwrap();
    values(&format!("{name} walk"), model, &walk, levels);
    let tree = LocallyBalanced::local(Sqrt);
    values(&format!("{name} tree"), &Exact(model), &tree, levels);
}

fn models<R: Scalar>(float: &str) {
    // Of 18 bonds, so many can be satisfied.
    let potts = LatticePotts::<R>::new(2, 3, 3, 0.1).unwrap();
    kernels(&format!("{float} Potts"), &potts, 19);
    let ising = LatticeIsing::<R>::new(2, 3, 0.13, 0.0).unwrap();
    kernels(&format!("{float} Ising"), &ising, 19);
}

#[test]
fn equal_values_are_equal_numbers() {
    models::<f64>("f64");
    models::<f32>("f32");
}
