//! Models with discrete latent variables: some sites are observed, and the others are summed out of the likelihood.
//!
//! Both models are normalized over all of their variables: `f(x)` is the logarithm of a joint probability, `log Z` is 0, and the log-likelihood of what is observed
//! is `log sum_h exp f(v, h)`. With the observed sites clamped ([`gwg_core::Clamp`]) every sampler of this library draws from the posterior.
//!
//! | item | what it is |
//! |---|---|
//! | [`SigmoidBelief`] | a sigmoid belief network: layers of binary units, each drawn given the one above |
//! | [`BlockModel`], [`BlockGraph`], [`LogOdds`] | a stochastic block model of a graph, whose log-odds of edges are a table or a neural network of embeddings of the classes |
//! | [`Observations`] | which sites are observed, and their symbols |
//! | [`MonteCarloEm`] | training of any such model by Monte Carlo EM, with persistent chains of the posterior of each row |
//! | [`exact_log_likelihood`], [`mean_log_likelihood`], [`annealed_log_likelihood`] | log-likelihoods, by enumeration or by annealed importance sampling |

mod belief;
mod block;
mod em;
mod error;
mod evaluate;
mod graph;
mod observations;
mod odds;
mod uniform;

pub use belief::SigmoidBelief;
pub use block::BlockModel;
pub use em::{BindPosterior, EmError, EmOptions, EmUpdate, MonteCarloEm};
pub use error::{GraphError, LatentError, PairFault};
pub use evaluate::{
    BindBridge, PosteriorAnnealing, annealed_log_likelihood, exact_log_likelihood,
    mean_log_likelihood,
};
pub use graph::{BlockGraph, MISSING};
pub use observations::Observations;
pub use odds::LogOdds;
pub use uniform::Uniform;

use gwg_core::Real;

/// The number at `k`; 0 past the end.
#[inline(always)]
fn at<R: Real>(numbers: &[R], k: usize) -> R {
    numbers.get(k).copied().unwrap_or(R::ZERO)
}

/// The symbol of a site; 0 past the end.
#[inline(always)]
fn symbol(x: &[u8], site: usize) -> usize {
    x.get(site).map_or(0, |&s| usize::from(s))
}
