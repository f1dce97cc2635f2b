//! Estimates of Potts and Ising models that need neither a partition function nor draws: sums over single sites of functions of their logits.

mod fit;
mod loss;
mod objective;
mod site;

pub use fit::{
    SiteFit, SiteFitError, SiteFitOptions, SiteFitProgress, fit_by_sites, fit_by_sites_until,
    fit_pseudo_likelihood,
};
pub use loss::SiteLoss;
pub use objective::SiteObjective;
