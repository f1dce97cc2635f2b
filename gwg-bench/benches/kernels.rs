//! One chain-step of each sampler on each model, on one core. The unit of throughput is a chain-step.

#[path = "measure/steps.rs"]
mod steps;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use gwg_core::{
    Delta, Exact, Gibbs, Gradient, Kernel, Local, LocallyBalanced, Sqrt, SwendsenWang, Target,
    Taylor, Wolff,
};
use gwg_models::{
    DenseIsing, DensePotts, LatticeIsing, LatticePotts, MultiSpin, Rbm, SparseIsing, Spins,
};

/// Steps per iteration: enough that the overhead of an iteration is negligible.
const STEPS: u64 = 100;

fn steps<T, K>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    chains: usize,
    target: &T,
    kernel: &K,
) where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    steps::steps(group, name, chains, STEPS, target, kernel);
}

fn local<T: Local + Sync>(c: &mut Criterion, name: &str, model: &T) {
    let mut group = c.benchmark_group(name);
    steps(
        &mut group,
        "gwg",
        1,
        &Exact(model),
        &LocallyBalanced::local(Sqrt),
    );
    steps(&mut group, "gibbs", 1, model, &Gibbs::default());
}

fn evaluated<T: Gradient + Delta + Sync>(c: &mut Criterion, name: &str, chains: usize, model: &T) {
    let mut group = c.benchmark_group(name);
    steps(
        &mut group,
        "gwg",
        chains,
        &Taylor(model),
        &LocallyBalanced::gwg(),
    );
    steps(&mut group, "gibbs", chains, model, &Gibbs::default());
}

fn lattices(c: &mut Criterion) {
    for side in [10, 40, 160, 1000] {
        let model = LatticeIsing::<f32>::new(2, side, 0.2, 0.0).expect("valid");
        let name = format!("ising-lattice/{side}x{side}");
        let mut group = c.benchmark_group(&name);
        let classes = LocallyBalanced::n_fold(Sqrt);
        steps(&mut group, "gwg", 1, &Exact(&model), &classes);
        let tree = LocallyBalanced::local(Sqrt);
        steps(&mut group, "gwg-tree", 1, &Exact(&model), &tree);
        steps(&mut group, "gibbs", 1, &model, &Gibbs::default());
        group.finish();
    }
    for side in [10, 40] {
        let model = LatticePotts::<f32>::new(2, side, 3, 0.1).expect("valid");
        local(c, &format!("potts-lattice/{side}x{side}-q3"), &model);
    }
}

fn graphs(c: &mut Criterion) {
    for sites in [200, 2000] {
        let model = SparseIsing::<f32>::erdos_renyi(sites, 4.0, 1).expect("valid");
        local(c, &format!("ising-er/{sites}-degree4"), &model);
    }
    // As dense as Gset's G1: 800 vertices of degree 48.
    let model = SparseIsing::<f32>::erdos_renyi(800, 48.0, 1).expect("valid");
    local(c, "ising-er/800-degree48", &model);
}

fn dense(c: &mut Criterion) {
    for sites in [100, 400, 1600] {
        let model = DenseIsing::<f32>::random(sites, 0.01, 1).expect("valid");
        evaluated(c, &format!("ising-dense/{sites}"), 1, &model);
    }
    for sites in [20, 100] {
        let model = DensePotts::<f32>::random(sites, 21, 0.01, 1).expect("valid");
        evaluated(c, &format!("potts-dense/{sites}-q21"), 1, &model);
    }
}

fn machines(c: &mut Criterion) {
    for (visible, hidden) in [(100, 25), (784, 500)] {
        let model = Rbm::<f32>::random(visible, hidden, 1).expect("valid");
        evaluated(c, &format!("rbm/{visible}-{hidden}-chains100"), 100, &model);
    }
}

/// Clusters at critical temperatures: a step is of the whole lattice.
fn clusters(c: &mut Criterion) {
    let mut group = c.benchmark_group("clusters");
    let model = LatticeIsing::<f32>::new(2, 64, 0.220_343_4, 0.0).expect("valid");
    steps(&mut group, "ising-64x64-sw", 1, &model, &SwendsenWang);
    steps(&mut group, "ising-64x64-wolff", 1, &model, &Wolff);
    let model = LatticePotts::<f32>::new(2, 64, 3, 0.251_263).expect("valid");
    steps(&mut group, "potts-64x64-q3-sw", 1, &model, &SwendsenWang);
    steps(&mut group, "potts-64x64-q3-wolff", 1, &model, &Wolff);
}

/// 64 chains, or 64 sites of one, in the bits of words. The unit of throughput is a site of a chain, not a step.
fn words(c: &mut Criterion) {
    let mut group = c.benchmark_group("multispin");
    for (name, dims, side, bias) in [
        ("ising-lattice/40x40", 2, 40, 0.0),
        ("ising-lattice/1000x1000", 2, 1000, 0.0),
        ("ising-lattice/40x40-field", 2, 40, 0.1),
        ("ising-lattice/40x40x40", 3, 40, 0.0),
    ] {
        let model = LatticeIsing::<f32>::new(dims, side, 0.1, bias).expect("valid");
        let graphs = [
            ("chains", model.spin_graph().ok()),
            ("sites", model.spin_blocks()),
        ];
        for (bits, graph) in graphs {
            let spins = MultiSpin::new(&graph.expect("64 parts"), |_| true).expect("valid");
            let (mut states, mut sweeps) = (spins.state(), 0..10);
            group.throughput(Throughput::Elements(640 * states.words().len() as u64));
            group.bench_function(format!("{name}-{bits}"), |b| {
                b.iter(|| {
                    let made = spins.sweep(&mut states, 1.0, 1, sweeps.clone(), || false);
                    sweeps = sweeps.end..sweeps.end + 10;
                    made
                });
            });
        }
    }
}

criterion_group!(benches, lattices, clusters, words, graphs, dense, machines);
criterion_main!(benches);
