//! The registry of samplers and of models: from a one-line spec (`gwg`, `lb:balance=barker`, `20*gwg+gibbs`; `potts-lattice:side=5`) to
//! chains on any model.
//!
//! - [`ModelSpec`] reads the spec of a model, and builds a [`Model`]: a model of any type, with what it can do (its gradient, exact
//!   differences, few affected moves, few levels, sweeps) and its description ([`Describe`]);
//! - [`SamplerSpec`] reads the spec of a sampler: one, or several in turn or at random;
//! - [`SamplerSpec::bind`] puts both together: the fastest form of the sampler that the model's capabilities allow, as a
//!   [`Stepper`](gwg_chains::Stepper) for [`Chains`](gwg_chains::Chains) and [`run_with`](gwg_chains::run_with);
//! - [`samplers`] and [`models`] list all entries, each whole in one file of this crate: keys, defaults, what it is, and how it runs or
//!   is built.
//!
//! ```
//! use gwg_chains::{ChainSpec, Chains};
//! use gwg_registry::{ModelSpec, SamplerSpec};
//!
//! let model = ModelSpec::parse("potts-lattice:side=5")?.build::<f32>()?;
//! let stepper = "pas:path=3".parse::<SamplerSpec>()?.bind(&model)?;
//! let mut chains = Chains::with(&*stepper, &ChainSpec::default())?;
//! chains.advance_with(&*stepper, 100, false)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod compose;
mod entry;
mod error;
pub mod grammar;
mod list;
mod model;
mod models;
mod precision;
mod samplers;
mod shared;
mod space;
mod spacing;
mod spec;
mod stepper;

pub use entry::{Sampler, SamplerEntry};
pub use error::{BindError, SamplerSpecError};
pub use grammar::SpecError;
pub use list::parse_list;
pub use model::{
    BuildError, Describe, DrawExact, ExactMeans, ModelBuilder, ModelEntry, ModelSpec, SaveError,
};
pub use model::{
    DynDelta, DynGradient, DynLeveled, DynLocal, DynRelaxed, DynStepper, Model, On, RelaxationError,
};
pub use models::models;
pub use precision::{Precision, Width};
pub use samplers::samplers;
pub use space::SharedSpace;
pub use spec::{Composition, SamplerSpec};
