//! Learning of sparse Potts models: what is found, that inactive couplings stay 0, and the same bits for any number of threads and after a pause.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::Threads;
use gwg_learn::{
    Activation, Correlations, Data, Decimation, GraphEnd, Moments, Optimizer, PairPotts,
    PottsChains, PottsGraph, PottsMoves, PottsOptions, PottsTables, PottsTrainer, Schedule,
    TrainError, zero_sum,
};
use std::num::NonZeroUsize;

const SITES: usize = 8;
const Q: usize = 3;
const ALL: usize = SITES * (SITES - 1) / 2 * Q * Q;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// The places of the couplings of the planted model.
fn planted() -> Vec<usize> {
    let mut places: Vec<usize> = (0..12).map(|k| (k * 97 + 5) % ALL).collect();
    places.sort_unstable();
    places
}

/// Twelve couplings of strength 1.5 to 2, of both signs, and fields.
fn model() -> PairPotts<f32> {
    let mut model = PairPotts::zeros(SITES, Q).unwrap();
    for (k, at) in planted().into_iter().enumerate() {
        let sign = if k % 3 == 0 { -1.0 } else { 1.0 };
        model.coupling_mut()[at] = sign * (1.5 + 0.04 * k as f32);
    }
    for (k, h) in model.field_mut().iter_mut().enumerate() {
        *h = 0.2 * (2.3 * k as f32).cos();
    }
    model
}

fn data(rows: usize) -> Data {
    let tables = PottsTables::new(&model(), &threads(2));
    let uniform = vec![1.0; SITES * Q];
    let mut chains = PottsChains::new((SITES, Q), rows, 77, &uniform, &threads(2));
    chains.sweep(&tables, 60);
    Data::new(chains.rows(), SITES, Q).unwrap()
}

fn options(graph: PottsGraph) -> PottsOptions {
    PottsOptions {
        chains: 10_000,
        sweeps: 3,
        schedule: Schedule::constant(0.5),
        graph,
        ..PottsOptions::default()
    }
}

/// Trains to the end.
fn trained(data: &Data, options: PottsOptions) -> PottsTrainer {
    let mut trainer = PottsTrainer::new(data, options, &threads(2)).unwrap();
    while !trainer.finished() {
        trainer.update();
        assert!(trainer.updates() < 3000, "the end is reached");
    }
    trainer
}

fn active(trainer: &PottsTrainer) -> Vec<usize> {
    (0..ALL).filter(|&at| trainer.is_active(at)).collect()
}

fn activation() -> PottsGraph {
    PottsGraph::Activate(Activation {
        fraction: 0.01,
        density: 0.2,
        pearson: 0.99,
        updates: 20,
    })
}

fn to_twelve() -> Decimation {
    Decimation {
        fraction: 0.1,
        density: 12.0 / ALL as f64,
        pearson: 0.98,
        updates: 1000,
    }
}

fn decimation() -> PottsGraph {
    PottsGraph::Decimate(to_twelve())
}

/// The pairs of the couplings, in ascending order.
fn pairs(places: &[usize]) -> Vec<usize> {
    let mut pairs: Vec<usize> = places.iter().map(|at| at / (Q * Q)).collect();
    pairs.dedup();
    pairs
}

#[test]
fn a_planted_model_is_found_by_activation() {
    // One coupling per round: noise of the chains adds no others. In one block two couplings take the place of one, by a change of gauge.
    let graph = PottsGraph::Activate(Activation {
        fraction: 1.0 / ALL as f64,
        density: 13.0 / ALL as f64,
        pearson: 0.995,
        updates: 25,
    });
    let mut trainer = PottsTrainer::new(&data(40_000), options(graph), &threads(2)).unwrap();
    for _ in 0..500 {
        trainer.update();
    }
    let found = active(&trainer);
    assert_eq!(pairs(&found), pairs(&planted()));
    let right = planted().iter().filter(|at| found.contains(at)).count();
    assert!(right >= 11 && found.len() == 13, "{right} of 12: {found:?}");
    let (mut learned, mut truth) = (trainer.model().clone(), model());
    zero_sum(&mut learned);
    zero_sum(&mut truth);
    let both = learned.coupling().iter().zip(truth.coupling());
    for (at, (learned, truth)) in both.enumerate() {
        // Couplings have errors of about .03 by 40,000 rows, and twice that by 10,000 chains.
        assert!((learned - truth).abs() < 0.3, "{at}: {learned} {truth}");
    }
}

/// The couplings that are left belong to pairs of the planted model; in other gauges, its blocks have other couplings.
#[test]
fn a_planted_model_is_found_by_decimation() {
    let graph = PottsGraph::Decimate(Decimation {
        fraction: 0.03,
        ..to_twelve()
    });
    let trainer = trained(&data(40_000), options(graph));
    let found = active(&trainer);
    assert_eq!(found.len(), 12);
    let pair = |at: &usize| at / (Q * Q);
    let pairs: Vec<usize> = planted().iter().map(pair).collect();
    assert!(
        found.iter().all(|at| pairs.contains(&pair(at))),
        "{found:?}"
    );
    let right = planted().iter().filter(|at| found.contains(at)).count();
    assert!(right >= 8, "{right} of 12: {found:?}");
}

/// Penalties, momentum, averages and centered gradients move no coupling that is inactive.
#[test]
fn inactive_couplings_stay_zero() {
    let data = data(2000);
    for graph in [activation(), decimation()] {
        for (optimizer, centered, moves) in [
            (Optimizer::Sgd, true, PottsMoves::Metropolis),
            (
                Optimizer::Momentum { momentum: 0.9 },
                false,
                PottsMoves::Gibbs,
            ),
            (Optimizer::adam(), true, PottsMoves::Gibbs),
        ] {
            let rate = if optimizer == Optimizer::adam() {
                0.02
            } else {
                0.1
            };
            let options = PottsOptions {
                chains: 300,
                optimizer,
                centered,
                moves,
                average: 0.9,
                clip: 0.5,
                schedule: Schedule::constant(rate),
                ..options(easy(graph))
            };
            let mut trainer = PottsTrainer::new(&data, options, &threads(2)).unwrap();
            let updates = (0..60).map(|_| trainer.update()).collect::<Vec<_>>();
            let last = updates.last().unwrap();
            assert!(last.round > 1 && last.density < 1.0, "{last:?}");
            let found = active(&trainer);
            assert_eq!(found.len() as f64 / ALL as f64, last.density);
            let average = trainer.average().unwrap();
            for model in [trainer.model(), average] {
                let off = |at: &usize| model.coupling()[*at] != 0.0 && !found.contains(at);
                assert!(!(0..ALL).any(|at| off(&at)), "{optimizer:?} {centered}");
            }
            // What a change of gauge would do.
            let mut moved = trainer.model().clone();
            zero_sum(&mut moved);
            let nonzero = moved.coupling().iter().filter(|&&j| j != 0.0).count();
            assert!(nonzero > found.len());
        }
    }
}

/// The same graph with a correlation that few chains reach.
fn easy(graph: PottsGraph) -> PottsGraph {
    match graph {
        PottsGraph::Decimate(d) => PottsGraph::Decimate(Decimation { pearson: 0.7, ..d }),
        PottsGraph::Activate(a) => PottsGraph::Activate(Activation { updates: 3, ..a }),
        other => other,
    }
}

#[test]
fn sparse_training_has_the_same_bits_on_any_number_of_threads() {
    let data = data(2000);
    for graph in [activation(), decimation()] {
        let run = |count| {
            let options = PottsOptions {
                chains: 300,
                ..options(easy(graph))
            };
            let mut trainer = PottsTrainer::new(&data, options, &threads(count)).unwrap();
            let last = (0..25).map(|_| trainer.update()).last();
            (trainer.save(), last)
        };
        assert_eq!(run(1), run(3));
    }
}

#[test]
fn saved_sparse_training_goes_on_with_the_same_bits() {
    let data = data(2000);
    for graph in [activation(), decimation()] {
        let options = PottsOptions {
            chains: 300,
            average: 0.5,
            optimizer: Optimizer::Momentum { momentum: 0.5 },
            ..options(easy(graph))
        };
        let new = |n| PottsTrainer::new(&data, options.clone(), &threads(n)).unwrap();
        let mut whole = new(1);
        let mut pauses = Vec::new();
        for _ in 0..24 {
            pauses.push(whole.save());
            whole.update();
        }
        assert!(whole.update().round > 1);
        for (done, bytes) in pauses.iter().enumerate().step_by(5) {
            let mut second = new(2);
            second.resume(bytes).unwrap();
            for _ in done..25 {
                second.update();
            }
            assert!(second.save() == whole.save(), "after {done} updates");
        }
        // Of another graph.
        let other = PottsOptions {
            graph: PottsGraph::Full,
            ..options.clone()
        };
        let mut other = PottsTrainer::new(&data, other, &threads(1)).unwrap();
        let refused = other.resume(&pauses[3]).unwrap_err().to_string();
        assert!(refused.contains("another `graph`"), "{refused}");
    }
}

/// Chains that are too few for the correlation, and a density that the data do not have: training ends in the round that fails, and says so.
#[test]
fn a_correlation_that_is_not_reached_ends_decimation() {
    let graph = PottsGraph::Decimate(Decimation {
        fraction: 0.3,
        density: 1.0 / ALL as f64,
        updates: 30,
        ..to_twelve()
    });
    let mut trainer = PottsTrainer::new(&data(40_000), options(graph), &threads(2)).unwrap();
    let mut densities = vec![1.0];
    while trainer.ending().is_none() {
        let found = trainer.update();
        if densities.last() != Some(&found.density) {
            densities.push(found.density);
        }
        assert!(trainer.updates() < 5000);
    }
    let [.., before, last] = densities[..] else {
        panic!("rounds");
    };
    let end = GraphEnd::NotReached {
        updates: 30,
        density: before,
    };
    assert_eq!(trainer.ending(), Some(end));
    assert!(!trainer.finished() && last < before);
    // The end is saved.
    let mut again = PottsTrainer::new(&data(40_000), options(graph), &threads(1)).unwrap();
    again.resume(&trainer.save()).unwrap();
    assert_eq!(again.ending(), Some(end));
}

/// Near the correlation, fewer couplings are removed.
#[test]
fn the_part_that_is_removed_follows_the_correlation() {
    let graph = PottsGraph::Decimate(Decimation {
        fraction: 0.2,
        density: 2.0 / ALL as f64,
        ..to_twelve()
    });
    let mut trainer = PottsTrainer::new(&data(40_000), options(graph), &threads(2)).unwrap();
    let (mut last, mut before) = (ALL as f64, f64::NAN);
    let mut parts = Vec::new();
    for _ in 0..300 {
        let found = trainer.update();
        let now = (found.density * ALL as f64).round();
        if now < last {
            parts.push((before, (last - now) / last));
        }
        (last, before) = (now, found.correlations.pearson());
    }
    assert!(parts.len() > 5, "{parts:?}");
    for (pearson, part) in parts {
        // A tenth of the way from .98 to 1; one coupling is removed at least.
        let clear = pearson >= 0.982;
        let expected = 0.2 * ((pearson - 0.98) / 0.002).clamp(0.1, 1.0);
        let rounding = 1.0 / 12.0;
        assert!(
            (part - expected).abs() < rounding,
            "{pearson} {clear}: {part}"
        );
    }
}

/// Draws of the model that reproduces the data have about the correlation that is said to be the largest.
#[test]
fn the_largest_correlation_is_that_of_draws() {
    let data = data(40_000);
    let few = PottsOptions {
        chains: 400,
        ..options(PottsGraph::Full)
    };
    let trainer = PottsTrainer::new(&data, few, &threads(2)).unwrap();
    let rows = data.symbols()[..400 * SITES].to_vec();
    let draws = Data::new(rows, SITES, Q).unwrap();
    let moments = Moments::new(&draws, 0.0, &threads(1));
    let found = Correlations::of(trainer.target(), &moments, SITES, Q).pearson();
    let said = trainer.largest_pearson();
    assert!((found - said).abs() < 0.05 && said < 0.98, "{found} {said}");
}

#[test]
fn options_out_of_range_are_refused() {
    let data = data(50);
    let (activation, decimation) = (Activation::default(), Decimation::default());
    for (graph, name) in [
        (
            PottsGraph::Activate(Activation {
                fraction: 0.0,
                ..activation
            }),
            "fraction",
        ),
        (
            PottsGraph::Activate(Activation {
                density: 1.5,
                ..activation
            }),
            "density",
        ),
        (
            PottsGraph::Activate(Activation {
                updates: 0,
                ..activation
            }),
            "updates",
        ),
        (
            PottsGraph::Activate(Activation {
                pearson: f64::NAN,
                ..activation
            }),
            "pearson",
        ),
        (
            PottsGraph::Decimate(Decimation {
                fraction: 1.0,
                ..decimation
            }),
            "fraction",
        ),
        (
            PottsGraph::Decimate(Decimation {
                density: 0.0,
                ..decimation
            }),
            "density",
        ),
        (
            PottsGraph::Decimate(Decimation {
                updates: 0,
                ..decimation
            }),
            "updates",
        ),
    ] {
        let refused = PottsTrainer::new(&data, options(graph), &threads(1)).unwrap_err();
        let TrainError::Option { name: found, .. } = refused else {
            panic!("{refused}");
        };
        assert_eq!(found, name);
    }
    for (clip, average, name) in [
        (-1.0, 0.0, "clip"),
        (0.0, 1.0, "average"),
        (0.0, f64::NAN, "average"),
    ] {
        let options = PottsOptions {
            clip,
            average,
            ..PottsOptions::default()
        };
        let refused = PottsTrainer::new(&data, options, &threads(1)).unwrap_err();
        assert!(refused.to_string().contains(name), "{refused}");
    }
}
