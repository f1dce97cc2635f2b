//! Two-block Gibbs on small Boltzmann machines: enumerated, sampled, and independent of the block.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{
    OwnedMemory, TransitionMatrix, chi_square, configurations, long_run, random_configuration,
};
use gwg_core::target::{Held, Sweep};
use gwg_core::{BlockSweep, Kernel, SplitMix64, StepCounts, Target};
use gwg_linalg::Scalar;
use gwg_models::Rbm;
use proptest::prelude::*;

/// Weights large enough that the layers interact.
fn machine<R: Scalar>(visible: usize, hidden: usize) -> Rbm<R> {
    let model = Rbm::<R>::random(visible, hidden, 5).unwrap();
    let weights = model.weights().iter().map(|&w| R::from_f64(20.0) * w);
    let biases = (model.visible_bias().to_vec(), model.hidden_bias().to_vec());
    Rbm::new(weights.collect(), biases.0, biases.1).unwrap()
}

#[test]
fn the_target_is_invariant_and_sweeps_reversible_at_any_temperature() {
    for beta in [1.0, 0.5, 1.8, 0.0] {
        for (visible, hidden) in [(6, 4), (5, 1), (3, 7)] {
            let matrix = TransitionMatrix::new(&machine::<f64>(visible, hidden), &BlockSweep, beta);
            matrix.assert_exact(true, 1e-12);
        }
    }
}

#[test]
fn without_the_correction_the_target_is_not_invariant() {
    // The checks can fail: at inverse temperatures other than one, draws of the two layers alone are wrong.
    let model = machine::<f64>(6, 4);
    let cold = TransitionMatrix::new(&model, &BlockSweep, 1.8);
    let mut bare = cold.clone();
    let scale = |numbers: &[f64]| -> Vec<f64> { numbers.iter().map(|x| 1.8 * x).collect() };
    let tempered = Rbm::new(
        scale(model.weights()),
        scale(model.visible_bias()),
        scale(model.hidden_bias()),
    );
    bare.p = TransitionMatrix::new(&tempered.unwrap(), &BlockSweep, 1.0).p;
    assert!(cold.measure().invariance < 1e-12);
    assert!(bare.measure().invariance > 1e-3);
}

fn visits<R: Scalar>(seed: u64) {
    for (k, beta) in [1.0, 0.6, 1.5].into_iter().enumerate() {
        let model = machine::<R>(7, 4);
        let seed = seed + k as u64;
        let found = long_run(&model, &BlockSweep, R::from_f64(beta), 100, 1_000, 20, seed);
        // The quantile 4.5 has probability 3.4e-6.
        assert!(found.z.abs() < 4.5, "beta {beta}: {found:?}");
    }
}

#[test]
fn visit_frequencies_match_enumeration() {
    visits::<f32>(1);
    visits::<f64>(11);
}

#[test]
fn sampled_sweeps_match_the_matrix() {
    for (beta, from) in [(1.0, 0), (1.0, 37), (0.7, 63), (1.4, 21)] {
        let model = machine::<f32>(6, 5);
        let all = configurations(model.space());
        let index = |x: &[u8]| x.iter().rev().fold(0, |k, &s| 2 * k + usize::from(s));
        let mut law = vec![0.0; all.len()];
        model.sweep_probabilities(&all[from], beta, Held::default(), &mut |y, p| {
            law[index(y)] += p;
        });
        law[from] += 1.0 - law.iter().sum::<f64>();
        let chains = 200;
        let start = vec![all[from].clone(); chains];
        let mut owned = OwnedMemory::new(&model, &BlockSweep, chains);
        let (mut walkers, scratch) = owned.walkers(&model, &BlockSweep, &start, beta);
        let mut bits: Vec<_> = (0..chains as u64)
            .map(|k| SplitMix64::new(SplitMix64::mix(k)))
            .collect();
        let mut counts = vec![StepCounts::default(); chains];
        let mut reached = vec![0; all.len()];
        for _ in 0..1_000 {
            for w in &mut walkers {
                w.x.copy_from_slice(&all[from]);
            }
            BlockSweep.init(&model, &mut walkers, scratch);
            BlockSweep.step(&model, &mut walkers, scratch, &mut bits, &mut counts);
            for w in &walkers {
                reached[index(w.x)] += 1;
            }
        }
        let found = chi_square(&reached, &law);
        assert!(found.z.abs() < 4.5, "beta {beta}: {found:?}");
    }
}

/// A chain's configuration and the bits of its `log_prob`.
type Seen = (Vec<u8>, u64);

/// The states of each chain, in blocks of the given sizes; every walker is initialized again before step `again`.
fn run<R: Scalar>(
    model: &Rbm<R>,
    beta: f64,
    sizes: &[usize],
    again: usize,
) -> (Vec<Vec<Seen>>, Vec<StepCounts>) {
    let (mut paths, mut all) = (Vec::new(), Vec::new());
    let mut sizes = sizes.iter().cycle();
    while paths.len() < 12 {
        let first = paths.len();
        let size = (*sizes.next().unwrap()).min(12 - first);
        let mut bits: Vec<SplitMix64> = (first..first + size)
            .map(|k| SplitMix64::new(SplitMix64::mix(k as u64)))
            .collect();
        let start: Vec<Vec<u8>> = bits
            .iter_mut()
            .map(|bits| random_configuration(model.space(), bits))
            .collect();
        let mut owned = OwnedMemory::new(model, &BlockSweep, size);
        let (mut block, scratch) = owned.walkers(model, &BlockSweep, &start, R::from_f64(beta));
        let mut counts = vec![StepCounts::default(); size];
        BlockSweep.init(model, &mut block, scratch);
        let mut own = vec![Vec::new(); size];
        for step in 0..5 {
            if step == again {
                BlockSweep.init(model, &mut block, scratch);
            }
            let before = counts.clone();
            BlockSweep.step(model, &mut block, scratch, &mut bits, &mut counts);
            for (k, (w, own)) in block.iter().zip(&mut own).enumerate() {
                let fresh = model.log_prob(w.x);
                let error = (w.log_prob() - fresh).abs() / (1.0 + fresh.abs());
                assert!(
                    error < 512.0 * R::EPSILON.to_f64(),
                    "{} {fresh}",
                    w.log_prob()
                );
                let previous = own.last().map_or(&start[k], |(x, _): &Seen| x);
                let hops = w.x.iter().zip(previous).filter(|(a, b)| a != b).count() as u64;
                assert_eq!(counts[k].sites_changed - before[k].sites_changed, hops);
                own.push((w.x.to_vec(), w.log_prob().to_bits()));
            }
        }
        paths.extend(own);
        all.extend(counts);
    }
    (paths, all)
}

fn same<R: Scalar>(shape: (usize, usize), beta: f64, sizes: &[usize]) -> Result<(), TestCaseError> {
    let model = Rbm::<R>::random(shape.0, shape.1, 3).unwrap();
    let (alone, counts) = run(&model, beta, &[1], 9);
    let (together, _) = run(&model, beta, sizes, 9);
    prop_assert_eq!(&alone, &together);
    let (resumed, _) = run(&model, beta, sizes, 3);
    prop_assert_eq!(&alone, &resumed);
    if beta == 1.0 {
        prop_assert!(counts.iter().all(|t| t.accepted == t.steps));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn paths_do_not_depend_on_the_block_or_on_interruptions(
        visible in 1usize..200, hidden in 1usize..150, tempered in any::<bool>(),
        sizes in prop::collection::vec(1usize..9, 1..4),
    ) {
        let beta = if tempered { 0.9 } else { 1.0 };
        same::<f32>((visible, hidden), beta, &sizes)?;
        same::<f64>((visible, hidden), beta, &sizes)?;
    }
}

#[test]
fn too_little_scratch_gives_nan_and_no_moves() {
    let model = machine::<f32>(6, 4);
    let start = vec![vec![0; 6]; 3];
    let mut owned = OwnedMemory::new(&model, &BlockSweep, 3);
    let (mut walkers, scratch) = owned.walkers(&model, &BlockSweep, &start, 1.0);
    BlockSweep.init(&model, &mut walkers, scratch);
    assert!(walkers.iter().all(|w| w.log_prob().is_finite()));
    let short = scratch.len() - 1;
    let mut bits: Vec<_> = (0..3).map(SplitMix64::new).collect();
    let mut counts = [StepCounts::default(); 3];
    BlockSweep.step(
        &model,
        &mut walkers,
        &mut scratch[..short],
        &mut bits,
        &mut counts,
    );
    for w in &walkers {
        assert!(w.log_prob().is_nan());
        assert_eq!(*w.x, [0; 6]);
    }
}
