//! Sigmoid belief networks: sums, differences, gradients and posteriors against enumeration, and Monte Carlo EM against exact EM.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Bound, Threads};
use gwg_core::check::{self, TransitionMatrix, chi_square, configurations};
use gwg_core::{Binary, Clamp, Exact, Gibbs, Gradient, LocallyBalanced, Parametric, Scan};
use gwg_core::{Sqrt, Target, Taylor};
use gwg_learn::latent::{
    BindPosterior, EmError, EmOptions, LatentError, MonteCarloEm, Observations, PosteriorAnnealing,
    SigmoidBelief, annealed_log_likelihood, exact_log_likelihood, mean_log_likelihood,
};
use gwg_learn::log_z::Schedule as Levels;
use gwg_learn::{Data, Schedule};
use proptest::prelude::*;
use std::num::NonZeroUsize;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

fn random(units: &[usize], scale: f64, seed: u64) -> SigmoidBelief<f64> {
    let mut model = SigmoidBelief::random(units, scale, seed).unwrap();
    let mut parameters = read(&model);
    // The biases are not 0 either.
    for (k, p) in parameters.iter_mut().enumerate() {
        *p += 0.7 * scale * (1.3 * k as f64 + seed as f64).sin();
    }
    model.write_parameters(&parameters).unwrap();
    model
}

fn read<M: Parametric<Real = f64>>(model: &M) -> Vec<f64> {
    let mut parameters = vec![0.0; model.parameter_count()];
    model.read_parameters(&mut parameters).unwrap();
    parameters
}

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
        let model = random(&units, 1.5, 3);
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
        let mut model = random(&units, scale, seed);
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
        let model = random(&units, 1.0, seed);
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
    let mut model = random(&[3, 2, 2], 1.0, 5);
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
    let model = random(&[3, 2, 2], 1.5, 8);
    let observed = [Some(1), Some(0), Some(1), None, None, None, None];
    let mut free = [0; 7];
    let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
    let gibbs = Gibbs { scan: Scan::Random };
    for beta in [1.0, 0.4] {
        let gwg = TransitionMatrix::new(&Taylor(&clamped), &LocallyBalanced::gwg(), beta);
        gwg.assert_exact(true, 1e-12);
        let exact = TransitionMatrix::new(&Exact(&clamped), &LocallyBalanced::gwg(), beta);
        exact.assert_exact(true, 1e-12);
        let tree = LocallyBalanced::local(Sqrt);
        TransitionMatrix::new(&Exact(&clamped), &tree, beta).assert_exact(true, 1e-12);
        TransitionMatrix::new(&clamped, &gibbs, beta).assert_exact(true, 1e-12);
    }
    // That distribution is p(h | v), by Bayes' theorem.
    let matrix = TransitionMatrix::new(&clamped, &gibbs, 1.0);
    let log_likelihood = exact_log_likelihood(&model, &observed).unwrap();
    let states = configurations(clamped.space());
    for (x, p) in states.iter().zip(&matrix.stationary) {
        assert!(((model.log_prob(x) - log_likelihood).exp() - p).abs() < 1e-12);
    }
}

fn by_gwg<T>(work: impl FnOnce(&BindPosterior<'_, SigmoidBelief<f32>>) -> T) -> T {
    let kernel = LocallyBalanced::gwg();
    work(&|target, with| {
        with(&Bound {
            target: &Taylor(target),
            kernel: &kernel,
        })
    })
}

/// Chains of several rows in one set of chains, each with the visible units of its own row.
#[test]
fn the_e_step_draws_from_the_posterior_of_each_row() {
    let wide = random(&[3, 3], 1.5, 2);
    let parameters = read(&wide).iter().map(|&p| p as f32).collect();
    let model = SigmoidBelief::<f32>::new(&[3, 3], parameters).unwrap();
    let rows = [[0, 1, 1], [1, 0, 0], [1, 1, 1]];
    let data = model
        .observe(&Data::new(rows.concat(), 3, 2).unwrap())
        .unwrap();
    let options = EmOptions {
        chains: 5000,
        seed: 4,
        ..EmOptions::default()
    };
    let mut em = MonteCarloEm::new(model.clone(), &data, options, &threads(2)).unwrap();
    by_gwg(|bind| em.advance(60, bind)).unwrap();
    for (row, states) in em.states().chunks_exact(5000 * 6).enumerate() {
        let (mut counts, mut expected) = ([0_u64; 8], [0.0; 8]);
        for x in states.chunks_exact(6) {
            assert_eq!(x[..3], rows[row]);
            counts[(x[3] + 2 * x[4] + 4 * x[5]) as usize] += 1;
        }
        let log_likelihood = exact_log_likelihood(&wide, &data.row(row)).unwrap();
        for (h, p) in (0_u8..).zip(&mut expected) {
            let x = [&rows[row][..], &[h & 1, h >> 1 & 1, h >> 2]].concat();
            *p = (wide.log_prob(&x) - log_likelihood).exp();
        }
        let found = chi_square(&counts, &expected);
        assert!(found.z < 4.0, "row {row}: {found:?}");
    }
}

/// All rows of visible units, each with its probability under the truth.
fn of_truth(truth: &SigmoidBelief<f64>) -> Data {
    let visible = truth.visible();
    let all = configurations(&Binary::<u8>::new(visible));
    let hidden = vec![None; truth.hidden()];
    let probability = |v: &Vec<u8>| {
        let observed = [v.iter().map(|&s| Some(s)).collect(), hidden.clone()].concat();
        exact_log_likelihood(truth, &observed).unwrap().exp()
    };
    let weights = all.iter().map(probability).collect();
    let data = Data::new(all.concat(), visible, 2).unwrap();
    data.with_weights(weights).unwrap()
}

/// The gradient of the mean log-likelihood, with the posterior enumerated.
fn exact_gradient(model: &SigmoidBelief<f64>, data: &Observations) -> Vec<f64> {
    let mut gradient = vec![0.0; model.parameter_count()];
    let mut scratch = vec![0.0; model.parameter_gradient_scratch_len(1)];
    let total: f64 = data.weights().iter().sum();
    for row in 0..data.rows() {
        let (observed, mut free) = (data.row(row), vec![0; data.sites()]);
        let clamped = Clamp::new(model, &observed, &mut free).unwrap();
        let log_likelihood = exact_log_likelihood(model, &observed).unwrap();
        for x in configurations(clamped.space()) {
            let weight = (model.log_prob(&x) - log_likelihood).exp() * data.weights()[row] / total;
            model
                .parameter_gradient(&x, &[weight], &mut gradient, &mut scratch)
                .unwrap();
        }
    }
    gradient
}

/// Exact EM with one step of gradient ascent per M step: the likelihood never falls.
fn exact_em(mut model: SigmoidBelief<f64>, data: &Observations, updates: usize) -> f64 {
    let mut last = f64::NEG_INFINITY;
    for update in 0..updates {
        let gradient = exact_gradient(&model, data);
        let moved = read(&model).into_iter().zip(gradient);
        let moved: Vec<f64> = moved.map(|(p, g)| p + g).collect();
        model.write_parameters(&moved).unwrap();
        let mean = mean_log_likelihood(&model, data, &Threads::one()).unwrap();
        assert!(mean >= last - 1e-12, "update {update}: {mean} after {last}");
        last = mean;
    }
    last
}

/// From the same start, Monte Carlo EM reaches the likelihood that exact EM reaches, and rises on its way.
#[test]
fn monte_carlo_em_reaches_the_likelihood_of_exact_em() {
    let truth = random(&[5, 2], 2.0, 6);
    let data = truth.observe(&of_truth(&truth)).unwrap();
    let entropy = mean_log_likelihood(&truth, &data, &Threads::one()).unwrap();
    let start = SigmoidBelief::<f64>::random(&[5, 2], 0.5, 1).unwrap();
    let exact = exact_em(start, &data, 1500);
    let options = EmOptions {
        chains: 60,
        steps: 6,
        schedule: Schedule {
            rate: 0.03,
            warmup: 1,
            decay_after: 200,
        },
        average: 0.98,
        seed: 1,
        ..EmOptions::default()
    };
    let narrow = SigmoidBelief::<f32>::random(&[5, 2], 0.5, 1).unwrap();
    let mut em = MonteCarloEm::new(narrow, &data, options, &threads(2)).unwrap();
    let mean = |em: &MonteCarloEm<SigmoidBelief<f32>>| {
        let parameters = em.parameters().iter().map(|&p| f64::from(p)).collect();
        let model = SigmoidBelief::new(&[5, 2], parameters).unwrap();
        mean_log_likelihood(&model, &data, &Threads::one()).unwrap()
    };
    let mut means = vec![mean(&em)];
    for update in 1..=1200 {
        by_gwg(|bind| em.update(bind)).unwrap();
        if update % 200 == 0 {
            means.push(mean(&em));
        }
    }
    println!("truth {entropy}, exact EM {exact}, Monte Carlo EM {means:?}");
    let last = means[means.len() - 1];
    assert!(last <= entropy + 1e-6 && exact <= entropy + 1e-9);
    assert!((last - exact).abs() < 0.005, "{last} {exact}");
    assert!(means[0] < exact - 0.1, "{means:?}");
    // Sampling noise moves the likelihood by less than this.
    assert!(means.windows(2).all(|m| m[1] > m[0] - 0.003), "{means:?}");
}

#[test]
fn annealing_agrees_with_enumeration() {
    let model = random(&[6, 4, 3], 1.0, 4);
    let settings = PosteriorAnnealing {
        schedule: Levels::linear(60).unwrap(),
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

fn copies(rows: usize) -> Data {
    let noise = |k: usize| k.wrapping_mul(2_654_435_761) >> 7;
    let symbols = (0..rows * 4).map(|k| {
        let own = (noise(k / 4 + 17) & 1) as u8;
        if noise(k) % 10 == 0 { 1 - own } else { own }
    });
    Data::new(symbols.collect(), 4, 2).unwrap()
}

fn trainer(count: usize, seed: u64) -> MonteCarloEm<SigmoidBelief<f32>> {
    let model = SigmoidBelief::random(&[4, 3, 2], 0.5, 1).unwrap();
    let data = model.observe(&copies(70)).unwrap();
    let options = EmOptions {
        chains: 3,
        batch: 40,
        ascents: 2,
        average: 0.5,
        seed,
        ..EmOptions::default()
    };
    MonteCarloEm::new(model, &data, options, &threads(count)).unwrap()
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let run = |count| {
        let mut em = trainer(count, 0);
        by_gwg(|bind| em.advance(5, bind)).unwrap();
        let last = (0..8)
            .map(|_| by_gwg(|bind| em.update(bind)).unwrap())
            .last();
        (em.parameters().to_vec(), em.states().to_vec(), last)
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn saved_training_goes_on_with_the_same_bits() {
    let mut whole = trainer(1, 0);
    for _ in 0..7 {
        by_gwg(|bind| whole.update(bind)).unwrap();
    }
    let mut first = trainer(2, 0);
    for saved_at in [0, 3] {
        for _ in 0..saved_at {
            by_gwg(|bind| first.update(bind)).unwrap();
        }
        let mut second = trainer(3, 0);
        let saved = first.save().unwrap();
        by_gwg(|bind| second.resume(&saved, bind)).unwrap();
        for _ in saved_at..7 {
            by_gwg(|bind| second.update(bind)).unwrap();
        }
        assert_eq!(second.save().unwrap(), whole.save().unwrap());
        assert_eq!(second.parameters(), whole.parameters());
    }
    let saved = first.save().unwrap();
    let resumed = |bytes: &[u8], seed| {
        let mut em = trainer(1, seed);
        by_gwg(|bind| em.resume(bytes, bind))
            .unwrap_err()
            .to_string()
    };
    let other = resumed(&saved, 5);
    assert!(
        other.contains("`seed`: found 0, and this one has 5"),
        "{other}"
    );
    for cut in (0..saved.len()).step_by(97) {
        let message = resumed(&saved[..cut], 0);
        assert!(message.contains("bytes"), "{cut}: {message}");
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
    let rows = |observed: Vec<bool>, symbols: Vec<u8>| Observations::new(observed, symbols);
    let refused = rows(vec![true; 5], vec![0; 5]).unwrap_err().to_string();
    assert!(refused.contains("1 rows with 0 sites"), "{refused}");
    let seen = [vec![true; 3], vec![false; 2]].concat();
    let refused = rows(seen.clone(), vec![0; 7]).unwrap_err().to_string();
    assert!(refused.contains("found 7 numbers, needed 10"), "{refused}");
    let started = |data: &Observations, options| {
        let em = MonteCarloEm::new(model.clone(), data, options, &threads(1));
        em.map(drop).unwrap_err()
    };
    let wrong = rows(seen.clone(), vec![0, 1, 2, 0, 0]).unwrap();
    let refused = started(&wrong, EmOptions::default());
    assert!(matches!(
        refused,
        EmError::Rows(LatentError::Symbol {
            site: 2,
            found: 2,
            ..
        })
    ));
    let small = rows(vec![true, false], vec![0, 0]).unwrap();
    let refused = started(&small, EmOptions::default()).to_string();
    assert!(refused.contains("found 2 numbers, needed 5"), "{refused}");
    let good = rows(seen, vec![0; 5]).unwrap();
    let refused = good.clone().with_weights(vec![f64::NAN]).unwrap_err();
    assert!(refused.to_string().contains("weight NaN"), "{refused}");
    let none = EmOptions {
        chains: 0,
        ..EmOptions::default()
    };
    let refused = started(&good, none).to_string();
    assert_eq!(refused, "`chains`: found 0, allowed is at least 1");
    let diverges = EmOptions {
        optimizer: gwg_learn::Optimizer::Sgd,
        schedule: Schedule::constant(f64::MAX),
        ..EmOptions::default()
    };
    let mut em = MonteCarloEm::new(model.clone(), &good, diverges, &threads(1)).unwrap();
    let refused = by_gwg(|bind| em.update(bind)).unwrap_err().to_string();
    assert!(refused.contains("smaller learning rate"), "{refused}");
    let refused = exact_log_likelihood(&model, &[None; 4]).unwrap_err();
    assert!(refused.to_string().contains('4'), "{refused}");
}
