//! Learning of Potts models: the law of the sweeps, gradients, and the same bits for any number of threads.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::Threads;
use gwg_learn::{
    Data, Moments, Optimizer, PairPotts, PottsChains, PottsMoves, PottsOptions, PottsTables,
    PottsTrainer, ResampleOptions, Schedule,
};
use std::num::NonZeroUsize;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// A model with strong couplings and fields.
fn model(sites: usize, states: usize) -> PairPotts<f32> {
    let mut model = PairPotts::zeros(sites, states).unwrap();
    for (k, value) in model.coupling_mut().iter_mut().enumerate() {
        *value = (1.7 * k as f32).sin();
    }
    for (k, value) in model.field_mut().iter_mut().enumerate() {
        *value = 0.7 * (2.3 * k as f32).cos();
    }
    model
}

/// The probabilities of all states, and the states.
fn exact(model: &PairPotts<f32>) -> Vec<(Vec<u8>, f64)> {
    let (sites, q) = (model.sites(), model.states());
    let mut all: Vec<(Vec<u8>, f64)> = (0..q.pow(sites as u32))
        .map(|k| {
            let x: Vec<u8> = (0..sites)
                .map(|i| (k / q.pow(i as u32) % q) as u8)
                .collect();
            let weight = model.log_prob(&x).exp();
            (x, weight)
        })
        .collect();
    let total: f64 = all.iter().map(|(_, weight)| weight).sum();
    all.iter_mut().for_each(|(_, weight)| *weight /= total);
    all
}

/// `sum (n - m)^2 / m` over all states, which has one degree of freedom less than there are states.
fn chi_square(rows: &[u8], model: &PairPotts<f32>) -> (f64, usize) {
    let (sites, q) = (model.sites(), model.states());
    let mut counts = vec![0_u64; q.pow(sites as u32)];
    for row in rows.chunks_exact(sites) {
        let place = row.iter().rev().fold(0, |k, &a| k * q + usize::from(a));
        counts[place] += 1;
    }
    let all = rows.len() as f64 / sites as f64;
    let exact = exact(model);
    let terms = counts.iter().zip(&exact).map(|(&n, (_, p))| {
        let expected = all * p;
        (n as f64 - expected).powi(2) / expected
    });
    (terms.sum(), counts.len() - 1)
}

#[test]
fn sweeps_leave_the_distribution_invariant() {
    // Of every width of vectors, with sites that are no multiple of those added at once.
    let shapes = [(5, 3), (3, 9), (2, 21), (2, 27), (2, 40)].map(|shape| (shape, 60));
    let gibbs = shapes.map(|(shape, sweeps)| (shape, sweeps, PottsMoves::Gibbs));
    // Single proposals take the more sweeps the more symbols there are.
    let metropolis = shapes.map(|(shape, _)| (shape, 600, PottsMoves::Metropolis));
    for ((sites, states), sweeps, moves) in gibbs.into_iter().chain(metropolis) {
        let model = model(sites, states);
        let tables = PottsTables::with_moves(&model, moves, &threads(2));
        let uniform = vec![1.0; sites * states];
        let mut chains = PottsChains::new((sites, states), 40_003, 11, &uniform, &threads(2));
        chains.sweep(&tables, sweeps);
        let (found, freedom) = chi_square(&chains.rows(), &model);
        let freedom = freedom as f64;
        // Five standard deviations of the distribution with so many degrees of freedom.
        let most = freedom + 5.0 * (2.0 * freedom).sqrt();
        assert!(
            found < most,
            "{sites} sites of {states}, {moves:?}: {found} of {most}"
        );
    }
}

#[test]
fn a_chain_depends_on_its_number_alone() {
    let model = model(7, 5);
    let uniform = vec![1.0; 35];
    for moves in [PottsMoves::Gibbs, PottsMoves::Metropolis] {
        depends_on_its_number(&model, &uniform, moves);
    }
}

fn depends_on_its_number(model: &PairPotts<f32>, uniform: &[f64], moves: PottsMoves) {
    let mut first: Option<Vec<u8>> = None;
    for (count, chains) in [(1, 300), (2, 300), (3, 64), (2, 1)] {
        let threads = threads(count);
        let tables = PottsTables::with_moves(model, moves, &threads);
        let mut all = PottsChains::new((7, 5), chains, 3, uniform, &threads);
        all.sweep(&tables, 5);
        let rows = all.rows();
        let first = first.get_or_insert(rows.clone());
        assert_eq!(rows, first[..rows.len()]);
        all.set_rows(&rows);
        assert_eq!(all.rows(), rows);
    }
}

fn data(sites: usize, states: usize, rows: usize, sweeps: usize) -> Data {
    let model = model(sites, states);
    let tables = PottsTables::new(&model, &threads(2));
    let uniform = vec![1.0; sites * states];
    let mut chains = PottsChains::new((sites, states), rows, 77, &uniform, &threads(2));
    chains.sweep(&tables, sweeps);
    Data::new(chains.rows(), sites, states).unwrap()
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let data = data(6, 4, 500, 20);
    for optimizer in [Optimizer::Sgd, Optimizer::adam()] {
        let run = |count| {
            let options = PottsOptions {
                chains: 150,
                sweeps: 2,
                optimizer,
                schedule: Schedule::constant(0.02),
                ..PottsOptions::default()
            };
            let mut trainer = PottsTrainer::new(&data, options, &threads(count)).unwrap();
            let last = (0..5).map(|_| trainer.update()).last();
            (trainer.model().clone(), trainer.chains().rows(), last)
        };
        assert_eq!(run(1), run(3));
    }
}

/// Data of a known model: the frequencies are reached, and the couplings in the zero-sum gauge come back.
#[test]
fn the_model_of_the_data_is_found() {
    let (sites, q) = (5, 3);
    let data = data(sites, q, 60_000, 40);
    let options = PottsOptions {
        chains: 20_000,
        sweeps: 3,
        schedule: Schedule {
            rate: 1.0,
            warmup: 1,
            decay_after: 60,
        },
        ..PottsOptions::default()
    };
    let mut trainer = PottsTrainer::new(&data, options, &threads(2)).unwrap();
    let last = (0..200).map(|_| trainer.update()).last().unwrap();
    assert!(last.correlations.pearson() > 0.99, "{last:?}");
    assert!((last.correlations.slope() - 1.0).abs() < 0.05, "{last:?}");
    let (found, truth) = (exact(trainer.model()), exact(&model(sites, q)));
    let variation: f64 = found
        .iter()
        .zip(&truth)
        .map(|(a, b)| (a.1 - b.1).abs())
        .sum();
    // 50 parameters: the expected divergence of the best fit is 50 / (2 * 60,000). Twice Pinsker's bound of it leaves room for the noise of the chains.
    let most = 2.0 * (50.0 / (2.0 * 60_000.0) / 2.0_f64).sqrt();
    assert!(0.5 * variation < most, "{} of {most}", 0.5 * variation);
    for row in trainer.model().coupling().chunks_exact(q) {
        let sum: f32 = row.iter().sum();
        assert!(sum.abs() < 1e-3, "the zero-sum gauge: {sum}");
    }
}

/// In the plain gradient, `J` follows `f_ij - p_ij`.
#[test]
fn one_plain_update_follows_the_difference_of_frequencies() {
    let data = data(4, 3, 300, 10);
    let options = PottsOptions {
        chains: 100,
        centered: false,
        schedule: Schedule::constant(1.0),
        ..PottsOptions::default()
    };
    let mut trainer = PottsTrainer::new(&data, options, &threads(1)).unwrap();
    let before = trainer.model().clone();
    trainer.update();
    let chains = Data::new(trainer.chains().rows(), 4, 3).unwrap();
    let model = Moments::new(&chains, 0.0, &threads(1));
    let after = trainer.model();
    let differences = trainer.target().pair.iter().zip(&model.pair);
    for ((f, p), (new, old)) in differences.zip(after.coupling().iter().zip(before.coupling())) {
        assert!((f - p - (new - old)).abs() < 1e-6);
    }
    let differences = trainer.target().single.iter().zip(&model.single);
    for ((f, p), (new, old)) in differences.zip(after.field().iter().zip(before.field())) {
        assert!((f - p - (new - old)).abs() < 1e-6);
    }
}

#[test]
fn saved_training_goes_on_with_the_same_bits() {
    let data = data(6, 4, 500, 20);
    let options = PottsOptions {
        chains: 70,
        sweeps: 2,
        optimizer: Optimizer::adam(),
        ..PottsOptions::default()
    };
    let new = || PottsTrainer::new(&data, options.clone(), &threads(2)).unwrap();
    let (mut whole, mut first) = (new(), new());
    let last = (0..9).map(|_| whole.update()).last();
    for _ in 0..4 {
        first.update();
    }
    let bytes = first.save();
    let mut second = PottsTrainer::new(&data, options.clone(), &threads(3)).unwrap();
    second.resume(&bytes).unwrap();
    assert_eq!((0..5).map(|_| second.update()).last(), last);
    assert_eq!(second.save(), whole.save());

    let other = PottsOptions {
        sweeps: 3,
        ..options
    };
    let mut other = PottsTrainer::new(&data, other, &threads(1)).unwrap();
    assert!(
        other
            .resume(&bytes)
            .unwrap_err()
            .to_string()
            .contains("another `sweeps`: found 2, and this one has 3")
    );
    for cut in (0..bytes.len()).step_by(97) {
        assert!(new().resume(&bytes[..cut]).is_err());
    }
}

/// Those of the parameters before the update, of weighted rows without the pseudocount and of the chains that the gradient is of.
#[test]
fn means_of_f_are_those_of_the_rows() {
    let data = data(6, 4, 300, 20);
    let weights: Vec<f64> = (0..300).map(|row| 1.0 + f64::from(row % 7)).collect();
    let data = data.with_weights(weights.clone()).unwrap();
    let options = PottsOptions {
        chains: 70,
        sweeps: 2,
        schedule: Schedule::constant(0.3),
        pseudocount: Some(0.2),
        ..PottsOptions::default()
    };
    let mut trainer = PottsTrainer::new(&data, options, &threads(2)).unwrap();
    for _ in 0..20 {
        let before = trainer.model().clone();
        let update = trainer.update();
        let rows = data.symbols().chunks_exact(6).zip(&weights);
        let sum: f64 = rows.map(|(x, w)| w * before.log_prob(x)).sum();
        let wanted = sum / weights.iter().sum::<f64>();
        assert!((update.data - wanted).abs() < 1e-4, "{update:?} {wanted}");
        let rows = trainer.chains().rows();
        let sum: f64 = rows.chunks_exact(6).map(|x| before.log_prob(x)).sum();
        assert!((update.model - sum / 70.0).abs() < 1e-4, "{update:?} {sum}");
    }
}

#[test]
fn newly_started_chains_agree_with_the_data_as_well_as_those_of_the_run() {
    let data = data(5, 3, 3000, 30);
    let options = PottsOptions {
        chains: 2000,
        sweeps: 10,
        schedule: Schedule::constant(0.5),
        ..PottsOptions::default()
    };
    let of = |count: usize| {
        let mut trainer = PottsTrainer::new(&data, options.clone(), &threads(count)).unwrap();
        let mut last = f64::NAN;
        for _ in 0..100 {
            last = trainer.update().correlations.pearson();
        }
        let restarted = |sweeps| {
            let options = ResampleOptions {
                chains: 2000,
                sweeps,
                seed: 9,
            };
            trainer.resampled(&options).pearson()
        };
        (last, restarted(50), restarted(0))
    };
    let (last, restarted, start) = of(1);
    assert!(last > 0.95, "{last}");
    assert!((last - restarted).abs() < 0.02, "{last}, {restarted}");
    // Independent sites have no connected correlations but those of chance: of 10 pairs with 4 free numbers each, three standard deviations.
    assert!(start.abs() < 3.0 / 40_f64.sqrt(), "{start}");
    assert_eq!(of(3), (last, restarted, start));
}
