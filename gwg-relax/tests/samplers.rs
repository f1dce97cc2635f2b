//! Long runs with fixed seeds against quadrature and closed forms.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{integrate, mean_and_error, number};
use gwg_core::SplitMix64;
use gwg_models::{DenseIsing, LatticeIsing};
use gwg_relax::{
    Adjusted, BinaryRelaxation, Chain, Density, Hmc, Langevin, Mala, MiniBatch, Noisy,
};
use gwg_relax::{Quadratic, Sampler, Schedule, StepDecay, StochasticLangevin, WeightedMeans, tune};

const DRAWS: usize = 400_000;

/// The chain's means of the rounded states, of `u` and of `u^2` are those of quadrature, within 4.5 standard errors by batch means.
/// There are 14 of them per run: by chance one fails once in 10,000 runs.
fn agrees<S: Sampler<BinaryRelaxation<Quadratic<f64>>> + Adjusted>(sampler: S, t: f64, seed: u64) {
    let model = Quadratic::of(&common::three_spins(1.0)).unwrap();
    let density = BinaryRelaxation::new(model, t).unwrap();
    let mut bits = SplitMix64::new(seed);
    let mut chain = Chain::new(&density, vec![0.3, -0.1, 0.2]).unwrap();
    let sampler = tune(sampler, &density, &mut chain, 3000, &mut bits);
    let mut series = vec![Vec::new(); 14];
    let (mut x, mut probability) = ([0; 3], 0.0);
    let (mut scratch, mut weighted) = (
        vec![0.0; density.weight_scratch_len()],
        WeightedMeans::new(8),
    );
    for _ in 0..DRAWS {
        probability += sampler.step(&density, &mut chain, &mut bits);
        density.round(chain.u(), &mut x);
        let indicator = |k| f64::from(u8::from(number(&x) == k));
        for (k, series) in series.iter_mut().enumerate() {
            series.push(match k {
                0..8 => indicator(k),
                8..11 => chain.u()[k - 8],
                _ => chain.u()[k - 11].powi(2),
            });
        }
        let log_weight = density.log_weight(chain.u(), chain.log_density(), &mut scratch);
        weighted.push(log_weight, (0..8).map(indicator));
    }
    let wanted = integrate(t, 1.0, 0.0);
    let wanted_means = wanted.q.iter().chain(&wanted.first).chain(&wanted.second);
    for (k, (series, &wanted)) in series.iter().zip(wanted_means).enumerate() {
        let (mean, error) = mean_and_error(series);
        assert!(
            (mean - wanted).abs() < 4.5 * error,
            "T = {t}, {k}: {mean} +- {error}, {wanted}"
        );
        // The test has power: errors are small against the bias of the relaxation.
        assert!(k >= 8 || error < 0.01, "{k} {error}");
    }
    let accepted = probability / DRAWS as f64;
    assert!((accepted - S::TARGET).abs() < 0.1, "accepted {accepted}");
    // Weighted, the chain samples the target itself.
    let (p, log_z) = common::exact(1.0);
    let distance = common::total_variation(&p, &weighted.means());
    let share = weighted.effective() / DRAWS as f64;
    let found = weighted.log_mean_weight() + wanted.log_z;
    assert!((found - log_z).abs() < 0.01, "{found} {log_z}");
    assert!(distance < 0.01, "{distance}");
    assert!(
        (share - wanted.effective).abs() < 0.01,
        "{share} {}",
        wanted.effective
    );
}

#[test]
fn mala_samples_the_relaxed_density() {
    agrees(Mala::new(0.1).unwrap(), 0.25, 1);
    agrees(Mala::new(0.1).unwrap(), 0.5, 2);
    agrees(Mala::new(3.0).unwrap(), 1.0, 3);
}

#[test]
fn hmc_samples_the_relaxed_density() {
    let hmc = |step, leapfrog| Hmc::new(step, leapfrog).unwrap().with_jitter(0.3).unwrap();
    agrees(hmc(0.1, 3), 0.25, 4);
    agrees(hmc(0.5, 4), 0.5, 5);
    agrees(hmc(0.1, 4), 1.0, 6);
}

/// A chain that is annealed in its warm-up samples the density of the last temperature.
#[test]
fn annealing_ends_at_the_last_temperature() {
    let schedule = Schedule::Geometric { from: 4.0, to: 0.5 };
    let model = Quadratic::of(&common::three_spins(3.0)).unwrap();
    let mut density = BinaryRelaxation::new(model, 4.0).unwrap();
    let mut chain = Chain::new(&density, vec![0.0; 3]).unwrap();
    let (mut bits, mala) = (SplitMix64::new(6), Mala::new(0.15).unwrap());
    for step in 0..1000 {
        density.set_temperature(schedule.at(step, 1000)).unwrap();
        chain.reevaluate(&density);
        mala.step(&density, &mut chain, &mut bits);
    }
    let mut series = vec![Vec::new(); 8];
    let mut x = [0; 3];
    for _ in 0..DRAWS {
        mala.step(&density, &mut chain, &mut bits);
        density.round(chain.u(), &mut x);
        for (k, series) in series.iter_mut().enumerate() {
            series.push(f64::from(u8::from(number(&x) == k)));
        }
    }
    let wanted = integrate(0.5, 3.0, 0.0).q;
    for (k, (series, wanted)) in series.iter().zip(wanted).enumerate() {
        let (mean, error) = mean_and_error(series);
        assert!(
            (mean - wanted).abs() < 4.5 * error,
            "{k}: {mean} +- {error}, {wanted}"
        );
    }
}

/// A normal density of variance `v`, in 8 coordinates.
struct Gaussian(f64);

impl Density for Gaussian {
    type Real = f64;
    fn dimension(&self) -> usize {
        8
    }
    fn evaluate(&self, u: &[f64], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        for (g, u) in gradient.iter_mut().zip(u) {
            *g = -u / self.0;
        }
        -0.5 * u.iter().map(|u| u * u).sum::<f64>() / self.0
    }
}

/// The mean of `u^2` of a run is `wanted`, within 4.5 standard errors.
fn has_variance(wanted: f64, mut step: impl FnMut(&mut Chain<f64>, &mut SplitMix64)) {
    let mut chain = Chain::new(&Gaussian(1.0), vec![0.5; 8]).unwrap();
    let mut bits = SplitMix64::new(9);
    let mut series = Vec::new();
    for t in 0..201_000 {
        step(&mut chain, &mut bits);
        if t >= 1000 {
            series.push(chain.u().iter().map(|u| u * u).sum::<f64>() / 8.0);
        }
    }
    let (mean, error) = mean_and_error(&series);
    assert!(
        (mean - wanted).abs() < 4.5 * error,
        "{mean} +- {error}, {wanted}"
    );
    assert!(error < 0.02 * wanted, "{error}");
}

#[test]
fn unadjusted_langevin_has_the_bias_of_its_docs() {
    for (v, h) in [(1.0, 0.1), (1.0, 1.0), (0.5, 0.4)] {
        let sampler = Langevin::unadjusted(h).unwrap();
        let density = Gaussian(v);
        has_variance(v / (1.0 - h / (2.0 * v)), |chain, bits| {
            chain.reevaluate(&density);
            sampler.step(&density, chain, bits);
        });
    }
}

#[test]
fn adjusted_langevin_has_no_bias() {
    let (sampler, density) = (Mala::new(0.7).unwrap(), Gaussian(2.0));
    has_variance(2.0, |chain, bits| {
        chain.reevaluate(&density);
        sampler.step(&density, chain, bits);
    });
}

#[test]
fn noisy_gradients_raise_the_temperature_as_in_the_docs() {
    let (v, h, sd) = (1.0, 0.2, 3.0);
    let steps = StepDecay {
        a: h,
        b: 1.0,
        c: 0.0,
    };
    let sampler = StochasticLangevin::new(steps).unwrap();
    let mut noisy = Noisy::new(Gaussian(v), sd).unwrap();
    let wanted = v * (1.0 + h * sd * sd / 2.0) / (1.0 - h / (2.0 * v));
    has_variance(wanted, |chain, bits| sampler.step(&mut noisy, chain, bits));
}

#[test]
fn mini_batches_sample_a_posterior() {
    // Data of variance 1 around an unknown mean with a normal prior: the posterior is normal.
    let data: Vec<f64> = (0..40).map(|k| 1.5 + (f64::from(k) * 0.7).sin()).collect();
    let precision = 1.0 + data.len() as f64;
    let mean = data.iter().sum::<f64>() / precision;
    let add = |k: usize, u: &[f64], gradient: &mut [f64]| {
        gradient[0] += if k == 0 { -u[0] } else { data[k - 1] - u[0] };
    };
    let mut gradient = MiniBatch::new(data.len(), 8, add).unwrap();
    let decay = StepDecay {
        a: 0.02,
        b: 10.0,
        c: 0.34,
    };
    let sampler = StochasticLangevin::new(decay).unwrap();
    assert!(sampler.step_size(0) > sampler.step_size(1000));
    struct One;
    impl Density for One {
        type Real = f64;
        fn dimension(&self) -> usize {
            1
        }
        fn evaluate(&self, _: &[f64], gradient: &mut [f64], _: &mut [f64]) -> f64 {
            gradient[0] = 0.0;
            0.0
        }
    }
    let mut chain = Chain::new(&One, vec![0.0]).unwrap();
    let mut bits = SplitMix64::new(3);
    let mut series = Vec::new();
    for t in 0..300_000 {
        sampler.step(&mut gradient, &mut chain, &mut bits);
        if t >= 50_000 {
            series.push(chain.u()[0]);
        }
    }
    let (found, error) = mean_and_error(&series);
    assert!(
        (found - mean).abs() < 4.5 * error,
        "{found} +- {error}, {mean}"
    );
    let variance = series.iter().map(|u| (u - found).powi(2)).sum::<f64>() / series.len() as f64;
    // The estimates add h s^2 / 2 of the temperature: h is below 5e-4 here and s^2 about 100.
    assert!(
        (variance * precision - 1.0).abs() < 0.1,
        "{}",
        variance * precision
    );
}

#[test]
fn equal_seeds_give_equal_bits_and_a_clone_goes_on() {
    let model = Quadratic::of(&LatticeIsing::<f32>::new(2, 4, 0.1, 0.1).unwrap()).unwrap();
    let density = BinaryRelaxation::new(model, 0.3).unwrap();
    let run = |steps: usize| {
        let mut bits = SplitMix64::new(8);
        let mut chain = Chain::new(&density, vec![0.0; 16]).unwrap();
        let hmc = tune(
            Hmc::new(0.1, 3).unwrap(),
            &density,
            &mut chain,
            50,
            &mut bits,
        );
        for _ in 0..steps {
            hmc.step(&density, &mut chain, &mut bits);
        }
        (chain, bits, hmc)
    };
    let (whole, _, _) = run(100);
    let (half, mut bits, hmc) = run(60);
    let mut half = half.clone();
    for _ in 0..40 {
        hmc.step(&density, &mut half, &mut bits);
    }
    assert_eq!(whole.u(), half.u());
    assert_eq!(whole.counts(), half.counts());
}

#[test]
fn invalid_arguments_are_refused() {
    let model = Quadratic::of(&DenseIsing::<f32>::random(4, 1.0, 1).unwrap()).unwrap();
    assert!(BinaryRelaxation::new(&model, 0.0).is_err());
    assert!(
        BinaryRelaxation::new(&model, 1e-60).is_err(),
        "rounds to 0 in f32"
    );
    let density = BinaryRelaxation::new(&model, 1.0).unwrap();
    let found = Chain::new(&density, vec![0.0; 3]).unwrap_err().to_string();
    assert_eq!(found, "`u`: found 3 numbers, needed 4");
    assert!(Chain::new(&density, vec![0.0, 0.0, f32::NAN, 0.0]).is_err());
    assert!(Hmc::new(0.1, 0).is_err() && Hmc::new(0.1, 1).unwrap().with_jitter(1.0).is_err());
    assert!(Langevin::unadjusted(f64::INFINITY).is_err());
    assert!(Noisy::new(Gaussian(1.0), -1.0).is_err());
    assert!(
        StochasticLangevin::new(StepDecay {
            a: 1.0,
            b: 1.0,
            c: 2.0
        })
        .is_err()
    );
}
