//! The registry of samplers: from a one-line spec (`gwg`, `lb:balance=barker`, `20*gwg+gibbs`) to chains on any model.
//!
//! - [`SamplerSpec`] reads a spec: one sampler, or several in turn or at random;
//! - [`Model`] is a model of any type, with what it can do: its gradient, exact differences, few affected moves, few levels, sweeps;
//! - [`SamplerSpec::bind`] puts both together: the fastest form of the sampler that the model's capabilities allow, as a
//!   [`Stepper`](gwg_chains::Stepper) for [`Chains`](gwg_chains::Chains) and [`run_with`](gwg_chains::run_with);
//! - [`samplers`] lists all entries, each whole in one file of this crate: keys, defaults, cost, when to use it, requirements, bias,
//!   and how it runs on a model.
//!
//! ```
//! use gwg_chains::{ChainSpec, Chains};
//! use gwg_models::{AnyModel, ModelSpec};
//! use gwg_registry::{Model, SamplerSpec};
//!
//! let any: AnyModel<f32> = AnyModel::build(&ModelSpec::parse("potts-lattice:side=5")?, None)?;
//! let model = Model::from(&any);
//! let stepper = "pas:path=3".parse::<SamplerSpec>()?.bind(&model)?;
//! let mut chains = Chains::with(&*stepper, &ChainSpec::default())?;
//! chains.advance_with(&*stepper, 100, false)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod compose;
mod entry;
mod error;
mod list;
mod model;
mod precision;
mod samplers;
mod shared;
mod space;
mod spec;
mod stepper;

pub use entry::{Sampler, SamplerEntry};
pub use error::{BindError, SamplerSpecError};
pub use list::parse_list;
pub use model::{DynDelta, DynGradient, DynLeveled, DynLocal, DynStepper, Model, On};
pub use precision::Precision;
pub use samplers::samplers;
pub use space::SharedSpace;
pub use spec::{Composition, SamplerSpec};
