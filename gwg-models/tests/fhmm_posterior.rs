//! The exact posterior of the factorial hidden Markov model, compared with sums over all configurations.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{chi_square, configurations, index};
use gwg_core::{Real, SplitMix64, Target, math};
use gwg_models::fhmm::{Fhmm, Law};

const EXACT: f64 = 1e-12;

fn laws() -> [Law; 4] {
    let law = |sigma, keep, start| Law { sigma, keep, start };
    [
        Law::default(),
        law(1.5, 0.7, 0.4),
        law(0.05, 0.2, 0.9),
        law(0.3, 1.0 - 1e-9, 1e-6),
    ]
}

fn probabilities<R: Real>(model: &Fhmm<R>, all: &[Vec<u8>]) -> (f64, Vec<f64>) {
    let f: Vec<f64> = all.iter().map(|x| model.log_prob(x)).collect();
    let log_z = math::logsumexp(&f);
    (log_z, f.iter().map(|f| (f - log_z).exp()).collect())
}

fn agrees<R: Real>(length: usize, factors: usize, law: Law, seed: u64) {
    let model = Fhmm::<R>::random(length, factors, law, seed).unwrap();
    let posterior = model.posterior().unwrap();
    let all = configurations(model.space());
    let (log_z, p) = probabilities(&model, &all);
    let found = posterior.log_evidence();
    assert!(
        (found - log_z).abs() < EXACT * (1.0 + log_z.abs()),
        "{found}, {log_z}"
    );
    for (site, found) in posterior.marginals().into_iter().enumerate() {
        let ones = all.iter().zip(&p).filter(|(x, _)| x[site] == 1);
        let wanted: f64 = ones.map(|(_, p)| p).sum();
        assert!((found - wanted).abs() < EXACT, "{site}: {found}, {wanted}");
    }
}

#[test]
fn evidence_and_marginals_match_enumeration() {
    for (seed, (length, factors)) in
        (1..).zip([(4, 3), (6, 2), (12, 1), (1, 12), (2, 6), (3, 4), (1, 1)])
    {
        for law in laws() {
            agrees::<f64>(length, factors, law, seed);
            agrees::<f32>(length, factors, law, seed);
        }
    }
}

#[test]
fn one_observation_of_one_chain_by_hand() {
    let law = Law {
        sigma: 2.0,
        keep: 0.5,
        start: 0.25,
    };
    let model = Fhmm::new(vec![3.0], -1.0, vec![0.5], law).unwrap();
    let density =
        |mean: f64| (-(0.5 - mean).powi(2) / 8.0).exp() / (8.0 * std::f64::consts::PI).sqrt();
    let (zero, one) = (0.75 * density(-1.0), 0.25 * density(2.0));
    let posterior = model.posterior().unwrap();
    assert!((posterior.log_evidence() - (zero + one).ln()).abs() < 1e-14);
    // Both means are equally far away: the posterior is the prior.
    assert!((posterior.marginals()[0] - 0.25).abs() < 1e-14);
    assert!((model.log_prob(&[1]) - one.ln()).abs() < 1e-14);
    assert_eq!(model.mean_squared_residual(&[1]), 2.25);
    assert_eq!(model.reconstruction(&[0]).collect::<Vec<_>>(), [-1.0]);
}

/// The evidence integrates to one over all observations: it is a density, with all constants.
#[test]
fn the_evidence_integrates_to_one() {
    let law = Law {
        sigma: 0.6,
        keep: 0.8,
        start: 0.3,
    };
    let step = 0.1;
    let grid: Vec<f64> = (-80..=100).map(|k| f64::from(k) * step).collect();
    let mut total = 0.0;
    for &first in &grid {
        for &second in &grid {
            let model = Fhmm::new(vec![1.5, -0.8], 0.4, vec![first, second], law).unwrap();
            total += model.posterior().unwrap().log_evidence().exp() * step * step;
        }
    }
    // The trapezoid rule converges as exp(-2 (pi sigma / step)^2) for a normal density.
    assert!((total - 1.0).abs() < 1e-12, "{total}");
}

/// 200 000 independent draws; the quantile 4.5 has probability 3.4e-6.
#[test]
fn draws_match_enumeration() {
    for (seed, (length, factors)) in (1..).zip([(4, 3), (12, 1), (1, 6), (3, 2)]) {
        for law in [Law::default(), laws()[1]] {
            let model = Fhmm::<f64>::random(length, factors, law, seed).unwrap();
            let posterior = model.posterior().unwrap();
            let all = configurations(model.space());
            let (_, p) = probabilities(&model, &all);
            let mut counts = vec![0; all.len()];
            let (mut bits, mut x) = (SplitMix64::new(seed), vec![2; length * factors]);
            for _ in 0..200_000 {
                posterior.draw(&mut x, &mut bits);
                counts[index(model.space(), &x)] += 1;
            }
            let found = chi_square(&counts, &p);
            assert!(found.z.abs() < 4.5, "{length} x {factors}: {found:?}");
        }
    }
}

/// At the size of the paper: the draws have the exact marginals, and Bayes' rule holds.
#[test]
fn draws_and_marginals_agree_at_the_published_size() {
    let model = Fhmm::<f64>::random(100, 10, Law::default(), 1).unwrap();
    let posterior = model.posterior().unwrap();
    let marginals = posterior.marginals();
    assert!(marginals.iter().all(|p| (0.0..=1.0 + EXACT).contains(p)));
    let draws = 2_000;
    let (mut bits, mut x) = (SplitMix64::new(4), vec![0; 1000]);
    let mut counts = vec![0u32; 1000];
    for _ in 0..draws {
        posterior.draw(&mut x, &mut bits);
        for (count, &s) in counts.iter_mut().zip(&x) {
            *count += u32::from(s);
        }
        // log p(x | y) <= 0.
        assert!(model.log_prob(&x) < posterior.log_evidence());
    }
    let mut squares = 0.0;
    let mut terms = 0.0;
    for (count, p) in counts.into_iter().zip(marginals) {
        let n = f64::from(draws);
        // Binomial; nearly certain sites are covered by the sum below.
        let variance = n * p * (1.0 - p);
        if variance > 5.0 {
            let z = (f64::from(count) - n * p) / variance.sqrt();
            assert!(z.abs() < 5.5, "{count} of {n}, expected {p}");
            squares += z * z;
            terms += 1.0;
        }
    }
    // Sites are dependent, so the mean square is less close to 1 than for independent ones.
    assert!(
        terms > 300.0 && (squares / terms - 1.0).abs() < 0.5,
        "{squares} of {terms}"
    );
}

#[test]
fn draws_do_not_write_past_a_short_configuration() {
    let model = Fhmm::<f64>::random(5, 2, Law::default(), 1).unwrap();
    let posterior = model.posterior().unwrap();
    let (mut whole, mut short) = ([2; 10], [2; 3]);
    posterior.draw(&mut whole, &mut SplitMix64::new(1));
    posterior.draw(&mut short, &mut SplitMix64::new(1));
    assert_eq!(whole[..3], short);
    posterior.draw(&mut [], &mut SplitMix64::new(1));
}
