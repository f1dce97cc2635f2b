//! Throughput of the runner in chain-steps, against the number of chains and of threads.
//!
//! Only the runner's sampling time is measured: it excludes allocation, thread pool and first evaluation, and includes
//! rounds of 100 draws and the recording of each draw.

#[path = "measure/settings.rs"]
mod settings;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gwg_chains::{Init, Plan, run};
use gwg_core::{Exact, Kernel, LocallyBalanced, Space, Sqrt, Target, Taylor};
use gwg_models::{DensePotts, LatticeIsing, Rbm};
use settings::criterion;
use std::num::NonZeroUsize;
use std::time::Duration;

fn batch<T, K>(c: &mut Criterion, name: &str, thin: u64, target: &T, kernel: &K)
where
    T: Target<Space: Space<Symbol = u8>> + Sync,
    K: Kernel<T> + Sync,
{
    let mut group = c.benchmark_group(format!("batch/{name}"));
    for chains in [1, 4, 16, 100] {
        let settled = Plan {
            chains,
            warmup: 20 * thin,
            draws: 1,
            ..Plan::default()
        };
        let settled = run(target, kernel, &settled, &mut ()).expect("valid");
        let start: Vec<u16> = settled.last.iter().copied().map(u16::from).collect();
        for threads in [1, 2] {
            group.throughput(Throughput::Elements(thin * chains as u64));
            group.bench_function(format!("chains{chains}-threads{threads}"), |b| {
                b.iter_custom(|draws| {
                    let plan = Plan {
                        chains,
                        // Warms the caches and the packing buffers of each thread.
                        warmup: thin,
                        draws: draws as usize,
                        thin,
                        init: Init::States(start.clone()),
                        threads: NonZeroUsize::new(threads),
                        ..Plan::default()
                    };
                    let outcome = run(target, kernel, &plan, &mut ());
                    outcome.map_or(Duration::MAX, |outcome| outcome.seconds.1)
                });
            });
        }
    }
}

fn machine(c: &mut Criterion) {
    let model = Rbm::<f32>::random(784, 500, 1).expect("valid");
    batch(
        c,
        "rbm-784-500",
        10,
        &Taylor(&model),
        &LocallyBalanced::gwg(),
    );
}

fn potts(c: &mut Criterion) {
    let model = DensePotts::<f32>::random(100, 21, 0.01, 1).expect("valid");
    let kernel = LocallyBalanced::gwg();
    batch(c, "potts-dense-100-q21", 10, &Taylor(&model), &kernel);
}

fn lattice(c: &mut Criterion) {
    let model = LatticeIsing::<f32>::new(2, 40, 0.2, 0.0).expect("valid");
    let kernel = LocallyBalanced::n_fold(Sqrt);
    batch(c, "ising-lattice-40x40", 1000, &Exact(&model), &kernel);
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = machine, potts, lattice
}
criterion_main!(benches);
