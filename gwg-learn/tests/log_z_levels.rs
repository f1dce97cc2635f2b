//! Draws at all levels of a path, and scores of data by annealing: runs with fixed seeds against exact values.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "support/fixtures.rs"]
mod fixtures;

use fixtures::{
    NORMAL_LOG_Z, all_states, block_kernel, fair, mean_within, moments, normal, on_geometric_path,
    within,
};
use gwg_chains::Threads;
use gwg_core::Target;
use gwg_learn::log_z::{Annealing, Dwell, LogZError, RbmPath, Schedule, mbar};

#[test]
fn draws_at_all_levels_integrate_and_reweight_to_the_partition_function() {
    let model = normal();
    let levels = Schedule::linear(8).unwrap();
    let dwell = Dwell {
        warm_up: 20,
        draws: 5,
        thin: 4,
    };
    let path = RbmPath::scaled(&model, Threads::one()).unwrap();
    let draws = Annealing {
        seed: 6,
        ..Annealing::new(&path, &levels)
    }
    .level_draws(400, dwell, true)
    .unwrap();
    let integral = draws.integrate().unwrap();
    within(&integral, NORMAL_LOG_Z);
    // Draws that are a step apart are worth less than draws that are four steps apart.
    let far = draws.effective_draws();
    let near = Dwell { thin: 1, ..dwell };
    let near = Annealing {
        seed: 6,
        ..Annealing::new(&path, &levels)
    }
    .level_draws(400, near, false)
    .unwrap();
    let near = near.effective_draws();
    for (far, near) in far.iter().zip(&near).skip(8) {
        assert!(*far > 1_600.0 && *far <= 2_000.0, "{far}");
        assert!(*near > 400.0 && *near < 0.9 * far, "{near} and {far}");
    }
    assert!(integral.systematic_error < integral.standard_error);
    within(&draws.mbar_estimate().unwrap(), NORMAL_LOG_Z);
    on_geometric_path(&fair(6), &model, |path| {
        let dwell = Dwell {
            warm_up: 100,
            draws: 3,
            thin: 20,
        };
        let draws = Annealing {
            seed: 6,
            ..Annealing::new(path, &levels)
        }
        .level_draws(300, dwell, true)
        .unwrap();
        within(&draws.integrate().unwrap(), NORMAL_LOG_Z);
        within(&draws.mbar_estimate().unwrap(), NORMAL_LOG_Z);
    });
    let plain = Annealing {
        seed: 6,
        ..Annealing::new(&path, &levels)
    }
    .level_draws(10, dwell, false)
    .unwrap();
    assert!(matches!(plain.mbar(), Err(LogZError::Length { .. })));
}

/// Three levels of 200 independent draws each: bias .0014, standard deviation .063 in the fixture.
#[test]
fn repeated_mbar_estimates_have_the_predicted_spread() {
    let model = normal();
    let states = all_states(model.space());
    let f: Vec<f64> = states.chunks(6).map(|x| model.log_prob(x)).collect();
    let levels = [0.0, 0.5, 1.0];
    let law = |t: f64| {
        let weights: Vec<f64> = f.iter().map(|f| (t * f).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights
            .into_iter()
            .map(move |w| w / total)
            .collect::<Vec<f64>>()
    };
    let laws = levels.map(law);
    let (mut deviations, mut variances, repeats) = (Vec::new(), 0.0, 200);
    for seed in 0..repeats {
        let mut drawn = Vec::new();
        for (k, law) in laws.iter().enumerate() {
            let mut bits = gwg_chains::generator(seed, k as u64);
            for _ in 0..200 {
                let mut u = gwg_core::Bits::unit::<f64>(&mut bits);
                let state = law.iter().position(|p| {
                    u -= p;
                    u < 0.0
                });
                drawn.push(f[state.unwrap_or(63)]);
            }
        }
        let matrix: Vec<f64> = levels
            .iter()
            .flat_map(|t| drawn.iter().map(move |f| t * f))
            .collect();
        let found = mbar(&matrix, &[200; 3], None)
            .unwrap()
            .last(6.0 * 2f64.ln());
        deviations.push(found.value - NORMAL_LOG_Z);
        variances += found.standard_error.powi(2) / repeats as f64;
    }
    mean_within(&deviations, 0.0);
    let spread = (deviations.iter().map(|d| d * d).sum::<f64>() / repeats as f64).sqrt();
    assert!((spread / 0.063 - 1.0).abs() < 0.2, "{spread}");
    assert!(
        (variances.sqrt() / 0.063 - 1.0).abs() < 0.1,
        "{}",
        variances.sqrt()
    );
}

#[test]
fn raise_estimates_the_law_of_the_end_points() {
    let model = normal();
    let states = all_states(model.space());
    let path = RbmPath::scaled(&model, Threads::one()).unwrap();
    let schedule = Schedule::linear(4).unwrap();
    let ends = moments(&path, &states, 4, &|t| block_kernel(&path, t)).ends;
    let annealing = Annealing {
        steps: 1,
        seed: 9,
        ..Annealing::new(&path, &schedule)
    };
    let scores = annealing.raise(&states, 4_000).unwrap();
    let mut squares = 0.0;
    for (score, end) in scores.iter().zip(&ends) {
        let error = (score.value - end.ln()) / score.standard_error;
        assert!(error.abs() < 4.5, "{score:?}, wanted {}", end.ln());
        squares += error * error;
    }
    // Chi-square of 64 degrees of freedom: 64 +- 11.3.
    assert!((squares - 64.0).abs() < 45.0, "{squares}");
    // In the mean over the model's own law, a conservative score.
    let mean = |scores: &mut dyn Iterator<Item = f64>| {
        let p = states
            .chunks(6)
            .map(|x| (model.log_prob(x) - NORMAL_LOG_Z).exp());
        p.zip(scores).map(|(p, s)| p * s).sum::<f64>()
    };
    let own = mean(&mut states.chunks(6).map(|x| model.log_prob(x) - NORMAL_LOG_Z));
    assert!(mean(&mut scores.iter().map(|s| s.value)) < own);
    assert!(annealing.raise(&states, 1).is_err());
    assert!(annealing.raise(&states[..7], 6).is_err());
}
