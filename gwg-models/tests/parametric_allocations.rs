//! No allocation in a parameter gradient, nor in writing parameters.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::kernel::BlockSweep;

use gwg_core::{Kernel, Parametric, Real, SplitMix64};
use gwg_models::{
    CategoricalRbm, DenseIsing, DensePotts, LatticeIsing, LatticeOrdinal, Rbm, SparseIsing,
};

fn allocates_nothing<M: Parametric>(mut model: M) {
    const ROWS: usize = 20;
    let mut bits = SplitMix64::new(1);
    let mut row = || random_configuration(model.space(), &mut bits);
    let x: Vec<_> = (0..ROWS).flat_map(|_| row()).collect();
    let weights = [M::Real::HALF; ROWS];
    let mut gradient = vec![M::Real::ZERO; model.parameter_count()];
    let mut scratch = vec![M::Real::ZERO; model.parameter_gradient_scratch_len(ROWS)];
    let mut values = gradient.clone();
    let mut step = || {
        let done = model.parameter_gradient(&x, &weights, &mut gradient, &mut scratch);
        done.unwrap();
        model.read_parameters(&mut values).unwrap();
        for (value, &g) in values.iter_mut().zip(&gradient) {
            *value += M::Real::EPSILON * g;
        }
        model.write_parameters(&values).unwrap();
    };
    // faer keeps its packing buffers from here on.
    step();
    let counted = allocation_counter::measure(step);
    assert_eq!(counted.count_total, 0);
}

#[test]
fn dense_models() {
    allocates_nothing(Rbm::<f32>::random(10, 8, 1).unwrap());
    allocates_nothing(CategoricalRbm::<f64>::random(12, 5, 8, 1).unwrap());
    allocates_nothing(Rbm::<f64>::random(90, 80, 1).unwrap());
    allocates_nothing(DenseIsing::<f32>::random(100, 0.1, 1).unwrap());
    allocates_nothing(DensePotts::<f32>::random(20, 4, 0.1, 1).unwrap());
}

#[test]
fn lattices_and_graphs() {
    allocates_nothing(LatticeIsing::<f32>::new(2, 10, 0.1, 0.0).unwrap());
    allocates_nothing(LatticeOrdinal::<f32>::new(2, 10, 4, 0.1, 0.1).unwrap());
    let graph = SparseIsing::<f32>::erdos_renyi(50, 4.0, 1).unwrap();
    // Computes the classes of a sweep, which writing keeps.
    let mut owned = OwnedMemory::new(&graph, &BlockSweep, 1);
    let start = [vec![0; 50]];
    let (mut walkers, scratch) = owned.walkers(&graph, &BlockSweep, &start, 1.0);
    BlockSweep.init(&graph, &mut walkers, scratch);
    allocates_nothing(graph);
}
