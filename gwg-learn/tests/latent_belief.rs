//! Sigmoid belief networks: sums, differences, gradients and posteriors against enumeration.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/latent.rs"]
mod support;

use gwg_chains::Bound;
use gwg_core::check::{self, TransitionMatrix, configurations};
use gwg_core::{Binary, Clamp, Gibbs, Gradient, LocallyBalanced, Parametric, Scan, Target, Taylor};
use gwg_learn::Data;
use gwg_learn::latent::{
    LatentError, PosteriorAnnealing, SigmoidBelief, annealed_log_likelihood, exact_log_likelihood,
};
use gwg_learn::log_z::Schedule;
use proptest::prelude::*;
use support::{assert_invariant, belief, read, threads};

/// `f` at a point between states, by the formula.
fn relaxed(model: &SigmoidBelief<f64>, x: &[f64]) -> f64 {
    let (units, mut f, mut first) = (model.units(), 0.0, 0);
    for (l, &own) in units.iter().enumerate() {
        let above = first + own;
        for i in 0..own {
            let weights = model.weights(l).iter().skip(i).step_by(own);
            let pull: f64 = weights.zip(&x[above..]).map(|(w, x)| w * x).sum();
            let a = model.biases(l)[i] + pull;
            f += x[first + i] * a - a.exp().ln_1p();
        }
        first = above;
    }
    f
}

#[test]
fn the_joint_probabilities_have_the_sum_one() {
    for units in [vec![3, 2], vec![2, 1], vec![3, 2, 2], vec![2, 3, 1, 2]] {
        let model = belief(&units, 1.5, 3);
        let all = configurations(&Binary::<u8>::new(units.iter().sum()));
        let total: f64 = all.iter().map(|x| model.log_prob(x).exp()).sum();
        assert!((total - 1.0).abs() < 1e-12, "{units:?}: {total}");
        for x in &all {
            let numbers: Vec<f64> = x.iter().map(|&s| f64::from(s)).collect();
            let expected = relaxed(&model, &numbers);
            assert!((model.log_prob(x) - expected).abs() < 1e-12);
        }
        // The same with exact differences.
        let log_z = exact_log_likelihood(&model, &vec![None; all[0].len()]).unwrap();
        assert!(log_z.abs() < 1e-12, "{units:?}: {log_z}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn differences_gradients_and_parameters_are_those_of_the_values(
        units in prop::collection::vec(1_usize..6, 2..5),
        scale in 0.1_f64..3.0,
        seed in 0_u64..1000,
    ) {
        let mut model = belief(&units, scale, seed);
        check::delta(&model, 40, seed, 1e-11);
        check::local(&model, 20, seed, 1e-11);
        check::gradient(&model, 3, 10, seed, 1e-11);
        check::parametric(&mut model, seed, 1e-6);
        let narrow: Vec<f32> = read(&model).iter().map(|&p| p as f32).collect();
        let narrow = SigmoidBelief::new(&units, narrow).unwrap();
        check::delta(&narrow, 40, seed, 1e-4);
    }

    #[test]
    fn gradients_are_those_of_the_formula_between_states(
        units in prop::collection::vec(1_usize..5, 2..5),
        seed in 0_u64..1000,
    ) {
        let model = belief(&units, 1.0, seed);
        let sites: usize = units.iter().sum();
        let x = &model.draw(1, seed)[..];
        let mut gradient = vec![0.0; sites];
        let mut scratch = vec![f64::NAN; model.gradient_scratch_len(1)];
        model.value_and_gradient(x, &mut gradient, &mut scratch);
        let point: Vec<f64> = x.iter().map(|&s| f64::from(s)).collect();
        for (site, g) in gradient.iter().enumerate() {
            let at = |step: f64| {
                let mut point = point.clone();
                point[site] += step;
                relaxed(&model, &point)
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            prop_assert!((difference - g).abs() < 1e-6, "{site}: {difference} {g}");
        }
    }
}

/// Central differences of `f` by every parameter.
#[test]
fn gradients_of_parameters_are_central_differences() {
    let mut model = belief(&[3, 2, 2], 1.0, 5);
    let (x, weights) = (model.draw(5, 1), [0.5, -1.0, 2.0, 0.1, 1.0]);
    let mut gradient = vec![0.0; model.parameter_count()];
    let mut scratch = vec![f64::NAN; model.parameter_gradient_scratch_len(5)];
    model
        .parameter_gradient(&x, &weights, &mut gradient, &mut scratch)
        .unwrap();
    let parameters = read(&model);
    for (k, g) in gradient.iter().enumerate() {
        let mut at = |step: f64| -> f64 {
            let mut moved = parameters.clone();
            moved[k] += step;
            model.write_parameters(&moved).unwrap();
            let rows = x.chunks_exact(7).zip(weights);
            rows.map(|(x, w)| w * model.log_prob(x)).sum()
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((difference - g).abs() < 1e-6, "{k}: {difference} {g}");
    }
}

#[test]
fn samplers_with_clamped_visible_units_leave_the_posterior_invariant() {
    let model = belief(&[3, 2, 2], 1.5, 8);
    let observed = [Some(1), Some(0), Some(1), None, None, None, None];
    let mut free = [0; 7];
    let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
    assert_invariant(&clamped);
    // That distribution is p(h | v), by Bayes' theorem.
    let gibbs = Gibbs { scan: Scan::Random };
    let matrix = TransitionMatrix::new(&clamped, &gibbs, 1.0);
    let log_likelihood = exact_log_likelihood(&model, &observed).unwrap();
    let states = configurations(clamped.space());
    for (x, p) in states.iter().zip(&matrix.stationary) {
        assert!(((model.log_prob(x) - log_likelihood).exp() - p).abs() < 1e-12);
    }
}

#[test]
fn annealing_agrees_with_enumeration() {
    let model = belief(&[6, 4, 3], 1.0, 4);
    let settings = PosteriorAnnealing {
        schedule: Schedule::linear(60).unwrap(),
        steps: 3,
        particles: 400,
        seed: 2,
    };
    let kernel = LocallyBalanced::gwg();
    for x in model.draw(3, 9).chunks_exact(13) {
        let seen = x.iter().take(6).map(|&s| Some(s));
        let observed: Vec<Option<u8>> = seen.chain([None; 7]).collect();
        let exact = exact_log_likelihood(&model, &observed).unwrap();
        let run = |threads| {
            annealed_log_likelihood(
                &model,
                &observed,
                &settings,
                &|target, with| {
                    with(&Bound {
                        target: &Taylor(target),
                        kernel: &kernel,
                    })
                },
                &threads,
            )
            .unwrap()
        };
        let found = run(threads(1));
        let error = found.standard_error;
        assert!(error < 0.1 && error > 0.0, "{found:?}");
        assert!(
            (found.value - exact).abs() < 4.0 * error,
            "{found:?} {exact}"
        );
        assert_eq!(found, run(threads(3)));
    }
}

#[test]
fn refusals_name_what_is_wrong() {
    let error = |model: Result<SigmoidBelief<f32>, LatentError>| model.unwrap_err().to_string();
    let hidden = "allowed are at least two layers";
    assert!(error(SigmoidBelief::random(&[3, 0], 1.0, 0)).contains(hidden));
    assert!(error(SigmoidBelief::random(&[3], 1.0, 0)).contains(hidden));
    assert!(error(SigmoidBelief::random(&[usize::MAX, 2], 1.0, 0)).contains(hidden));
    assert!(error(SigmoidBelief::random(&[3, 1], f64::NAN, 0)).contains("W[0, 0]"));
    let short = error(SigmoidBelief::new(&[2, 1], vec![0.0; 4]));
    assert!(short.contains("found 4 numbers, needed 5"), "{short}");
    let nan = error(SigmoidBelief::new(
        &[2, 1],
        vec![0.0, f32::NAN, 0.0, 0.0, 0.0],
    ));
    assert!(nan.contains("`W[0, 1]`: found NaN"), "{nan}");

    let model = SigmoidBelief::<f32>::random(&[3, 2], 1.0, 0).unwrap();
    let data = Data::new(vec![0; 8], 4, 2).unwrap();
    let refused = model.observe(&data).unwrap_err().to_string();
    assert!(
        refused.contains("data with 4 sites of 2 states"),
        "{refused}"
    );
    let refused = exact_log_likelihood(&model, &[None; 4]).unwrap_err();
    assert!(refused.to_string().contains('4'), "{refused}");
}
