//! Ground truth from a long run.

use super::{Level, SAMPLE, Truth};
use crate::compare::budget::Budget;
use crate::compare::estimate::kept_rows;
use crate::compare::measure::{Bench, Figures};
use crate::failure::Failure;
use crate::report::text::plural;
use crate::session::ProgressReporter;
use crate::statistics::{RHAT, rhat_text};
use gwg_chains::diagnostics::{self, Draws};
use gwg_chains::generator;
use gwg_core::Bits;
use gwg_registry::{Precision, SamplerSpec};

/// Chains and steps of the long run.
const CHAINS: usize = 500;
const STEPS: usize = 500;

/// Configuration of a long run: sampler, steps of each chain, and steps between recorded states.
#[derive(Clone, Debug)]
pub(in crate::compare) struct Long {
    sampler: SamplerSpec,
    budget: Budget,
    chains: usize,
}

impl Long {
    /// Block sweeps over conditionally independent sites.
    pub(in crate::compare) fn sweeps() -> Self {
        Self {
            sampler: SamplerSpec::sweeps(),
            budget: Budget {
                warmup: STEPS as u64,
                thin: 1,
                draws: STEPS,
                burn: 0,
            },
            chains: CHAINS,
        }
    }

    /// The sampler.
    pub(in crate::compare) fn sampler(&self) -> &SamplerSpec {
        &self.sampler
    }

    /// Four times the sampler's own steps, after a warm-up of the same length.
    pub(in crate::compare) fn of(sampler: &SamplerSpec, figures: &Figures) -> Self {
        let b = figures.budget;
        Self {
            sampler: sampler.clone(),
            budget: Budget {
                warmup: b.steps(),
                draws: (4 * b.draws)
                    .min(4_000_000 / figures.chains.max(1))
                    .max(b.draws),
                ..b
            },
            // At least two, to estimate the error.
            chains: figures.chains.max(2),
        }
    }
}

/// Estimates the ground truth by a run with a separate seed; `None` if interrupted.
pub(in crate::compare) fn by_run<R: Precision>(
    bench: &Bench<'_, R>,
    long: &Long,
    name: &str,
    reporter: &mut ProgressReporter,
) -> Result<Option<Truth>, Failure> {
    let seed = generator(bench.seed, u64::MAX).next_u64();
    let run = (seed, long.chains);
    let (outcome, record) = bench.run(&long.sampler, &long.budget, run, ("truth", reporter))?;
    if outcome.interrupted {
        return Ok(None);
    }
    let [a, b] = &record.halves;
    let pairs = a.iter().zip(b);
    let means: Vec<f64> = pairs.clone().map(|(a, b)| 0.5 * (a + b)).collect();
    // The difference of two halves is twice the error of their mean.
    let squares: f64 = pairs.map(|(a, b)| (0.5 * (a - b)).powi(2)).sum();
    let worst = outcome.summary().largest_rhat();
    let doubt = match worst {
        Some(rhat) if rhat > RHAT => Some(format!(
            "the ground truth itself has not converged (R-hat {}); its means are unreliable",
            rhat_text(rhat, 3)
        )),
        None => Some("the R-hat of the ground truth is undefined; its means are unreliable".into()),
        _ => None,
    };
    let rows = SAMPLE.min(long.chains) * bench.model.sites();
    let source = format!(
        "a separate run of {name}: {} chains x ({} warm-up + {} recorded) states, one every {}, another seed{}",
        long.chains,
        long.budget.warmup / long.budget.thin,
        long.budget.draws,
        plural(long.budget.thin as usize, "step"),
        worst.map_or(String::new(), |r| format!(", R-hat {}", rhat_text(r, 3)))
    );
    Ok(Some(Truth {
        error: (squares / means.len() as f64).sqrt(),
        sample_source: source.clone(),
        source,
        means,
        sample: outcome.last.get(..rows).unwrap_or_default().to_vec(),
        log_prob: None,
        log_prob_of_run: mean_log_prob(&record.log_prob, &long.budget, name),
        residual: None,
        doubt,
    }))
}

/// The mean of `f` over all draws, with its Monte Carlo error.
fn mean_log_prob(series: &[f64], budget: &Budget, name: &str) -> Option<Level> {
    let rows = kept_rows(series, budget.draws, 0);
    let draws = Draws::new(&rows).ok()?;
    Some(Level {
        value: diagnostics::mean(&draws)?,
        error: diagnostics::mcse_mean(&draws)?,
        source: format!("a run of {name}"),
    })
}
