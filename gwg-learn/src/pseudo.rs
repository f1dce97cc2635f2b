//! The pseudo-likelihood of a Potts model: the product of the conditional probabilities of all sites.

mod fit;
mod objective;
mod site;

pub use fit::{PseudoError, PseudoFit, PseudoOptions, fit_pseudo_likelihood};
pub use objective::PseudoLikelihood;
