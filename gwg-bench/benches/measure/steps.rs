use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Throughput};
use gwg_bench::{Block, Lent};
use gwg_core::{Kernel, Target};
use std::hint::black_box;

/// Measures `per_iteration` steps of a block of `chains` walkers in chain-steps, after a warm-up of twenty times as many steps.
pub(crate) fn steps<T, K>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    chains: usize,
    per_iteration: u64,
    target: &T,
    kernel: &K,
) where
    T: Target,
    K: Kernel<T>,
{
    let mut lent = Lent::new(target, kernel, chains);
    let mut block = Block::new(&mut lent, target, kernel, chains);
    block.advance(20 * per_iteration);
    group.throughput(Throughput::Elements(per_iteration * chains as u64));
    group.bench_function(name, |b| {
        b.iter(|| black_box(&mut block).advance(per_iteration));
    });
}
