//! The forms in which samplers run on a model: compiled for its own type where that is faster, else behind `dyn`.

use super::{DynLeveled, DynStepper, Model, On};
use crate::shared::Shared;
use crate::stepper::Owned;
use gwg_core::kernel::BlockSweep;
use gwg_core::{
    AnyBalance, Exact, Gibbs, Jump, Kernel, LocallyBalanced, NFold, Pairwise, Real, Space, SumTree,
    Sweep, SwendsenWang, Symbol, Target, TrajectoryTempering, Wolff,
};
use std::any::Any;
use std::sync::Arc;

/// The n-fold way with a balancing function chosen at run time.
pub(crate) type NFoldKernel = LocallyBalanced<NFold<AnyBalance>>;
/// One move per step by a sum tree, with a balancing function chosen at run time.
pub(crate) type TreeKernel = LocallyBalanced<SumTree<AnyBalance>>;

/// Puts a kernel on the model, under the label given.
pub(super) type Make<R, S, K> = Arc<dyn Fn(K, String) -> Box<DynStepper<R, S>> + Send + Sync>;

/// Puts trajectory tempering on the model and the others, which come before it, under the label given; `None` where one of them has another type or shape.
type MakeTrajectory<R, S> =
    Arc<dyn Fn(&[Model<R, S>], String) -> Option<Box<DynStepper<R, S>>> + Send + Sync>;

/// A model that can be swept together with others of its type.
#[derive(Clone)]
pub(super) struct Trajectory<R: Real, S: Symbol> {
    /// The model, an [`On`] of its own type.
    own: Arc<dyn Any + Send + Sync>,
    make: MakeTrajectory<R, S>,
}

impl<R: Real, S: Symbol> Trajectory<R, S> {
    pub(super) fn new<T>(on: &Arc<On<T>>) -> Self
    where
        T: Sweep<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        let target = Arc::clone(on);
        let make = move |others: &[Model<R, S>], label| {
            let own = |model: &Model<R, S>| {
                let other = Arc::clone(&model.trajectory.as_ref()?.own);
                other.downcast::<On<T>>().ok().map(Shared)
            };
            let others = others.iter().map(own).collect::<Option<Vec<_>>>()?;
            let shape = |on: &On<T>| {
                (
                    on.sweep_cache_len(),
                    on.sweep_scratch_len(1),
                    on.space().sites(),
                )
            };
            let fits = others.iter().all(|other| shape(&other.0) == shape(&target));
            let kernel = TrajectoryTempering::new(others);
            fits.then(|| Owned::boxed(Shared(Arc::clone(&target)), kernel, label) as _)
        };
        Self {
            own: on.clone(),
            make: Arc::new(make),
        }
    }
}

/// Cluster moves on the model.
#[derive(Clone)]
pub(super) struct Clusters<R, S> {
    swendsen_wang: Make<R, S, SwendsenWang>,
    wolff: Make<R, S, Wolff>,
}

impl<R: Real, S: Symbol> Clusters<R, S> {
    pub(super) fn new<T>(on: &Arc<On<T>>) -> Self
    where
        T: Pairwise<Real = R> + Send + Sync + 'static,
        T::Space: Space<Symbol = S>,
    {
        let (one, two) = (Arc::clone(on), Arc::clone(on));
        Self {
            swendsen_wang: Arc::new(move |kernel, label| {
                Owned::boxed(Shared(Arc::clone(&one)), kernel, label)
            }),
            wolff: Arc::new(move |kernel, label| {
                Owned::boxed(Shared(Arc::clone(&two)), kernel, label)
            }),
        }
    }
}

/// Kernels compiled for the model's own type.
#[derive(Clone)]
pub(super) struct Native<R, S> {
    pub(super) n_fold: Option<Make<R, S, NFoldKernel>>,
    pub(super) tree: Option<Make<R, S, TreeKernel>>,
    pub(super) jump: Option<Make<R, S, Jump<NFold<AnyBalance>>>>,
    pub(super) gibbs: Option<Make<R, S, Gibbs>>,
}

impl<R, S> Default for Native<R, S> {
    fn default() -> Self {
        Self {
            n_fold: None,
            tree: None,
            jump: None,
            gibbs: None,
        }
    }
}

impl<R: Real, S: Symbol> Model<R, S> {
    /// One move per step by exact differences, where few of them change with a move: by the n-fold way where they take few values, else by
    /// a sum tree.
    pub(crate) fn one_move(
        &self,
        n_fold: NFoldKernel,
        tree: TreeKernel,
        label: &str,
    ) -> Option<Box<DynStepper<R, S>>> {
        let label = label.to_owned();
        let native = self.native.n_fold.as_ref();
        if let Some(stepper) = self.on_levels(native, n_fold, &label) {
            return Some(stepper);
        }
        if let Some(make) = &self.native.tree {
            return Some(make(tree, label));
        }
        let local = self.local.as_ref()?;
        Some(Owned::boxed(Exact(Shared(local.clone())), tree, label))
    }

    /// The jump process, in the same forms as [`one_move`](Self::one_move).
    pub(crate) fn jump(
        &self,
        n_fold: Jump<NFold<AnyBalance>>,
        tree: Jump<SumTree<AnyBalance>>,
        label: &str,
    ) -> Option<Box<DynStepper<R, S>>> {
        let label = label.to_owned();
        let native = self.native.jump.as_ref();
        if let Some(stepper) = self.on_levels(native, n_fold, &label) {
            return Some(stepper);
        }
        let local = self.local.as_ref()?;
        Some(Owned::boxed(Exact(Shared(local.clone())), tree, label))
    }

    /// A kernel on the levels of the differences, where they are few.
    fn on_levels<K>(
        &self,
        native: Option<&Make<R, S, K>>,
        kernel: K,
        label: &str,
    ) -> Option<Box<DynStepper<R, S>>>
    where
        K: Kernel<Exact<Shared<DynLeveled<R, S>>>> + Send + Sync + 'static,
    {
        let label = label.to_owned();
        if let Some(make) = native {
            return Some(make(kernel, label));
        }
        let leveled = self.leveled.as_ref()?;
        Some(Owned::boxed(Exact(Shared(leveled.clone())), kernel, label))
    }

    /// Gibbs sampling, where it is compiled for the model.
    pub(crate) fn gibbs(&self, kernel: Gibbs, label: String) -> Option<Box<DynStepper<R, S>>> {
        self.native.gibbs.as_ref().map(|make| make(kernel, label))
    }

    /// Sweeps of conditionally independent sites, where the model defines such blocks.
    pub(crate) fn sweeps(&self, label: String) -> Option<Box<DynStepper<R, S>>> {
        self.sweep.as_ref().map(|make| make(BlockSweep, label))
    }

    /// Swendsen-Wang, where the model has bonds.
    pub(crate) fn swendsen_wang(&self, label: String) -> Option<Box<DynStepper<R, S>>> {
        let clusters = self.clusters.as_ref()?;
        Some((clusters.swendsen_wang)(SwendsenWang, label))
    }

    /// Wolff, where the model has bonds.
    pub(crate) fn wolff(&self, label: String) -> Option<Box<DynStepper<R, S>>> {
        let clusters = self.clusters.as_ref()?;
        Some((clusters.wolff)(Wolff, label))
    }

    /// Trajectory tempering through other models, which come before this one; `None` where they are not of this type and shape, or have no sweeps.
    pub(crate) fn trajectory_stepper(
        &self,
        others: &[Self],
        label: String,
    ) -> Option<Box<DynStepper<R, S>>> {
        let trajectory = self.trajectory.as_ref()?;
        (trajectory.make)(others, label)
    }
}
