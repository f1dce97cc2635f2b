//! Persistent contrastive divergence of any model: what is found, and the same bits for any number of threads.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Bound, Threads};
use gwg_core::kernel::informed::DiscreteLangevin;
use gwg_core::{
    Exact, Gibbs, Informed, Kernel, LocallyBalanced, Parametric, Space, Sqrt, Target, Taylor,
};
use gwg_learn::{BindModel, Data, Optimizer, Pcd, PcdError, PcdOptions, Schedule};
use gwg_models::exact::enumerate;
use gwg_models::{DenseIsing, DensePotts, LatticeIsing};
use std::num::NonZeroUsize;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// Independent draws of a small model, by enumeration.
fn draws<M: Target<Real = f32, Space: Space<Symbol = u8>>>(model: &M, rows: usize) -> Data {
    let (sites, states) = (model.space().sites(), model.space().states());
    let digits = |k: usize| (0..sites as u32).map(move |i| (k / states.pow(i) % states) as u8);
    let mut sums = vec![0.0];
    for k in 0..states.pow(sites as u32) {
        let x: Vec<u8> = digits(k).collect();
        sums.push(sums[k] + model.log_prob(&x).exp());
    }
    let total = sums[sums.len() - 1];
    let mut bits = gwg_chains::generator(5, 5);
    let drawn = (0..rows).flat_map(|_| {
        let u = gwg_core::Bits::unit::<f64>(&mut bits) * total;
        digits(sums.partition_point(|&s| s <= u) - 1)
    });
    Data::new(drawn.collect(), sites, states).unwrap()
}

fn ising() -> DenseIsing<f32> {
    let mut coupling = vec![0.0; 36];
    for (i, j, weight) in [
        (0, 1, 0.3),
        (1, 2, -0.2),
        (2, 3, 0.25),
        (0, 5, 0.2),
        (4, 5, -0.3),
    ] {
        coupling[i * 6 + j] = weight;
        coupling[j * 6 + i] = weight;
    }
    DenseIsing::new(coupling, vec![0.1, -0.1, 0.0, 0.2, 0.0, -0.2]).unwrap()
}

fn zero_ising() -> DenseIsing<f32> {
    DenseIsing::new(vec![0.0; 36], vec![0.0; 6]).unwrap()
}

fn options(steps: u64) -> PcdOptions {
    PcdOptions {
        buffer: 2000,
        chains: 500,
        batch: usize::MAX,
        steps,
        optimizer: Optimizer::adam(),
        schedule: Schedule {
            rate: 0.02,
            warmup: 5,
            decay_after: 100,
        },
        average: 0.95,
        ..PcdOptions::default()
    }
}

fn trained<M>(model: M, data: &Data, steps: u64, updates: usize, bind: &BindModel<'_, M>) -> Pcd<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    let mut pcd = Pcd::new(model, data, options(steps), &threads(2)).unwrap();
    for _ in 0..updates {
        pcd.update(bind).unwrap();
    }
    pcd
}

/// The couplings of the data come back by GWG and by Gibbs sampling, within four standard errors of 20,000 rows and of the chains.
#[test]
fn the_couplings_of_the_data_are_found_by_either_sampler() {
    let (truth, gwg, gibbs) = (ising(), LocallyBalanced::gwg(), Gibbs::default());
    let data = draws(&truth, 20_000);
    let by_gwg = trained(zero_ising(), &data, 10, 400, &|model, with| {
        with(&Bound {
            target: &Taylor(model),
            kernel: &gwg,
        })
    });
    let by_gibbs = trained(zero_ising(), &data, 12, 400, &|model, with| {
        with(&Bound {
            target: model,
            kernel: &gibbs,
        })
    });
    for pcd in [by_gwg, by_gibbs] {
        for (k, (found, truth)) in pcd.parameters().iter().zip(truth.coupling()).enumerate() {
            assert!((found - truth).abs() < 0.03, "{k}: {found} {truth}");
        }
        let (field, truth) = (&pcd.parameters()[36..], truth.field());
        for (found, truth) in field.iter().zip(truth) {
            assert!((found - truth).abs() < 0.05, "{found} {truth}");
        }
    }
}

/// The coupling of a lattice, one number.
#[test]
fn the_coupling_of_a_lattice_is_found() {
    let truth = LatticeIsing::<f32>::new(2, 3, 0.15, 0.1).unwrap();
    let data = draws(&truth, 20_000);
    let kernel = LocallyBalanced::local(Sqrt);
    let start = LatticeIsing::<f32>::new(2, 3, 0.0, 0.0).unwrap();
    let pcd = trained(start, &data, 20, 300, &|model, with| {
        with(&Bound {
            target: &Exact(model),
            kernel: &kernel,
        })
    });
    let mut parameters = vec![0.0; truth.parameter_count()];
    truth.read_parameters(&mut parameters).unwrap();
    for (found, truth) in pcd.parameters().iter().zip(&parameters) {
        assert!((found - truth).abs() < 0.01, "{found} {truth}");
    }
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let truth = DensePotts::<f32>::random(4, 3, 0.3, 1).unwrap();
    let data = draws(&truth, 400);
    let kernel = LocallyBalanced::gwg();
    let run = |count| {
        let options = PcdOptions {
            buffer: 300,
            chains: 130,
            batch: 50,
            steps: 5,
            restart: 0.1,
            clip: 0.5,
            ..PcdOptions::default()
        };
        let start = DensePotts::new(4, 3, &[0.0; 144], vec![0.0; 12]).unwrap();
        let mut pcd = Pcd::new(start, &data, options, &threads(count)).unwrap();
        let bind: &BindModel<'_, _> = &|model, with| {
            with(&Bound {
                target: &Taylor(model),
                kernel: &kernel,
            })
        };
        let last = (0..8).map(|_| pcd.update(bind).unwrap()).last().unwrap();
        (pcd.parameters().to_vec(), pcd.buffer().to_vec(), last)
    };
    assert_eq!(run(1), run(3));
}

/// The gradient vanishes at the maximum of the likelihood: the exact one of all states, weighted.
#[test]
fn weights_are_those_of_the_likelihood() {
    let truth = ising();
    let all = enumerate(&truth, 1.0).unwrap();
    let states: Vec<u8> = (0..64)
        .flat_map(|k| (0..6).map(move |i| (k >> i & 1) as u8))
        .collect();
    let weights = states
        .chunks_exact(6)
        .map(|x| (truth.log_prob(x) - all.log_z).exp());
    let data = Data::new(states.clone(), 6, 2)
        .unwrap()
        .with_weights(weights.collect())
        .unwrap();
    let options = PcdOptions {
        buffer: 40_000,
        chains: 40_000,
        batch: 64,
        steps: 60,
        optimizer: Optimizer::Sgd,
        schedule: Schedule::constant(1.0),
        ..PcdOptions::default()
    };
    let mut pcd = Pcd::new(ising(), &data, options, &threads(2)).unwrap();
    let kernel = Gibbs::default();
    pcd.update(&|model, with| {
        with(&Bound {
            target: model,
            kernel: &kernel,
        })
    })
    .unwrap();
    for (new, old) in pcd.model().coupling().iter().zip(truth.coupling()) {
        // Products of spins of 40,000 chains: four standard errors.
        assert!((new - old).abs() < 4.0 / 200.0);
    }
}

#[test]
fn refusals_name_what_is_wrong() {
    let data = draws(&ising(), 10);
    let error = |options| {
        let pcd = Pcd::new(zero_ising(), &data, options, &threads(1));
        pcd.unwrap_err().to_string()
    };
    let many = PcdOptions {
        chains: 2000,
        ..PcdOptions::default()
    };
    assert!(error(many).contains("`chains`: found 2000"));
    let other = DenseIsing::new(vec![0.0; 25], vec![0.0; 5]).unwrap();
    let pcd = Pcd::new(other, &data, PcdOptions::default(), &threads(1));
    assert!(matches!(pcd.unwrap_err(), PcdError::Shape { sites: 5, .. }));
    let kernel = Gibbs::default();
    let diverges = PcdOptions {
        optimizer: Optimizer::Sgd,
        schedule: Schedule::constant(f64::MAX),
        ..PcdOptions::default()
    };
    let mut pcd = Pcd::new(zero_ising(), &data, diverges, &threads(1)).unwrap();
    let found = pcd.update(&|model, with| {
        with(&Bound {
            target: model,
            kernel: &kernel,
        })
    });
    assert!(
        found
            .unwrap_err()
            .to_string()
            .contains("smaller learning rate")
    );
}

/// With a sampler that tunes nothing, and with one that tunes its step size all along.
#[test]
fn saved_training_goes_on_with_the_same_bits() {
    goes_on_with_the_same_bits(&LocallyBalanced::gwg());
    goes_on_with_the_same_bits(&Informed::new(DiscreteLangevin::dmala(0.2).unwrap()));
}

fn goes_on_with_the_same_bits<K>(kernel: &K)
where
    K: for<'t> Kernel<Taylor<&'t DenseIsing<f32>>> + Sync,
{
    let data = draws(&ising(), 200);
    let bind: &BindModel<'_, _> = &|model, with| {
        with(&Bound {
            target: &Taylor(model),
            kernel,
        })
    };
    let new = |n| {
        let options = PcdOptions {
            average: 0.9,
            ..PcdOptions::default()
        };
        Pcd::new(zero_ising(), &data, options, &threads(n)).unwrap()
    };
    let (mut whole, mut first) = (new(1), new(2));
    let last = (0..7).map(|_| whole.update(bind).unwrap()).last();
    for saved_at in [0, 3] {
        for _ in 0..saved_at {
            first.update(bind).unwrap();
        }
        let mut second = new(3);
        second.resume(&first.save().unwrap(), bind).unwrap();
        let rest = (saved_at..7).map(|_| second.update(bind).unwrap()).last();
        assert_eq!(rest, last);
        assert_eq!(second.save().unwrap(), whole.save().unwrap());
    }
}

/// From a step size that is far too small, the share of accepted steps falls to about what the sampler aims at, 0.574 (on six
/// sites, few step sizes are below it).
#[test]
fn samplers_are_tuned_while_the_model_changes() {
    let kernel = Informed::new(DiscreteLangevin::dmala(0.01).unwrap());
    let bind: &BindModel<'_, _> = &|model, with| {
        with(&Bound {
            target: &Taylor(model),
            kernel: &kernel,
        })
    };
    let data = draws(&ising(), 1000);
    let mut pcd = Pcd::new(zero_ising(), &data, options(10), &threads(2)).unwrap();
    let acceptance: Vec<f64> = (0..100)
        .map(|_| pcd.update(bind).unwrap().acceptance)
        .collect();
    let late = acceptance[50..].iter().sum::<f64>() / 50.0;
    assert!(acceptance[0] > 0.9, "{}", acceptance[0]);
    assert!(late < 0.6, "{late}");
}
