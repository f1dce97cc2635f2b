//! Ground truth of Boltzmann machines from a long run of two-block Gibbs.

use super::{Level, SAMPLE, Truth};
use crate::compare::measure::Bench;
use crate::failure::Failure;
use crate::session::{ProgressReporter, Watch};
use crate::statistics::rhat_text;
use gwg_bench::oracle::{self, GroundTruth, OracleError, RHAT};
use gwg_chains::{Plan, generator};
use gwg_core::Bits;
use gwg_models::Rbm;
use gwg_registry::Precision;

/// Sweeps of each chain before the first recorded state, and number of recorded sweeps.
const SWEEPS: usize = 500;

/// Estimates the ground truth by two-block Gibbs sampling with a separate seed; `None` if interrupted.
pub(in crate::compare) fn by_two_blocks<R: Precision>(
    bench: &Bench<'_, R>,
    model: &Rbm<R>,
    reporter: &mut ProgressReporter,
) -> Result<Option<Truth>, Failure> {
    let plan = Plan {
        chains: SAMPLE,
        warmup: SWEEPS as u64,
        draws: SWEEPS,
        seed: generator(bench.seed, u64::MAX).next_u64(),
        beta: bench.beta,
        threads: bench.threads,
        ..Plan::default()
    };
    let mut watch = Watch {
        name: "truth",
        reporter,
    };
    let found = oracle::ground_truth_of(model, &plan, &mut watch);
    watch.reporter.clear();
    match found {
        Ok(found) => Ok(Some(truth_from(found))),
        Err(OracleError::Stopped) => Ok(None),
        Err(error) => Err(Failure::run(error)),
    }
}

fn truth_from(found: GroundTruth) -> Truth {
    let doubt = (!found.has_converged()).then(|| {
        let largest = match (found.rhat, found.log_prob.rhat, found.hamming.rhat) {
            (Some(a), Some(b), Some(c)) => Some(a.max(b).max(c)),
            _ => None,
        };
        let value = largest.map_or("is undefined".into(), |r| {
            format!("{} > {RHAT}", rhat_text(r, 3))
        });
        format!(
            "the ground truth itself has not converged (R-hat {value}); its means are unreliable"
        )
    });
    let rhat = found.rhat.map_or(String::new(), |r| {
        format!(", largest R-hat of a unit {}", rhat_text(r, 3))
    });
    let source = format!(
        "a separate run of two-block Gibbs: {SAMPLE} chains x ({SWEEPS} warm-up + {SWEEPS} recorded) sweeps, another seed{rhat}"
    );
    let level = found.log_prob.mean.zip(found.log_prob.mcse);
    let log_prob_of_run = level.map(|(value, error)| Level {
        value,
        error,
        source: "two-block Gibbs".into(),
    });
    let squares: f64 = found.mcse.iter().map(|e| e * e).sum();
    Truth {
        error: (squares / found.mcse.len() as f64).sqrt(),
        sample_source: source.clone(),
        source,
        means: found.means,
        sample: found.states,
        log_prob: None,
        log_prob_of_run,
        residual: None,
        doubt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::truth::exact;
    use gwg_registry::{Describe, Model, ModelSpec};

    #[test]
    fn the_long_run_agrees_with_the_exact_means_within_its_error() {
        let spec = ModelSpec::parse("rbm:visible=30,hidden=10").unwrap();
        let model: Model<f64> = spec.build().unwrap();
        let bench = Bench {
            model: &model,
            chains: 10,
            seed: 3,
            beta: 1.0,
            threads: None,
        };
        let machine = model.about().and_then(Describe::machine).unwrap();
        let run = by_two_blocks(&bench, machine, &mut ProgressReporter::new(true, None));
        let run = run.unwrap().unwrap();
        let exact = exact(&model, 1.0).unwrap();
        assert!(exact.source.contains("2^10 states") && exact.error == 0.0);
        let squares = run
            .means
            .iter()
            .zip(&exact.means)
            .map(|(a, b)| (a - b).powi(2));
        let error = (squares.sum::<f64>() / 30.0).sqrt();
        // The root of chi-square(30) / 30 exceeds 1.6 with probability 1e-6.
        assert!(error < 1.6 * run.error, "{error} {}", run.error);
        assert!(run.error > 0.0 && run.doubt.is_none(), "{run:?}");
        assert_eq!(run.sample.len(), SAMPLE * 30);
        assert!(run.source.contains("two-block") && run.source.contains("R-hat of a unit 1.0"));
    }
}
