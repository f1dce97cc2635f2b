//! Trains an energy of points in the plane with Langevin draws, and writes a picture.
//!
//! `p(x) = exp(-E_w(x)) / Z(w)` with a perceptron of gwg-nets in `E`: the gradient of the mean log-likelihood is minus the mean of `dE/dw` over
//! data plus its mean over the model. The latter is estimated from short chains of unadjusted Langevin that begin at points of a replay buffer, of
//! which one in twenty is replaced by noise (Du and Mordatch 2019). As they are biased by their step size, and have not converged, the gradient is
//! biased, too. The plane is small enough to measure it: the log-likelihood is printed with `Z` from a grid, and the draws of the picture
//! are of an adjusted sampler.
//!
//! `cargo run --release -p gwg-learn --example langevin_toy [FILE.svg [UPDATES]]`

mod energy;
mod moons;
mod picture;
mod training;

use energy::Energy;
use gwg_core::SplitMix64;
use gwg_learn::Schedule;
use gwg_relax::{Chain, Mala, RelaxError, Sampler, tune};
use moons::moons;
use picture::picture;
use training::{Failed, Training};

/// Draws of the energy by MALA, 100 steps apart.
fn draws(energy: &Energy, n: usize, bits: &mut SplitMix64) -> Result<Vec<[f64; 2]>, RelaxError> {
    let mut chain = Chain::new(energy, vec![0.0, 0.0])?;
    let mala = tune(Mala::new(0.05)?, energy, &mut chain, 5000, bits);
    let mut out = Vec::with_capacity(n);
    for _ in 0..n {
        for _ in 0..100 {
            mala.step(energy, &mut chain, bits);
        }
        out.push([0, 1].map(|k| f64::from(chain.u()[k])));
    }
    Ok(out)
}

/// The data, the energy, and the log-likelihood before and after.
type Trained = (Vec<[f64; 2]>, Energy, [f64; 2]);

/// Trains for so many updates.
fn train(updates: u64) -> Result<Trained, Failed> {
    let mut bits = SplitMix64::new(1);
    let data = moons(1000, &mut bits);
    let mut training = Training::new(&mut bits)?;
    let before = training.energy.log_likelihood(&data);
    println!("update     0: mean log-likelihood {before:.3}");
    let rates = Schedule {
        rate: 0.004,
        warmup: 20,
        decay_after: updates / 4,
    };
    for t in 1..=updates {
        training.update(&data, &rates, &mut bits)?;
        if t % (updates / 5).max(1) == 0 {
            let now = training.energy.log_likelihood(&data);
            println!("update {t:5}: mean log-likelihood {now:.3}");
        }
    }
    let after = training.energy.log_likelihood(&data);
    Ok((data, training.energy, [before, after]))
}

fn main() -> Result<(), Failed> {
    let mut args = std::env::args_os().skip(1);
    let path = args.next().map_or_else(
        || std::env::temp_dir().join("langevin_toy.svg"),
        std::path::PathBuf::from,
    );
    let updates = args.next().map(|text| text.to_string_lossy().parse());
    let (data, energy, _) = train(updates.transpose()?.unwrap_or(1500))?;
    let draws = draws(&energy, 400, &mut SplitMix64::new(2))?;
    std::fs::write(&path, picture(&energy.values(), &data, &draws))?;
    println!("density, data and draws: {}", path.display());
    Ok(())
}

#[test]
fn training_raises_the_likelihood_and_draws_are_of_the_energy() -> Result<(), Failed> {
    let (data, energy, [before, after]) = train(300)?;
    assert!(after > before + 0.4, "{before} {after}");
    let draws = draws(&energy, 1000, &mut SplitMix64::new(2))?;
    // The mean energy of the draws is that of the grid: independent draws have a standard error of sd / sqrt(1000).
    let mean = draws.iter().map(|&x| energy.value(x)).sum::<f64>() / 1000.0;
    let (values, log_z) = (energy.values(), energy.log_z());
    let width = 2.0 * energy::HALF / energy::CELLS as f64;
    let of = |power: i32| -> f64 {
        let terms = values.iter().map(|e| (-e - log_z).exp() * e.powi(power));
        terms.sum::<f64>() * width * width
    };
    let error = ((of(2) - of(1).powi(2)) / 1000.0).sqrt();
    assert!(
        (mean - of(1)).abs() < 6.0 * error,
        "{mean} {} +- {error}",
        of(1)
    );
    let svg = picture(&values, &data, &draws);
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n") && !svg.contains("NaN"));
    assert_eq!(svg.matches("<path").count(), 5);
    Ok(())
}

/// The gradient by the two numbers against differences.
#[test]
fn the_gradient_is_the_derivative() -> Result<(), Failed> {
    use gwg_relax::Density as _;
    let energy = Energy::new(3)?;
    let x = [0.4, -0.7];
    let (mut gradient, mut scratch) = ([0.0; 2], vec![0.0; energy.scratch_len()]);
    let log_density = energy.evaluate(&x.map(|x| x as f32), &mut gradient, &mut scratch);
    assert!((log_density + energy.value(x)).abs() < 1e-5);
    for i in 0..2 {
        let at = |by: f64| {
            let mut x = x;
            x[i] += by;
            -energy.value(x)
        };
        let slope = (at(0.01) - at(-0.01)) / 0.02;
        assert!((f64::from(gradient[i]) - slope).abs() < 1e-3, "{i} {slope}");
    }
    Ok(())
}
