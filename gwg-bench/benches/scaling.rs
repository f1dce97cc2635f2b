//! The cost of one Gibbs-With-Gradients step against the size of the model, on one core, in chain-steps.

#[path = "measure/settings.rs"]
mod settings;
#[path = "measure/steps.rs"]
mod steps;

use criterion::{Criterion, criterion_group, criterion_main};
use gwg_core::{Exact, LocallyBalanced, Sqrt, Taylor};
use gwg_models::{DenseIsing, LatticeIsing, Rbm};
use settings::criterion;
use steps::steps;

/// About 100 to 1 000 000 sites: `O(degree)` with classes, `O(degree log D)` with the sum tree, plus cache effects.
fn lattice(c: &mut Criterion) {
    let mut group = c.benchmark_group("scaling/ising-lattice");
    let (classes, tree) = (LocallyBalanced::n_fold(Sqrt), LocallyBalanced::local(Sqrt));
    for side in [10usize, 32, 100, 316, 1000] {
        let model = LatticeIsing::<f32>::new(2, side, 0.2, 0.0).expect("valid");
        let name = (side * side).to_string();
        steps(&mut group, &name, 1, 100, &Exact(&model), &classes);
        let name = format!("tree/{name}");
        steps(&mut group, &name, 1, 100, &Exact(&model), &tree);
    }
}

/// `O(D)`. Couplings shrink with the square root of the size, so that the temperature is the same for all sizes.
fn dense(c: &mut Criterion) {
    let mut group = c.benchmark_group("scaling/ising-dense");
    for sites in [100usize, 200, 400, 800, 1600, 3200] {
        let scale = 0.2 / (sites as f64).sqrt();
        let model = DenseIsing::<f32>::random(sites, scale, 1).expect("valid");
        let kernel = LocallyBalanced::gwg();
        let name = sites.to_string();
        steps(&mut group, &name, 1, 100, &Taylor(&model), &kernel);
    }
}

/// `O(visible hidden)` per chain, in one matrix product for 100 chains.
fn machines(c: &mut Criterion) {
    let mut group = c.benchmark_group("scaling/rbm-784-chains100");
    for hidden in [25usize, 50, 100, 250, 500, 1000] {
        let model = Rbm::<f32>::random(784, hidden, 1).expect("valid");
        let kernel = LocallyBalanced::gwg();
        let name = hidden.to_string();
        steps(&mut group, &name, 100, 10, &Taylor(&model), &kernel);
    }
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = lattice, dense, machines
}
criterion_main!(benches);
