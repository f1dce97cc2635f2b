//! Models between their states.

use super::describe::DynRelaxed;
use super::{DynGradient, Model};
use crate::shared::Shared;
use gwg_core::{Real, Space, Symbol};
use gwg_relax::{Quadratic, RelaxError};
use std::sync::Arc;

/// The reason why a model has no relaxation. Each variant's doc states the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RelaxationError {
    /// All sites have two states.
    #[error(
        "site {site} has {states} states: relaxed are models of sites of two states; allowed are Ising models, bernoulli, fhmm, rbm, and networks on binary symbols"
    )]
    Sites {
        /// The first such site.
        site: usize,
        /// Its number of states.
        states: usize,
    },
    /// No site is observed.
    #[error("sites are observed: relaxed are models of which all sites are free")]
    Observed,
    /// The model is defined between its states: by a formula of its own, or by terms of one and two sites.
    #[error(
        "its f is not defined between its states; allowed are models with terms of one and two sites (Ising models, bernoulli, fhmm:extension=multilinear), rbm, and networks on binary symbols; for a model of your own implement `gwg_registry::Describe::relaxed`"
    )]
    Undefined,
    /// Its terms are of one and two sites.
    #[error("its f is not defined between its states: {0}")]
    NotQuadratic(#[from] RelaxError),
}

impl<R: Real, S: Symbol> Model<R, S> {
    /// The model between its states, for the continuous methods of [`gwg_relax`]: by the model's own formula ([`Describe::relaxed`](super::Describe::relaxed)),
    /// or else the multilinear extension of a model with terms of one and two sites, which its gradients determine.
    ///
    /// # Cost
    /// That of the model's own, or one gradient per site ([`Quadratic::of_declared`]).
    ///
    /// # Errors
    /// [`RelaxationError`].
    pub fn relaxed(&self) -> Result<DynRelaxed<'_, R>, RelaxationError> {
        let states = |site: &usize| self.space.states_at(*site) != 2;
        if let Some(site) = (0..self.space.sites()).find(states) {
            let states = self.space.states_at(site);
            return Err(RelaxationError::Sites { site, states });
        }
        if self.space.is_clamped() {
            return Err(RelaxationError::Observed);
        }
        if let Some(own) = self.about.as_ref().and_then(|about| about.relaxed()) {
            return Ok(own);
        }
        let gradient = self.gradient.as_ref().filter(|_| self.multilinear);
        let gradient: &Arc<DynGradient<R, S>> = gradient.ok_or(RelaxationError::Undefined)?;
        let form = Quadratic::of_declared(&Shared(Arc::clone(gradient)))?;
        Ok(Box::new(form))
    }
}
