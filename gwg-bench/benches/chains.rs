//! The overhead of [`Chains`]: calls of one step, and saving and restoring chains, on one thread.

#[path = "measure/settings.rs"]
mod settings;
#[path = "measure/steps.rs"]
mod steps;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gwg_chains::{Chains, ChainsOf, SavedChains, Threads};
use gwg_core::{LocallyBalanced, Taylor};
use gwg_models::Rbm;
use settings::criterion;
use std::hint::black_box;
use steps::{start, steps};

const CHAINS: usize = 100;

/// Measures calls of 1 step and calls of 1000 steps, both in chain-steps: the difference is the overhead of a call.
fn calls(c: &mut Criterion) {
    let model = Rbm::<f32>::random(100, 25, 1).expect("valid");
    let (target, kernel) = (Taylor(&model), LocallyBalanced::gwg());
    let mut group = c.benchmark_group("chains/rbm-100-25-chains100");
    for per_call in [1, 1000] {
        let name = format!("advance{per_call}");
        steps(&mut group, &name, CHAINS, per_call, &target, &kernel);
    }
}

/// Measures copying all chains to plain data and back, and the same with the conversion to and from bytes of a file.
fn saves(c: &mut Criterion) {
    let model = Rbm::<f32>::random(784, 500, 1).expect("valid");
    let (target, kernel) = (Taylor(&model), LocallyBalanced::gwg());
    let mut chains = start(CHAINS, &target, &kernel);
    chains.advance(&target, &kernel, 100).expect("valid");
    let saved = chains.save();
    let bytes = saved.to_bytes().expect("valid");
    let restore = |saved: &SavedChains| -> ChainsOf<Taylor<&Rbm<f32>>> {
        Chains::restore(saved, &target, &kernel, Threads::one()).expect("saved by the same program")
    };
    let mut group = c.benchmark_group("chains/rbm-784-500-chains100");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("save", |b| {
        b.iter_with_large_drop(|| black_box(&chains).save());
    });
    group.bench_function("restore", |b| {
        b.iter_with_large_drop(|| restore(black_box(&saved)));
    });
    group.bench_function("save-to-bytes", |b| {
        b.iter_with_large_drop(|| black_box(&chains).save().to_bytes());
    });
    group.bench_function("restore-from-bytes", |b| {
        b.iter_with_large_drop(|| {
            let saved = SavedChains::from_bytes(black_box(&bytes));
            restore(&saved.expect("saved by the same program"))
        });
    });
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = calls, saves
}
criterion_main!(benches);
