//! Machines with categorical sites on small cases: enumerated, sampled, against one-hot machines, and independent of the block.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{
    OwnedMemory, TransitionMatrix, chi_square, configurations, long_run, random_configuration,
};
use gwg_core::target::{Held, Sweep};
use gwg_core::{BlockSweep, Delta, Gradient, Kernel, Space, SplitMix64, StepCounts, Target};
use gwg_linalg::Scalar;
use gwg_models::CategoricalRbm;
use gwg_models::exact::enumerate;
use proptest::prelude::*;

/// Weights large enough that the layers interact.
fn machine<R: Scalar>(sites: usize, states: usize, hidden: usize) -> CategoricalRbm<R> {
    let model = CategoricalRbm::<R>::random(sites, states, hidden, 5).unwrap();
    scaled(&model, 20.0)
}

fn scaled<R: Scalar>(model: &CategoricalRbm<R>, by: f64) -> CategoricalRbm<R> {
    let weights = model.weights().iter().map(|&w| R::from_f64(by) * w);
    let biases = (model.visible_bias().to_vec(), model.hidden_bias().to_vec());
    CategoricalRbm::new(model.states(), weights.collect(), biases.0, biases.1).unwrap()
}

#[test]
fn the_target_is_invariant_and_sweeps_reversible_at_any_temperature() {
    for beta in [1.0, 0.5, 1.8, 0.0] {
        for (sites, states, hidden) in [(3, 3, 2), (2, 5, 1), (4, 2, 5), (1, 7, 3)] {
            let model = machine::<f64>(sites, states, hidden);
            TransitionMatrix::new(&model, &BlockSweep, beta).assert_exact(true, 1e-12);
        }
    }
}

#[test]
fn the_partition_function_is_the_sum_over_both_layers() {
    let model = machine::<f64>(3, 3, 2);
    let (b, c, w) = (model.visible_bias(), model.hidden_bias(), model.weights());
    let mut z = 0.0;
    for x in configurations(model.space()) {
        for h in 0..4 {
            let on = |j: usize| f64::from(h >> j & 1);
            let mut f: f64 = (0..2).map(|j| on(j) * c[j]).sum();
            for (i, &s) in x.iter().enumerate() {
                let unit = 3 * i + usize::from(s);
                f += b[unit] + (0..2).map(|j| on(j) * w[unit * 2 + j]).sum::<f64>();
            }
            z += f.exp();
        }
    }
    let found = enumerate(&model, 1.0).unwrap().log_z;
    assert!((found - z.ln()).abs() < 1e-12, "{found} {}", z.ln());
}

fn visits<R: Scalar>(seed: u64) {
    for (k, beta) in [1.0, 0.6, 1.5].into_iter().enumerate() {
        let model = machine::<R>(4, 3, 4);
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
    for (beta, from) in [(1.0, 0), (1.0, 37), (0.7, 80), (1.4, 21)] {
        let model = machine::<f32>(4, 3, 5);
        let all = configurations(model.space());
        let index = |x: &[u8]| all.iter().position(|y| y == x).unwrap();
        let mut law = vec![0.0; all.len()];
        model.sweep_probabilities(&all[from], beta, Held::default(), &mut |y, p| {
            law[index(y)] += p;
        });
        law[from] += 1.0 - law.iter().sum::<f64>();
        let chains = 200;
        let start = vec![all[from].clone(); chains];
        let mut owned = OwnedMemory::new(&model, &BlockSweep, chains);
        let (mut walkers, scratch) = owned.walkers(&model, &BlockSweep, &start, beta);
        let seeds = (0..chains as u64).map(|k| SplitMix64::new(SplitMix64::mix(k)));
        let mut bits: Vec<_> = seeds.collect();
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

/// States and bits of `f` of chains after each of 4 sweeps, in blocks of the given sizes.
fn run<R: Scalar>(
    model: &CategoricalRbm<R>,
    beta: f64,
    sizes: &[usize],
) -> Vec<Vec<(Vec<u8>, u64)>> {
    let (mut paths, mut sizes) = (Vec::new(), sizes.iter().cycle());
    while paths.len() < 10 {
        let first = paths.len();
        let size = (*sizes.next().unwrap()).min(10 - first);
        let seeds = (first..first + size).map(|k| SplitMix64::new(SplitMix64::mix(k as u64)));
        let mut bits: Vec<SplitMix64> = seeds.collect();
        let random = |bits: &mut SplitMix64| random_configuration(model.space(), bits);
        let start: Vec<Vec<u8>> = bits.iter_mut().map(random).collect();
        let mut owned = OwnedMemory::new(model, &BlockSweep, size);
        let (mut block, scratch) = owned.walkers(model, &BlockSweep, &start, R::from_f64(beta));
        let mut counts = vec![StepCounts::default(); size];
        BlockSweep.init(model, &mut block, scratch);
        let mut own = vec![Vec::new(); size];
        for step in 0..4 {
            if step == 2 && size % 2 == 1 {
                // A cache that is made anew is the same.
                BlockSweep.init(model, &mut block, scratch);
            }
            BlockSweep.step(model, &mut block, scratch, &mut bits, &mut counts);
            for (w, own) in block.iter().zip(&mut own) {
                let fresh = model.log_prob(w.x);
                let error = (w.log_prob() - fresh).abs() / (1.0 + fresh.abs());
                assert!(error < 512.0 * R::EPSILON.to_f64());
                own.push((w.x.to_vec(), w.log_prob().to_bits()));
            }
        }
        paths.extend(own);
    }
    paths
}

/// `f`, the gradient and all exact differences of a state, against those of the one-hot machine of two-state units.
fn as_one_hot(model: &CategoricalRbm<f64>, x: &[u8]) -> Result<(), TestCaseError> {
    let (q, units) = (model.states(), model.one_hot());
    let one_hot = |x: &[u8]| -> Vec<u8> {
        let unit = |&s: &u8| (0..q).map(move |a| u8::from(a == usize::from(s)));
        x.iter().flat_map(unit).collect()
    };
    let v = one_hot(x);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-11 * (1.0 + b.abs());
    prop_assert!(close(model.log_prob(x), units.log_prob(&v)));
    let (mut found, mut wanted) = (vec![0.0; v.len()], vec![0.0; v.len()]);
    model.value_and_gradient(x, &mut found, &mut []);
    units.value_and_gradient(&v, &mut wanted, &mut []);
    for (a, b) in found.iter().zip(&wanted) {
        prop_assert!(close(*a, *b));
    }
    let mut cache = vec![0.0; model.cache_len()];
    model.init_cache(x, &mut cache);
    for m in 0..model.space().moves() {
        let mv = model.space().decode(x, m);
        let mut y = x.to_vec();
        mv.apply(&mut y);
        let slow = units.log_prob(&one_hot(&y)) - units.log_prob(&v);
        prop_assert!((model.delta(x, &cache, mv) - slow).abs() < 1e-10);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn paths_do_not_depend_on_the_block_or_on_interruptions(
        sites in 1usize..40, states in 2usize..30, hidden in 1usize..90, tempered in any::<bool>(),
        sizes in prop::collection::vec(1usize..9, 1..4),
    ) {
        let beta = if tempered { 0.9 } else { 1.0 };
        let wide = CategoricalRbm::<f64>::random(sites, states, hidden, 3).unwrap();
        prop_assert_eq!(run(&wide, beta, &[1]), run(&wide, beta, &sizes));
        let narrow = CategoricalRbm::<f32>::random(sites, states, hidden, 3).unwrap();
        prop_assert_eq!(run(&narrow, beta, &[1]), run(&narrow, beta, &sizes));
    }

    #[test]
    fn the_machine_is_a_one_hot_machine(
        sites in 1usize..9, states in 2usize..7, hidden in 1usize..80, scale in 0.1f64..40.0, seed in any::<u64>(),
    ) {
        let model = CategoricalRbm::<f64>::random(sites, states, hidden, seed).unwrap();
        let x = random_configuration(model.space(), &mut SplitMix64::new(seed));
        as_one_hot(&scaled(&model, scale), &x)?;
    }
}

#[test]
fn too_little_scratch_gives_nan_and_no_moves() {
    let model = machine::<f32>(6, 3, 4);
    let start = vec![vec![0; 6]; 3];
    let mut owned = OwnedMemory::new(&model, &BlockSweep, 3);
    let (mut walkers, scratch) = owned.walkers(&model, &BlockSweep, &start, 1.0);
    BlockSweep.init(&model, &mut walkers, scratch);
    assert!(walkers.iter().all(|w| w.log_prob().is_finite()));
    let short = scratch.len() - 1;
    let mut bits: Vec<_> = (0..3).map(SplitMix64::new).collect();
    let mut counts = [StepCounts::default(); 3];
    let scratch = &mut scratch[..short];
    BlockSweep.step(&model, &mut walkers, scratch, &mut bits, &mut counts);
    for w in &walkers {
        assert!(w.log_prob().is_nan());
        assert_eq!(*w.x, [0; 6]);
    }
}
