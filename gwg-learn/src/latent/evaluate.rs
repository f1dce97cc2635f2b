//! Log-likelihoods of what is observed: the sum over the other sites.

use super::{Observations, Uniform};
use crate::log_z::{Annealing, Estimate, GeometricPath, LogZError, Schedule, With};
use gwg_chains::Threads;
use gwg_core::{Bridge, Clamp, Delta, Space, Target};
use gwg_models::exact::enumerate;

/// `log p(v) = log sum_h exp f(v, h)`, by enumeration of the sites that are not observed.
///
/// # Cost
/// One exact difference for each of their configurations, at most `2^24`.
///
/// # Errors
/// [`LogZError::Kernel`] for observed sites or symbols that the model does not have; [`LogZError::Exact`] for too many configurations.
pub fn exact_log_likelihood<M>(model: &M, observed: &[Option<u8>]) -> Result<f64, LogZError>
where
    M: Delta<Space: Space<Symbol = u8>>,
{
    let mut free = vec![0; observed.len()];
    let target = Clamp::new(model, observed, &mut free)?;
    Ok(enumerate(&target, 1.0)?.log_z)
}

/// The weighted mean of [`exact_log_likelihood`] over rows.
///
/// # Cost
/// That of each row, on all threads. The same bits for any number of threads.
///
/// # Errors
/// Those of [`exact_log_likelihood`].
pub fn mean_log_likelihood<M>(
    model: &M,
    data: &Observations,
    threads: &Threads,
) -> Result<f64, LogZError>
where
    M: Delta<Space: Space<Symbol = u8>> + Sync,
{
    let rows = (0..data.rows()).map(|row| (row, Ok(0.0)));
    let mut rows: Vec<(usize, Result<f64, LogZError>)> = rows.collect();
    threads.each(&mut rows, |(row, found)| {
        *found = exact_log_likelihood(model, &data.row(*row));
    });
    let mut sum = 0.0;
    for ((_, found), weight) in rows.into_iter().zip(data.weights()) {
        sum += weight * found?;
    }
    Ok(sum / data.weights().iter().sum::<f64>())
}

/// How [`annealed_log_likelihood`] anneals.
#[derive(Clone, Debug, PartialEq)]
pub struct PosteriorAnnealing {
    /// The levels from uniform symbols to the posterior.
    pub schedule: Schedule,
    /// Steps of the sampler per level.
    pub steps: u64,
    /// Independent particles.
    pub particles: usize,
    /// Of all generators.
    pub seed: u64,
}

/// Calls a function with a sampler of a clamped bridge from uniform symbols to a model.
pub type BindBridge<'b, M> = dyn Fn(
        &Clamp<'_, Bridge<&Uniform<<M as Target>::Space, <M as Target>::Real>, &M>>,
        &mut With<'_, <M as Target>::Real>,
    ) -> Result<(), LogZError>
    + Sync
    + 'b;

/// An estimate of `log p(v) = log sum_h exp f(v, h)` by annealed importance sampling (Neal 2001), from uniform symbols at the sites that are not observed to
/// their posterior, along `t f`. The mean of the weights is without bias for `p(v)`, so that the estimate is a lower bound in the mean.
///
/// # Cost
/// Per particle and level, the steps and a few evaluations.
///
/// # Errors
/// [`LogZError`].
///
/// ```
/// use gwg_chains::{Bound, Threads};
/// use gwg_core::{LocallyBalanced, Taylor};
/// use gwg_learn::latent::{PosteriorAnnealing, SigmoidBelief, annealed_log_likelihood, exact_log_likelihood};
/// use gwg_learn::log_z::Schedule;
///
/// let model = SigmoidBelief::<f64>::random(&[8, 4], 1.0, 1)?;
/// let mut observed = vec![Some(1); 8];
/// observed.extend([None; 4]);
/// let settings = PosteriorAnnealing { schedule: Schedule::linear(50)?, steps: 2, particles: 200, seed: 1 };
/// let kernel = LocallyBalanced::gwg();
/// let found = annealed_log_likelihood(&model, &observed, &settings, &|target, with| {
///     with(&Bound { target: &Taylor(target), kernel: &kernel })
/// }, &Threads::one())?;
/// let exact = exact_log_likelihood(&model, &observed)?;
/// assert!((found.value - exact).abs() < 4.0 * found.standard_error);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn annealed_log_likelihood<M>(
    model: &M,
    observed: &[Option<u8>],
    settings: &PosteriorAnnealing,
    bind: &BindBridge<'_, M>,
    threads: &Threads,
) -> Result<Estimate, LogZError>
where
    M: Target<Space: Space<Symbol = u8> + Sync> + Sync,
{
    let mut free = vec![0; observed.len()];
    Clamp::new(model, observed, &mut free)?;
    let base = Uniform::new(model.space().clone(), observed);
    let value = |x: &[u8]| model.log_prob(x);
    let at_level = |t: f64, with: &mut With<'_, M::Real>| {
        let mut free = vec![0; observed.len()];
        let bridge = Bridge::new(&base, model, t)?;
        bind(&Clamp::new(bridge, observed, &mut free)?, with)
    };
    let path = GeometricPath::new(&base, value, at_level, threads.clone());
    let annealing = Annealing {
        steps: settings.steps,
        seed: settings.seed,
        ..Annealing::new(&path, &settings.schedule)
    };
    annealing.forward(settings.particles)?.estimate()
}
