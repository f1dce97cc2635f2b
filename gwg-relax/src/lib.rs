//! Continuous relaxations of discrete distributions, and Langevin methods: the baselines of Gibbs-With-Gradients.
//!
//! Discrete states are embedded into `R^n`, where gradients exist, a continuous method runs there, and its points are rounded.
//! **None of the relaxed methods samples the target**; every type says what it samples and how far that is from it. W. Grathwohl,
//! K. Swersky, M. Hashemi, D. Duvenaud, C. Maddison, "Oops I Took A Gradient: Scalable Sampling for Discrete Distributions" (ICML 2021)
//! report that such methods fail beyond about 200 dimensions: `gwg compare --relaxations` and `examples/relaxations` measure it.
//!
//! | item | samples or estimates | bias |
//! |---|---|---|
//! | [`BinaryRelaxation`] | the relaxed density of a model at temperature `T` | total variation .02 (T = .1) to .16 (T = 1) for three spins |
//! | its weights, [`WeightedMeans`] | means of the target | none asymptotically; the effective number of draws is exponentially small in the number of sites |
//! | [`Langevin`] (ULA) | a density, approximately | order `h`, in addition |
//! | [`StochasticLangevin`] (SGLD) | a density, approximately, from noisy gradients | order `h (1 + noise variance)`, in addition |
//! | [`Mala`], [`Hmc`] | a density | none in addition |
//! | [`gumbel_max`] | a categorical distribution | none |
//! | [`BinaryConcrete`], [`GumbelSoftmax`] | gradients of `E f` | from none (straight-through, multilinear `f`) to wrong signs (`T = 2`) |
//! | [`Svgd`] | a density, by particles | too little spread, in addition |
//! | [`DiscreteSvgd`] | the target, by particles | too little spread; degenerate weights |
//!
//! A model is evaluated between its states through [`Relaxed`], and **everything above depends on that choice of extension**:
//! [`Quadratic`] is the multilinear extension of any Ising or Potts model, from its own gradients.
//!
//! ```
//! use gwg_core::SplitMix64;
//! use gwg_models::LatticeIsing;
//! use gwg_relax::{BinaryRelaxation, Chain, Mala, Quadratic, Sampler, WeightedMeans, tune};
//!
//! let model = Quadratic::of(&LatticeIsing::<f64>::new(2, 4, 0.1, 0.2)?)?;
//! let density = BinaryRelaxation::new(model, 0.5)?;
//! let (mut bits, mut scratch) = (SplitMix64::new(1), vec![0.0; density.weight_scratch_len()]);
//! let mut chain = Chain::new(&density, vec![0.0; 16])?;
//! let mala = tune(Mala::new(0.1)?, &density, &mut chain, 1000, &mut bits);
//! let (mut x, mut means) = ([0; 16], WeightedMeans::new(16));
//! for _ in 0..2000 {
//!     mala.step(&density, &mut chain, &mut bits);
//!     density.round(chain.u(), &mut x);
//!     let log_weight = density.log_weight(chain.u(), chain.log_density(), &mut scratch);
//!     means.push(log_weight, x.iter().map(|&x| f64::from(x)));
//! }
//! assert!(means.effective() < 1500.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod concrete;
pub mod density;
mod error;
mod noise;
pub mod particles;
pub mod relaxed;
pub mod sampler;
mod weights;

pub use concrete::{BinaryConcrete, GumbelSoftmax};
pub use density::{BinaryRelaxation, Density, Schedule};
pub use error::RelaxError;
pub use noise::{Normal, gumbel, gumbel_max, logistic};
pub use particles::{DiscreteSvgd, RbfKernel, Svgd};
pub use relaxed::{Extended, Quadratic, Relaxed, RelaxedRbm, Scaled};
pub use sampler::{Adjusted, Chain, DualAveraging, Hmc, Langevin, Mala, Sampler, tune};
pub use sampler::{MiniBatch, Noisy, StepDecay, StochasticGradient, StochasticLangevin};
pub use weights::WeightedMeans;
