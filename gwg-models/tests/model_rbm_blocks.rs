//! The results for a walker do not depend on its block, for any shapes and other walkers.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::{Kernel, LocallyBalanced, SplitMix64, StepCounts, Target, Taylor};
use gwg_linalg::Scalar;
use gwg_models::Rbm;
use proptest::prelude::*;

/// The result of a step: the configuration, and the bits of `f` and of the differences.
type Numbers = (Vec<u8>, u64, Vec<u64>);

/// Every chain's results after each step, with the chains divided into blocks of the given sizes.
fn run<R: Scalar>(
    model: &Rbm<R>,
    chains: usize,
    sizes: &[usize],
    steps: usize,
) -> Vec<Vec<Numbers>> {
    let target = Taylor(model);
    let kernel = LocallyBalanced::gwg();
    let mut paths = Vec::new();
    let mut sizes = sizes.iter().cycle();
    while paths.len() < chains {
        let first = paths.len();
        let size = (*sizes.next().unwrap()).min(chains - first);
        let seeds = (first..first + size).map(|k| SplitMix64::new(SplitMix64::mix(k as u64)));
        let mut bits: Vec<SplitMix64> = seeds.collect();
        let starts: Vec<Vec<u8>> = bits
            .iter_mut()
            .map(|bits| random_configuration(target.space(), bits))
            .collect();
        let mut owned = OwnedMemory::new(&target, &kernel, size);
        let (mut block, scratch) = owned.walkers(&target, &kernel, &starts, R::ONE);
        let mut counts = vec![StepCounts::default(); size];
        kernel.init(&target, &mut block, scratch);
        let mut own = vec![Vec::new(); size];
        for _ in 0..steps {
            kernel.step(&target, &mut block, scratch, &mut bits, &mut counts);
            for (w, own) in block.iter().zip(&mut own) {
                let here = &w.state.current;
                let d = here.differences.iter().map(|d| d.to_f64().to_bits());
                own.push((w.x.to_vec(), w.log_prob().to_bits(), d.collect()));
            }
        }
        paths.extend(own);
    }
    paths
}

fn same<R: Scalar>(
    visible: usize,
    hidden: usize,
    seed: u64,
    sizes: &[usize],
) -> Result<(), TestCaseError> {
    let model = Rbm::<R>::random(visible, hidden, seed).unwrap();
    let chains = 12;
    let wanted = run(&model, chains, &[1], 6);
    let found = run(&model, chains, sizes, 6);
    for (k, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        prop_assert!(found == wanted, "chain {k} in blocks of {sizes:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn blocks_of_any_composition(
        visible in 1usize..90,
        hidden in 1usize..90,
        seed in any::<u64>(),
        sizes in prop::collection::vec(1usize..8, 1..6),
    ) {
        same::<f32>(visible, hidden, seed, &sizes)?;
        same::<f64>(visible, hidden, seed, &sizes)?;
    }
}

#[test]
fn the_shapes_of_mnist() {
    same::<f32>(784, 500, 1, &[3, 1, 8]).unwrap();
    same::<f64>(784, 500, 1, &[2, 5]).unwrap();
}

/// With too little scratch nothing is accepted, and nothing panics.
#[test]
fn too_little_scratch_does_not_panic() {
    let model = Rbm::<f32>::random(9, 4, 1).unwrap();
    let target = Taylor(&model);
    let kernel = LocallyBalanced::gwg();
    let mut owned = OwnedMemory::new(&target, &kernel, 1);
    let start = [vec![0, 1, 0, 1, 1, 0, 0, 0, 1]];
    let (mut block, scratch) = owned.walkers(&target, &kernel, &start, 1.0);
    let mut counts = [StepCounts::default()];
    kernel.init(&target, &mut block, scratch);
    let short = scratch.len() - 1;
    for _ in 0..50 {
        let mut bits = [SplitMix64::new(1)];
        kernel.step(
            &target,
            &mut block,
            &mut scratch[..short],
            &mut bits,
            &mut counts,
        );
    }
    assert_eq!((counts[0].steps, counts[0].accepted), (50, 0));
    assert_eq!(block[0].x, start[0]);
    kernel.step(
        &target,
        &mut block,
        &mut [],
        &mut [SplitMix64::new(1)],
        &mut counts,
    );
    assert_eq!(counts[0].accepted, 0);
}
