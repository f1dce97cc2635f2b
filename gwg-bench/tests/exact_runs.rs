//! Runs of the samplers compared with exact results.
//!
//! A mean passes if it is within 4 of its Monte Carlo standard errors (MCSE) of the exact one; a correct mean fails with probability
//! 6e-5, and there are some 40 means of `f` here. Means of single sites, which are many, must be within 5. All seeds are fixed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_bench::oracle::{enumerate, lattice_ising, rbm_exact};
use gwg_chains::diagnostics::{Draws, mcse_mean, mean, rhat};
use gwg_chains::{Batch, Observer, Outcome, Plan, run};
use gwg_core::{
    BlockSweep, Delta, Exact, Gibbs, Gradient, Kernel, LocallyBalanced, Space, Sqrt, Sweep, Target,
    Taylor,
};
use gwg_models::{LatticeIsing, LatticePotts, Rbm};

const CHAINS: usize = 8;

fn sample<T, K>(
    target: &T,
    kernel: &K,
    thin: u64,
    draws: usize,
    seen: &mut impl Observer,
) -> Outcome
where
    T: Target<Space: Space<Symbol = u8>> + Sync,
    K: Kernel<T> + Sync,
{
    let plan = Plan {
        chains: CHAINS,
        warmup: 300 * thin,
        draws,
        thin,
        seed: 21,
        ..Plan::default()
    };
    run(target, kernel, &plan, seen).unwrap()
}

/// Distance of a mean from the exact one in standard errors. The error must be small, because a test with large errors always passes.
fn errors(what: &str, draws: &Draws<'_>, exact: f64, largest: f64) -> f64 {
    let (found, error) = (mean(draws).unwrap(), mcse_mean(draws).unwrap());
    assert!(
        error < largest,
        "{what}: the error is too large to be informative: {found} +- {error}"
    );
    (found - exact) / error
}

/// Checks the mean of `f`.
fn judge(what: &str, outcome: &Outcome, exact: f64, variance: f64) {
    let draws =
        Draws::from_flat(outcome.quantity("log_prob").unwrap(), CHAINS, outcome.draws).unwrap();
    let z = errors(what, &draws, exact, 0.05 * variance.sqrt());
    println!("{what:38} z = {z:5.2}, R-hat {:.3}", rhat(&draws).unwrap());
    assert!(
        z.abs() < 4.0,
        "{what}: {} is {z} errors from {exact}",
        mean(&draws).unwrap()
    );
    assert!(rhat(&draws).unwrap() < 1.02, "{what}");
}

fn plain<T>(name: &str, target: &T, exact: f64, variance: f64, draws: usize)
where
    T: Sweep<Real = f64, Space: Space<Symbol = u8>> + Delta + Sync,
{
    let sites = target.space().sites() as u64;
    let gibbs = sample(target, &Gibbs::default(), sites, draws, &mut ());
    judge(&format!("{name}, gibbs"), &gibbs, exact, variance);
    let structured = sample(target, &BlockSweep, 1, draws, &mut ());
    judge(&format!("{name}, structured"), &structured, exact, variance);
}

fn three<T>(name: &str, target: &T, exact: f64, variance: f64, draws: usize)
where
    T: Sweep<Real = f64, Space: Space<Symbol = u8>> + Gradient + Delta + Sync,
{
    let thin = target.space().sites() as u64 / 4;
    let gwg = sample(
        &Taylor(target),
        &LocallyBalanced::gwg(),
        thin,
        draws,
        &mut (),
    );
    judge(&format!("{name}, gwg"), &gwg, exact, variance);
    plain(name, target, exact, variance, draws);
}

#[test]
fn ising_tori_have_kaufmans_energy() {
    for (side, theta) in [
        (10, 0.05),
        (10, 0.1),
        (10, 0.15),
        (10, 0.2),
        (10, -0.1),
        (7, 0.12),
        (40, 0.1),
    ] {
        let model = LatticeIsing::<f64>::new(2, side, theta, 0.0).unwrap();
        let exact = lattice_ising(&model, 1.0).unwrap();
        let name = format!("ising {side}x{side}, theta {theta}");
        let (mean, variance) = (exact.mean_log_prob, exact.variance_log_prob);
        if side > 10 {
            plain(&name, &model, mean, variance, 600);
        } else {
            three(&name, &model, mean, variance, 2000);
        }
    }
}

#[test]
fn small_lattices_have_their_enumerated_energy() {
    // At lower temperature and weaker field, changing from one phase to the other by single sites takes longer than the run.
    for (theta, bias) in [(0.1, 0.15), (0.2, 0.4)] {
        let potts = LatticePotts::<f64>::new(2, 3, 3, theta).unwrap();
        let exact = enumerate(&potts, 1.0).unwrap();
        three(
            &format!("potts 3x3, theta {theta}"),
            &potts,
            exact.mean_log_prob,
            exact.variance_log_prob,
            6000,
        );
        let ising = LatticeIsing::<f64>::new(2, 4, theta, bias).unwrap();
        let exact = enumerate(&ising, 1.0).unwrap();
        three(
            &format!("ising 4x4 in a field, theta {theta}"),
            &ising,
            exact.mean_log_prob,
            exact.variance_log_prob,
            6000,
        );
    }
}

/// Series of every unit, (unit, chain, draw).
struct Units {
    series: Vec<Vec<f64>>,
}

impl Observer for Units {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        usize::MAX
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let unit = |i: usize| {
            batch
                .x
                .iter()
                .skip(i)
                .step_by(batch.sites)
                .map(|&v| f64::from(v))
                .collect()
        };
        self.series = (0..batch.sites).map(unit).collect();
        Ok(())
    }
}

#[test]
fn machines_have_their_exact_means() {
    let model = Rbm::<f64>::random(40, 12, 3).unwrap();
    let exact = rbm_exact(&model).unwrap();
    let mut units = Units { series: Vec::new() };
    let mut means = |what: &str, run: &dyn Fn(&mut Units) -> Outcome| {
        let outcome = run(&mut units);
        let z = units
            .series
            .iter()
            .zip(&exact.means)
            .map(|(series, &exact)| {
                let draws = Draws::from_flat(series, CHAINS, outcome.draws).unwrap();
                errors(what, &draws, exact, 0.02).abs()
            });
        let z: Vec<f64> = z.collect();
        let (worst, squares) = (
            z.iter().copied().fold(0.0, f64::max),
            z.iter().map(|z| z * z).sum::<f64>(),
        );
        println!("{what:34} worst z = {worst:4.2}, sum of squares {squares:.1} of 40");
        // 40 means: one exceeds 5 errors in one of 40000 runs. The sum of squares is 40 with standard deviation 9.
        assert!(
            worst < 5.0 && (10.0..90.0).contains(&squares),
            "{what}: {worst} {squares}"
        );
    };
    means("rbm 40/12, gwg", &|seen| {
        sample(&Taylor(&model), &LocallyBalanced::gwg(), 20, 1500, seen)
    });
    let informed = LocallyBalanced::evaluated(Sqrt);
    means("rbm 40/12, exact differences", &|seen| {
        sample(&Exact(&model), &informed, 10, 1500, seen)
    });
    means("rbm 40/12, gibbs", &|seen| {
        sample(&model, &Gibbs::default(), 40, 1500, seen)
    });
    means("rbm 40/12, structured", &|seen| {
        sample(&model, &BlockSweep, 2, 1500, seen)
    });
    let small = Rbm::<f64>::random(14, 12, 4).unwrap();
    let exact = enumerate(&small, 1.0).unwrap();
    three(
        "rbm 14/12",
        &small,
        exact.mean_log_prob,
        exact.variance_log_prob,
        5000,
    );
}

/// The power of these tests: the energy for a coupling that is wrong by 2 % is rejected.
#[test]
fn a_slightly_wrong_coupling_is_rejected() {
    let model = LatticeIsing::<f64>::new(2, 10, 0.15, 0.0).unwrap();
    let outcome = sample(&model, &BlockSweep, 1, 4000, &mut ());
    let draws =
        Draws::from_flat(outcome.quantity("log_prob").unwrap(), CHAINS, outcome.draws).unwrap();
    let wrong = LatticeIsing::<f64>::new(2, 10, 0.15 * 1.02, 0.0).unwrap();
    let wrong = 0.15 / (0.15 * 1.02) * lattice_ising(&wrong, 1.0).unwrap().mean_log_prob;
    let z = errors("2 % off", &draws, wrong, f64::INFINITY);
    assert!(z.abs() > 8.0, "{z}");
}
