//! All models behind one type, for programs that learn only at run time which one it is.

mod build;
mod describe;
mod space;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use gwg_core::{Delta, Gradient, Leveled, Local, Multilinear, NFold, Real, Space, Sweep, Target};
use gwg_linalg::Scalar;

use crate::io::{IoError, Parameters, write_model};
use crate::{
    DenseIsing, DensePotts, Factorized, FactorizedCategorical, Fhmm, LatticeIsing, LatticeOrdinal,
    LatticePotts, QuadraticFhmm, Rbm, SparseIsing,
};

pub use build::BuildError;
pub use space::AnySpace;

/// A model of any kind: made by [`build`](AnyModel::build), used through a [`ModelVisitor`].
#[derive(Clone, Debug)]
pub enum AnyModel<R: Scalar> {
    /// `ising-lattice`.
    LatticeIsing(Arc<LatticeIsing<R>>),
    /// `ising-er` and `ising-file`.
    SparseIsing(Arc<SparseIsing<R>>),
    /// `ising-dense`.
    DenseIsing(Arc<DenseIsing<R>>),
    /// `potts-lattice`.
    LatticePotts(Arc<LatticePotts<R>>),
    /// `potts-dense`.
    DensePotts(Arc<DensePotts<R>>),
    /// `ordinal-lattice`.
    LatticeOrdinal(Arc<LatticeOrdinal<R>>),
    /// `rbm`.
    Rbm(Arc<Rbm<R>>),
    /// `bernoulli`.
    Factorized(Arc<Factorized<R>>),
    /// `categorical`.
    FactorizedCategorical(Arc<FactorizedCategorical<R>>),
    /// `fhmm`.
    Fhmm(Arc<Fhmm<R>>),
    /// `fhmm` with `extension=quadratic`.
    QuadraticFhmm(Arc<QuadraticFhmm<R>>),
}

/// Code that is to run on a model whose type is known only when [`AnyModel::visit`] opens it.
///
/// A visitor is compiled once for every model, and nothing is dispatched within: only the choice of
/// the model happens at run time. There are three roads, for what a move costs: few differences change
/// (a [`SumTree`](gwg_core::SumTree) pays) and they take few values as well ([`NFold`] classes), or all do
/// (a [`Evaluated`](gwg_core::Evaluated) block); and one for models in which few exact differences change
/// that are not the first-order ones.
///
/// ```
/// use gwg_core::{Delta, Gradient, Local, Multilinear, Space};
/// use gwg_models::{AnyModel, ModelSpec, ModelVisitor};
///
/// /// The numbers that Gibbs sampling keeps for a walker.
/// struct MemoryLen;
///
/// impl ModelVisitor<f64> for MemoryLen {
///     type Out = usize;
///
///     fn local<T>(self, model: &T) -> usize
///     where
///         T: Local<Real = f64> + Gradient + Multilinear + Sync,
///         T::Space: Space<Symbol = u8>,
///     {
///         model.cache_len()
///     }
///
///     fn evaluated<T>(self, model: &T) -> usize
///     where
///         T: Gradient<Real = f64> + Delta + Sync,
///         T::Space: Space<Symbol = u8>,
///     {
///         model.cache_len()
///     }
/// }
///
/// let model = AnyModel::build(&ModelSpec::parse("ising-lattice:side=10")?, None)?;
/// assert_eq!(model.visit(MemoryLen), 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ModelVisitor<R: Real> {
    /// What comes of it.
    type Out;

    /// A model in which a move changes few differences: lattices, sparse graphs, independent sites.
    fn local<T>(self, model: &T) -> Self::Out
    where
        T: Local<Real = R> + Gradient + Multilinear + Sync,
        T::Space: Space<Symbol = u8>;

    /// A local model whose differences take few values, and that has few enough moves for [`NFold`]: small
    /// or large lattices with one coupling.
    fn leveled<T>(self, model: &T) -> Self::Out
    where
        T: Leveled<Real = R> + Local + Gradient + Multilinear + Sync,
        T::Space: Space<Symbol = u8>,
        Self: Sized,
    {
        self.local(model)
    }

    /// A model in which a move changes all differences: dense couplings, Boltzmann machines.
    fn evaluated<T>(self, model: &T) -> Self::Out
    where
        T: Gradient<Real = R> + Delta + Sync,
        T::Space: Space<Symbol = u8>;

    /// A model in which a move changes few exact differences, other than the first-order ones: ordinal
    /// lattices, a hidden Markov model in its quadratic extension. By default the road of [`evaluated`](Self::evaluated).
    fn local_exact<T>(self, model: &T) -> Self::Out
    where
        Self: Sized,
        T: Local<Real = R> + Gradient + Sync,
        T::Space: Space<Symbol = u8>,
    {
        self.evaluated(model)
    }
}

/// Code that is to run on a model that knows which of its sites are independent, opened by [`AnyModel::visit_sweep`].
pub trait SweepVisitor<R: Real> {
    /// What comes of it.
    type Out;

    /// A lattice, a sparse graph, independent sites, hidden chains, or a restricted Boltzmann machine.
    fn sweep<T>(self, model: &T) -> Self::Out
    where
        T: Sweep<Real = R> + Sync,
        T::Space: Space<Symbol = u8>;
}

/// Runs the same expression on whichever model it is.
macro_rules! each {
    ($any:expr, $model:ident => $out:expr) => {
        match $any {
            AnyModel::LatticeIsing($model) => $out,
            AnyModel::SparseIsing($model) => $out,
            AnyModel::DenseIsing($model) => $out,
            AnyModel::LatticePotts($model) => $out,
            AnyModel::DensePotts($model) => $out,
            AnyModel::LatticeOrdinal($model) => $out,
            AnyModel::Rbm($model) => $out,
            AnyModel::Factorized($model) => $out,
            AnyModel::FactorizedCategorical($model) => $out,
            AnyModel::Fhmm($model) => $out,
            AnyModel::QuadraticFhmm($model) => $out,
        }
    };
}
use each;

impl<R: Scalar> AnyModel<R> {
    /// Opens the model and gives it to `visitor`.
    pub fn visit<V: ModelVisitor<R>>(&self, visitor: V) -> V::Out {
        match self {
            Self::LatticeIsing(model) if model.space().moves() <= NFold::<()>::MAX_MOVES => {
                visitor.leveled(&**model)
            }
            Self::LatticeIsing(model) => visitor.local(&**model),
            Self::SparseIsing(model) => visitor.local(&**model),
            Self::LatticePotts(model) => visitor.local(&**model),
            Self::Factorized(model) => visitor.local(&**model),
            Self::FactorizedCategorical(model) => visitor.local(&**model),
            Self::Fhmm(model) => visitor.local(&**model),
            Self::QuadraticFhmm(model) => visitor.local_exact(&**model),
            Self::LatticeOrdinal(model) => visitor.local_exact(&**model),
            Self::DenseIsing(model) => visitor.evaluated(&**model),
            Self::DensePotts(model) => visitor.evaluated(&**model),
            Self::Rbm(model) => visitor.evaluated(&**model),
        }
    }

    /// Opens the model and gives it to `visitor`; `None` where the model knows no independence.
    pub fn visit_sweep<V: SweepVisitor<R>>(&self, visitor: V) -> Option<V::Out> {
        match self {
            Self::LatticeIsing(model) => Some(visitor.sweep(&**model)),
            Self::SparseIsing(model) => Some(visitor.sweep(&**model)),
            Self::LatticePotts(model) => Some(visitor.sweep(&**model)),
            Self::LatticeOrdinal(model) => Some(visitor.sweep(&**model)),
            Self::Rbm(model) => Some(visitor.sweep(&**model)),
            Self::Factorized(model) => Some(visitor.sweep(&**model)),
            Self::FactorizedCategorical(model) => Some(visitor.sweep(&**model)),
            Self::Fhmm(model) => Some(visitor.sweep(&**model)),
            Self::QuadraticFhmm(model) => Some(visitor.sweep(&**model)),
            Self::DenseIsing(_) | Self::DensePotts(_) => None,
        }
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        each!(self, model => model.space().sites())
    }

    /// The number of states of a site.
    #[must_use]
    pub fn states(&self) -> usize {
        each!(self, model => model.space().states())
    }

    /// Whether `x` is a configuration of the model.
    #[must_use]
    pub fn contains(&self, x: &[u8]) -> bool {
        each!(self, model => model.space().contains(x))
    }

    /// `f(x)`, the log-probability up to a constant, of a configuration of the model.
    #[must_use]
    pub fn log_prob(&self, x: &[u8]) -> f64 {
        each!(self, model => model.log_prob(x))
    }

    /// The shape in which a configuration is drawn as a picture, slowest dimension first: a
    /// lattice's own, times and factors of a hidden Markov model, a square where an RBM or independent bits have a
    /// square number of sites.
    #[must_use]
    pub fn grid(&self) -> Option<Vec<usize>> {
        match self {
            Self::LatticeIsing(model) => Some(vec![model.side(); model.dims()]),
            Self::LatticePotts(model) => Some(vec![model.side(); model.dims()]),
            Self::LatticeOrdinal(model) => Some(vec![model.side(); model.dims()]),
            Self::Fhmm(_) | Self::QuadraticFhmm(_) => {
                let model = self.fhmm()?;
                Some(vec![model.length(), model.factors()])
            }
            Self::Rbm(_) | Self::Factorized(_) => {
                let side = self.sites().isqrt();
                (side > 1 && side * side == self.sites()).then(|| vec![side, side])
            }
            _ => None,
        }
    }

    /// The factorial hidden Markov model, in whichever extension: its exact posterior, truth and reconstructions.
    #[must_use]
    pub fn fhmm(&self) -> Option<&Fhmm<R>> {
        match self {
            Self::Fhmm(model) => Some(model),
            Self::QuadraticFhmm(model) => Some(&model.0),
            _ => None,
        }
    }

    /// The parameters, for the kinds of model that a file can hold.
    #[must_use]
    pub fn parameters(&self) -> Option<Parameters<'_, R>> {
        match self {
            Self::DenseIsing(model) => Some(Parameters::IsingDense {
                coupling: Cow::Borrowed(model.coupling()),
                field: Cow::Borrowed(model.field()),
            }),
            Self::DensePotts(model) => Some(Parameters::PottsDense {
                sites: self.sites(),
                states: self.states(),
                coupling: Cow::Owned(model.coupling()),
                field: Cow::Borrowed(model.field()),
            }),
            Self::Rbm(model) => Some(Parameters::Rbm {
                weights: Cow::Borrowed(model.weights()),
                visible_bias: Cow::Borrowed(model.visible_bias()),
                hidden_bias: Cow::Borrowed(model.hidden_bias()),
            }),
            _ => None,
        }
    }

    /// Writes a model file, whole or not at all; what stood at `path` before is replaced.
    ///
    /// # Errors
    /// [`IoError::NoKind`] for the kinds of model that no file holds, or what the system says.
    pub fn save(&self, path: &Path) -> Result<(), IoError> {
        match self.parameters() {
            Some(parameters) => write_model(path, &parameters),
            None => Err(IoError::NoKind {
                path: path.to_owned(),
                model: self.name(),
            }),
        }
    }
}
