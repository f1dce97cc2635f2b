//! Kernels of gwg-core: the truth by block Gibbs, GWG, DMALA, DULA.

use super::Failed;
use super::table::{Case, Estimate, Means, RUNS, Row, Truth};
use gwg_core::check::OwnedMemory;
use gwg_core::kernel::informed::{DiscreteLangevin, UnadjustedLangevin};
use gwg_core::{
    BlockSweep, Informed, Kernel, LocallyBalanced, SplitMix64, StepCounts, Target, Taylor,
};
use gwg_models::LatticeIsing;
use std::time::Instant;

/// Runs a kernel from the zeros: `warm_up` steps, then draws every `thin` steps.
fn run<T, K>(
    target: &T,
    kernel: &K,
    warm_up: u64,
    draws: u64,
    thin: u64,
    seed: u64,
) -> (Estimate, StepCounts)
where
    T: Target<Real = f64, Space = gwg_core::Binary>,
    K: Kernel<T>,
{
    let sites = gwg_core::Space::sites(target.space());
    let mut memory = OwnedMemory::new(target, kernel, 1);
    let (mut walkers, scratch) = memory.walkers(target, kernel, &[vec![0; sites]], 1.0);
    kernel.init(target, &mut walkers, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(seed)], [StepCounts::default()]);
    kernel.advance(
        target,
        &mut walkers,
        scratch,
        &mut bits,
        &mut counts,
        warm_up,
    );
    let mut means = Means::new(sites);
    for _ in 0..draws {
        kernel.advance(target, &mut walkers, scratch, &mut bits, &mut counts, thin);
        means.push(walkers[0].x, walkers[0].log_prob());
    }
    let [counts] = counts;
    (means.estimate(), counts)
}

/// The means by block Gibbs sweeps with so many updates of sites, averaged over sites.
pub(crate) fn truth(model: &LatticeIsing<f64>, updates: u64) -> Result<Truth, Failed> {
    let sites = (model.side() * model.side()) as u64;
    let (estimate, _) = run(model, &BlockSweep, 1000, updates / sites, 1, 17);
    let site = estimate.sites.iter().sum::<f64>() / sites as f64;
    Ok(Truth {
        site,
        f: estimate.f,
    })
}

fn row<K: for<'a> Kernel<Taylor<&'a LatticeIsing<f64>>>>(
    case: &Case,
    name: &str,
    kernel: &K,
    decides: bool,
) -> Row {
    let since = Instant::now();
    let target = Taylor(&case.model);
    let thin = 10;
    let draws = (case.gradients - case.warm_up()) / thin;
    let mut estimates = Vec::new();
    let mut total = StepCounts::default();
    for seed in 0..RUNS {
        let (estimate, counts) = run(&target, kernel, case.warm_up(), draws, thin, seed);
        estimates.push(estimate);
        total += counts;
    }
    let mut row = case.row(name, estimates, since);
    row.accepted = decides.then(|| total.accepted as f64 / total.steps as f64);
    row
}

pub(crate) fn gwg(case: &Case) -> Result<Row, Failed> {
    Ok(row(case, "GWG", &LocallyBalanced::gwg(), true))
}

pub(crate) fn dmala(case: &Case) -> Result<Row, Failed> {
    let kernel = Informed::new(DiscreteLangevin::dmala(0.2)?);
    Ok(row(case, "DMALA alpha=0.2", &kernel, true))
}

pub(crate) fn dula(case: &Case, alpha: f64) -> Result<Row, Failed> {
    let kernel = UnadjustedLangevin::biased(DiscreteLangevin::dmala(alpha)?);
    Ok(row(case, &format!("DULA alpha={alpha}"), &kernel, false))
}
