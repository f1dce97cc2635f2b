//! Monte Carlo EM of sigmoid belief networks: posteriors of several rows, likelihoods beside exact EM, saved training, refusals.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/latent.rs"]
mod support;

use gwg_chains::{Bound, Threads};
use gwg_core::check::{chi_square, configurations};
use gwg_core::{Binary, Clamp, LocallyBalanced, Parametric, Target, Taylor};
use gwg_learn::latent::{
    EmError, EmOptions, LatentError, MonteCarloEm, Observations, SigmoidBelief,
    exact_log_likelihood, mean_log_likelihood,
};
use gwg_learn::{Data, Schedule};
use support::{belief, by_gwg, read, threads};

/// Chains of several rows in one set of chains, each with the visible units of its own row.
#[test]
fn the_e_step_draws_from_the_posterior_of_each_row() {
    let wide = belief(&[3, 3], 1.5, 2);
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
    let truth = belief(&[5, 2], 2.0, 6);
    let data = truth.observe(&of_truth(&truth)).unwrap();
    let entropy = mean_log_likelihood(&truth, &data, &Threads::one()).unwrap();
    let start = SigmoidBelief::<f64>::random(&[5, 2], 0.5, 1).unwrap();
    let exact = exact_em(start, &data, 1500);
    let options = EmOptions {
        chains: 40,
        steps: 6,
        schedule: Schedule {
            rate: 0.03,
            warmup: 1,
            decay_after: 600,
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
    let model = SigmoidBelief::<f32>::random(&[3, 2], 1.0, 0).unwrap();
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
    // A sampler of the model without its observations.
    let mut em =
        MonteCarloEm::new(model.clone(), &good, EmOptions::default(), &threads(1)).unwrap();
    let kernel = LocallyBalanced::gwg();
    let refused = em.update(&|target, with| {
        with(&Bound {
            target: &Taylor(target.inner()),
            kernel: &kernel,
        })
    });
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.contains("the sampler changed an observed symbol"),
        "{refused}"
    );
}
