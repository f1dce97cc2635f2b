//! Monte Carlo EM of stochastic block models: posteriors, likelihoods beside exact EM, planted classes, saved training.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/latent.rs"]
mod support;

use gwg_core::check::{self, chi_square, configurations};
use gwg_core::{Clamp, Parametric, Target};
use gwg_learn::Schedule;
use gwg_learn::latent::{
    BlockGraph, BlockModel, EmOptions, LogOdds, MonteCarloEm, exact_log_likelihood,
};
use support::{by_gibbs, by_gwg, graph, read, table, threads};

fn narrow(wide: &BlockModel<f64>) -> BlockModel<f32> {
    let classes = wide.classes();
    let upper = (0..classes).flat_map(|a| (a..classes).map(move |b| a * classes + b));
    let upper = upper.map(|k| wide.log_odds()[k] as f32).collect();
    let prior = wide.log_prior().iter().map(|&p| p as f32).collect();
    let odds = LogOdds::table(classes, upper).unwrap();
    BlockModel::new(wide.graph().clone(), odds, prior).unwrap()
}

/// Ten nodes of two classes, four of which are observed; both kinds of pairs are in all blocks.
fn observed_classes() -> (BlockGraph, Vec<Option<u8>>) {
    let classes = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    let graph = BlockGraph::planted(&classes, |a, b| [0.7, 0.3][usize::from(a != b)], 11).unwrap();
    let mut observed = vec![None; 10];
    for (site, class) in [(0, 0), (1, 0), (5, 1), (6, 1)] {
        observed[site] = Some(class);
    }
    (graph, observed)
}

/// Exact EM with one step of gradient ascent per M step: the likelihood never falls.
fn exact_em(
    mut model: BlockModel<f64>,
    observed: &[Option<u8>],
    updates: usize,
) -> BlockModel<f64> {
    let mut last = f64::NEG_INFINITY;
    let mut scratch = vec![0.0; model.parameter_gradient_scratch_len(1)];
    for update in 0..updates {
        let mut gradient = vec![0.0; model.parameter_count()];
        let mut free = vec![0; observed.len()];
        let log_likelihood = exact_log_likelihood(&model, observed).unwrap();
        assert!(
            log_likelihood >= last - 1e-11,
            "{update}: {log_likelihood} after {last}"
        );
        last = log_likelihood;
        let clamped = Clamp::new(&model, observed, &mut free).unwrap();
        for z in configurations(clamped.space()) {
            let weight = (model.log_prob(&z) - log_likelihood).exp();
            model
                .parameter_gradient(&z, &[weight], &mut gradient, &mut scratch)
                .unwrap();
        }
        let moved = read(&model).into_iter().zip(gradient);
        let moved: Vec<f64> = moved.map(|(p, g)| p + 0.05 * g).collect();
        model.write_parameters(&moved).unwrap();
    }
    model
}

#[test]
fn monte_carlo_em_reaches_the_likelihood_of_exact_em() {
    let (graph, observed) = observed_classes();
    let odds = LogOdds::table(2, vec![0.3, -0.3, 0.2]).unwrap();
    let start = BlockModel::new(graph, odds, vec![0.0; 2]).unwrap();
    let first = exact_log_likelihood(&start, &observed).unwrap();
    let exact = exact_em(start.clone(), &observed, 600);
    let maximum = exact_log_likelihood(&exact, &observed).unwrap();
    let options = EmOptions {
        chains: 100,
        steps: 12,
        schedule: Schedule {
            rate: 0.05,
            warmup: 1,
            decay_after: 100,
        },
        average: 0.98,
        seed: 3,
        ..EmOptions::default()
    };
    let model = narrow(&start);
    let data = model.observe(&observed).unwrap();
    let mut em = MonteCarloEm::new(model, &data, options, &threads(2)).unwrap();
    let mut means = vec![first];
    for update in 1..=600 {
        by_gibbs(|bind| em.update(bind)).unwrap();
        if update % 100 == 0 {
            let mut learned = start.clone();
            let parameters: Vec<f64> = em.parameters().iter().map(|&p| f64::from(p)).collect();
            learned.write_parameters(&parameters).unwrap();
            means.push(exact_log_likelihood(&learned, &observed).unwrap());
        }
    }
    println!("exact EM {maximum}, Monte Carlo EM {means:?}");
    assert!(first < maximum - 1.0);
    let last = means[means.len() - 1];
    assert!((last - maximum).abs() < 0.01, "{last} {maximum}");
    assert!(means.windows(2).all(|m| m[1] > m[0] - 0.01), "{means:?}");
    let found = em.model().log_odds().iter().zip(exact.log_odds());
    for (found, expected) in found.clone() {
        assert!(
            (f64::from(*found) - expected).abs() < 0.1,
            "{found} {expected}"
        );
    }
}

/// Two chains in the E step with a systematic scan: their states are of the posterior.
#[test]
fn the_e_step_draws_from_the_posterior() {
    let (graph, observed) = observed_classes();
    let wide = table(graph, 2);
    let model = narrow(&wide);
    let data = model.observe(&observed).unwrap();
    let options = EmOptions {
        chains: 20_000,
        ..EmOptions::default()
    };
    let mut em = MonteCarloEm::new(model, &data, options, &threads(2)).unwrap();
    by_gibbs(|bind| em.advance(120, bind)).unwrap();
    let log_likelihood = exact_log_likelihood(&wide, &observed).unwrap();
    let mut free = [0; 10];
    let clamped = Clamp::new(&wide, &observed, &mut free).unwrap();
    let all = configurations(clamped.space());
    let expected: Vec<f64> = all
        .iter()
        .map(|z| (wide.log_prob(z) - log_likelihood).exp())
        .collect();
    let mut counts = vec![0; all.len()];
    for z in em.states().chunks_exact(10) {
        counts[check::index(clamped.space(), z)] += 1;
    }
    let found = chi_square(&counts, &expected);
    assert!(found.z < 4.0, "{found:?}");
}

/// Three planted classes of 20 nodes, the last of which is joined with the first and not within itself; five nodes of each are observed.
fn planted() -> (Vec<u8>, BlockGraph, Vec<Option<u8>>) {
    let classes: Vec<u8> = (0..60).map(|k| k / 20).collect();
    let probability = |a, b| match (a, b) {
        (0, 0) | (1, 1) => 0.5,
        (0, 2) => 0.6,
        _ => 0.1,
    };
    let graph = BlockGraph::planted(&classes, probability, 4).unwrap();
    let mut observed = vec![None; 60];
    for node in (0..60).filter(|node| node % 20 < 5) {
        observed[node] = Some(classes[node]);
    }
    (classes, graph, observed)
}

fn trainer(count: usize, seed: u64) -> MonteCarloEm<BlockModel<f32>> {
    let (_, graph, observed) = planted();
    let model = BlockModel::random(graph, 3, 2, &[8], 1).unwrap();
    let data = model.observe(&observed).unwrap();
    let options = EmOptions {
        chains: 5,
        steps: 100,
        schedule: Schedule::constant(0.03),
        anneal: 300,
        seed,
        ..EmOptions::default()
    };
    MonteCarloEm::new(model, &data, options, &threads(count)).unwrap()
}

#[test]
fn planted_classes_are_found_by_a_neural_model() {
    let (classes, _, observed) = planted();
    let mut em = trainer(2, 0);
    for _ in 0..500 {
        by_gwg(|bind| em.update(bind)).unwrap();
    }
    let (mut right, mut all) = (0, 0);
    for z in em.states().chunks_exact(60) {
        for ((found, class), seen) in z.iter().zip(&classes).zip(&observed) {
            if seen.is_none() {
                right += usize::from(found == class);
                all += 1;
            }
        }
    }
    let accuracy = right as f64 / all as f64;
    println!("{accuracy} {:?}", em.model().log_odds());
    assert!(accuracy > 0.95, "{accuracy}");
    // The log-odds of .5, .1, .6 and .1 are 0, -2.2, .4 and -2.2.
    let eta = em.model().log_odds();
    for (k, expected) in [
        (0, 0.0),
        (1, -2.2),
        (2, 0.4),
        (4, 0.0),
        (5, -2.2),
        (8, -2.2),
    ] {
        assert!((eta[k] - expected).abs() < 0.7, "{eta:?}");
    }
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let run = |count| {
        let mut em = trainer(count, 0);
        let last = (0..6)
            .map(|_| by_gwg(|bind| em.update(bind)).unwrap())
            .last();
        (em.parameters().to_vec(), em.states().to_vec(), last)
    };
    assert_eq!(run(1), run(3));
}

/// With a systematic scan, whose place is part of the state.
#[test]
fn saved_training_goes_on_with_the_same_bits() {
    let mut whole = trainer(1, 0);
    for _ in 0..5 {
        by_gibbs(|bind| whole.update(bind)).unwrap();
    }
    let mut first = trainer(2, 0);
    for _ in 0..2 {
        by_gibbs(|bind| first.update(bind)).unwrap();
    }
    let saved = first.save().unwrap();
    let mut second = trainer(3, 0);
    by_gibbs(|bind| second.resume(&saved, bind)).unwrap();
    for _ in 2..5 {
        by_gibbs(|bind| second.update(bind)).unwrap();
    }
    assert_eq!(second.save().unwrap(), whole.save().unwrap());
    // The graph is data.
    let (_, _, observed) = planted();
    let model = BlockModel::random(graph(60, 0.3, 0.0, 1), 3, 2, &[8], 1).unwrap();
    let data = model.observe(&observed).unwrap();
    let mut other = MonteCarloEm::new(model, &data, first.options().clone(), &threads(1)).unwrap();
    let refused = by_gibbs(|bind| other.resume(&saved, bind)).unwrap_err();
    assert!(
        refused.to_string().contains("another data set"),
        "{refused}"
    );
}
