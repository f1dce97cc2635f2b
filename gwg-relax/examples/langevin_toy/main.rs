//! Trains an energy of points in the plane with Langevin draws, and writes a picture.
//!
//! `p(x) = exp(-E_w(x)) / Z(w)`: the gradient of the mean log-likelihood is minus the mean of `dE/dw` over data plus its mean over the
//! model. The latter is estimated from chains of unadjusted Langevin that go on from update to update (persistent
//! contrastive divergence); as they are biased by their step size, and have not converged, the gradient is biased, too. The
//! plane is small enough to measure it: the log-likelihood is printed with `Z` from a grid.
//!
//! `cargo run --release -p gwg-relax --example langevin_toy [FILE.svg]`

mod picture;

use gwg_core::{Bits, Real, SplitMix64};
use gwg_relax::{Chain, Density, Langevin, Mala, Normal, RelaxError, Sampler, tune};
use picture::picture;

/// Hidden units.
const UNITS: usize = 48;
/// The half side of the square of the grid and the picture.
const HALF: f64 = 3.0;
const CELLS: usize = 72;

/// `E(x) = |x|^2 / 2 - sum_j c_j tanh(a_j x_0 + b_j x_1 + d_j)`, parameters `(a, b, d, c)` per unit.
struct Energy {
    units: Vec<[f64; 4]>,
}

fn tanh(z: f64) -> f64 {
    2.0 * Real::sigmoid(2.0 * z) - 1.0
}

impl Energy {
    fn new(bits: &mut SplitMix64) -> Self {
        let mut normal = Normal::default();
        let unit = |_| {
            let [a, b, d] = [1.5, 1.5, 1.0].map(|sd| sd * normal.draw(bits));
            [a, b, d, 0.0]
        };
        Self {
            units: (0..UNITS).map(unit).collect(),
        }
    }

    fn value(&self, x: &[f64]) -> f64 {
        let hidden = self
            .units
            .iter()
            .map(|[a, b, d, c]| c * tanh(a * x[0] + b * x[1] + d));
        0.5 * (x[0] * x[0] + x[1] * x[1]) - hidden.sum::<f64>()
    }

    /// Adds `weight dE/dw` at `x`.
    fn add_gradient(&self, weight: f64, x: &[f64], to: &mut [[f64; 4]]) {
        for ([a, b, d, c], g) in self.units.iter().zip(to) {
            let t = tanh(a * x[0] + b * x[1] + d);
            let slope = c * (1.0 - t * t);
            for (g, v) in g.iter_mut().zip([slope * x[0], slope * x[1], slope, t]) {
                *g -= weight * v;
            }
        }
    }

    /// `exp(-E)` in the cells of the grid, normalized to a density.
    fn density(&self) -> Vec<f64> {
        let width = 2.0 * HALF / CELLS as f64;
        let center = |k: usize| (k as f64 + 0.5) * width - HALF;
        let cells = (0..CELLS * CELLS).map(|k| [center(k % CELLS), center(k / CELLS)]);
        let mut density: Vec<f64> = cells.map(|x| (-self.value(&x)).exp()).collect();
        let z = density.iter().sum::<f64>() * width * width;
        density.iter_mut().for_each(|p| *p /= z);
        density
    }

    /// The mean log-likelihood, with `Z` from the grid.
    fn log_likelihood(&self, data: &[[f64; 2]]) -> f64 {
        let density = self.density();
        let log_z = -density[0].ln() - self.value(&[HALF / CELLS as f64 - HALF; 2]);
        -data.iter().map(|x| self.value(x)).sum::<f64>() / data.len() as f64 - log_z
    }
}

/// `ln q = -E`.
impl Density for Energy {
    type Real = f64;

    fn dimension(&self) -> usize {
        2
    }

    fn evaluate(&self, x: &[f64], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        gradient.copy_from_slice(&[-x[0], -x[1]]);
        for [a, b, d, c] in &self.units {
            let t = tanh(a * x[0] + b * x[1] + d);
            gradient[0] += c * (1.0 - t * t) * a;
            gradient[1] += c * (1.0 - t * t) * b;
        }
        -self.value(x)
    }
}

/// Two half circles with noise.
fn moons(n: usize, bits: &mut SplitMix64) -> Vec<[f64; 2]> {
    let mut normal = Normal::default();
    let mut one = |k: usize| {
        let angle = std::f64::consts::PI * bits.unit::<f64>();
        let (x, y) = (1.3 * angle.cos(), 1.3 * angle.sin());
        let [a, b] = [0.12; 2].map(|sd| sd * normal.draw(bits));
        if k.is_multiple_of(2) {
            [x - 0.65 + a, y - 0.3 + b]
        } else {
            [x + 0.65 + a, 0.3 - y + b]
        }
    };
    (0..n).map(&mut one).collect()
}

struct Training {
    energy: Energy,
    chains: Vec<Chain<f64>>,
    /// Adam's means of gradients and of their squares.
    moments: Vec<[[f64; 2]; 4]>,
    updates: i32,
}

impl Training {
    fn new(chains: usize, bits: &mut SplitMix64) -> Result<Self, RelaxError> {
        let energy = Energy::new(bits);
        let mut normal = Normal::default();
        let starts: Vec<Vec<f64>> = (0..chains)
            .map(|_| vec![normal.draw(bits), normal.draw(bits)])
            .collect();
        let chains = starts.into_iter().map(|u| Chain::new(&energy, u));
        Ok(Self {
            chains: chains.collect::<Result<_, _>>()?,
            energy,
            moments: vec![[[0.0; 2]; 4]; UNITS],
            updates: 0,
        })
    }

    fn update(
        &mut self,
        data: &[[f64; 2]],
        rate: f64,
        bits: &mut SplitMix64,
    ) -> Result<(), RelaxError> {
        let langevin = Langevin::unadjusted(0.01)?;
        let mut gradient = vec![[0.0; 4]; UNITS];
        let weight = 1.0 / self.chains.len() as f64;
        for chain in &mut self.chains {
            chain.reevaluate(&self.energy);
            for _ in 0..20 {
                langevin.step(&self.energy, chain, bits);
            }
            self.energy.add_gradient(weight, chain.u(), &mut gradient);
            let datum = data[bits.below(data.len())];
            self.energy.add_gradient(-weight, &datum, &mut gradient);
        }
        self.updates += 1;
        let correction = [0.9f64, 0.99].map(|decay| 1.0 - decay.powi(self.updates));
        for ((unit, g), moments) in self
            .energy
            .units
            .iter_mut()
            .zip(gradient)
            .zip(&mut self.moments)
        {
            for ((w, g), [mean, square]) in unit.iter_mut().zip(g).zip(moments) {
                *mean += 0.1 * (g - *mean);
                *square += 0.01 * (g * g - *square);
                *w += rate * (*mean / correction[0]) / ((*square / correction[1]).sqrt() + 1e-6);
            }
        }
        Ok(())
    }
}

/// Draws of the energy by MALA, 100 steps apart.
fn draws(energy: &Energy, n: usize, bits: &mut SplitMix64) -> Result<Vec<[f64; 2]>, RelaxError> {
    let mut chain = Chain::new(energy, vec![0.0, 0.0])?;
    let mala = tune(Mala::new(0.05)?, energy, &mut chain, 5000, bits);
    let mut out = Vec::with_capacity(n);
    for _ in 0..n {
        for _ in 0..100 {
            mala.step(energy, &mut chain, bits);
        }
        out.push([chain.u()[0], chain.u()[1]]);
    }
    Ok(out)
}

/// The data, the energy, and the log-likelihood before and after.
type Trained = (Vec<[f64; 2]>, Energy, [f64; 2]);

/// Trains for so many updates.
fn train(updates: usize) -> Result<Trained, RelaxError> {
    let mut bits = SplitMix64::new(1);
    let data = moons(1000, &mut bits);
    let mut training = Training::new(200, &mut bits)?;
    let before = training.energy.log_likelihood(&data);
    println!("update     0: mean log-likelihood {before:.3}");
    for t in 1..=updates {
        let rate = if 2 * t <= updates { 0.02 } else { 0.004 };
        training.update(&data, rate, &mut bits)?;
        if t % (updates / 5).max(1) == 0 {
            let now = training.energy.log_likelihood(&data);
            println!("update {t:5}: mean log-likelihood {now:.3}");
        }
    }
    let after = training.energy.log_likelihood(&data);
    Ok((data, training.energy, [before, after]))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (data, energy, _) = train(2000)?;
    let draws = draws(&energy, 400, &mut SplitMix64::new(2))?;
    let path = std::env::args_os().nth(1).map_or_else(
        || std::env::temp_dir().join("langevin_toy.svg"),
        std::path::PathBuf::from,
    );
    std::fs::write(&path, picture(&energy.density(), &data, &draws))?;
    println!("density, data and draws: {}", path.display());
    Ok(())
}

#[test]
fn training_raises_the_likelihood_and_draws_are_of_the_energy() -> Result<(), RelaxError> {
    let (data, energy, [before, after]) = train(300)?;
    assert!(after > before + 0.4, "{before} {after}");
    let draws = draws(&energy, 1000, &mut SplitMix64::new(2))?;
    // The mean energy of the draws is that of the grid: independent draws have a standard error of sd / sqrt(1000).
    let mean = draws.iter().map(|x| energy.value(x)).sum::<f64>() / 1000.0;
    let density = energy.density();
    let width = 2.0 * HALF / CELLS as f64;
    let center = |k: usize| (k as f64 + 0.5) * width - HALF;
    let of = |power: i32| -> f64 {
        let cells = density.iter().enumerate();
        let terms = cells.map(|(k, p)| {
            p * energy
                .value(&[center(k % CELLS), center(k / CELLS)])
                .powi(power)
        });
        terms.sum::<f64>() * width * width
    };
    let error = ((of(2) - of(1).powi(2)) / 1000.0).sqrt();
    assert!(
        (mean - of(1)).abs() < 6.0 * error,
        "{mean} {} +- {error}",
        of(1)
    );
    let svg = picture(&density, &data, &draws);
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n") && !svg.contains("NaN"));
    Ok(())
}

/// Hand-written gradients against differences.
#[test]
fn gradients_are_derivatives() {
    let mut bits = SplitMix64::new(3);
    let mut energy = Energy::new(&mut bits);
    energy
        .units
        .iter_mut()
        .for_each(|unit| unit[3] = bits.unit::<f64>() - 0.5);
    let x = [0.4, -0.7];
    let (mut of_x, mut of_w) = ([0.0; 2], vec![[0.0; 4]; UNITS]);
    energy.evaluate(&x, &mut of_x, &mut []);
    energy.add_gradient(1.0, &x, &mut of_w);
    for i in 0..2 {
        let at = |by: f64| {
            let mut x = x;
            x[i] += by;
            -energy.value(&x)
        };
        assert!((of_x[i] - (at(1e-5) - at(-1e-5)) / 2e-5).abs() < 1e-7);
    }
    for (k, found) in of_w[7].into_iter().enumerate() {
        let mut at = |by: f64| {
            energy.units[7][k] += by;
            let value = energy.value(&x);
            energy.units[7][k] -= by;
            value
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((found - slope).abs() < 1e-7, "{k}");
    }
}
