//! The description of a model.

use super::error::SaveError;
use gwg_chains::Quantity;
use gwg_core::{Real, SplitMix64, Symbol};
use gwg_models::io::Parameters;
use gwg_models::{CategoricalRbm, Rbm};
use gwg_relax::Relaxed;

/// The description of a model: for `gwg info`, pictures, files and comparisons.
///
/// Only a name and `f(x)` are required.
pub trait Describe<R: Real, S: Symbol = u8>: Send + Sync {
    /// The kind of model: for those in files their `kind`, else the name in a spec; `ising-sparse` for couplings on a graph, whatever it
    /// was made from.
    fn name(&self) -> &'static str;

    /// Its `f(x)`, the log-probability up to a constant.
    fn formula(&self) -> &'static str;

    /// Labeled facts of its own, in the order in which they are to be read. `O(parameters)`.
    fn facts(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Free parameters: a symmetric coupling counts once.
    fn parameter_count(&self) -> usize {
        0
    }

    /// What the model itself takes, walkers not included.
    fn stored_bytes(&self) -> usize {
        self.parameter_count() * size_of::<R>()
    }

    /// The shape in which a configuration is drawn as a picture, slowest dimension first.
    fn grid(&self) -> Option<Vec<usize>> {
        None
    }

    /// Names and lengths of the dimensions in which the sites lie, slowest first: those of a state in traces. None where sites have no places.
    fn axes(&self) -> Vec<(&'static str, usize)> {
        Vec::new()
    }

    /// The parameters as a model file holds them; `None` where no file does.
    ///
    /// # Errors
    /// [`SaveError::Memory`] where they are expanded for the file and do not fit.
    fn parameters(&self) -> Result<Option<Parameters<'_, R>>, SaveError> {
        Ok(None)
    }

    /// The content of a model file, where it is not that of [`parameters`](Self::parameters).
    ///
    /// # Errors
    /// [`SaveError`].
    fn file(&self) -> Result<Option<Vec<u8>>, SaveError> {
        Ok(None)
    }

    /// Exact means at the inverse temperature `beta`, where there is a method for it; `None` too where it would take much more than a
    /// minute, or where `stop`, which is called now and then, returns true.
    fn exact(&self, beta: f64, stop: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans<S>> {
        let _ = (beta, stop);
        None
    }

    /// The exact mean of `f` at the inverse temperature `beta`, and by what it is known, where a closed form gives it.
    fn exact_log_prob(&self, beta: f64) -> Option<(f64, &'static str)> {
        let _ = beta;
        None
    }

    /// The exact `log Z`, and by what it is known, where a closed form gives it.
    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        None
    }

    /// Named functions of the state that are natural to record, in the order in which they are to be read.
    fn quantities(&self) -> Vec<Quantity<S>> {
        vec![Quantity::energy_per_site()]
    }

    /// The mean squared difference between what was observed and what `x` predicts, for a model of observations.
    fn residual(&self, x: &[S]) -> Option<f64> {
        let _ = x;
        None
    }

    /// The model between its states, by a formula of its own that is defined there; those with terms of one and two sites need none.
    ///
    /// # Memory
    /// May copy the parameters.
    fn relaxed(&self) -> Option<DynRelaxed<'_, R>> {
        None
    }

    /// The model as a restricted Boltzmann machine, where it is one: its hidden units make reference runs better.
    fn machine(&self) -> Option<&Rbm<R>> {
        None
    }

    /// The model as a restricted Boltzmann machine with categorical sites, where it is one.
    fn categorical_machine(&self) -> Option<&CategoricalRbm<R>> {
        None
    }
}

/// A model between its states, its type erased.
pub type DynRelaxed<'m, R> = Box<dyn Relaxed<Real = R> + Send + Sync + 'm>;

/// Draws a state into the slice.
pub type DrawExact<S = u8> = Box<dyn Fn(&mut [S], &mut SplitMix64)>;

/// The true means of a model.
#[non_exhaustive]
pub struct ExactMeans<S = u8> {
    /// One mean per site with two states, else one frequency per site and state.
    pub means: Vec<f64>,
    /// How they are known, as a clause.
    pub source: String,
    /// Draws an independent state from the distribution, where there is a method for it.
    pub draw: Option<DrawExact<S>>,
}

impl<S> std::fmt::Debug for ExactMeans<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExactMeans")
            .field("means", &self.means)
            .field("source", &self.source)
            .field("draw", &self.draw.is_some())
            .finish()
    }
}

impl<S> ExactMeans<S> {
    /// Means, and how they are known.
    pub fn new(means: Vec<f64>, source: impl Into<String>) -> Self {
        Self {
            means,
            source: source.into(),
            draw: None,
        }
    }

    /// The same with independent draws.
    #[must_use]
    pub fn with_draws(self, draw: DrawExact<S>) -> Self {
        Self {
            draw: Some(draw),
            ..self
        }
    }
}
