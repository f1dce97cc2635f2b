//! The factorial hidden Markov model: its random parameters, its helper functions, and the difference between its two
//! extensions.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{OwnedMemory, TransitionMatrix, random_configuration};
use gwg_core::kernel::informed::{DiscreteLangevin, MultiFlip, PathAuxiliary, Proposal};
use gwg_core::{
    Delta, Exact, Gradient, Informed, Kernel, LocallyBalanced, Real, Space, SplitMix64, Sqrt,
    StepCounts, Target, Taylor,
};
use gwg_models::fhmm::{Fhmm, Law, QuadraticFhmm};

fn mean_and_variance(numbers: &[f64]) -> (f64, f64) {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let square = |x: &f64| (x - mean) * (x - mean);
    (mean, numbers.iter().map(square).sum::<f64>() / n)
}

/// Five standard errors (6e-7) of the mean and of the variance of normal numbers.
fn is_normal(numbers: &[f64], sd: f64) {
    let n = numbers.len() as f64;
    let (mean, variance) = mean_and_variance(numbers);
    assert!(mean.abs() < 5.0 * sd / n.sqrt(), "mean {mean}");
    let relative = variance / (sd * sd) - 1.0;
    assert!(
        relative.abs() < 5.0 * (2.0 / n).sqrt(),
        "variance {variance}"
    );
}

/// Five standard errors of a binomial share.
fn is_share(count: usize, of: usize, p: f64) {
    let (found, n) = (count as f64 / of as f64, of as f64);
    let error = (p * (1.0 - p) / n).sqrt();
    assert!((found - p).abs() < 5.0 * error, "{found}, expected {p}");
}

#[test]
fn random_models_have_the_published_distribution() {
    let model = Fhmm::<f64>::random(200, 400, Law::default(), 1).unwrap();
    is_normal(model.weights(), 1.0);
    let biases = |seed| {
        Fhmm::<f64>::random(1, 1, Law::default(), seed)
            .unwrap()
            .bias()
    };
    is_normal(&(0..2_000).map(biases).collect::<Vec<_>>(), 1.0);
    let truth = model.truth().unwrap();
    is_share(truth[..400].iter().filter(|&&s| s == 1).count(), 400, 0.1);
    let pairs = truth.iter().zip(&truth[400..]);
    is_share(pairs.filter(|(a, b)| a == b).count(), 199 * 400, 0.95);
    let long = Fhmm::<f64>::random(20_000, 3, Law::default(), 2).unwrap();
    let means = long.reconstruction(long.truth().unwrap());
    let noise: Vec<f64> = long
        .observations()
        .iter()
        .zip(means)
        .map(|(y, m)| y - m)
        .collect();
    is_normal(&noise, 0.5);
    let (mean, variance) = mean_and_variance(&noise);
    let error = long.mean_squared_residual(long.truth().unwrap());
    assert!((error - (variance + mean * mean)).abs() < 1e-12);
}

#[test]
fn prior_draws_have_the_prior_distribution() {
    let law = Law {
        keep: 0.8,
        start: 0.3,
        ..Law::default()
    };
    let model = Fhmm::<f32>::random(50, 40, law, 1).unwrap();
    let (mut bits, mut x) = (SplitMix64::new(3), vec![2; 2000]);
    let (mut starts, mut stays) = (0, 0);
    for _ in 0..100 {
        model.draw_prior(&mut x, &mut bits);
        assert!(model.space().contains(&x));
        starts += x[..40].iter().filter(|&&s| s == 1).count();
        stays += x.iter().zip(&x[40..]).filter(|(a, b)| a == b).count();
    }
    is_share(starts, 100 * 40, 0.3);
    is_share(stays, 100 * 49 * 40, 0.8);
    // A part of a row, and an empty one.
    model.draw_prior(&mut [0; 7], &mut bits);
    model.draw_prior(&mut [], &mut bits);
}

#[test]
fn f32_models_are_rounded_f64_models() {
    let wide = Fhmm::<f64>::random(9, 4, Law::default(), 9).unwrap();
    let narrow = Fhmm::<f32>::random(9, 4, Law::default(), 9).unwrap();
    let pairs = |a: &[f64], b: &[f32]| a.iter().zip(b).all(|(&a, &b)| a as f32 == b);
    assert!(pairs(wide.weights(), narrow.weights()));
    assert!(pairs(wide.observations(), narrow.observations()));
    assert_eq!(wide.truth(), narrow.truth());
}

#[test]
fn quadratic_first_order_differences_exceed_exact_ones_as_documented() {
    let model = Fhmm::<f64>::random(8, 5, Law::default(), 1).unwrap();
    let quadratic = QuadraticFhmm(model.clone());
    let mut memory = vec![0.0; model.cache_len()];
    for seed in 0..10 {
        let x = random_configuration(model.space(), &mut SplitMix64::new(seed));
        let mut d = vec![0.0; 40];
        let mut scratch = vec![f64::NAN; quadratic.gradient_scratch_len(1)];
        let f = quadratic.value_and_gradient(&x, &mut d, &mut scratch);
        let wanted = model.log_prob(&x);
        assert!((f - wanted).abs() < 1e-12 * (1.0 + wanted.abs()));
        model.space().differences(&x, &mut d);
        quadratic.init_cache(&x, &mut memory);
        for (m, d) in d.into_iter().enumerate() {
            let w = model.weights()[m % 5];
            let exact = quadratic.delta(&x, &memory, model.space().decode(&x, m));
            let wanted = exact + w * w / (2.0 * 0.25);
            assert!((d - wanted).abs() < 1e-11 * (1.0 + wanted.abs()));
        }
    }
}

/// The same distribution with another chain; with exact differences, the same chain.
#[test]
fn quadratic_and_multilinear_proposals_differ() {
    let model = Fhmm::<f64>::random(3, 3, Law::default(), 4).unwrap();
    let quadratic = QuadraticFhmm(model.clone());
    let off = |a: &TransitionMatrix, b: &TransitionMatrix| {
        let pairs = a.p.iter().zip(&b.p);
        pairs.fold(0.0, |worst: f64, (a, b)| Real::max((a - b).abs(), worst))
    };
    let gwg = LocallyBalanced::gwg();
    let exact = TransitionMatrix::new(&Taylor(&model), &gwg, 1.0);
    let paper = TransitionMatrix::new(&Taylor(&quadratic), &gwg, 1.0);
    paper.assert_exact(true, 1e-12);
    assert!(off(&exact, &paper) > 0.1);
    let evaluated = LocallyBalanced::evaluated(Sqrt);
    let same = TransitionMatrix::new(&Exact(&quadratic), &evaluated, 1.0);
    assert!(off(&exact, &same) < 1e-12);
}

/// Compares evaluations after several changes at once with fresh ones.
fn follows<T: Gradient>(model: &T, proposal: impl Proposal, at_once: f64, units: f64) {
    let (target, kernel) = (Taylor(model), Informed::new(proposal));
    let tolerance = units * T::Real::EPSILON.to_f64();
    let mut owned = OwnedMemory::new(&target, &kernel, 1);
    let mut bits = [SplitMix64::new(3)];
    let start = random_configuration(model.space(), &mut bits[0]);
    let (mut block, scratch) = owned.walkers(&target, &kernel, &[start], T::Real::ONE);
    let mut counts = [StepCounts::default()];
    kernel.init(&target, &mut block, scratch);
    kernel.set_tuning(&target, &mut block[0], at_once);
    let mut gradient = vec![T::Real::ZERO; model.space().sites()];
    let mut own = vec![T::Real::ZERO; model.gradient_scratch_len(1)];
    for step in 0..400 {
        kernel.step(&target, &mut block, scratch, &mut bits, &mut counts);
        let w = &block[0];
        let f = model.value_and_gradient(w.x, &mut gradient, &mut own);
        model.space().differences(w.x, &mut gradient);
        let close = |a: f64, b: f64| (a - b).abs() <= tolerance * (1.0 + b.abs());
        assert!(close(w.log_prob(), f), "step {step}: {}, {f}", w.log_prob());
        for (&found, &fresh) in w.state.current.differences.iter().zip(&gradient) {
            assert!(close(found.to_f64(), fresh.to_f64()), "{found}, {fresh}");
        }
    }
    assert!(
        counts[0].accepted > 10 && counts[0].sites_changed > counts[0].accepted,
        "{counts:?}"
    );
}

fn all_follow<R: Real>(units: f64) {
    let law = Law {
        sigma: 2.0,
        keep: 0.7,
        start: 0.5,
    };
    let model = Fhmm::<R>::random(60, 5, law, 1).unwrap();
    for at_once in [3.0, 12.0] {
        follows(&model, PathAuxiliary::pas(at_once).unwrap(), at_once, units);
        follows(&model, MultiFlip::gwg(at_once).unwrap(), at_once, units);
        let quadratic = QuadraticFhmm(model.clone());
        follows(
            &quadratic,
            PathAuxiliary::pas(at_once).unwrap(),
            at_once,
            units,
        );
    }
    // So many changes that a fresh evaluation is cheaper.
    follows(&model, DiscreteLangevin::dmala(0.5).unwrap(), 0.5, units);
}

#[test]
fn evaluations_follow_several_changes() {
    all_follow::<f32>(512.0);
    all_follow::<f64>(512.0);
}
