//! Learning of energy-based models of discrete data.
//!
//! - [`read_alignment`]: aligned sequences of proteins and RNA;
//! - [`read_params`], [`write_params`]: Potts models in the files of adabmDCA;
//! - [`mean_field()`]: a Potts model from covariances;
//! - [`fit_pseudo_likelihood`], [`fit_by_sites`]: a Potts model by pseudo-likelihood, minimum probability flow, or ratio matching;
//! - [`frobenius_apc`], [`precision()`], [`contact_map`]: contacts from couplings;
//! - [`mutations`], [`nearest_rows`], [`zero_sum`]: scores of mutations, distances to known rows, the gauge;
//! - [`sequence_weights`]: weights of sequences that resemble each other;
//! - [`Data`]: rows of symbols with weights;
//! - [`log_likelihood`]: the mean log-likelihood of data, in nats and bits per dimension;
//! - [`log_z`]: the partition function, by annealed importance sampling and other methods;
//! - [`latent`]: models with latent variables (sigmoid belief networks, stochastic block models), and Monte Carlo EM;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod adabm;
mod alignment;
mod contacts;
mod data;
mod draw;
mod evaluate;
mod ladder;
pub mod latent;
pub mod log_z;
mod mean_field;
mod mixing;
mod nearest;
mod one_hot;
mod optimizer;
mod packed;
mod pcd;
mod potts;
mod pseudo;
mod rbm;
mod resample;
mod saved;
mod train_error;
mod vae;
mod weights;

pub use adabm::{
    Params, ParamsError, ParamsFault, chain_names, log_weights, params_text, parse_params,
    read_params, write_params,
};
pub use alignment::{
    Alignment, AlignmentError, AlignmentFault, AlignmentFormat, AlignmentOptions, Alphabet,
    AlphabetError, Place, UnknownLetters, fasta_text, parse_alignment, read_alignment, write_fasta,
};
pub use contacts::{
    AverageProduct, Contacts, ContactsError, ContactsFault, DEFAULT_SEPARATION, PairScores,
    Precision, contact_map, frobenius_apc, gradient_couplings, parse_contacts, precision,
    precision_at, read_contacts,
};
pub use data::{Data, DataError};
pub use evaluate::{EvaluateError, LogLikelihood, check_total_probability, log_likelihood};
pub use ladder::{
    GrowingLadder, Growth, GrowthOptions, Ladder, LadderFileError, LadderLogZ, SweptModel,
    SweptPotts, read_ladder, read_potts_ladder, write_ladder, write_potts_ladder,
};
pub use mean_field::{DEFAULT_PSEUDOCOUNT, MeanFieldError, mean_field};
pub use mixing::{Adaptation, moved};
pub use nearest::nearest_rows;
pub use optimizer::{Optimizer, Penalty, Schedule};
pub use pcd::{BindModel, Pcd, PcdError, PcdOptions, PcdUpdate};
pub use potts::{
    Activation, Correlations, Decimation, GraphEnd, Moments, PairPotts, PairPottsError,
    PottsChains, PottsGraph, PottsMoves, PottsOptions, PottsTables, PottsTrainer, PottsUpdate,
    mutations, zero_sum,
};
pub use pseudo::{
    SiteFit, SiteFitError, SiteFitOptions, SiteFitProgress, SiteLoss, SiteObjective, fit_by_sites,
    fit_by_sites_until, fit_pseudo_likelihood,
};
pub use rbm::{RbmChains, RbmLayers, RbmOptions, RbmTrainer, RbmUpdate, effective_couplings};
pub use resample::ResampleOptions;
pub use saved::ResumeError;
pub use train_error::TrainError;
pub use vae::{VAE_KIND, Vae, VaeBound, VaeError, VaeFileError, VaeOptions, VaeTrainer, VaeUpdate};
pub use weights::{DEFAULT_IDENTITY, sequence_weights};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
