//! The truth by a long run.

use super::{SAMPLE, Truth};
use crate::compare::budget::Budget;
use crate::compare::measure::{Bench, Figures};
use crate::failure::Failure;
use crate::report::text::plural;
use crate::samplers::{Choice, Sampler};
use crate::session::Speaker;
use crate::summary::{RHAT, rhat_text};
use gwg_chains::diagnostics::{self, Draws};
use gwg_chains::generator;
use gwg_core::Bits;
use gwg_models::Scalar;

/// Chains and steps of the long run.
const CHAINS: usize = 500;
const STEPS: usize = 500;

/// What a long run is made with: a sampler, its steps of each chain and steps between recorded states.
#[derive(Clone, Copy, Debug)]
pub(in crate::compare) struct Long {
    sampler: Choice,
    budget: Budget,
    chains: usize,
}

impl Long {
    /// Sweeps of what is independent.
    pub(in crate::compare) const fn structured() -> Self {
        Self {
            sampler: Choice::One(Sampler::BlockSweep),
            budget: Budget {
                warmup: STEPS as u64,
                thin: 1,
                draws: STEPS,
                burn: 0,
            },
            chains: CHAINS,
        }
    }

    /// Four times what a sampler did, after as long a warm-up as all of that.
    pub(in crate::compare) fn of(sampler: Choice, figures: &Figures) -> Self {
        let b = figures.budget;
        Self {
            sampler,
            budget: Budget {
                warmup: b.steps(),
                draws: (4 * b.draws)
                    .min(4_000_000 / figures.chains.max(1))
                    .max(b.draws),
                ..b
            },
            // Two at least, to tell its error.
            chains: figures.chains.max(2),
        }
    }
}

/// The truth by a run with a seed of its own; `None` where Ctrl-C ended it.
pub(in crate::compare) fn by_run<R: Scalar>(
    bench: &Bench<'_, R>,
    long: &Long,
    name: &str,
    speaker: &mut Speaker,
) -> Result<Option<Truth>, Failure> {
    let seed = generator(bench.seed, u64::MAX).next_u64();
    let run = (seed, long.chains);
    let (outcome, record) = bench.run(long.sampler, &long.budget, run, ("truth", speaker))?;
    if outcome.interrupted {
        return Ok(None);
    }
    let [a, b] = &record.halves;
    let pairs = a.iter().zip(b);
    let means: Vec<f64> = pairs.clone().map(|(a, b)| 0.5 * (a + b)).collect();
    // Two halves differ by twice the error of their mean.
    let squares: f64 = pairs.map(|(a, b)| (0.5 * (a - b)).powi(2)).sum();
    let rhat = [&outcome.hamming, &outcome.log_prob].map(|series| {
        let draws = Draws::from_flat(series, outcome.chains, outcome.draws).ok();
        draws.and_then(|d| diagnostics::rhat(&d))
    });
    let worst = rhat[0].zip(rhat[1]).map(|(a, b)| a.max(b));
    let doubt = match worst {
        Some(rhat) if rhat > RHAT => Some(format!(
            "the truth itself is doubtful: its chains disagree (R-hat {})",
            rhat_text(rhat, 3)
        )),
        None => Some("the truth itself is doubtful: its R-hat is undefined".into()),
        _ => None,
    };
    let rows = SAMPLE.min(long.chains) * bench.model.sites();
    let source = format!(
        "a run of {name} of its own: {} chains x ({} warm-up + {} recorded) states, {} apart, another seed{}",
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
        residual: None,
        doubt,
    }))
}
