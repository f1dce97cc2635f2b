//! Updates that are ended from outside change nothing, and those that are not have the bits of others.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Bound, Stepper, Stop, Threads};
use gwg_core::Gibbs;
use gwg_learn::{
    Data, Pcd, PcdError, PcdOptions, PottsMoves, PottsOptions, PottsTrainer, RbmOptions,
    RbmTrainer, SiteFitError, SiteFitOptions, SiteLoss, fit_by_sites_until,
};
use gwg_models::DenseIsing;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

static DUE: AtomicBool = AtomicBool::new(true);

fn data(states: usize) -> Data {
    let symbols = (0..200).map(|k: usize| ((k * k + k / 7) % 11 % states) as u8);
    Data::new(symbols.collect(), 5, states).unwrap()
}

/// Five updates by `whole`, and as many by `parts` between ones that end at once, leave the same bytes.
fn check<T: Clone>(
    trainer: &T,
    whole: impl Fn(&mut T),
    parts: impl Fn(&mut T, Stop<'_>) -> bool,
    save: impl Fn(&T) -> Vec<u8>,
) {
    let (mut one, mut two) = (trainer.clone(), trainer.clone());
    for _ in 0..5 {
        let before = save(&two);
        assert!(!parts(&mut two, Stop::when(&DUE)), "it ends early");
        assert!(save(&two) == before, "nothing has changed");
        whole(&mut one);
        assert!(parts(&mut two, Stop::never()));
        assert!(save(&one) == save(&two), "the same update");
    }
    assert!(save(&one) != save(trainer));
}

#[test]
fn an_update_that_is_ended_changes_nothing() {
    let options = PottsOptions {
        chains: 70,
        sweeps: 3,
        ..PottsOptions::default()
    };
    for states in [3, 40] {
        let options = options.clone();
        let trainer = PottsTrainer::new(&data(states), options, &Threads::one()).unwrap();
        check(
            &trainer,
            |t| {
                let _ = t.update();
            },
            |t, stop| t.update_until(stop).is_some(),
            PottsTrainer::save,
        );
    }
    let options = RbmOptions {
        hidden: 4,
        chains: 9,
        batch: 7,
        sweeps: 3,
        ..RbmOptions::default()
    };
    check(
        &RbmTrainer::new(&data(2), options, &Threads::one()).unwrap(),
        |t| {
            let _ = t.update();
        },
        |t, stop| t.update_until(stop).is_some(),
        RbmTrainer::save,
    );
}

/// Sweeps that would take hours are ended after many of them, and all states and generators are as they were.
fn ends_in_the_middle<T>(
    mut trainer: T,
    parts: impl Fn(&mut T, Stop<'_>) -> bool,
    save: impl Fn(&T) -> Vec<u8>,
) {
    let before = save(&trainer);
    let later = Instant::now() + Duration::from_millis(5);
    assert!(!parts(&mut trainer, Stop::when(&DUE).not_before(later)));
    assert!(save(&trainer) == before, "nothing has changed");
}

#[test]
fn an_update_that_is_ended_in_the_middle_changes_nothing() {
    let (chains, sweeps) = (70, 1_000_000_000);
    for moves in [PottsMoves::Gibbs, PottsMoves::Metropolis] {
        for states in [3, 12, 40] {
            let options = PottsOptions {
                chains,
                sweeps,
                moves,
                ..PottsOptions::default()
            };
            ends_in_the_middle(
                PottsTrainer::new(&data(states), options, &Threads::one()).unwrap(),
                |t, stop| t.update_until(stop).is_some(),
                PottsTrainer::save,
            );
        }
    }
    let options = RbmOptions {
        hidden: 4,
        chains,
        sweeps,
        ..RbmOptions::default()
    };
    ends_in_the_middle(
        RbmTrainer::new(&data(2), options, &Threads::one()).unwrap(),
        |t, stop| t.update_until(stop).is_some(),
        RbmTrainer::save,
    );
}

#[test]
fn an_update_of_any_model_that_is_ended_changes_nothing() {
    type Model = DenseIsing<f32>;
    type With<'w> = dyn FnMut(&dyn Stepper<f32, u8>) -> Result<(), PcdError> + 'w;
    let bind = |target: &Model, with: &mut With<'_>| {
        with(&Bound {
            target,
            kernel: &Gibbs::default(),
        })
    };
    let options = PcdOptions {
        buffer: 20,
        chains: 6,
        batch: 9,
        restart: 0.3,
        ..PcdOptions::default()
    };
    let model = Model::new(vec![0.0; 25], vec![0.0; 5]).unwrap();
    check(
        &Pcd::new(model, &data(2), options, &Threads::one()).unwrap(),
        |t| {
            let _ = t.update(&bind).unwrap();
        },
        |t, stop| t.update_until(&bind, stop).unwrap().is_some(),
        |t| t.save().unwrap(),
    );
}

#[test]
fn an_estimate_by_sites_that_is_ended_is_the_best_so_far() {
    let (data, options) = (data(3), SiteFitOptions::default());
    let stop = AtomicBool::new(false);
    let (mut seen, mut least) = (0, f64::INFINITY);
    let mut show = |at: &gwg_learn::SiteFitProgress| {
        (seen, least) = (at.evaluations, least.min(at.objective));
        stop.store(at.evaluations == 4, Ordering::Relaxed);
    };
    let loss = SiteLoss::ProbabilityFlow;
    let (threads, due) = (Threads::one(), Stop::when(&stop));
    let fit = fit_by_sites_until(&data, loss, &options, &threads, due, &mut show).unwrap();
    assert!(fit.stopped && !fit.converged && fit.objective == least && seen == 4);
    let due = Stop::when(&DUE);
    let none = fit_by_sites_until(&data, loss, &options, &threads, due, &mut |_| {});
    assert_eq!(none.unwrap_err(), SiteFitError::Stopped);
}
