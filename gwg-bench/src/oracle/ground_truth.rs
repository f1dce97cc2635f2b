use super::OracleError;
use crate::discrepancy::Means;
use gwg_chains::diagnostics::{Moments, Summary};
use gwg_chains::{Batch, Observer, Plan, Progress, StopFlag, run};
use gwg_core::BlockSweep;
use gwg_models::{Rbm, Scalar};
use std::ops::ControlFlow;

pub use gwg_chains::diagnostics::RHAT;

/// The results of a long run of two-block Gibbs sampling.
#[derive(Clone, Debug)]
pub struct GroundTruth {
    /// The last visible state of every chain, (chain, unit); independent of each other.
    pub states: Vec<u8>,
    /// `E[v_i]`, averaged over all chains and draws.
    pub means: Vec<f64>,
    /// Monte Carlo standard errors of `means`, from the spread of the chains' means.
    pub mcse: Vec<f64>,
    /// Mean, error, ESS and R-hat of `f`.
    pub log_prob: Summary,
    /// The same of the Hamming distance to a random state.
    pub hamming: Summary,
    /// The largest split R-hat of a unit; `None` if no unit ever changes.
    pub rhat: Option<f64>,
}

impl GroundTruth {
    /// Whether R-hat of `f`, of the Hamming distance and of every unit is at most [`RHAT`]; false if one is undefined.
    #[must_use]
    pub fn has_converged(&self) -> bool {
        let figures = [self.rhat, self.log_prob.rhat, self.hamming.rhat];
        figures.iter().all(|r| r.is_some_and(|r| r <= RHAT))
    }
}

/// Samples a machine by two-block Gibbs: in each of `chains` chains `sweeps` sweeps of warm-up from random states, and `sweeps` recorded ones.
///
/// R-hat of a unit is split R-hat; ranking would not change it, because the ranks of zeros and ones are an affine map of them.
///
/// # Cost
/// `4 * chains * sweeps * visible * hidden` operations over rayon's threads; 16 bytes per draw and `16 * chains * visible` more.
///
/// # Errors
/// [`OracleError::Run`]: fewer than one chain or sweep, or not enough memory.
pub fn ground_truth<R: Scalar>(
    model: &Rbm<R>,
    chains: usize,
    sweeps: usize,
    seed: u64,
) -> Result<GroundTruth, OracleError> {
    let plan = Plan {
        chains,
        warmup: sweeps as u64,
        draws: sweeps,
        seed,
        ..Plan::default()
    };
    ground_truth_of(model, &plan, &mut ())
}

/// Computes [`ground_truth`] with the given plan. `watch` receives the progress (but no batches), and may end the run.
///
/// # Errors
/// [`OracleError::Run`]: an invalid plan; [`OracleError::Stopped`] if `watch` ended the run.
pub fn ground_truth_of<R: Scalar>(
    model: &Rbm<R>,
    plan: &Plan,
    watch: &mut dyn Observer,
) -> Result<GroundTruth, OracleError> {
    let chains = plan.chains;
    let mut halves = Halves::new(plan.draws, watch);
    // The halves judge every unit.
    let plan = Plan {
        judge_sites: false,
        ..plan.clone()
    };
    let outcome = run(model, &BlockSweep, &plan, &mut halves)?;
    if outcome.interrupted {
        return Err(OracleError::Stopped);
    }
    let summaries = outcome.summary();
    let summary = |name| summaries.get(name).copied().unwrap_or_default();
    Ok(GroundTruth {
        means: Means::of(&outcome, model.visible(), 2).values(),
        mcse: halves.mcse(chains, model.visible()),
        rhat: halves.rhat(chains, model.visible()),
        log_prob: summary("log_prob"),
        hamming: summary("hamming"),
        states: outcome.last,
    })
}

/// Counts of ones in the first and in the second half of every chain, (chain, half, unit).
struct Halves<'w> {
    draws: usize,
    counts: Vec<u32>,
    watch: &'w mut dyn Observer,
}

impl<'w> Halves<'w> {
    const fn new(draws: usize, watch: &'w mut dyn Observer) -> Self {
        Self {
            draws,
            counts: Vec::new(),
            watch,
        }
    }

    /// Draws per half; of an odd number of draws the middle one is in neither.
    const fn half(&self) -> usize {
        self.draws / 2
    }

    /// The means of one unit over the half chains.
    fn means(&self, units: usize, unit: usize) -> impl Iterator<Item = f64> + Clone {
        let half = self.half().max(1) as f64;
        let counts = self.counts.iter().skip(unit).step_by(units);
        counts.map(move |&c| f64::from(c) / half)
    }

    fn mcse(&self, chains: usize, units: usize) -> Vec<f64> {
        let of_unit = |unit| {
            let halves: Vec<f64> = self.means(units, unit).collect();
            let of_chains = halves.chunks_exact(2).map(|h| 0.5 * (h[0] + h[1]));
            let variance = Moments::of(of_chains).variance();
            variance.map_or(f64::INFINITY, |v| (v / chains as f64).sqrt())
        };
        (0..units).map(of_unit).collect()
    }

    fn rhat(&self, chains: usize, units: usize) -> Option<f64> {
        let n = self.half() as f64;
        if chains < 2 || n < 2.0 {
            return None;
        }
        let of_unit = |unit| {
            let means = self.means(units, unit);
            let between = Moments::of(means.clone()).variance()?;
            let within = Moments::of(means.map(|p| p * (1.0 - p) * n / (n - 1.0))).mean()?;
            // Every half chain is constant: all at the same value (undefined) or at different ones.
            let ratio = (within > 0.0 || between > 0.0).then(|| between / within)?;
            Some(((n - 1.0) / n + ratio).sqrt())
        };
        (0..units).filter_map(of_unit).reduce(f64::max)
    }
}

impl Observer for Halves<'_> {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        16
    }

    fn stop_flag(&self) -> Option<StopFlag> {
        self.watch.stop_flag()
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.watch.progress(progress)
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.counts.resize(2 * batch.chains * batch.sites, 0);
        let half = self.half();
        let chains = batch.x.chunks_exact(batch.draws * batch.sites);
        for (chain, counts) in chains.zip(self.counts.chunks_exact_mut(2 * batch.sites)) {
            for (draw, v) in chain.chunks_exact(batch.sites).enumerate() {
                let draw = batch.first_draw + draw;
                let (first, second) = counts.split_at_mut(batch.sites);
                let counts = if draw < half {
                    first
                } else if draw >= self.draws - half {
                    second
                } else {
                    continue;
                };
                for (count, &symbol) in counts.iter_mut().zip(v) {
                    *count += u32::from(symbol);
                }
            }
        }
        Ok(())
    }
}
