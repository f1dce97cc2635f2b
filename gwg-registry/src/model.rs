//! Models of any type behind one: what the registry runs samplers on.

mod about;
mod bridge;
pub(crate) mod builder;
mod describe;
pub(crate) mod error;
pub(crate) mod facts;
mod forms;
mod on;
mod relaxed;
mod rounding;
mod spec;

pub use builder::{ModelBuilder, ModelEntry};
pub use describe::{Describe, DrawExact, DynRelaxed, ExactMeans};
pub use error::{BuildError, SaveError};
pub use on::On;
pub use relaxed::RelaxationError;
pub use spec::ModelSpec;

use crate::shared::Shared;
use crate::space::SharedSpace;
use crate::stepper::Owned;
use forms::{Clusters, Make, Native, Trajectory};
use gwg_chains::Stepper;
use gwg_core::kernel::BlockSweep;
use gwg_core::{
    Delta, Error, Exact, Gradient, Leveled, Local, Multilinear, NFold, Pairwise, Real, Space,
    Sweep, Symbol, Target,
};
use gwg_models::exact::Factored;
use gwg_models::{OwnedSpace, Spins};
use std::fmt;
use std::sync::Arc;

/// A model with a gradient, its type erased.
pub type DynGradient<R, S = u8> = dyn Gradient<Real = R, Space = SharedSpace<S>> + Send + Sync;
/// A model with exact differences.
pub type DynDelta<R, S = u8> = dyn Delta<Real = R, Space = SharedSpace<S>> + Send + Sync;
/// A model in which a move changes few differences.
pub type DynLocal<R, S = u8> = dyn Local<Real = R, Space = SharedSpace<S>> + Send + Sync;
/// A model whose differences take few values.
pub type DynLeveled<R, S = u8> = dyn Leveled<Real = R, Space = SharedSpace<S>> + Send + Sync;

/// A kernel on a model, both of types that are erased.
pub type DynStepper<R, S = u8> = dyn Stepper<R, S> + Send;

/// Puts the model on another space.
type Again<R, S> = Arc<dyn Fn(SharedSpace<S>) -> Result<Model<R, S>, Error> + Send + Sync>;

/// A model, its type erased, with what it can do: which traits of [`gwg_core::target`] it implements.
///
/// A cheap handle: clones share the model. Samplers query its capabilities, so that a new model runs on every sampler that it has the
/// capabilities for, and a new sampler on every model.
///
/// ```
/// use gwg_models::LatticeIsing;
/// use gwg_registry::{Model, SamplerSpec};
///
/// let lattice = LatticeIsing::<f32>::new(2, 8, 0.2, 0.0)?;
/// let model = Model::new(lattice, |model, on| {
///     model.gradient(on).delta(on).local(on).leveled(on).multilinear(on).sweep(on);
/// });
/// let sampler: SamplerSpec = "20*gwg+gibbs".parse()?;
/// let stepper = sampler.bind(&model)?;
/// let run = gwg_chains::run_with(&*stepper, &gwg_chains::Plan::default(), &mut ())?;
/// assert_eq!(run.draws, 1000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Model<R: Real, S: Symbol = u8> {
    space: SharedSpace<S>,
    log_prob: Arc<dyn Target<Real = R, Space = SharedSpace<S>> + Send + Sync>,
    gradient: Option<Arc<DynGradient<R, S>>>,
    delta: Option<Arc<DynDelta<R, S>>>,
    local: Option<Arc<DynLocal<R, S>>>,
    leveled: Option<Arc<DynLeveled<R, S>>>,
    /// Compiled for the model's own type, where nothing is observed: a step is so short that a call through `dyn` shows.
    native: Native<R, S>,
    /// Compiled for the model's own type: a sweep draws its random bits one by one.
    sweep: Option<Make<R, S, BlockSweep>>,
    /// Sweeps together with other models of the same type.
    trajectory: Option<Trajectory<R, S>>,
    /// Cluster moves, compiled for the model's own type: a step visits all bonds.
    clusters: Option<Clusters<R, S>>,
    /// Its graph of spins, where it may have one.
    spins: Option<Arc<dyn Spins + Send + Sync>>,
    /// Its terms of a few sites each, where it has such terms.
    factors: Option<Arc<dyn Factored + Send + Sync>>,
    multilinear: bool,
    /// Its description.
    about: Option<Arc<dyn Describe<R, S>>>,
    /// Makes the same model on another space.
    again: Again<R, S>,
}

impl<R: Real, S: Symbol> fmt::Debug for Model<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("space", &self.space)
            .field("gradient", &self.gradient.is_some())
            .field("delta", &self.delta.is_some())
            .field("local", &self.local.is_some())
            .field("leveled", &self.leveled.is_some())
            .field("sweep", &self.sweep.is_some())
            .field("multilinear", &self.multilinear)
            .finish_non_exhaustive()
    }
}

impl<R: Real, S: Symbol> Model<R, S> {
    /// The model with the capabilities that `declare` names.
    pub fn new<T>(model: T, declare: fn(&mut Self, &Arc<On<T>>)) -> Self
    where
        T: Target<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S> + Into<OwnedSpace<S>>,
    {
        Self::shared(Arc::new(model), declare)
    }

    /// The same of a model that is shared already.
    pub fn shared<T>(model: Arc<T>, declare: fn(&mut Self, &Arc<On<T>>)) -> Self
    where
        T: Target<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S> + Into<OwnedSpace<S>>,
    {
        let space: OwnedSpace<S> = model.space().clone().into();
        Self::on(&model, space.into(), declare)
    }

    /// The same of a model that has a description.
    pub fn described<T>(model: T, declare: fn(&mut Self, &Arc<On<T>>)) -> Self
    where
        T: Target<Real = R> + Describe<R, S> + 'static,
        T::Space: Space<Symbol = S> + Into<OwnedSpace<S>>,
    {
        let model = Arc::new(model);
        Self {
            about: Some(model.clone()),
            ..Self::shared(model, declare)
        }
    }

    fn on<T>(model: &Arc<T>, space: SharedSpace<S>, declare: fn(&mut Self, &Arc<On<T>>)) -> Self
    where
        T: Target<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        let on = Arc::new(On::new(Arc::clone(model), space.clone()));
        let again = Arc::clone(model);
        let mut made = Self {
            space,
            log_prob: on.clone(),
            gradient: None,
            delta: None,
            local: None,
            leveled: None,
            native: Native::default(),
            sweep: None,
            trajectory: None,
            clusters: None,
            spins: None,
            factors: None,
            multilinear: false,
            about: None,
            again: Arc::new(move |space| Ok(Self::on(&again, space, declare))),
        };
        declare(&mut made, &on);
        made
    }

    /// Declares a gradient.
    pub fn gradient<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Gradient<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        self.gradient = Some(on.clone());
        self
    }

    /// Declares exact differences.
    pub fn delta<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Delta<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        self.delta = Some(on.clone());
        if let Some(model) = on.native() {
            self.native.gibbs = Some(Arc::new(move |kernel, label| {
                Owned::boxed(Shared(Arc::clone(&model)), kernel, label)
            }));
        }
        self
    }

    /// Declares that a move changes few differences.
    pub fn local<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Local<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        self.local = Some(on.clone());
        if let Some(model) = on.native() {
            self.native.tree = Some(Arc::new(move |kernel, label| {
                Owned::boxed(Exact(Shared(Arc::clone(&model))), kernel, label)
            }));
        }
        self
    }

    /// Declares that the differences take few values; ignored where there are more moves than [`NFold`] can number.
    pub fn leveled<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Leveled<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        if self.space.moves() <= NFold::<()>::MAX_MOVES {
            self.leveled = Some(on.clone());
            if let Some(model) = on.native() {
                let jump = Arc::clone(&model);
                self.native.jump = Some(Arc::new(move |kernel, label| {
                    Owned::boxed(Exact(Shared(Arc::clone(&jump))), kernel, label)
                }));
                self.native.n_fold = Some(Arc::new(move |kernel, label| {
                    Owned::boxed(Exact(Shared(Arc::clone(&model))), kernel, label)
                }));
            }
        }
        self
    }

    /// Declares that first-order differences are the exact ones.
    pub fn multilinear<T: Multilinear>(&mut self, _: &Arc<On<T>>) -> &mut Self {
        self.multilinear = true;
        self
    }

    /// Declares blocks of conditionally independent sites; ignored where sites are observed and the model's sweeps would draw them too.
    pub fn sweep<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Sweep<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        if on.has_sweeps() {
            let on = Arc::clone(on);
            self.sweep = Some(Arc::new(move |kernel, label| {
                Owned::boxed(Shared(Arc::clone(&on)), kernel, label)
            }));
        }
        self
    }

    /// Declares bonds with couplings of equal symbols, and fields, of which `f` is the sum; ignored where it has other terms.
    pub fn pairwise<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Pairwise<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        if on.is_pairwise() {
            self.clusters = Some(Clusters::new(on));
        }
        self
    }

    /// Declares that the model may be an Ising model with couplings of one magnitude, whose chains can be swept 64 at a time.
    pub fn spins<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Spins + Target<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        self.spins = Some(on.model());
        self
    }

    /// Declares that the model is a sum of terms of a few sites each, which may be eliminated one by one.
    pub fn factors<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Factored + Target<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        self.factors = Some(on.model());
        self
    }

    /// Declares that models of the same type and shape, such as those of a training run, can be swept together with it: trajectory tempering.
    pub fn trajectory<T>(&mut self, on: &Arc<On<T>>) -> &mut Self
    where
        T: Sweep<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        if on.has_sweeps() {
            self.trajectory = Some(Trajectory::new(on));
        }
        self
    }

    /// The same model, given what was observed at some of its sites.
    ///
    /// # Errors
    /// Those of [`gwg_core::space::Clamped::new`].
    pub fn clamped(&self, observed: &[Option<S>]) -> Result<Self, Error> {
        Ok(Self {
            about: self.about.clone(),
            ..(self.again)(self.space.clamped(observed)?)?
        })
    }

    /// The space.
    #[must_use]
    pub fn space(&self) -> &SharedSpace<S> {
        &self.space
    }

    /// `f(x)`.
    #[must_use]
    pub fn log_prob(&self, x: &[S]) -> f64 {
        self.log_prob.log_prob(x)
    }

    /// The gradient, where there is one.
    #[must_use]
    pub fn as_gradient(&self) -> Option<&Arc<DynGradient<R, S>>> {
        self.gradient.as_ref()
    }

    /// Exact differences, where there are cheap ones.
    #[must_use]
    pub fn as_delta(&self) -> Option<&Arc<DynDelta<R, S>>> {
        self.delta.as_ref()
    }

    /// The model as one in which a move changes few differences, where it is.
    #[must_use]
    pub fn as_local(&self) -> Option<&Arc<DynLocal<R, S>>> {
        self.local.as_ref()
    }

    /// The model as one whose differences take few values, where it is.
    #[must_use]
    pub fn as_leveled(&self) -> Option<&Arc<DynLeveled<R, S>>> {
        self.leveled.as_ref()
    }

    /// True where the model defines blocks of conditionally independent sites.
    #[must_use]
    pub fn has_sweeps(&self) -> bool {
        self.sweep.is_some()
    }

    /// The graph of spins of the model, where it may have one.
    pub(crate) fn as_spins(&self) -> Option<&(dyn Spins + Send + Sync)> {
        self.spins.as_deref()
    }

    /// The terms of the model, where they are of a few sites each.
    pub(crate) fn as_factors(&self) -> Option<&(dyn Factored + Send + Sync)> {
        self.factors.as_deref()
    }

    /// True where first-order differences are the exact ones.
    #[must_use]
    pub fn is_multilinear(&self) -> bool {
        self.multilinear
    }
}
