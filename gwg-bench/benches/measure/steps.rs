use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Throughput};
use gwg_chains::{ChainSpec, Chains, ChainsOf};
use gwg_core::{Kernel, Target};
use std::hint::black_box;

/// Creates `chains` chains at random states, advanced on the calling thread.
pub(crate) fn start<T, K>(chains: usize, target: &T, kernel: &K) -> ChainsOf<T>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let spec = ChainSpec {
        chains,
        seed: 1,
        ..ChainSpec::default()
    };
    Chains::new(target, kernel, &spec).expect("valid")
}

/// Measures calls of `per_iteration` steps of `chains` chains in chain-steps, after a warm-up of twenty times as many steps.
pub(crate) fn steps<T, K>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    chains: usize,
    per_iteration: u64,
    target: &T,
    kernel: &K,
) where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    let mut all = start(chains, target, kernel);
    let mut advance = |steps| {
        let result = black_box(&mut all).advance(target, kernel, steps);
        result.expect("valid");
    };
    advance(20 * per_iteration);
    group.throughput(Throughput::Elements(per_iteration * chains as u64));
    group.bench_function(name, |b| b.iter(|| advance(per_iteration)));
}
