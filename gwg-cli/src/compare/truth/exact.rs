//! Ground truth that need no run.

use super::{Level, SAMPLE, Truth, machine};
use crate::session::interrupted;
use gwg_bench::oracle;
use gwg_core::{Bits, SplitMix64};
use gwg_models::AnyModel;
use gwg_registry::Precision;

/// Maximum number of terms of a forward filter.
const WORK: f64 = 4e8;
/// Maximum number of enumerated states.
const ENUMERABLE: u64 = 1 << 16;
/// Number of random states on which a symmetry is checked.
const CHECKED: usize = 64;

/// The exact ground truth; `None` if none is available.
pub(in crate::compare) fn exact<R: Precision>(model: &AnyModel<R>, beta: f64) -> Option<Truth> {
    enumerated(model, beta)
        .or_else(|| symmetric(model, beta))
        .or_else(|| factorized(model, beta))
        .or_else(|| machine::summed(model, beta))
        .or_else(|| hidden(model, beta))
}

/// The posterior of a factorial hidden Markov model by forward filtering, with draws from it.
fn hidden<R: Precision>(model: &AnyModel<R>, beta: f64) -> Option<Truth> {
    let fhmm = model.fhmm()?;
    let work = 2.0_f64.powf(fhmm.factors() as f64) * model.sites() as f64;
    if beta != 1.0 || work > WORK {
        return None;
    }
    let posterior = fhmm.posterior().ok()?;
    let mut bits = SplitMix64::new(0x5eed);
    let mut x = vec![0; model.sites()];
    let (mut log_probs, mut residuals) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLE {
        if interrupted() {
            return None;
        }
        posterior.draw(&mut x, &mut bits);
        log_probs.push(model.log_prob(&x));
        residuals.push(fhmm.mean_squared_residual(&x));
    }
    let mut truth = Truth::exact(
        posterior.marginals(),
        "exact: the posterior's marginals by forward filtering and backward smoothing".into(),
    );
    truth.log_prob = Some(mean(&log_probs));
    truth.residual = Some(mean(&residuals));
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

fn enumerated<R: Precision>(model: &AnyModel<R>, beta: f64) -> Option<Truth> {
    let (sites, states) = (model.sites(), model.states());
    let count = (states as u64).checked_pow(u32::try_from(sites).ok()?)?;
    if count > ENUMERABLE {
        return None;
    }
    let mut x = vec![0_u8; sites];
    let mut values = Vec::with_capacity(count as usize);
    for _ in 0..count {
        values.push(model.log_prob(&x));
        count_up(&mut x, states);
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
        count_up(&mut x, states);
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
fn count_up(x: &mut [u8], states: usize) {
    for symbol in x {
        *symbol += 1;
        if usize::from(*symbol) < states {
            return;
        }
        *symbol = 0;
    }
}

/// Uniform means if `f` is invariant under permuting the states of all sites alike. The generators of all permutations
/// are checked on random states; a field would break the invariance on each.
fn symmetric<R: Precision>(model: &AnyModel<R>, beta: f64) -> Option<Truth> {
    let (sites, states) = (model.sites(), model.states());
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
    if let AnyModel::LatticeIsing(model) = model {
        let torus = oracle::lattice_ising(model, beta).ok();
        truth.log_prob = torus.map(|t| Level::exact(t.mean_log_prob, "Kaufman"));
    }
    Some(truth)
}

fn factorized<R: Precision>(model: &AnyModel<R>, beta: f64) -> Option<Truth> {
    let means = match model {
        AnyModel::Factorized(model) if beta == 1.0 => model.means(),
        AnyModel::FactorizedCategorical(model) if beta == 1.0 => model.marginals(),
        _ => return None,
    };
    Some(Truth::exact(
        means,
        "exact: the sites are independent".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_models::ModelSpec;

    fn model(spec: &str) -> AnyModel<f64> {
        AnyModel::build(&ModelSpec::parse(spec).unwrap(), None).unwrap()
    }

    #[test]
    fn small_models_are_enumerated() {
        let truth = exact(&model("bernoulli:sites=6,seed=3"), 1.0).unwrap();
        let AnyModel::Factorized(law) = model("bernoulli:sites=6,seed=3") else {
            panic!("not factorized");
        };
        for (a, b) in truth.means.iter().zip(law.means()) {
            assert!((a - b).abs() < 1e-12);
        }
        assert!(truth.source.contains("64 configurations") && truth.log_prob.is_some());
        let truth = exact(&model("categorical:sites=3,states=4"), 1.0).unwrap();
        let AnyModel::FactorizedCategorical(law) = model("categorical:sites=3,states=4") else {
            panic!("not factorized");
        };
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
