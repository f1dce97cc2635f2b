//! No allocation in evaluations and gradients, once packing buffers and scratch are there.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::{
    Delta, Kernel, LocallyBalanced, Parametric, Space, SplitMix64, StepCounts, Target, Taylor,
};
use gwg_nets::{NeuralEnergy, Symbols, random, resnet, sequence};

#[test]
fn nothing_is_allocated() {
    let binary = Symbols::Binary {
        low: 0.0,
        high: 1.0,
    };
    for description in [resnet(12, 12, binary, 20), sequence(20, 21, 16, 5, 2)] {
        let mut energy = NeuralEnergy::new(random::<f32>(description, 1).unwrap()).unwrap();
        let mut bits = SplitMix64::new(1);
        let rows: Vec<Vec<u8>> = (0..20)
            .map(|_| random_configuration(energy.space(), &mut bits))
            .collect();
        {
            let (target, kernel) = (Taylor(&energy), LocallyBalanced::gwg());
            let mut owned = OwnedMemory::new(&target, &kernel, rows.len());
            let (mut walkers, scratch) = owned.walkers(&target, &kernel, &rows, 1.0);
            let mut each: Vec<_> = (0..rows.len() as u64).map(SplitMix64::new).collect();
            let mut counts = vec![StepCounts::default(); rows.len()];
            kernel.init(&target, &mut walkers, scratch);
            kernel.step(&target, &mut walkers, scratch, &mut each, &mut counts);
            let counted = allocation_counter::measure(|| {
                for _ in 0..3 {
                    kernel.step(&target, &mut walkers, scratch, &mut each, &mut counts);
                }
            });
            assert_eq!(counted.count_total, 0, "steps");
        }
        let mut cache = vec![0.0; energy.cache_len()];
        energy.init_cache(&rows[0], &mut cache);
        let mv = energy.space().decode(&rows[0], 3);
        let counted = allocation_counter::measure(|| {
            energy.delta(&rows[0], &cache, mv);
            energy.log_prob(&rows[1]);
        });
        assert_eq!(counted.count_total, 0, "values");
        let x = rows.concat();
        let weights = vec![0.5; rows.len()];
        let mut gradient = vec![0.0; energy.parameter_count()];
        let mut scratch = vec![0.0; energy.parameter_gradient_scratch_len(rows.len())];
        let mut step = || {
            let done = energy.parameter_gradient(&x, &weights, &mut gradient, &mut scratch);
            done.unwrap();
            energy.write_parameters(&gradient).unwrap();
        };
        step();
        assert_eq!(allocation_counter::measure(step).count_total, 0, "learning");
    }
}
