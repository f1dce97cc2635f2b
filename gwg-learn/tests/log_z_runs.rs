//! Runs with fixed seeds against exact values: within four standard errors.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "support/fixtures.rs"]
mod fixtures;

use fixtures::{
    CLOSED_FORM_LOG_Z, NORMAL_LOG_Z, all_states, block_kernel, closed_form, fair, geometric_kernel,
    grid, mean_within, moments, normal, on_geometric_path, within,
};
use gwg_chains::{Bound, Threads};
use gwg_core::check::chi_square;
use gwg_core::{Bridge, Exact, LocallyBalanced, Space, Sqrt, Target};
use gwg_learn::log_z::{
    Annealing, Dwell, ExactRbm, ExactTable, GeometricPath, LogZError, Method, Origin, Particles,
    Path, RbmPath, Schedule, Start, Verdict, verdict,
};
use gwg_models::{FactorizedCategorical, LatticePotts, Rbm};
use std::num::NonZeroUsize;

/// One step from one state, many times: the frequencies of all states against the enumerated matrix.
#[test]
fn particles_move_by_block_gibbs_sampling_of_their_level() {
    let model = normal();
    let states = all_states(model.space());
    let base = [1.5, -0.4, 0.0, 0.3, -2.0, 0.7];
    let path = RbmPath::new(&model, &base, Threads::one()).unwrap();
    // What was computed before a step, at its level or at another one, does not matter.
    let before = |block: &mut dyn Particles, what: usize, t: f64| {
        let mut sums = vec![0.0; block.count()];
        match what {
            0 => Ok(()),
            1 => block.add_log_ratios(0.1, t, &mut sums),
            2 => block.add_log_ratios(t, 0.9, &mut sums),
            3 => block.add_slopes(0.8, &mut sums),
            _ => block.values(0.9, &mut sums),
        }
    };
    let cases = [
        (0.3, 0),
        (0.3, 1),
        (0.3, 2),
        (0.3, 3),
        (0.3, 4),
        (1.0, 1),
        (0.0, 0),
    ];
    for (seed, (t, what)) in (0..).zip(cases) {
        let from = 37;
        let start = states[from * 6..(from + 1) * 6].repeat(40_000);
        let mut counts = [0u64; 64];
        for block in &mut path.particles(Start::States(&start), t, seed).unwrap() {
            before(&mut **block, what, t).unwrap();
            block.advance(t, 1, gwg_chains::Stop::never()).unwrap();
            let mut moved = Vec::new();
            block.states(&mut moved);
            for x in moved.chunks(6) {
                counts[gwg_core::check::index(model.space(), x)] += 1;
            }
        }
        let matrix = block_kernel(&path, t);
        let found = chi_square(&counts, &matrix[from * 64..(from + 1) * 64]);
        assert!(found.z < 4.0, "t = {t}, after {what}: {found:?}");
    }
}

#[test]
fn weights_of_the_joint_path_have_their_exact_moments() {
    let model = closed_form();
    let states = all_states(model.space());
    let path = RbmPath::scaled(&model, Threads::one()).unwrap();
    for intervals in [1, 5, 20] {
        let schedule = Schedule::linear(intervals).unwrap();
        let exact = moments(&path, &states, intervals, &|t| block_kernel(&path, t));
        let annealing = Annealing {
            steps: 1,
            seed: 11,
            ..Annealing::new(&path, &schedule)
        };
        let forward = annealing.forward(8_000).unwrap();
        within(&forward.estimate().unwrap(), CLOSED_FORM_LOG_Z);
        mean_within(forward.log_weights(), exact.mean_log);
        let squares: Vec<f64> = forward
            .log_weights()
            .iter()
            .map(|l| (2.0 * (l - CLOSED_FORM_LOG_Z)).exp())
            .collect();
        mean_within(&squares, 1.0 + exact.relvar);
        let draws = ExactRbm::new(&model, &Threads::one())
            .unwrap()
            .draw(8_000, 5);
        let reverse = annealing.reverse(&draws, Origin::Exact).unwrap();
        within(&reverse.estimate().unwrap(), CLOSED_FORM_LOG_Z);
        mean_within(reverse.log_weights(), exact.reverse_mean_log);
        within(&forward.bar(&reverse).unwrap(), CLOSED_FORM_LOG_Z);
        let all = [
            forward.estimate().unwrap(),
            reverse.estimate().unwrap(),
            forward.bar(&reverse).unwrap(),
        ];
        match verdict(&all) {
            Verdict::Agree {
                value,
                lower,
                upper,
                ..
            } => {
                assert!(lower <= CLOSED_FORM_LOG_Z && CLOSED_FORM_LOG_Z <= upper && lower < value);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn weights_of_the_geometric_path_have_their_exact_moments() {
    for model in [closed_form(), normal()] {
        let (base, states) = (fair(6), all_states(model.space()));
        let exact = ExactTable::new(&model).unwrap();
        let draws = exact.draw(4_000, 8);
        let schedule = Schedule::linear(10).unwrap();
        let kernel = |t: f64| geometric_kernel(&base, &model, t, true);
        on_geometric_path(&base, &model, |path| {
            let moments = moments(path, &states, 10, &kernel);
            let annealing = Annealing {
                steps: 1,
                seed: 3,
                ..Annealing::new(path, &schedule)
            };
            let forward = annealing.forward(4_000).unwrap();
            let reverse = annealing.reverse(&draws, Origin::Exact).unwrap();
            mean_within(forward.log_weights(), moments.mean_log);
            mean_within(reverse.log_weights(), moments.reverse_mean_log);
            for estimate in [
                forward.estimate(),
                reverse.estimate(),
                forward.bar(&reverse),
            ] {
                within(&estimate.unwrap(), exact.log_z());
            }
        });
    }
}

#[test]
fn grids_and_potts_models_have_their_partition_functions() {
    let schedule = Schedule::linear(8).unwrap();
    for (model, log_z) in [
        (grid(2, 4, 0.25, 0.1), 5.943_945_670_5),
        (grid(3, 3, 0.4, 0.0), 7.267_652_770_4),
    ] {
        on_geometric_path(&fair(model.field().len()), &model, |path| {
            let annealing = Annealing {
                steps: 3,
                seed: 2,
                ..Annealing::new(path, &schedule)
            };
            within(
                &annealing.forward(3_000).unwrap().estimate().unwrap(),
                log_z,
            );
        });
    }
    let model = LatticePotts::<f64>::new(2, 3, 3, 0.25).unwrap();
    let base = FactorizedCategorical::new(9, 3, vec![0.1; 27]).unwrap();
    let exact = ExactTable::new(&model).unwrap();
    on_geometric_path(&base, &model, |path| {
        let annealing = Annealing {
            steps: 5,
            seed: 2,
            ..Annealing::new(path, &schedule)
        };
        let forward = annealing.forward(3_000).unwrap();
        let reverse = annealing
            .reverse(&exact.draw(3_000, 1), Origin::Exact)
            .unwrap();
        within(&forward.estimate().unwrap(), exact.log_z());
        within(&reverse.estimate().unwrap(), exact.log_z());
        within(&forward.bar(&reverse).unwrap(), exact.log_z());
    });
}

/// Repeated estimates: bias and standard deviation are those of the fixture (.0005 and .057, predicted .0596, of 400 repetitions).
#[test]
fn repeated_bar_estimates_have_the_predicted_spread() {
    let model = normal();
    let base = fair(6);
    let exact = ExactTable::new(&model).unwrap();
    let schedule = Schedule::linear(5).unwrap();
    let (repeats, mut deviations, mut variances) = (200, Vec::new(), 0.0);
    on_geometric_path(&base, &model, |path| {
        for seed in 0..repeats {
            let annealing = Annealing {
                steps: 1,
                seed,
                ..Annealing::new(path, &schedule)
            };
            let forward = annealing.forward(200).unwrap();
            let reverse = annealing
                .reverse(&exact.draw(200, 1_000 + seed), Origin::Exact)
                .unwrap();
            let found = forward.bar(&reverse).unwrap();
            deviations.push(found.value - NORMAL_LOG_Z);
            variances += found.standard_error.powi(2) / repeats as f64;
        }
    });
    mean_within(&deviations, 0.0);
    let spread = (deviations.iter().map(|d| d * d).sum::<f64>() / repeats as f64).sqrt();
    // The standard deviation of 200 estimates has a relative standard error of 5 %.
    assert!((spread / 0.0585 - 1.0).abs() < 0.2, "{spread}");
    assert!(
        (variances.sqrt() / 0.0596 - 1.0).abs() < 0.05,
        "{}",
        variances.sqrt()
    );
}

#[test]
fn results_have_the_same_bits_on_any_number_of_threads() {
    let model = Rbm::<f32>::random(40, 120, 3).unwrap();
    let schedule = Schedule::linear(20).unwrap();
    let run = |threads: usize, particles: usize| {
        let threads = Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap();
        let path = RbmPath::new(&model, &[0.1; 40], threads).unwrap();
        let annealing = Annealing {
            steps: 2,
            seed: 5,
            ..Annealing::new(&path, &schedule)
        };
        let forward = annealing.forward(particles).unwrap();
        let draws = Annealing {
            seed: 1,
            ..Annealing::new(&path, &schedule)
        }
        .level_draws(
            particles,
            Dwell {
                warm_up: 1,
                draws: 2,
                thin: 1,
            },
            true,
        )
        .unwrap();
        let reverse = annealing
            .reverse(&vec![1; 40 * particles], Origin::Chains)
            .unwrap();
        assert_eq!(reverse.method(), Method::ReverseFromChains);
        (
            forward.log_weights().to_vec(),
            reverse.log_weights().to_vec(),
            draws.slopes().to_vec(),
            draws.mbar().unwrap(),
        )
    };
    let one = run(1, 150);
    assert_eq!(one, run(2, 150));
    assert_eq!(one, run(3, 150));
    // A particle does not depend on how many others there are.
    let few = run(1, 7);
    assert_eq!(few.0, one.0[..7]);
    assert_eq!(few.1, one.1[..7]);
}

#[test]
fn the_geometric_path_has_the_same_bits_on_any_number_of_threads() {
    let model = grid(3, 3, 0.4, 0.1);
    let base = fair(9);
    let schedule = Schedule::linear(5).unwrap();
    let run = |threads: usize| {
        let path = GeometricPath::new(
            &base,
            |x: &[u8]| model.log_prob(x),
            |t, with| {
                let target = Exact(Bridge::new(&base, &model, t)?);
                with(&Bound {
                    target: &target,
                    kernel: &LocallyBalanced::local(Sqrt),
                })
            },
            Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap(),
        );
        let forward = Annealing {
            steps: 3,
            ..Annealing::new(&path, &schedule)
        }
        .forward(50);
        forward.unwrap().log_weights().to_vec()
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(3));
}

/// The same increments in both precisions: what a long schedule adds up.
#[test]
fn single_precision_weights_keep_their_digits() {
    let narrow = Rbm::<f32>::random(200, 300, 1).unwrap();
    let widen = |numbers: &[f32]| numbers.iter().map(|&w| f64::from(w)).collect();
    let wide = Rbm::<f64>::new(
        widen(narrow.weights()),
        widen(narrow.visible_bias()),
        widen(narrow.hidden_bias()),
    )
    .unwrap();
    let paths = (
        RbmPath::scaled(&narrow, Threads::one()).unwrap(),
        RbmPath::scaled(&wide, Threads::one()).unwrap(),
    );
    let states: Vec<u8> = (0..200 * 20).map(|k| (k * 7919 % 31 % 2) as u8).collect();
    let steps = 2_048;
    let total = |path: &dyn Path| {
        let mut sums = vec![0.0; 20];
        let mut blocks = path.particles(Start::States(&states), 0.0, 0).unwrap();
        for k in 0..steps {
            let at = |k: i32| f64::from(k) / f64::from(steps);
            blocks[0]
                .add_log_ratios(at(k), at(k + 1), &mut sums)
                .unwrap();
        }
        sums
    };
    let (narrow, wide) = (total(&paths.0), total(&paths.1));
    for (a, b) in narrow.iter().zip(&wide) {
        assert!((a - b).abs() < 1e-3, "{a} and {b}");
    }
}

#[test]
fn refusals_name_the_row() {
    let model = normal();
    let path = RbmPath::scaled(&model, Threads::one()).unwrap();
    let schedule = Schedule::linear(2).unwrap();
    let annealing = Annealing {
        steps: 1,
        seed: 9,
        ..Annealing::new(&path, &schedule)
    };
    let message = |states: &[u8]| {
        annealing
            .reverse(states, Origin::Exact)
            .unwrap_err()
            .to_string()
    };
    assert!(
        message(&[0, 1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]).contains("row 1, site 2: found symbol 2")
    );
    assert!(message(&[0; 7]).contains("found 7 numbers"));
    assert!(message(&[]).contains("particles: found 0"));
    assert!(annealing.forward(0).is_err());
    assert!(RbmPath::new(&model, &[0.0; 5], Threads::one()).is_err());
    assert_eq!(model.space().sites(), 6);
}

#[test]
fn runs_end_when_stop_is_due() {
    let model = normal();
    let path = RbmPath::scaled(&model, Threads::one()).unwrap();
    let schedule = Schedule::linear(2).unwrap();
    let due = std::sync::atomic::AtomicBool::new(true);
    let annealing = Annealing {
        stop: gwg_chains::Stop::when(&due),
        ..Annealing::new(&path, &schedule)
    };
    let dwell = Dwell {
        warm_up: 1,
        draws: 1,
        thin: 1,
    };
    assert!(matches!(annealing.forward(10), Err(LogZError::Stopped)));
    assert!(matches!(
        annealing.level_draws(10, dwell, false),
        Err(LogZError::Stopped)
    ));
    due.store(false, std::sync::atomic::Ordering::Relaxed);
    assert!(annealing.forward(10).is_ok());
}
