//! The exact moments of annealed importance sampling on tiny models, by enumerated transition matrices, against values computed in Python.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "support/fixtures.rs"]
mod fixtures;

use fixtures::{
    CLOSED_FORM_LOG_Z, Moments, NORMAL_LOG_Z, all_states, block_kernel, closed_form, fair,
    geometric_kernel, grid, moments, normal, on_geometric_path, values,
};
use gwg_chains::Threads;
use gwg_core::{Target, check::TransitionMatrix, math};
use gwg_learn::log_z::{RbmPath, Schedule, quadrature};
use gwg_models::{Factorized, Rbm};

#[track_caller]
fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "found {found}, wanted {wanted}"
    );
}

/// Whatever the number of levels, the mean weight of either direction is exact.
#[track_caller]
fn unbiased(found: &Moments, log_z: f64) {
    close(found.log_z, log_z, 1e-11);
    close(found.reverse_log_z, log_z, 1e-11);
}

fn geometric(model: &Rbm<f64>, intervals: usize, lazy: bool) -> Moments {
    let base = fair(6);
    let states = all_states(model.space());
    let kernel = |t: f64| geometric_kernel(&base, model, t, lazy);
    on_geometric_path(&base, model, |path| {
        moments(path, &states, intervals, &kernel)
    })
}

#[test]
fn geometric_path_has_the_moments_of_the_fixture() {
    let model = closed_form();
    for (intervals, relvar, forward, reverse) in [
        (1, 1.040_112_15, -0.274_637_83, 0.333_525_69),
        (2, 0.769_490_66, -0.232_298_49, 0.270_636_63),
        (5, 0.472_992_82, -0.168_912_65, 0.186_329_21),
        (10, 0.288_756_74, -0.115_960_92, 0.123_157_12),
        (50, 0.065_643_79, -0.031_076_70, 0.031_467_33),
    ] {
        let found = geometric(&model, intervals, false);
        unbiased(&found, CLOSED_FORM_LOG_Z);
        close(found.relvar, relvar, 6e-9);
        close(found.mean_log - CLOSED_FORM_LOG_Z, forward, 6e-9);
        close(found.reverse_mean_log - CLOSED_FORM_LOG_Z, reverse, 6e-9);
    }
    // The lazy kernel is as exact, with another variance.
    let lazy = geometric(&model, 10, true);
    unbiased(&lazy, CLOSED_FORM_LOG_Z);
    assert!((lazy.relvar / 0.288_756_74 - 1.0).abs() > 1e-4, "{lazy:?}");
}

#[test]
fn joint_path_has_the_moments_of_the_fixture() {
    let model = closed_form();
    let states = all_states(model.space());
    let path = RbmPath::scaled(&model, Threads::one()).unwrap();
    for (intervals, relvar) in [(1, 1.040_112_15), (5, 0.183_913_77), (50, 0.017_963_71)] {
        let found = moments(&path, &states, intervals, &|t| block_kernel(&path, t));
        unbiased(&found, CLOSED_FORM_LOG_Z);
        close(found.relvar, relvar, 6e-9);
    }
}

/// Weights from `N(0, 1)`: values with four digits.
#[test]
fn a_random_machine_has_its_moments() {
    let model = normal();
    let states = all_states(model.space());
    let path = RbmPath::scaled(&model, Threads::one()).unwrap();
    for (intervals, relvar, forward, reverse_relvar, reverse) in [
        (1, 4.2555, -1.1666, 6.6903, 1.0682),
        (5, 0.6444, -0.2690, 0.7285, 0.2602),
        (20, 0.1433, -0.0684, 0.1479, 0.0677),
        (100, 0.0277, -0.0137, 0.0279, 0.0137),
    ] {
        let found = moments(&path, &states, intervals, &|t| block_kernel(&path, t));
        unbiased(&found, NORMAL_LOG_Z);
        close(found.relvar, relvar, 6e-5);
        close(found.mean_log - NORMAL_LOG_Z, forward, 6e-5);
        close(found.reverse_relvar, reverse_relvar, 6e-5);
        close(found.reverse_mean_log - NORMAL_LOG_Z, reverse, 6e-5);
    }
    let found = geometric(&model, 20, false);
    unbiased(&found, NORMAL_LOG_Z);
    close(found.relvar, 0.5577, 6e-5);
    close(found.reverse_relvar, 0.7240, 6e-5);
}

/// Block Gibbs sampling with scaled parameters does not leave the geometric path invariant.
#[test]
fn kernels_of_the_other_path_are_biased() {
    let model = normal();
    let (base, states) = (fair(6), all_states(model.space()));
    let joint = RbmPath::scaled(&model, Threads::one()).unwrap();
    let found = on_geometric_path(&base, &model, |path| {
        moments(path, &states, 5, &|t| block_kernel(&joint, t))
    });
    close((found.log_z - NORMAL_LOG_Z).exp() - 1.0, -0.0115, 6e-5);
}

#[test]
fn other_bases_are_as_exact() {
    let model = normal();
    let states = all_states(model.space());
    let base = [1.5, -0.4, 0.0, 0.3, -2.0, 0.7];
    let path = RbmPath::new(&model, &base, Threads::one()).unwrap();
    for intervals in [1, 4] {
        unbiased(
            &moments(&path, &states, intervals, &|t| block_kernel(&path, t)),
            NORMAL_LOG_Z,
        );
    }
    // Each level is a machine, whose f is that of the path and which block Gibbs sampling leaves invariant.
    for t in [0.0, 0.3, 1.0] {
        let machine = path.at(t).unwrap();
        for (x, f) in states.chunks(6).zip(values(&path, &states, t)) {
            close(machine.log_prob(x), f, 1e-12);
        }
        TransitionMatrix::new(&machine, &gwg_core::BlockSweep, 1.0).assert_exact(true, 1e-12);
    }
    let base = Factorized::<f64>::bernoulli(base.to_vec()).unwrap();
    let kernel = |t: f64| geometric_kernel(&base, &model, t, true);
    on_geometric_path(&base, &model, |path| {
        unbiased(&moments(path, &states, 4, &kernel), NORMAL_LOG_Z);
    });
}

#[test]
fn grids_have_their_partition_functions() {
    for (model, log_z) in [
        (grid(2, 4, 0.25, 0.1), 5.943_945_670_5),
        (grid(3, 3, 0.4, 0.0), 7.267_652_770_4),
    ] {
        let base = fair(model.field().len());
        let states = all_states(model.space());
        let kernel = |t: f64| geometric_kernel(&base, &model, t, true);
        on_geometric_path(&base, &model, |path| {
            let found = moments(path, &states, 3, &kernel);
            close(found.log_z, log_z, 6e-11);
            close(found.reverse_log_z, log_z, 6e-11);
        });
    }
}

/// The means of the slopes at each level, exactly.
#[test]
fn thermodynamic_integration_has_the_errors_of_its_quadrature() {
    let model = normal();
    let (base, states) = (fair(6), all_states(model.space()));
    let integral = |intervals: usize| {
        let levels = Schedule::linear(intervals).unwrap();
        let slope = |t: &f64| {
            on_geometric_path(&base, &model, |path| {
                let f = values(path, &states, *t);
                let log_z = math::logsumexp(&f);
                let mut slopes = vec![0.0; f.len()];
                let start = gwg_learn::log_z::Start::States(&states);
                for block in &mut path.particles(start, *t, 0).unwrap() {
                    block.add_slopes(*t, &mut slopes).unwrap();
                }
                f.iter()
                    .zip(&slopes)
                    .map(|(f, s)| (f - log_z).exp() * s)
                    .sum::<f64>()
            })
        };
        let slopes: Vec<f64> = levels.levels().iter().map(slope).collect();
        (
            quadrature(&levels, &slopes).unwrap(),
            base.log_z() - NORMAL_LOG_Z,
        )
    };
    for (intervals, error) in [(5, -0.001_77), (10, -0.000_44), (20, -0.000_11)] {
        let (found, shift) = integral(intervals);
        close(found.trapezoid + shift, error, 6e-6);
        if let Some(simpson) = found.simpson {
            close(simpson + shift, 0.0, 6e-6);
        }
    }
}

/// The law of the end points of annealing, which RAISE estimates.
#[test]
fn end_points_have_the_divergence_of_the_fixture() {
    let model = normal();
    let states = all_states(model.space());
    let log_p: Vec<f64> = states
        .chunks(6)
        .map(|x| model.log_prob(x) - NORMAL_LOG_Z)
        .collect();
    for (intervals, divergence, excess) in [
        (1, 0.5092, 3.2233),
        (5, 0.1309, 2.1715),
        (20, 0.0084, 0.7779),
        (100, 0.0003, 0.1549),
    ] {
        let ends = geometric(&model, intervals, false).ends;
        let gaps = ends
            .iter()
            .zip(&log_p)
            .map(|(end, log_p)| (end.ln() - log_p, log_p.exp()));
        let (mut mean, mut largest) = (0.0, f64::NEG_INFINITY);
        for (gap, p) in gaps {
            mean -= p * gap;
            largest = gap.max(largest);
        }
        close(mean, divergence, 6e-5);
        close(largest, excess, 6e-5);
    }
}
