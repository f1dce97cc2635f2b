//! Objectives of single sites: known values, the variance of their estimates, and models that they find.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::Threads;
use gwg_core::Target;
use gwg_learn::{Data, PairPotts, SiteFitOptions, SiteLoss, SiteObjective, fit_by_sites};

#[path = "support/fixtures.rs"]
mod fixtures;

/// The sum over sites of the terms by their definitions, for states of two symbols.
fn sum(loss: SiteLoss, f: impl Fn(&[u8]) -> f64, x: &[u8]) -> f64 {
    let term = |site: usize| {
        let mut y = x.to_vec();
        y[site] = 1 - y[site];
        let d: f64 = f(&y) - f(x);
        match loss {
            SiteLoss::PseudoLikelihood => d.exp().ln_1p(),
            SiteLoss::ProbabilityFlow => (d / 2.0).exp(),
            SiteLoss::RatioMatching => (1.0 + (-d).exp()).powi(-2),
            other => panic!("{other:?}"),
        }
    };
    (0..x.len()).map(term).sum()
}

/// State `k` of `n` sites, the first one the most significant bit.
fn state(k: usize, n: usize) -> Vec<u8> {
    (0..n).map(|i| (k >> (n - 1 - i) & 1) as u8).collect()
}

/// The means over five patterns of the machine in closed form. Those of pseudo-likelihood and ratio matching were computed elsewhere, to ten digits.
#[test]
fn definitions_have_known_values() {
    let machine = fixtures::closed_form();
    for (loss, wanted) in [
        (SiteLoss::PseudoLikelihood, 4.493_006_112_1),
        (SiteLoss::RatioMatching, 1.655_322_232_1),
        (SiteLoss::ProbabilityFlow, 6.347_404_426_6),
    ] {
        let patterns = [5, 12, 33, 47, 62];
        let terms = patterns.map(|k| sum(loss, |x| machine.log_prob(x), &state(k, 6)));
        let mean = terms.iter().sum::<f64>() / 5.0;
        assert!((mean - wanted).abs() < 1e-9, "{loss:?} {mean}");
    }
}

const GRID: [(usize, usize); 7] = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)];

/// Ising on a grid of 2 x 3, `f = K sum_<ij> s_i s_j + h sum_i s_i`, with another coupling of the first two sites.
fn grid(k: f64, first: f64, h: f64) -> PairPotts<f64> {
    let mut model = PairPotts::zeros(6, 2).unwrap();
    for (i, j) in GRID {
        let k = if (i, j) == (0, 1) { first } else { k };
        model.block_mut(i, j).copy_from_slice(&[k, -k, -k, k]);
    }
    for field in model.field_mut().chunks_exact_mut(2) {
        field.copy_from_slice(&[-h, h]);
    }
    model
}

fn objective(data: &Data, loss: SiteLoss) -> SiteObjective<'_> {
    SiteObjective {
        loss,
        data,
        field_penalty: 0.0,
        coupling_penalty: 0.0,
        threads: Threads::one(),
    }
}

/// The derivative by the coupling of the spins of the first two sites.
fn slope(data: &Data, loss: SiteLoss, model: &PairPotts<f64>) -> f64 {
    let mut gradient = PairPotts::zeros(6, 2).unwrap();
    objective(data, loss).evaluate(model, &mut gradient);
    let by = gradient.block(0, 1);
    by[0] - by[1] - by[2] + by[3]
}

/// Rows times the variance of the estimate of one coupling, the others known: the mean square of its slope over the square of the mean second
/// derivative. Maximum likelihood has 1.3728.
#[test]
fn variances_are_ordered_and_known() {
    let (k, h) = (0.4, 0.2);
    let truth = grid(k, k, h);
    let states: Vec<Vec<u8>> = (0..64).map(|k| state(k, 6)).collect();
    let weights: Vec<f64> = states.iter().map(|x| truth.log_prob(x).exp()).collect();
    let total: f64 = weights.iter().sum();
    let all = Data::new(states.concat(), 6, 2).unwrap();
    let all = all.with_weights(weights.clone()).unwrap();
    let mut last = 1.3728;
    for (loss, wanted) in SiteLoss::ALL
        .into_iter()
        .zip([1.590_47, 1.598_04, 1.829_52])
    {
        let square = |(x, w): (&Vec<u8>, &f64)| {
            let one = Data::new(x.clone(), 6, 2).unwrap();
            w / total * slope(&one, loss, &truth).powi(2)
        };
        let squares: f64 = states.iter().zip(&weights).map(square).sum();
        let step = 1e-4;
        let at = |first| slope(&all, loss, &grid(k, first, h));
        let curvature = (at(k + step) - at(k - step)) / (2.0 * step);
        let variance = squares / (curvature * curvature);
        assert!((variance - wanted).abs() < 1e-4, "{loss:?} {variance}");
        assert!(variance > last);
        last = variance;
    }
}

/// The value of an objective is the mean of its terms over rows, for two and for more states.
#[test]
fn objectives_are_means_of_their_terms() {
    let model = grid(0.4, -0.7, 0.2);
    let rows: Vec<usize> = vec![0, 5, 12, 33, 47, 62];
    let symbols: Vec<u8> = rows.iter().flat_map(|&k| state(k, 6)).collect();
    let data = Data::new(symbols, 6, 2).unwrap();
    for loss in SiteLoss::ALL {
        let terms = rows
            .iter()
            .map(|&k| sum(loss, |x| model.log_prob(x), &state(k, 6)));
        let mean = terms.sum::<f64>() / rows.len() as f64;
        let found = objective(&data, loss).evaluate(&model, &mut PairPotts::zeros(6, 2).unwrap());
        assert!((found - mean).abs() < 1e-13 * mean, "{loss:?}");
    }
}

#[test]
fn each_finds_the_model_that_made_all_states() {
    let truth = grid(0.4, -0.7, 0.2);
    let states: Vec<Vec<u8>> = (0..64).map(|k| state(k, 6)).collect();
    let weights = states.iter().map(|x| truth.log_prob(x).exp()).collect();
    let data = Data::new(states.concat(), 6, 2).unwrap();
    let data = data.with_weights(weights).unwrap();
    let options = SiteFitOptions {
        field_penalty: 0.0,
        coupling_penalty: 0.0,
        tolerance: 1e-6,
        ..SiteFitOptions::default()
    };
    for loss in SiteLoss::ALL {
        let mut fit = fit_by_sites(&data, loss, &options, &Threads::one()).unwrap();
        assert!(fit.converged, "{loss:?} {fit:?}");
        gwg_learn::zero_sum(&mut fit.model);
        let found = fit.model.field().iter().chain(fit.model.coupling());
        for (found, wanted) in found.zip(truth.field().iter().chain(truth.coupling())) {
            assert!((found - wanted).abs() < 1e-4, "{loss:?} {found} {wanted}");
        }
    }
}
