//! Ground truth that need no run.

use super::{Level, SAMPLE, Truth};
use crate::session::interrupted;
use gwg_core::{Bits, Space, SplitMix64};
use gwg_registry::{Model, Precision};

/// Maximum number of enumerated states.
const ENUMERABLE: u64 = 1 << 16;
/// Number of random states on which a symmetry is checked.
const CHECKED: usize = 64;

/// The exact ground truth; `None` if none is available.
pub(in crate::compare) fn exact<R: Precision>(model: &Model<R>, beta: f64) -> Option<Truth> {
    enumerated(model, beta)
        .or_else(|| symmetric(model, beta))
        .or_else(|| solved(model, beta))
}

/// The means for which the model itself has a method, and averages over its exact draws.
fn solved<R: Precision>(model: &Model<R>, beta: f64) -> Option<Truth> {
    let about = model.about()?;
    let exact = about.exact(beta, &interrupted)?;
    let mut truth = Truth::exact(exact.means, exact.source);
    let known = about.exact_log_prob(beta);
    truth.log_prob = known.map(|(value, source)| Level::exact(value, source));
    let Some(draw) = exact.draw else {
        return Some(truth);
    };
    let mut bits = SplitMix64::new(0x5eed);
    let mut x = vec![0; model.sites()];
    let (mut log_probs, mut residuals) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLE {
        if interrupted() {
            return None;
        }
        draw(&mut x, &mut bits);
        log_probs.push(model.log_prob(&x));
        residuals.extend(about.residual(&x));
    }
    truth.log_prob.get_or_insert_with(|| mean(&log_probs));
    truth.residual = (!residuals.is_empty()).then(|| mean(&residuals));
    Some(truth)
}

fn mean(values: &[f64]) -> Level {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    Level {
        value: mean,
        error: (squares / (n * (n - 1.0))).sqrt(),
        source: format!("{SAMPLE} exact draws"),
    }
}

fn enumerated<R: Precision>(model: &Model<R>, beta: f64) -> Option<Truth> {
    let (sites, states) = (model.sites(), model.states());
    let alphabets: Vec<usize> = (0..sites).map(|i| model.space().states_at(i)).collect();
    let count = alphabets
        .iter()
        .try_fold(1u64, |count, &q| count.checked_mul(q as u64))?;
    if count > ENUMERABLE {
        return None;
    }
    let mut x = vec![0_u8; sites];
    let mut values = Vec::with_capacity(count as usize);
    for _ in 0..count {
        values.push(model.log_prob(&x));
        count_up(&mut x, &alphabets);
    }
    let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let cells = if states == 2 { sites } else { sites * states };
    let (mut means, mut total, mut value) = (vec![0.0; cells], 0.0, 0.0);
    for f in values {
        let weight = (beta * (f - top)).exp();
        total += weight;
        value += weight * f;
        for (site, &symbol) in x.iter().enumerate() {
            if states > 2 {
                means[site * states + usize::from(symbol)] += weight;
            } else if symbol == 1 {
                means[site] += weight;
            }
        }
        count_up(&mut x, &alphabets);
    }
    means.iter_mut().for_each(|m| *m /= total);
    let mut truth = Truth::exact(
        means,
        format!("exact, by enumeration of {count} configurations"),
    );
    truth.log_prob = Some(Level::exact(value / total, "enumeration"));
    Some(truth)
}

/// Advances to the next state; wraps around after the last.
fn count_up(x: &mut [u8], alphabets: &[usize]) {
    for (symbol, &states) in x.iter_mut().zip(alphabets) {
        if usize::from(*symbol) + 1 < states {
            *symbol += 1;
            return;
        }
        *symbol = 0;
    }
}

/// Uniform means if `f` is invariant under permuting the states of all sites alike. The generators of all permutations
/// are checked on random states; a field would break the invariance on each.
fn symmetric<R: Precision>(model: &Model<R>, beta: f64) -> Option<Truth> {
    let (sites, states) = (model.sites(), model.states());
    if (0..sites).any(|i| model.space().states_at(i) != states) {
        return None;
    }
    let mut bits = SplitMix64::new(0x5eed);
    let same = |a: f64, b: f64| (a - b).abs() <= 1e-5 * (1.0 + a.abs());
    let mut varies = false;
    let mut first = None;
    for _ in 0..CHECKED {
        let x: Vec<u8> = (0..sites)
            .map(|_| Bits::below(&mut bits, states) as u8)
            .collect();
        let turned: Vec<u8> = x
            .iter()
            .map(|&s| ((usize::from(s) + 1) % states) as u8)
            .collect();
        let swapped: Vec<u8> = x.iter().map(|&s| if s < 2 { 1 - s } else { s }).collect();
        let f = model.log_prob(&x);
        if !same(f, model.log_prob(&turned)) || !same(f, model.log_prob(&swapped)) {
            return None;
        }
        varies |= !same(f, *first.get_or_insert(f));
    }
    if !varies {
        return None;
    }
    let cells = if states == 2 { sites } else { sites * states };
    let mut truth = Truth::exact(
        vec![1.0 / states as f64; cells],
        "exact, by symmetry: f stays the same when all sites change their states alike".into(),
    );
    let known = model.about().and_then(|about| about.exact_log_prob(beta));
    truth.log_prob = known.map(|(value, source)| Level::exact(value, source));
    Some(truth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_models::{Factorized, FactorizedCategorical};
    use gwg_registry::ModelSpec;

    fn model(spec: &str) -> Model<f64> {
        ModelSpec::parse(spec).unwrap().build().unwrap()
    }

    #[test]
    fn small_models_are_enumerated() {
        let truth = exact(&model("bernoulli:sites=6,seed=3"), 1.0).unwrap();
        let law = Factorized::<f64>::random_bernoulli(6, 3).unwrap();
        for (a, b) in truth.means.iter().zip(law.means()) {
            assert!((a - b).abs() < 1e-12);
        }
        assert!(truth.source.contains("64 configurations") && truth.log_prob.is_some());
        let truth = exact(&model("categorical:sites=3,states=4"), 1.0).unwrap();
        let law = FactorizedCategorical::<f64>::random(3, 4, 1).unwrap();
        for (a, b) in truth.means.iter().zip(law.marginals()) {
            assert!((a - b).abs() < 1e-12);
        }
    }

    #[test]
    fn symmetry_is_detected_and_broken_by_a_field() {
        for (spec, found) in [
            ("ising-lattice:side=10,theta=0.3", true),
            ("ising-lattice:side=10,theta=0.3,bias=0.01", false),
            ("potts-lattice:side=5,states=3", true),
            ("ising-er:sites=50", true),
            ("rbm:visible=40,hidden=10", false),
        ] {
            let truth = symmetric(&model(spec), 1.0);
            assert_eq!(truth.is_some(), found, "{spec}");
            if let Some(truth) = truth {
                let share = 1.0 / model(spec).states() as f64;
                assert!(truth.means.iter().all(|m| *m == share));
            }
        }
    }

    #[test]
    fn oracles_are_used_where_available() {
        let rbm = exact(&model("rbm:visible=30,hidden=8"), 1.0).unwrap();
        assert!(rbm.source.contains("2^8 states") && rbm.means.len() == 30);
        let lattice = exact(&model("ising-lattice:side=10,theta=0.2"), 1.0).unwrap();
        let exact_mean = lattice.log_prob.unwrap();
        assert!((40.0..60.0).contains(&exact_mean.value), "{exact_mean:?}");
        let fhmm = exact(&model("fhmm:length=20,factors=3"), 1.0).unwrap();
        let residual = fhmm.residual.unwrap();
        assert!(residual.value > 0.0 && residual.error < residual.value);
        assert!(fhmm.log_prob.is_some() && fhmm.means.iter().all(|m| (0.0..=1.0).contains(m)));
    }

    #[test]
    fn there_is_no_exact_truth_for_large_asymmetric_models() {
        assert!(exact(&model("rbm:visible=40,hidden=40"), 1.0).is_none());
        assert!(exact(&model("rbm:visible=40,hidden=10"), 0.5).is_none());
        assert!(exact(&model("bernoulli:sites=40"), 1.0).is_some());
        assert!(exact(&model("bernoulli:sites=40"), 0.5).is_none());
    }
}
