use crate::latent::LatentError;
use gwg_chains::RunError;
use gwg_core::target::ParameterError;

/// An error of training. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmError {
    /// The rows are of the sites and symbols of the model.
    #[error(transparent)]
    Rows(#[from] LatentError),
    /// An option is in its range.
    #[error("`{name}`: found {found}, allowed is {allowed}")]
    Options {
        /// The option.
        name: &'static str,
        /// Its value.
        found: f64,
        /// The allowed values.
        allowed: &'static str,
    },
    /// The sampler runs on the model.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The kernel does not refuse the model.
    #[error(transparent)]
    Kernel(#[from] gwg_core::Error),
    /// The sampler changes no observed site.
    #[error(
        "row {row}, site {site}: the sampler changed an observed symbol; bind it to the clamped target that is given, and no block sweep where there are several rows"
    )]
    Observed {
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
    },
    /// All parameters are finite, and what the model derives from them.
    #[error("{0}; a smaller learning rate may help")]
    Parameters(#[from] ParameterError),
    /// The saved training is of the same model, rows and options.
    #[error(transparent)]
    Resume(#[from] crate::ResumeError),
    /// The saved chains are of the same sampler.
    #[error(transparent)]
    Chains(#[from] gwg_chains::RestoreError),
    /// The sampler can be bound to the model.
    #[error("{0}")]
    Sampler(String),
}
