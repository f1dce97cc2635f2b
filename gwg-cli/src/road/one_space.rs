//! Any model as one type: its methods behind `dyn`, its space an [`AnySpace`].

use gwg_chains::Dispatched;
use gwg_core::neighborhood::Evaluations;
use gwg_core::{Delta, Gradient, Local, Move, Target, Walker};
use gwg_models::AnySpace;

/// A model whose space is of the same type as every other's.
pub(super) struct OneSpace<'m, T> {
    pub(super) model: &'m T,
    pub(super) space: AnySpace,
}

impl<T: Target> Target for OneSpace<'_, T> {
    type Real = T::Real;
    type Space = AnySpace;

    fn space(&self) -> &AnySpace {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.model.log_prob(x)
    }
}

impl<T: Gradient> Gradient for OneSpace<'_, T> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [T::Real], _: &mut [T::Real]) -> f64 {
        self.model.value_and_gradient(x, gradient)
    }

    fn gradient_cache_len(&self) -> usize {
        self.model.gradient_cache_len()
    }

    fn gradient_scratch_len(&self, walkers: usize) -> usize {
        self.model.gradient_scratch_len(walkers)
    }

    fn evaluate_batch(
        &self,
        walkers: &mut [Walker<'_, T::Real, Evaluations<'_, T::Real>>],
        scratch: &mut [T::Real],
    ) {
        Dispatched(self.model).evaluate_batch(walkers, scratch);
    }

    fn reevaluate(
        &self,
        walkers: &mut [Walker<'_, T::Real, Evaluations<'_, T::Real>>],
        scratch: &mut [T::Real],
    ) {
        Dispatched(self.model).reevaluate(walkers, scratch);
    }
}

impl<T: Delta> Delta for OneSpace<'_, T> {
    fn cache_len(&self) -> usize {
        self.model.cache_len()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [T::Real]) -> f64 {
        self.model.init_cache(x, memory)
    }

    fn delta(&self, x: &[u8], memory: &[T::Real], mv: Move) -> T::Real {
        self.model.delta(x, memory, mv)
    }

    fn update(&self, x: &[u8], memory: &mut [T::Real], mv: Move) {
        self.model.update(x, memory, mv);
    }
}

/// [`Local`], for use behind `dyn`.
pub(super) trait DynLocal: Delta {
    fn most_touched(&self) -> usize;

    fn each_touched(
        &self,
        x: &[u8],
        memory: &[Self::Real],
        mv: Move,
        visit: &mut dyn FnMut(usize, Self::Real),
    );

    fn update_each_touched(
        &self,
        x: &[u8],
        memory: &mut [Self::Real],
        mv: Move,
        visit: &mut dyn FnMut(usize, Self::Real),
    );
}

impl<T: Local> DynLocal for OneSpace<'_, T> {
    fn most_touched(&self) -> usize {
        self.model.max_affected()
    }

    fn each_touched(
        &self,
        x: &[u8],
        memory: &[T::Real],
        mv: Move,
        visit: &mut dyn FnMut(usize, T::Real),
    ) {
        self.model.affected_moves(x, memory, mv, visit);
    }

    fn update_each_touched(
        &self,
        x: &[u8],
        memory: &mut [T::Real],
        mv: Move,
        visit: &mut dyn FnMut(usize, T::Real),
    ) {
        self.model.update_affected(x, memory, mv, visit);
    }
}

impl<R: gwg_core::Real, S: gwg_core::Space> Local
    for dyn DynLocal<Real = R, Space = S> + Sync + '_
{
    fn max_affected(&self) -> usize {
        self.most_touched()
    }

    fn affected_moves(&self, x: &[u8], memory: &[R], mv: Move, mut visit: impl FnMut(usize, R)) {
        self.each_touched(x, memory, mv, &mut visit);
    }

    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [R],
        mv: Move,
        mut visit: impl FnMut(usize, R),
    ) {
        self.update_each_touched(x, memory, mv, &mut visit);
    }
}
