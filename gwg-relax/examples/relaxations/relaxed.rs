//! Chains and particles on relaxations.

use super::Failed;
use super::table::{Case, Estimate, Means, RUNS, Row};
use gwg_core::{SplitMix64, Target};
use gwg_models::LatticeIsing;
use gwg_relax::{Adjusted, BinaryRelaxation, Chain, DiscreteSvgd, Hmc, Langevin, Mala, Quadratic};
use gwg_relax::{Sampler, Svgd, WeightedMeans, logistic, tune};
use std::time::Instant;

type Relaxation<'a> = BinaryRelaxation<&'a Quadratic<f64>>;

/// Leapfrog steps of HMC.
const LEAPFROG: usize = 10;
const PARTICLES: usize = 50;

/// Means with and without weights.
struct Both {
    plain: Means,
    weighted: WeightedMeans,
    scratch: Vec<f64>,
    x: Vec<u8>,
}

impl Both {
    fn new(density: &Relaxation<'_>, sites: usize) -> Self {
        Self {
            plain: Means::new(sites),
            weighted: WeightedMeans::new(sites + 1),
            scratch: vec![0.0; density.weight_scratch_len()],
            x: vec![0; sites],
        }
    }

    fn push(&mut self, model: &LatticeIsing<f64>, density: &Relaxation<'_>, chain: &Chain<f64>) {
        density.round(chain.u(), &mut self.x);
        let f = model.log_prob(&self.x);
        self.plain.push(&self.x, f);
        let log_weight = density.log_weight(chain.u(), chain.log_density(), &mut self.scratch);
        let sites = self.x.iter().map(|&x| f64::from(x));
        let per_site = f / self.x.len() as f64;
        self.weighted.push(log_weight, sites.chain([per_site]));
    }
}

/// Draws with a tuned or a fixed sampler, once in `thin` steps until `case.gradients` are spent.
fn draw<S: for<'a> Sampler<Relaxation<'a>>>(
    case: &Case,
    density: &Relaxation<'_>,
    sampler: &S,
    chain: &mut Chain<f64>,
    thin: u64,
    bits: &mut SplitMix64,
) -> Both {
    let mut both = Both::new(density, case.sites());
    while chain.counts().gradients < case.gradients {
        for _ in 0..thin {
            sampler.step(density, chain, bits);
        }
        both.push(&case.model, density, chain);
    }
    both
}

/// The rows of a method with and without weights, from its runs.
fn rows(
    case: &Case,
    name: &str,
    runs: Vec<Both>,
    accepted: Option<f64>,
    since: Instant,
) -> [Row; 2] {
    let (mut plain, mut weighted, mut effective) = (Vec::new(), Vec::new(), 0.0);
    for both in runs {
        effective += both.weighted.effective() / both.weighted.draws() as f64;
        let mut sites = both.weighted.means();
        let f = sites.pop().unwrap_or(f64::NAN);
        weighted.push(Estimate { sites, f });
        plain.push(both.plain.estimate());
    }
    let mut first = case.row(name, plain, since);
    let mut second = case.row(&format!("{name} weighted"), weighted, since);
    (first.accepted, second.accepted) = (accepted, accepted);
    second.effective = Some(effective / RUNS as f64);
    [first, second]
}

/// Runs of a tuned sampler, and its step sizes.
fn tuned<S>(
    case: &Case,
    temperature: f64,
    sampler: S,
    cost: u64,
    thin: u64,
) -> Result<(Vec<Both>, f64, f64), Failed>
where
    S: for<'a> Sampler<Relaxation<'a>> + Adjusted,
{
    let density = BinaryRelaxation::new(&case.form, temperature)?;
    let (mut runs, mut accepted, mut steps) = (Vec::new(), 0.0, 0.0);
    for seed in 0..RUNS {
        let mut bits = SplitMix64::new(100 + seed);
        let mut chain = Chain::new(&density, vec![0.0; case.sites()])?;
        let warm_up = case.warm_up() / cost;
        let sampler = tune(sampler, &density, &mut chain, warm_up, &mut bits);
        let before = chain.counts();
        runs.push(draw(case, &density, &sampler, &mut chain, thin, &mut bits));
        let after = chain.counts();
        accepted += (after.accepted - before.accepted) as f64 / (after.steps - before.steps) as f64;
        steps += sampler.step_size();
    }
    Ok((runs, accepted / RUNS as f64, steps / RUNS as f64))
}

pub(crate) fn mala_and_ula(case: &Case, temperature: f64) -> Result<Vec<Row>, Failed> {
    let since = Instant::now();
    let (runs, accepted, step) = tuned(case, temperature, Mala::new(0.1 * temperature)?, 1, 10)?;
    let mut all = rows(
        case,
        &format!("MALA T={temperature}"),
        runs,
        Some(accepted),
        since,
    )
    .to_vec();
    let since = Instant::now();
    let density = BinaryRelaxation::new(&case.form, temperature)?;
    let sampler = Langevin::unadjusted(0.5 * step)?;
    let mut runs = Vec::new();
    for seed in 0..RUNS {
        let mut bits = SplitMix64::new(200 + seed);
        let mut chain = Chain::new(&density, vec![0.0; case.sites()])?;
        while chain.counts().gradients < case.warm_up() {
            sampler.step(&density, &mut chain, &mut bits);
        }
        runs.push(draw(case, &density, &sampler, &mut chain, 10, &mut bits));
    }
    all.extend(rows(
        case,
        &format!("ULA T={temperature}"),
        runs,
        None,
        since,
    ));
    Ok(all)
}

pub(crate) fn hmc(case: &Case, temperature: f64) -> Result<Vec<Row>, Failed> {
    let since = Instant::now();
    let sampler = Hmc::new(0.1 * temperature, LEAPFROG)?.with_jitter(0.2)?;
    let (runs, accepted, _) = tuned(case, temperature, sampler, LEAPFROG as u64, 1)?;
    Ok(rows(
        case,
        &format!("HMC T={temperature}"),
        runs,
        Some(accepted),
        since,
    )
    .to_vec())
}

fn start(case: &Case) -> Result<Svgd<f64>, Failed> {
    let mut bits = SplitMix64::new(300);
    let particles = (0..PARTICLES * case.sites()).map(|_| logistic(&mut bits));
    Ok(Svgd::new(particles.collect(), case.sites(), 0.05)?)
}

/// The estimate of the last particles.
fn of_particles<'a>(case: &Case, particles: impl Iterator<Item = &'a [f64]>) -> Estimate {
    let mut means = Means::new(case.sites());
    for u in particles {
        let x: Vec<u8> = u.iter().map(|&u| u8::from(u > 0.0)).collect();
        means.push(&x, case.model.log_prob(&x));
    }
    means.estimate()
}

pub(crate) fn svgd(case: &Case, temperature: f64) -> Result<Row, Failed> {
    let since = Instant::now();
    let density = BinaryRelaxation::new(&case.form, temperature)?;
    let mut svgd = start(case)?;
    while svgd.evaluations() < case.gradients {
        svgd.update(&density)?;
    }
    let estimate = of_particles(case, svgd.particles());
    Ok(case.row(&format!("SVGD T={temperature}"), vec![estimate], since))
}

pub(crate) fn discrete_svgd(case: &Case, temperature: f64) -> Result<Row, Failed> {
    let since = Instant::now();
    let density = BinaryRelaxation::new(&case.form, temperature)?;
    let mut svgd = DiscreteSvgd::new(start(case)?);
    while svgd.evaluations() < case.gradients {
        svgd.update(&density)?;
    }
    let estimate = of_particles(case, svgd.particles());
    let mut row = case.row(
        &format!("discrete SVGD T={temperature}"),
        vec![estimate],
        since,
    );
    row.effective = Some(svgd.effective() / PARTICLES as f64);
    Ok(row)
}
