//! Checks that every model's sweeps must pass.

use gwg_core::check::{
    OwnedMemory, chi_square, configurations, index, long_run, random_configuration,
};
use gwg_core::target::{Held, Sweep};
use gwg_core::{BlockSweep, Kernel, Real, SplitMix64, StepCounts, SymbolOf};

/// Draws are ten sweeps apart; the quantile 4.5 has probability 3.4e-6.
pub(crate) fn visits<T: Sweep>(model: &T, beta: f64, seed: u64) {
    let beta = T::Real::from_f64(beta);
    let found = long_run(model, &BlockSweep, beta, 100, 1_000, 10, seed);
    assert!(found.z.abs() < 4.5, "{found:?}");
}

/// Compares many sweeps from `x` with the enumerated row: the proved probabilities are the sampled ones.
pub(crate) fn one_sweep<T: Sweep>(model: &T, beta: f64, x: usize, seed: u64) {
    let (space, beta) = (model.space(), T::Real::from_f64(beta));
    let all = configurations(space);
    let mut law = vec![0.0; all.len()];
    model.sweep_probabilities(&all[x], beta, Held::default(), &mut |y, p| {
        law[index(space, y)] += p;
    });
    let chains = 500;
    let mut reached = vec![0; all.len()];
    let mut owned = OwnedMemory::new(model, &BlockSweep, chains);
    let start = vec![all[x].clone(); chains];
    let (mut walkers, scratch) = owned.walkers(model, &BlockSweep, &start, beta);
    let mut bits: Vec<SplitMix64> = (0..chains as u64)
        .map(|k| SplitMix64::new(SplitMix64::mix(seed * 1_000 + k)))
        .collect();
    let mut counts = vec![StepCounts::default(); chains];
    for _ in 0..400 {
        for w in &mut walkers {
            w.x.copy_from_slice(&all[x]);
        }
        BlockSweep.init(model, &mut walkers, scratch);
        BlockSweep.step(model, &mut walkers, scratch, &mut bits, &mut counts);
        for w in &walkers {
            reached[index(space, w.x)] += 1;
        }
    }
    let found = chi_square(&reached, &law);
    assert!(found.z.abs() < 4.5, "{found:?}");
}

/// Checks after many sweeps that `f` matches the state, counts match the changes, and a single walker takes the path
/// that it takes in a block. `tolerance` is for models with a running `f`; 0 for models whose sweep evaluates it.
pub(crate) fn keeps_its_books<T: Sweep>(model: &T, seed: u64, tolerance: f64) {
    let beta = T::Real::from_f64(0.8);
    let mut from = SplitMix64::new(seed);
    let start: Vec<Vec<SymbolOf<T>>> = (0..3)
        .map(|_| random_configuration(model.space(), &mut from))
        .collect();
    let run = |start: &[Vec<SymbolOf<T>>], first: u64| {
        let mut owned = OwnedMemory::new(model, &BlockSweep, start.len());
        let (mut walkers, scratch) = owned.walkers(model, &BlockSweep, start, beta);
        let mut bits: Vec<SplitMix64> = (first..)
            .take(start.len())
            .map(|k| SplitMix64::new(SplitMix64::mix(k)))
            .collect();
        let mut counts = vec![StepCounts::default(); start.len()];
        BlockSweep.init(model, &mut walkers, scratch);
        for sweeps in 1..=200 {
            let before: Vec<Vec<SymbolOf<T>>> = walkers.iter().map(|w| w.x.to_vec()).collect();
            let hops: Vec<u64> = counts.iter().map(|t| t.sites_changed).collect();
            BlockSweep.step(model, &mut walkers, scratch, &mut bits, &mut counts);
            for (((w, counts), before), hops) in walkers.iter().zip(&counts).zip(before).zip(hops) {
                let changed = w.x.iter().zip(&before).filter(|(a, b)| a != b).count() as u64;
                assert_eq!(counts.sites_changed, hops + changed);
                assert_eq!((counts.steps, counts.accepted), (sweeps, sweeps));
                let fresh = model.log_prob(w.x);
                assert!((w.log_prob() - fresh).abs() <= tolerance * (1.0 + fresh.abs()));
            }
        }
        walkers
            .iter()
            .map(|w| (w.x.to_vec(), w.log_prob().to_bits()))
            .collect::<Vec<_>>()
    };
    let block = run(&start, 5);
    for (k, one) in start.iter().enumerate() {
        assert_eq!(block[k..=k], run(std::slice::from_ref(one), 5 + k as u64));
    }
}
