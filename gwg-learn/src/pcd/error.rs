use gwg_chains::RunError;
use gwg_core::target::ParameterError;

/// An error of training. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PcdError {
    /// Model and data have the same sites, and the data no more states.
    #[error("data with {} sites of {} states do not fit a model with {sites} sites of {states} states", found.0, found.1)]
    Shape {
        /// The model's sites.
        sites: usize,
        /// The model's largest number of states.
        states: usize,
        /// Sites and states of the data.
        found: (usize, usize),
    },
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
    /// All parameters are finite.
    #[error("{0}; a smaller learning rate may help")]
    Parameters(#[from] ParameterError),
    /// The saved training is of the same model, data and options.
    #[error(transparent)]
    Resume(#[from] crate::ResumeError),
    /// The saved chains are of the same sampler.
    #[error(transparent)]
    Chains(#[from] gwg_chains::RestoreError),
    /// The sampler can be bound to the model.
    #[error("{0}")]
    Sampler(String),
}
