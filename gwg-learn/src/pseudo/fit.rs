//! Minimizes objectives of single sites.

mod problem;

use argmin::core::{Executor, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use gwg_chains::{Stop, Threads};

use self::problem::{Evaluation, Problem};
use super::loss::SiteLoss;
use super::objective::SiteObjective;
use crate::{Data, PairPotts, PairPottsError};

/// The number of past steps that describe the curvature.
const MEMORY: usize = 6;

/// How an objective of single sites is minimized.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteFitOptions {
    /// The penalty of the squares of the field: .01 by default.
    pub field_penalty: f64,
    /// The penalty of the squares of the couplings: .01 by default.
    pub coupling_penalty: f64,
    /// The norm of the gradient, as a fraction of that at the start, below which the estimate is accepted: .001 by default.
    pub tolerance: f64,
    /// The most iterations: 500 by default.
    pub iterations: u64,
}

impl Default for SiteFitOptions {
    fn default() -> Self {
        Self {
            field_penalty: 0.01,
            coupling_penalty: 0.01,
            tolerance: 1e-3,
            iterations: 500,
        }
    }
}

/// An estimate by single sites.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteFit {
    /// The model.
    pub model: PairPotts<f64>,
    /// The objective, [`SiteObjective`], at the model.
    pub objective: f64,
    /// The norm of its gradient.
    pub gradient_norm: f64,
    /// The number of iterations.
    pub iterations: u64,
    /// The number of evaluations of the objective.
    pub evaluations: u64,
    /// Whether the gradient became as small as the options demand.
    pub converged: bool,
    /// Whether it was ended from outside: the model is the best so far.
    pub stopped: bool,
}

/// Figures after an evaluation of the objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteFitProgress {
    /// Evaluations so far.
    pub evaluations: u64,
    /// The objective there.
    pub objective: f64,
    /// The norm of its gradient.
    pub gradient_norm: f64,
}

/// An error in an estimate by single sites. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SiteFitError {
    /// Penalties are finite and not negative, and the tolerance is above 0.
    #[error("`{name}`: found {found}, allowed is {allowed}")]
    Option {
        /// The option.
        name: &'static str,
        /// Its value.
        found: f64,
        /// The allowed values.
        allowed: &'static str,
    },
    /// The optimizer goes on.
    #[error("the optimizer failed: {reason}")]
    Optimizer {
        /// The reason.
        reason: String,
    },
    /// At least one evaluation ends before the estimate is ended from outside.
    #[error("the estimate was ended before its first evaluation")]
    Stopped,
    /// The shape of the model: see [`PairPottsError`].
    #[error(transparent)]
    Model(#[from] PairPottsError),
}

/// Estimates a Potts model by the largest pseudo-likelihood with penalties: [`fit_by_sites`] with [`SiteLoss::PseudoLikelihood`].
///
/// # Cost
/// That of [`fit_by_sites`].
///
/// # Errors
/// Those of [`fit_by_sites`].
///
/// # Source
/// Ekeberg, Lovkvist, Lan, Weigt, Aurell, Physical Review E 87 (2013) 012707.
pub fn fit_pseudo_likelihood(
    data: &Data,
    options: &SiteFitOptions,
    threads: &Threads,
) -> Result<SiteFit, SiteFitError> {
    fit_by_sites(data, SiteLoss::PseudoLikelihood, options, threads)
}

/// Estimates a Potts model by the smallest [`SiteObjective`], with L-BFGS.
///
/// The terms of both sites of a pair share its coupling (the symmetric form). The start is a model of independent sites. The result
/// has the same bits for any number of threads.
///
/// # Cost
/// Each evaluation costs `O(rows L^2 q)`; about one evaluation per iteration. Memory of about 25 times the parameters.
///
/// # Errors
/// [`SiteFitError`]; an estimate whose gradient is not small enough after the last iteration is no error, but not `converged`.
///
/// ```
/// use gwg_chains::Threads;
/// use gwg_learn::{Data, SiteFitOptions, SiteLoss, fit_by_sites};
///
/// let data = Data::new(vec![1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0], 3, 2)?;
/// let fit = fit_by_sites(&data, SiteLoss::ProbabilityFlow, &SiteFitOptions::default(), &Threads::one())?;
/// // The first two sites are equal.
/// let coupling = fit.model.block(0, 1);
/// assert!(fit.converged && coupling[0] > coupling[1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_by_sites(
    data: &Data,
    loss: SiteLoss,
    options: &SiteFitOptions,
    threads: &Threads,
) -> Result<SiteFit, SiteFitError> {
    fit_by_sites_until(data, loss, options, threads, Stop::never(), &mut |_| {})
}

/// [`fit_by_sites`] that ends early once `stop` is due, with the best model so far, and shows its figures after each evaluation.
///
/// # Cost
/// That of [`fit_by_sites`].
///
/// # Errors
/// Those of [`fit_by_sites`]; [`SiteFitError::Stopped`] where there is no evaluation yet.
pub fn fit_by_sites_until(
    data: &Data,
    loss: SiteLoss,
    options: &SiteFitOptions,
    threads: &Threads,
    stop: Stop<'_>,
    show: &mut (dyn FnMut(&SiteFitProgress) + Send),
) -> Result<SiteFit, SiteFitError> {
    check(options)?;
    let objective = SiteObjective {
        loss,
        data,
        field_penalty: options.field_penalty,
        coupling_penalty: options.coupling_penalty,
        threads: threads.clone(),
    };
    let problem = Problem::new(objective, stop, show);
    let start = start(data)?;
    let bound = options.tolerance * problem.at(&start, Evaluation::norm);
    let failed = |error: argmin::core::Error| SiteFitError::Optimizer {
        reason: error.to_string(),
    };
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(bound)
        .and_then(|solver| solver.with_tolerance_cost(0.0))
        .map_err(failed)?;
    let result = Executor::new(&problem, solver)
        .configure(|state| state.param(start).max_iters(options.iterations))
        .ctrlc(false)
        .timer(false)
        .run();
    let iterations = match result {
        Ok(result) => result.state().get_iter(),
        // The optimizer ends with an error of its own then.
        Err(_) if stop.is_due() => 0,
        Err(error) => return Err(failed(error)),
    };
    finish(problem, iterations, bound, stop.is_due())
}

fn finish(
    problem: Problem<'_>,
    iterations: u64,
    bound: f64,
    stopped: bool,
) -> Result<SiteFit, SiteFitError> {
    let (sites, states) = problem.shape();
    let (best, evaluations) = problem.into_best();
    let best = best.ok_or_else(|| match stopped {
        true => SiteFitError::Stopped,
        false => SiteFitError::Optimizer {
            reason: "the objective is not a number".to_owned(),
        },
    })?;
    let gradient_norm = best.norm();
    let mut field = best.parameters;
    let coupling = field.split_off(sites * states);
    Ok(SiteFit {
        model: PairPotts::new(sites, states, field, coupling)?,
        objective: best.value,
        gradient_norm,
        iterations,
        evaluations,
        converged: gradient_norm <= bound,
        stopped,
    })
}

fn check(options: &SiteFitOptions) -> Result<(), SiteFitError> {
    for (name, found) in [
        ("field_penalty", options.field_penalty),
        ("coupling_penalty", options.coupling_penalty),
    ] {
        if !(found.is_finite() && found >= 0.0) {
            let allowed = "a finite number of at least 0";
            return Err(SiteFitError::Option {
                name,
                found,
                allowed,
            });
        }
    }
    let found = options.tolerance;
    if found.is_finite() && found > 0.0 {
        return Ok(());
    }
    let (name, allowed) = ("tolerance", "a finite number above 0");
    Err(SiteFitError::Option {
        name,
        found,
        allowed,
    })
}

/// The parameters of independent sites, with one half added to the weight of each state.
fn start(data: &Data) -> Result<Vec<f64>, SiteFitError> {
    let (q, total) = (data.states() as f64, data.effective_rows());
    let zeros = PairPotts::<f64>::zeros(data.sites(), data.states())?;
    let mut parameters = vec![0.0; zeros.field().len() + zeros.coupling().len()];
    for (h, f) in parameters.iter_mut().zip(data.frequencies()) {
        *h = ((f * total + 0.5) * q / (total + 0.5 * q)).ln();
    }
    for h in parameters[..zeros.field().len()].chunks_exact_mut(data.states()) {
        let mean = h.iter().sum::<f64>() / q;
        h.iter_mut().for_each(|h| *h -= mean);
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zero_sum;
    use std::num::NonZeroUsize;

    /// All states of 4 sites with 3 states, weighted by their probability in a model, and the model.
    fn enumerated() -> (Data, PairPotts<f64>) {
        let (sites, q) = (4, 3);
        let mut model = PairPotts::zeros(sites, q).unwrap();
        let (field, coupling) = model.parts_mut();
        for (k, v) in field.iter_mut().chain(coupling).enumerate() {
            *v = (1.0 + 3.7 * k as f64).sin();
        }
        zero_sum(&mut model);
        let symbols: Vec<u8> = (0..81_usize)
            .flat_map(|k| (0..4).map(move |i| (k / 3_usize.pow(i) % 3) as u8))
            .collect();
        let weights = symbols
            .chunks(sites)
            .map(|x| model.log_prob(x).exp())
            .collect();
        let data = Data::new(symbols, sites, q).unwrap();
        (data.with_weights(weights).unwrap(), model)
    }

    #[test]
    fn the_model_that_made_all_states_is_found() {
        let (data, truth) = enumerated();
        let options = SiteFitOptions {
            field_penalty: 0.0,
            coupling_penalty: 0.0,
            tolerance: 1e-7,
            ..SiteFitOptions::default()
        };
        let mut fit = fit_pseudo_likelihood(&data, &options, &Threads::one()).unwrap();
        assert!(
            fit.converged && fit.evaluations >= fit.iterations,
            "{fit:?}"
        );
        zero_sum(&mut fit.model);
        let found = fit.model.field().iter().chain(fit.model.coupling());
        let wanted = truth.field().iter().chain(truth.coupling());
        for (found, wanted) in found.zip(wanted) {
            assert!((found - wanted).abs() < 1e-5, "{found} {wanted}");
        }
    }

    #[test]
    fn fits_have_the_same_bits_on_any_number_of_threads() {
        let (data, _) = enumerated();
        let fit = |threads| {
            let threads = Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap();
            fit_pseudo_likelihood(&data, &SiteFitOptions::default(), &threads).unwrap()
        };
        assert_eq!(fit(1), fit(3));
    }

    #[test]
    fn few_iterations_do_not_converge_and_penalties_shrink() {
        let (data, _) = enumerated();
        let fit = |options| fit_pseudo_likelihood(&data, &options, &Threads::one()).unwrap();
        let short = fit(SiteFitOptions {
            iterations: 1,
            ..SiteFitOptions::default()
        });
        assert!(!short.converged && short.iterations == 1);
        let norm = |fit: &SiteFit| fit.model.coupling().iter().map(|v| v * v).sum::<f64>();
        let strong = fit(SiteFitOptions {
            coupling_penalty: 1.0,
            ..SiteFitOptions::default()
        });
        assert!(norm(&strong) < 0.1 * norm(&fit(SiteFitOptions::default())));
    }

    #[test]
    fn options_are_checked() {
        let (data, _) = enumerated();
        for (penalty, tolerance, name) in [
            (-1.0, 1e-3, "field_penalty"),
            (f64::NAN, 1e-3, "field_penalty"),
            (0.0, 0.0, "tolerance"),
        ] {
            let options = SiteFitOptions {
                field_penalty: penalty,
                tolerance,
                ..SiteFitOptions::default()
            };
            let error = fit_pseudo_likelihood(&data, &options, &Threads::one()).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
